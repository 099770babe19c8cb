"""Roll-ups and produced files."""

import uuid

from django.conf import settings
from django.db import models

from campaigns.models import Campaign
from core.models import Job
from places.models import Organisation, Place
from reports.choices import ReportKind
from reports.querysets import ReportFileQuerySet


class Rollup(models.Model):
    """One metric of one village on one day, of the people in one band of age (``reports.cohorts.BANDS``): the sum over the
    bands is everyone's. A day is deleted and rewritten in one transaction."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=18)
    day = models.DateField()
    metric = models.CharField(max_length=30)
    from_age = models.PositiveSmallIntegerField()
    value = models.IntegerField()
    filled_at = models.DateTimeField()

    class Meta:
        verbose_name = "汇总"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place_code", "day", "metric", "from_age"], name="rollup_once"
            )
        ]
        indexes = [models.Index(fields=["campaign", "metric", "day"], name="rollup_metric_day")]

    def __str__(self) -> str:
        return f"{self.place_code} {self.day} {self.metric}={self.value}"


class TargetPopulation(models.Model):
    """Target persons of a campaign whom one village counts now, in one band of age: the denominator of its rates.

    True until a note says that the village has changed (``core.changes.POPULATION``); read by ``reports.population``.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=18)
    from_age = models.PositiveSmallIntegerField()
    ages_on = models.DateField()  # the reference day by which the bands were judged
    people = models.PositiveIntegerField()
    filled_at = models.DateTimeField()

    class Meta:
        verbose_name = "目标人数"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "place_code", "from_age"], name="population_once")
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.from_age}+ {self.people}"


class ReportFile(models.Model):
    """A produced workbook: for whom, by whom, up to when, and who fetched it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("报表", max_length=14, choices=ReportKind)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="单位")
    copies_to = models.ManyToManyField(Place, related_name="+", verbose_name="抄送", blank=True)
    day = models.DateField("日期")
    cut_off = models.DateTimeField("统计截止")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校(单位)"
    )
    is_personal = models.BooleanField("含个人信息", default=False)  # kept encrypted, only its maker takes it
    removed_at = models.DateTimeField("内容清除时间", null=True, blank=True)
    file_name = models.CharField("文件名", max_length=120)
    stored_as = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    run = models.ForeignKey(
        "reports.ScheduledRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name="定时",
    )
    note = models.CharField("说明", max_length=120, blank=True)  # stands in the workbook too
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "报表文件"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
