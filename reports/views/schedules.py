"""定时报表: what is made by itself and when, what became of it, and having it made once more."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns.choices import CampaignState
from core import jobs
from core.errors import RuleBroken
from core.views import ServiceFormView
from places.choices import Level
from places.models import Place
from reports.choices import RunState
from reports.models import ReportSchedule, ScheduledRun
from reports.schedule_forms import ScheduleForm
from reports.scheduled import rules_of
from reports.services import scheduled_runs, schedules
from reports.sheet_kinds import PRODUCED
from reports.tasks import schedules_job
from reports.views.asked import ReportMixin
from reports.views.freshness import SCHEDULED, freshen

LISTED = 40


class _Schedules(ReportMixin):
    action = schedules.ACTION

    @cached_property
    def office(self) -> Place:
        """For whom a new one is made: the user's own place."""
        return next(a.place for a in self.request.user.roles() if self.action in a.actions)

    @property
    def mine(self):
        rows = ReportSchedule.objects.visible_to(self.request.user)
        return rows.select_related("campaign__place", "office", "place", "set_by")

    @property
    def home(self) -> str:
        return reverse("reports:schedules")


class _FormView(_Schedules, ServiceFormView):
    form_class = ScheduleForm
    word = "设定"

    def get_form_kwargs(self):
        user, office = self.request.user, self.office
        level = Level.TOWN if office.level == Level.COUNTY else Level.VILLAGE
        below = Place.objects.current().under(office).filter(level=level).order_by("code")
        return {
            **super().get_form_kwargs(),
            "kinds": [code for code, kind in PRODUCED.items() if user.can(kind.action)],
            "places": [office, *below],
            "word": self.word,
        }


class SchedulesView(_FormView):
    """What is set, when it comes next, what was made lately; setting another one."""

    template_name = "reports/schedules.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        freshen(by=user, now=self.now)
        rows = list(self.mine.current().filter(campaign=self.campaign))
        rules = rules_of(rows)
        runs = ScheduledRun.objects.visible_to(user).filter(schedule__campaign=self.campaign)
        runs = list(runs.select_related("schedule__place").prefetch_related("files")[:LISTED])
        scheduled_runs.mark_seen([run for run in runs if run.state == RunState.DONE], user=user)
        return super().get_context_data(
            rows=[(row, PRODUCED[row.kind].title, rules[row.pk].next(self.now)) for row in rows],
            runs=[(run, PRODUCED[run.schedule.kind].title) for run in runs],
            office=self.office,
            is_running=self.campaign.state == CampaignState.RUNNING,
            **kwargs,
        )

    def perform(self, form):
        row = schedules.schedule(
            form.wish,
            campaign=self.campaign,
            office=self.office,
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        messages.success(self.request, f"已设定:{row}。到时间会自动生成,放在“报表文件”里,工作台有提示。")
        return self.home


class ScheduleView(_FormView):
    """Changing one: the old row ends, and who saves answers for the new one."""

    template_name = "reports/schedule.html"
    word = "保存"

    @cached_property
    def row(self) -> ReportSchedule:
        return get_object_or_404(self.mine.current(), uid=self.kwargs["uid"])

    @cached_property
    def office(self) -> Place:
        return self.row.office

    def get_initial(self):
        return {"kind": self.row.kind, "place": self.row.place.code, "days": self.row.days, "at": self.row.at}

    def get_context_data(self, **kwargs):
        return super().get_context_data(row=self.row, **kwargs)

    def perform(self, form):
        row = schedules.change(
            self.row, form.wish, actor=self.request.user, key=form.cleaned_data["key"], now=self.now
        )
        messages.success(self.request, f"已改为:{row}。")
        return self.home


class ScheduleEndView(_Schedules, View):
    """POST: nothing more is made."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        row = get_object_or_404(self.mine, uid=kwargs["uid"])
        try:
            schedules.stop(row, actor=request.user, now=self.now)
            messages.success(request, f"已停用:{row}。以前生成的文件还在“报表文件”里。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.home)


class RunAgainView(_Schedules, View):
    """POST: one that was not made is made now, as a job that is watched."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        runs = ScheduledRun.objects.visible_to(request.user).select_related("schedule__office")
        run = get_object_or_404(runs, pk=kwargs["pk"])
        try:
            scheduled_runs.ask_again(run, actor=request.user, now=self.now)
        except RuleBroken as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(self.home)
        title = f"再做一次:{run.schedule.place}{PRODUCED[run.schedule.kind].title}"
        job = jobs.start(schedules_job, kind=SCHEDULED, title=title, by=request.user, about=self.home)
        return HttpResponseRedirect(job.get_absolute_url())
