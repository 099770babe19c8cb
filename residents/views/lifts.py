"""Rides to the site: the list of a day by village (for the drivers on paper), asking, giving a car, done, called off."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime
from django.views.generic import TemplateView, View

from core import audit
from core.dates import asked_day
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from residents.choices import LiftState
from residents.forms.lifts import LiftArrangeForm, LiftAskForm, LiftCancelForm
from residents.models import LiftRequest, Resident
from residents.services import lifts
from residents.views.base import PersonDeedView


def _list(on: date) -> str:
    return f"{reverse('residents:lifts')}?on={on.isoformat()}"


class LiftListView(ActionRequiredMixin, TemplateView):
    """``?on=`` the day, tomorrow unless asked otherwise."""

    action = "lifts.manage"
    template_name = "residents/lifts.html"

    @cached_property
    def on(self) -> date:
        return asked_day(self.request.GET.get("on", ""), otherwise=localdate() + timedelta(days=1))

    def get_context_data(self, **kwargs):
        mine = LiftRequest.objects.visible_to(self.request.user, self.action)
        rows = mine.filter(on=self.on).select_related("resident__village").prefetch_related("resident__tags")
        villages: dict[str, list[LiftRequest]] = {}
        for lift in rows.order_by("resident__village_code", "at", "pk"):
            villages.setdefault(lift.resident.village.name, []).append(lift)
        audit.record(
            "lift.viewed",
            actor=self.request.user,
            data={"on": self.on.isoformat(), "people": sum(map(len, villages.values()))},
        )
        open_ones = mine.filter(on__gte=localdate(), state=LiftState.ASKED)
        return super().get_context_data(
            on=self.on,
            before=self.on - timedelta(days=1),
            after=self.on + timedelta(days=1),
            villages=villages,
            waiting=open_ones.order_by("on").values_list("on", flat=True).distinct()[:14],
            now=localtime(),
            today=localdate(),
            **kwargs,
        )


class LiftAskView(PersonDeedView):
    """Ask for a ride for one person."""

    action = "lifts.manage"
    form_class = LiftAskForm
    heading = "申请接送"
    lead = "行动不便的人由村里派车接送。先问本人或家属同不同意。"
    success_message = "已申请。安排好车辆后在“接送”页登记司机。"

    @cached_property
    def person(self) -> Resident:
        mine = Resident.objects.visible_to(self.request.user, self.action).live().select_related("village")
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    def get_initial(self):
        return {"pick_up": self.person.address, "agreed_by": self.person.name}

    def perform(self, form):
        lift = lifts.ask(resident=self.person, actor=self.request.user, today=self.today, **form.cleaned_data)
        return _list(lift.on)


class _LiftMixin(ActionRequiredMixin):
    action = "lifts.manage"

    @cached_property
    def lift(self) -> LiftRequest:
        mine = LiftRequest.objects.visible_to(self.request.user, self.action)
        return get_object_or_404(mine.select_related("resident__village"), uid=self.kwargs["uid"])


class _LiftFormView(_LiftMixin, ServiceFormView):
    template_name = "residents/deed.html"
    heading = ""

    @property
    def person_shown(self) -> Resident:
        return self.lift.resident

    def get_form_kwargs(self):
        self.lift  # noqa: B018  404 before anything else
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        lead = f"{self.lift.on:%Y-%m-%d},{self.lift.pick_up}"
        return super().get_context_data(
            person=self.lift.resident, heading=self.heading, lead=lead, may_list=True, **kwargs
        )


class LiftArrangeView(_LiftFormView):
    """Give the ride a car, or another one."""

    form_class = LiftArrangeForm
    heading = "安排接送车辆"
    success_message = "车辆已安排。"

    def get_initial(self):
        names = ("driver_name", "driver_phone", "plate", "at", "companion")
        return {name: getattr(self.lift, name) for name in names}

    def perform(self, form):
        data = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        lifts.arrange(lift=self.lift, actor=self.request.user, **data)
        return _list(self.lift.on)


class LiftCancelView(_LiftFormView):
    """Call it off."""

    form_class = LiftCancelForm
    heading = "取消接送"
    success_message = "接送已取消。"

    def perform(self, form):
        lifts.cancel(lift=self.lift, actor=self.request.user, reason=form.cleaned_data["reason"])
        return _list(self.lift.on)


class LiftDoneView(_LiftMixin, View):
    """POST: the person was fetched and is home again."""

    http_method_names = ["post"]

    def post(self, request, uid):
        try:
            lifts.finish(lift=self.lift, actor=request.user, today=localdate())
            messages.success(request, f"{self.lift.resident}:已接送。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(_list(self.lift.on))
