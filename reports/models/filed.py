"""Filed reports: what an office handed in at a cut-off, never changed afterwards; a correction stands in the next one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Place
from reports.choices import ChangeReason, FiledKind
from reports.querysets import FiledChangeQuerySet, FiledReportQuerySet
from residents.models import Enrolment, VaccinationRecord


class FiledReport(models.Model):
    """What was recorded by ``cut_off`` in one place, and who handed it in. Append-only.

    The reports of one kind, campaign and place form a chain by ``previous``; it cannot fork.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    kind = models.CharField("报告", max_length=10, choices=FiledKind)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="接种活动")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="单位")
    day = models.DateField("日期")
    slot = models.CharField("时段", max_length=10, blank=True)
    cut_off = models.DateTimeField("统计截止")
    filed_at = models.DateTimeField("报送时间")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name="上一次"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    objects = FiledReportQuerySet.as_manager()

    class Meta:
        verbose_name = "已报送的报告"
        ordering = ["-cut_off", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "campaign", "place", "cut_off"],
                name="filed_once",
                violation_error_message="这个截止时间的报告已经报送。",
            ),
            models.UniqueConstraint(
                fields=["kind", "campaign", "place", "day"],
                condition=~Q(kind="progress"),
                name="filed_once_a_day",
                violation_error_message="这一天的报告已经报送。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.day} {self.slot}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("reports:filed", args=[self.uid])


class FiledLine(models.Model):
    """One unit of a filed report: whole numbers by code, and the words that must not change with them. Append-only."""

    report = models.ForeignKey(FiledReport, models.PROTECT, related_name="lines")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    figures = models.JSONField(default=dict)
    words = models.JSONField(default=dict)  # e.g. the name of the secretary on that day

    class Meta:
        verbose_name = "报告的一行"
        ordering = ["place__code"]
        constraints = [models.UniqueConstraint(fields=["report", "place"], name="filed_line_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.place}"


class FiledChange(models.Model):
    """One dose or person that came into (+1) or out of (-1) a figure since the previous report. Append-only.

    The sum over the chain is the figure; the rows are the names behind it. An import that is undone deletes people, so the
    keys bind nothing: the row stays and says that the record is gone.
    """

    report = models.ForeignKey(FiledReport, models.PROTECT, related_name="changes")
    metric = models.CharField(max_length=30)
    place_code = models.CharField(max_length=18)
    sign = models.SmallIntegerField()
    reason = models.CharField("变动", max_length=10, choices=ChangeReason)
    on = models.DateField("接种日期")  # the original date, also of a late entry
    record = models.ForeignKey(
        VaccinationRecord, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    enrolment = models.ForeignKey(
        Enrolment, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )

    objects = FiledChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "报告的一条变动"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "metric", "place_code", "sign", "record"], name="filed_dose_once"
            ),
            models.UniqueConstraint(
                fields=["report", "metric", "place_code", "sign", "enrolment"], name="filed_person_once"
            ),
            models.CheckConstraint(
                condition=Q(record__isnull=False, enrolment__isnull=True)
                | Q(record__isnull=True, enrolment__isnull=False),
                name="filed_dose_or_person",
            ),
            models.CheckConstraint(condition=Q(sign__in=(-1, 1)), name="filed_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.metric} {self.sign:+d}"

    @property
    def resident(self):
        """Whose dose or place in the campaign it is today; None when an undone import took the record away."""
        row = self.record or self.enrolment
        return row.resident if row else None


class ReportSeen(models.Model):
    """Somebody opened a filed report for the first time. Append-only."""

    report = models.ForeignKey(FiledReport, models.PROTECT, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("阅看时间")

    class Meta:
        verbose_name = "已阅"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "user"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.report}"
