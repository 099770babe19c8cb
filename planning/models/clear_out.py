"""库存清零: by a deadline the vaccine of some sites is to be in arms; what was there, and what was counted at the end."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from inventory.models import Lot, Vaccine
from places.models import Place, Site
from planning.querysets import ClearOutQuerySet


class ClearOut(models.Model):
    """One push. ``owed_reason``: what is arranged for second doses that fall due later, when these vials are gone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="接种活动")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="范围")
    vaccines = models.ManyToManyField(Vaccine, related_name="+", verbose_name="疫苗")
    sites = models.ManyToManyField(Site, related_name="+", verbose_name="接种点")
    deadline_at = models.DateTimeField("限期")
    owed_reason = models.CharField("以后第2剂的安排", max_length=120, blank=True)
    started_at = models.DateTimeField("开始时间")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    end_note = models.CharField("结束说明", max_length=120, blank=True)

    objects = ClearOutQuerySet.as_manager()

    class Meta:
        verbose_name = "库存清零"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline_at__gt=models.F("started_at")), name="clear_out_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}库存清零"

    def get_absolute_url(self) -> str:
        return reverse("clearout:page", args=[self.uid])

    @property
    def status_pair(self) -> tuple[str, str]:
        """(kind of tag, word) of the state."""
        return ("done", "已结束") if self.ended_at else ("due", "进行中")


class ClearOutStart(models.Model):
    """What lay at a site when the push began. Append-only."""

    clear_out = models.ForeignKey(ClearOut, models.PROTECT, related_name="starts")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    vials = models.PositiveIntegerField("支")
    open_doses = models.PositiveIntegerField("已开启(剂)", default=0)

    class Meta:
        verbose_name = "清零起点"
        ordering = ["site__code", "lot__expires_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["clear_out", "site", "lot"], name="clear_out_start_once")
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.lot}: {self.vials}"


class ClearOutCount(models.Model):
    """What two people counted of a lot at the end, beside what the ledger said at that moment. Append-only: the last count
    of a lot is the one that holds. ``key`` is shared by the lots of one signature."""

    key = models.UUIDField()
    clear_out = models.ForeignKey(ClearOut, models.PROTECT, related_name="counts")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    book_vials = models.PositiveIntegerField("账面(支)")
    book_open = models.PositiveIntegerField("账面已开启(剂)")
    vials = models.PositiveIntegerField("实盘(支)")
    open_doses = models.PositiveIntegerField("实盘已开启(剂)")
    reason = models.CharField("不符的原因", max_length=120, blank=True)
    second_name = models.CharField("另一位盘点人", max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "清零盘点"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["key", "lot"], name="clear_out_count_once")]

    def __str__(self) -> str:
        return f"{self.site} {self.lot}: {self.vials}"

    @property
    def differs(self) -> bool:
        """What lies there is not what the ledger says."""
        return (self.vials, self.open_doses) != (self.book_vials, self.book_open)
