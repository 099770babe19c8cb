"""When progress reports are due: push days and hours, set by the county for all its towns or by a town for itself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import View

from core.errors import RuleBroken
from core.views import ServiceFormView
from places.models import Place
from places.querysets import any_code_range
from reports.choices import FiledKind
from reports.cutoffs import Timetable, codes_above
from reports.forms import HoursForm, PushDayForm
from reports.models import CutOff, PushDay
from reports.services import timetables
from reports.views.asked import ReportMixin

PAST_DAYS = 30


class _PlanMixin(ReportMixin):
    action = "progress.plan"

    def back(self, place: Place) -> str:
        return f"{reverse('reports:progress_plan')}?{urlencode({'place': place.code})}"


class PlanView(_PlanMixin, ServiceFormView):
    """Push days of the place, to come and past; naming another one."""

    form_class = PushDayForm
    template_name = "reports/progress_plan.html"

    def get_initial(self):
        return {"place": self.place.code, "day": self.today}

    def get_context_data(self, **kwargs):
        inside = any_code_range("place__code", {self.place.prefix})
        around = PushDay.objects.filter(
            campaign=self.campaign, ended_at=None, place__code__in=codes_above(self.place)
        )
        below = PushDay.objects.filter(inside, campaign=self.campaign, ended_at=None)
        days = (around | below).select_related("place", "set_by").order_by("-day", "place__code")
        return super().get_context_data(
            place=self.place,
            today=self.today,
            push_days=[(row, self._may_end(row)) for row in days[:PAST_DAYS]],
            hours={
                kind: Timetable(self.campaign, kind).all_slots(self.place, self.today)
                for kind in (FiledKind.PROGRESS, FiledKind.DAILY)
            },
            own_hours=CutOff.objects.filter(campaign=self.campaign, place=self.place, ended_at=None).exists(),
            **kwargs,
        )

    def _may_end(self, row: PushDay) -> bool:
        return row.day >= self.today and self.request.user.scope(self.action).covers(row.place.code)

    def perform(self, form):
        row = timetables.name_push_day(
            campaign=self.campaign,
            place=self.place,
            day=form.cleaned_data["day"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            now=self.now,
        )
        messages.success(self.request, f"已把 {row.day:%Y-%m-%d} 定为攻坚日,到点没有报的会提醒。")
        return self.back(self.place)


class EndPushDayView(_PlanMixin, View):
    """POST: take a push day of one's own places back."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        mine = PushDay.objects.filter(any_code_range("place__code", request.user.scope(self.action).prefixes))
        row = get_object_or_404(mine.select_related("place"), pk=kwargs["pk"])
        try:
            timetables.end_push_day(push_day=row, actor=request.user, now=self.now)
            messages.success(request, f"{row.day:%Y-%m-%d} 不再是攻坚日。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.back(row.place))


class HoursView(_PlanMixin, ServiceFormView):
    """The hours of the place: three lines for progress reports, one for the daily report."""

    form_class = HoursForm
    template_name = "reports/progress_hours.html"

    def get_form_kwargs(self):
        slots = Timetable(self.campaign).all_slots(self.place, self.today)
        daily = Timetable(self.campaign, FiledKind.DAILY).all_slots(self.place, self.today)[-1]
        return {**super().get_form_kwargs(), "slots": slots, "daily": daily, "day": self.today}

    def get_initial(self):
        return {"place": self.place.code}

    def get_context_data(self, **kwargs):
        return super().get_context_data(place=self.place, **kwargs)

    def perform(self, form):
        of = {"campaign": self.campaign, "place": self.place, "actor": self.request.user, "now": self.now}
        timetables.set_hours(kind=FiledKind.PROGRESS, hours=form.hours(), **of)
        timetables.set_hours(
            kind=FiledKind.DAILY, hours=[("全天", form.cleaned_data["daily_at"], True)], **of
        )
        messages.success(self.request, "报送时间已保存,从现在起按新的时间。")
        return self.back(self.place)
