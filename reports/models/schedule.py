"""Reports that are made by themselves: what is to be made when, and what has become of every due moment."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Place
from reports.choices import ReportKind, RunState, ScheduleDays
from reports.querysets import RunQuerySet, ScheduleQuerySet


class ReportSchedule(models.Model):
    """At ``at`` (local time) on ``days`` the report ``kind`` about ``place`` is made for ``office``. A change ends the row and
    writes another that ``replaces`` it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="接种活动")
    office = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="谁的")
    kind = models.CharField("报表", max_length=14, choices=ReportKind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="单位")
    days = models.CharField("日子", max_length=10, choices=ScheduleDays)
    at = models.TimeField("时间")
    set_at = models.DateTimeField("设定时间")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = "定时报表"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "office", "kind", "place", "days", "at"],
                condition=Q(ended_at__isnull=True),
                name="schedule_once",
                violation_error_message="这个定时报表已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}{self.get_kind_display()} {self.get_days_display()} {self.at:%H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("reports:schedule", args=[self.uid])


class ScheduledRun(models.Model):
    """One due moment of a schedule. ``tries`` counts who has taken it in hand: only the last of them may finish it, so a file
    comes about once however many workers there are, and a worker that was killed is replaced."""

    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, related_name="runs")
    due = models.DateTimeField("应生成时间")
    state = models.CharField("状态", max_length=8, choices=RunState, default=RunState.WAITING)
    tries = models.PositiveSmallIntegerField("第几次做", default=0)
    begun_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    message = models.CharField("说明", max_length=300, blank=True)
    seen_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = "定时报表的一次"
        ordering = ["-due", "-pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "due"], name="scheduled_run_once")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due:%Y-%m-%d}"

    @property
    def status_pair(self) -> tuple[str, str]:
        """Kind and word of the tag."""
        kinds = {RunState.DONE: "done", RunState.FAILED: "stop", RunState.PASSED: "plain"}
        return kinds.get(self.state, "due"), self.get_state_display()

    @property
    def is_repeatable(self) -> bool:
        """It has come to no good end."""
        return self.state in {RunState.FAILED, RunState.PASSED}
