"""The office creates, locks and resets the accounts of its own place."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.choices import QualificationKind, Role, RoleState
from accounts.filters import AccountFilter
from accounts.forms import AccountForm, EndRoleForm, LockForm, RoleForm
from accounts.lockout import locked_out_until
from accounts.models import User
from accounts.services import accounts, passwords, reach
from accounts.services.second_factors import confirmed
from accounts.tables import AccountTable, account_state, certificate_tag
from core.searches import PostedFilters
from core.views import ActionRequiredMixin, ScopedListView, ServiceFormView


class AccountListView(PostedFilters, ScopedListView):
    """Accounts with a role in the places of the manager or guard."""

    action = "accounts.view"
    model = User
    table_class = AccountTable
    filterset_class = AccountFilter
    template_name = "accounts/list.html"
    filter_names = frozenset(AccountFilter.base_filters)

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_add=self.request.user.can("accounts.manage"), **kwargs)

    def get_queryset(self):
        roles = ("assignments__place", "assignments__site", "assignments__organisation")
        return super().get_queryset().prefetch_related(*roles)

    def get_table_kwargs(self):
        return {"today": timezone.localdate()}


class AccountAddView(ServiceFormView):
    """A new account; the first password is shown once, on the page that answers."""

    action = "accounts.manage"
    form_class = AccountForm
    template_name = "core/form.html"
    extra_context = {"heading": "新建帐号"}

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "manager": self.request.user,
            "today": timezone.localdate(),
            "submit": "建立帐号",
        }

    def perform(self, form):
        user, password = accounts.create_account(actor=self.request.user, **form.cleaned_data)
        return show_once(self.request, user, password)


class OneAccount(ActionRequiredMixin):
    """Pages about one account that the manager can see."""

    action = "accounts.manage"

    @cached_property
    def account(self) -> User:
        return get_object_or_404(User.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            self.account  # noqa: B018 - 404 before anything else
        return super().dispatch(request, *args, **kwargs)


class AccountView(OneAccount, TemplateView):
    """One account with its roles, past and present."""

    action = "accounts.view"
    template_name = "accounts/detail.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        roles = self.account.assignments.select_related("place", "site", "organisation").order_by("-since")
        tag, word = account_state(self.account)
        return super().get_context_data(
            account=self.account,
            state_tag=tag,
            state_word=word,
            certificates=[
                (row, certificate_tag(row.valid_to, today))
                for row in self.account.qualifications.order_by("-valid_to", "kind")
            ],
            lacks_certificate=any(r.role == Role.VACCINATOR and r.is_current(today) for r in roles)
            and not self.account.qualifications.filter(
                kind=QualificationKind.VACCINATOR, valid_to__gte=today
            ).exists(),
            roles=[
                (role, role.is_current(today), role.until is None or role.until >= today) for role in roles
            ],
            may_manage=reach.may_manage(self.request.user, self.account, today),
            may_lock=reach.may_lock(self.request.user, self.account, today),
            may_reset_device=self.request.user.can("accounts.devices"),
            factor=confirmed(self.account),
            is_self=self.account.pk == self.request.user.pk,
            locked_out_until=locked_out_until(self.account.username, timezone.now()),
            **kwargs,
        )


class OneAccountForm(OneAccount, ServiceFormView):
    """A form about one account; ``heading`` is followed by its name."""

    template_name = "core/form.html"
    heading = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"{self.heading}:{self.account}", **kwargs)


class LockView(OneAccountForm):
    """Stop an account, with a reason."""

    action = "accounts.lock"
    form_class, heading = LockForm, "停用帐号"
    success_message = "帐号已停用;该用户下一次点击时即退出。"

    def perform(self, form):
        accounts.lock(actor=self.request.user, user=self.account, reason=form.cleaned_data["reason"])
        return self.account


class AppointView(OneAccountForm):
    """Give one more role."""

    form_class, heading = RoleForm, "增加岗位"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "manager": self.request.user, "today": timezone.localdate()}

    def perform(self, form):
        made = accounts.appoint(actor=self.request.user, user=self.account, **form.cleaned_data)
        waits = made.state == RoleState.WAITING
        messages.success(self.request, "岗位已登记,等安全管理员确认后生效。" if waits else "岗位已增加。")
        return self.account


class EndRoleView(OneAccountForm):
    """End one role; the account and its history stay."""

    form_class, heading = EndRoleForm, "结束岗位"
    success_message = "岗位的结束日期已登记。"

    def get_initial(self):
        return {"until": timezone.localdate()}

    def get_context_data(self, **kwargs):
        role = self.assignment
        return super().get_context_data(note=f"{role},自 {role.since:%Y-%m-%d} 起。", **kwargs)

    @cached_property
    def assignment(self):
        return get_object_or_404(self.account.assignments, pk=self.kwargs["role"])

    def perform(self, form):
        accounts.end_role(
            actor=self.request.user,
            assignment=self.assignment,
            until=form.cleaned_data["until"],
            today=timezone.localdate(),
        )
        return self.account


class UnlockView(OneAccount, View):
    """POST: let the account work again, also after five wrong passwords."""

    action = "accounts.lock"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        accounts.unlock(actor=request.user, user=self.account)
        messages.success(request, "帐号已恢复使用。")
        return HttpResponseRedirect(self.account.get_absolute_url())


class ResetView(OneAccount, View):
    """POST: a new first password, shown once."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        password = passwords.reset_password(actor=request.user, user=self.account)
        return show_once(request, self.account, password)


def show_once(request, user: User, password: str):
    """The page with a first password. It is stored nowhere: leaving the page forgets it."""
    response = render(
        request,
        "accounts/password_once.html",
        {
            "account": user,
            "password": password,
            "waits": user.assignments.filter(state=RoleState.WAITING).exists(),
        },
    )
    response["Cache-Control"] = "no-store"
    return response
