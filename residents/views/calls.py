"""The office asks for registers and plans, moves a deadline, or asks no longer."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns.models import Campaign
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from residents.forms.submissions import CallForm, ChangeCallForm
from residents.models import SubmissionCall
from residents.services import calls


class AskView(ServiceFormView):
    """A new call for everybody below the office's place."""

    action = "submissions.ask"
    form_class = CallForm
    template_name = "core/form.html"

    @cached_property
    def office(self) -> Place:
        return next(r.place for r in self.request.user.roles() if self.action in r.actions and r.place_id)

    def get_context_data(self, **kwargs):
        note = f"{self.office}下面的村(社区)、学校或单位会在工作台看到这项要求和倒计时。"
        return super().get_context_data(heading="下发上报要求", note=note, **kwargs)

    def perform(self, form):
        campaign = Campaign.objects.current_for(self.request)
        if campaign is None:
            raise RuleBroken("NO_CAMPAIGN", "还没有接种活动,请先开设一个活动。")
        data = form.cleaned_data
        call = calls.ask(
            actor=self.request.user,
            campaign=campaign,
            place=self.office,
            kind=data["kind"],
            audience=data["audience"],
            stage=data["stage"],
            due_at=form.due_at,
            note=data["note"],
            now=timezone.now(),
            key=data["key"],
        )
        messages.success(self.request, f"已下发:{call}。")
        return reverse("residents:submissions")


class OneCall(ActionRequiredMixin):
    """A call that the user's office has made."""

    action = "submissions.ask"

    @cached_property
    def call(self) -> SubmissionCall:
        rows = SubmissionCall.objects.visible_to(self.request.user).select_related("place")
        call = get_object_or_404(rows, uid=self.kwargs["uid"])
        if not self.request.user.scope(self.action).covers(call.place.code):
            raise Http404
        return call


class ChangeView(OneCall, ServiceFormView):
    """Another deadline, another word."""

    form_class = ChangeCallForm
    template_name = "residents/call.html"
    success_message = "已保存。"

    def get_initial(self):
        due = timezone.localtime(self.call.due_at)
        return {
            "stage": self.call.stage,
            "note": self.call.note,
            "due_on": timezone.localdate(due),
            "due_time": due.time(),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"修改上报要求:{self.call}", call=self.call, **kwargs)

    def post(self, request, *args, **kwargs):
        self.call  # noqa: B018  404 before anything else
        return super().post(request, *args, **kwargs)

    def perform(self, form):
        calls.change_call(
            actor=self.request.user,
            call=self.call,
            due_at=form.due_at,
            stage=form.cleaned_data["stage"],
            note=form.cleaned_data["note"],
            now=timezone.now(),
        )
        return reverse("residents:submissions")


class CloseView(OneCall, View):
    """POST: the call is taken back."""

    http_method_names = ["post"]

    def post(self, request, uid):
        try:
            calls.close_call(actor=request.user, call=self.call, now=timezone.now())
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{self.call}已收回,已上报的保留。")
        return HttpResponseRedirect(reverse("residents:submissions"))
