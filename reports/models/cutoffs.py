"""When progress reports are due: key days (攻坚日) and the hours at which reports are cut off."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from places.models import Place
from reports.choices import FiledKind


class PushDay(models.Model):
    """A key day (S113): the towns under ``place`` hand in a progress report at each cut-off."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="范围")
    day = models.DateField("日期")
    reason = models.CharField("说明", max_length=60, blank=True)
    set_at = models.DateTimeField("设定时间")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("取消时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "攻坚日"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "day"],
                condition=Q(ended_at__isnull=True),
                name="push_day_once",
                violation_error_message="这一天已经设定。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.day}"


class CutOff(models.Model):
    """An hour at which reports of a place are cut off; a change ends the row and writes another."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="范围")
    kind = models.CharField("报告", max_length=10, choices=FiledKind)
    name = models.CharField("时段", max_length=10)
    at = models.TimeField("截止时间", null=True, blank=True)  # empty: midnight at the end of the day
    is_daily = models.BooleanField("每天都报", default=False)  # else on push days only
    set_at = models.DateTimeField("设定时间")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "截止时间"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "kind", "name"],
                condition=Q(ended_at__isnull=True),
                name="cut_off_once",
                violation_error_message="这个时段已经设定。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.name} {self.at}"
