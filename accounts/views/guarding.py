"""The security administrator's pages: what waits for a second hand, the log, the policy."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.choices import DeviceState, RoleState
from accounts.filters import SecurityFilter
from accounts.forms_access import PolicyForm, ResetDeviceForm, guarded_places
from accounts.models import AccessPolicy, DeviceReset, RoleAssignment, SecurityEvent, User
from accounts.rules import LINES
from accounts.services import confirmations, policies, second_factors
from accounts.tables import SecurityTable
from accounts.views.manage import OneAccountForm
from core.views import ActionRequiredMixin, ScopedListView, ServiceFormView


class _Guarded(ActionRequiredMixin):
    action = "security.guard"

    def waiting_roles(self):
        prefixes = self.request.user.scope(self.action).prefixes
        roles = RoleAssignment.objects.inside(prefixes).filter(state=RoleState.WAITING)
        return roles.select_related("user", "place", "site__place", "organisation__place").order_by("pk")

    def waiting_resets(self):
        people = User.objects.visible_to(self.request.user).order_by().values("pk")
        resets = DeviceReset.objects.filter(state=DeviceState.WAITING, user__in=people)
        return resets.select_related("user", "asked_by").order_by("pk")


class ConfirmationsView(_Guarded, TemplateView):
    """Roles and lost devices that wait."""

    template_name = "accounts/confirmations.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            roles=self.waiting_roles()[:200], resets=self.waiting_resets()[:200], **kwargs
        )


class _Decide(_Guarded, View):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        is_confirmed = request.POST.get("decision") == "yes"
        self.decide(is_confirmed)
        messages.success(request, "已确认。" if is_confirmed else "已不予确认。")
        return HttpResponseRedirect(reverse("accounts:confirmations"))


class DecideRoleView(_Decide):
    """POST ``decision`` yes or no about a role."""

    def decide(self, is_confirmed):
        assignment = get_object_or_404(self.waiting_roles(), pk=self.kwargs["pk"])
        today = timezone.localdate()
        confirmations.decide_role(
            actor=self.request.user, assignment=assignment, is_confirmed=is_confirmed, today=today
        )


class DecideResetView(_Decide):
    """POST ``decision`` yes or no about a lost device."""

    def decide(self, is_confirmed):
        reset = get_object_or_404(self.waiting_resets(), pk=self.kwargs["pk"])
        now, today = timezone.now(), timezone.localdate()
        confirmations.decide_reset(
            actor=self.request.user, reset=reset, is_confirmed=is_confirmed, now=now, today=today
        )


class SecurityLogView(ScopedListView):
    """Log-ins and what was refused."""

    action = "security.guard"
    model = SecurityEvent
    table_class = SecurityTable
    filterset_class = SecurityFilter
    template_name = "accounts/security_log.html"

    def get_queryset(self):
        return super().get_queryset().select_related("user").order_by("-at", "-pk")


class PolicyView(ServiceFormView):
    """The policy of one of the guard's places; ``?place=`` says which."""

    action = "security.guard"
    form_class = PolicyForm
    template_name = "accounts/policy.html"
    success_message = "登录规则已保存,从各人下次登录起生效。"

    @cached_property
    def places(self):
        return guarded_places(self.request.user)

    @cached_property
    def place(self):
        asked = self.request.GET.get("place", self.places[0].code if self.places else "")
        chosen = [place for place in self.places if place.code == asked]
        return chosen[0] if chosen else get_object_or_404(AccessPolicy.objects.none())

    def get_form_kwargs(self):
        row = AccessPolicy.objects.filter(place=self.place).first()
        return {**super().get_form_kwargs(), "instance": row}

    def get_initial(self):
        in_force = policies.policy_at(self.place)
        values = {name: getattr(in_force, name) for name in LINES}
        return values | {"second_factor_roles": sorted(in_force.second_factor_roles)}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            place=self.place, places=self.places if len(self.places) > 1 else [], **kwargs
        )

    def perform(self, form):
        values = {name: form.cleaned_data[name] for name in LINES}
        policies.put_policy(actor=self.request.user, place=self.place, values=values)
        return self.request.get_full_path()


class ResetDeviceView(OneAccountForm):
    """The system administrator has a lost device forgotten."""

    action = "accounts.devices"
    form_class, heading = ResetDeviceForm, "重置动态口令"

    def perform(self, form):
        reset = second_factors.reset_device(
            actor=self.request.user, user=self.account, reason=form.cleaned_data["reason"], now=timezone.now()
        )
        waits = reset.state == DeviceState.WAITING
        messages.success(
            self.request,
            "已提交,等安全管理员确认后生效。" if waits else "动态口令已重置;本人下次登录后可重新绑定手机。",
        )
        return self.account
