"""疫苗分配: a plan, its receivers, and what each is to get. A plan moves nothing by itself."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.models import Campaign
from inventory.models import Lot, StockDocument, SupplyLot
from places.models import Place, Site
from planning.choices import PlanState
from planning.querysets import PlanQuerySet

_TAGS = {
    PlanState.DRAFT: "due",
    PlanState.APPROVED: "hold",
    PlanState.SENT: "done",
    PlanState.DROPPED: "plain",
}


class AllocationPlan(models.Model):
    """What ``source`` gives to the receivers of ``place`` for the doses of a period (both days included)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="接种活动")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="分配范围")
    source = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="出库点")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField("编号")
    since = models.DateField("自")
    until = models.DateField("至")
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT)
    facts = models.JSONField(default=dict)  # what is missing, what is kept back: as the proposal found it
    reason = models.CharField("调整说明", max_length=200, blank=True)
    end_reason = models.CharField("作废原因", max_length=120, blank=True)
    made_at = models.DateTimeField("提出时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "分配方案"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["place", "year", "serial"], name="plan_number_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="plan_period"),
        ]

    def __str__(self) -> str:
        return f"分配{self.year}-{self.serial:03d}"

    def get_absolute_url(self) -> str:
        return reverse("planning:plan", args=[self.uid])

    @property
    def status_pair(self) -> tuple[str, str]:
        """(kind of tag, word) of the state."""
        return _TAGS[self.state], self.get_state_display()

    @property
    def is_draft(self) -> bool:
        """May still be adjusted."""
        return self.state == PlanState.DRAFT

    @property
    def is_approved(self) -> bool:
        """Waits for the keeper."""
        return self.state == PlanState.APPROVED


class AllocationShare(models.Model):
    """One receiver. ``facts`` are the numbers behind the proposal, frozen: seconds and at_hand by vaccine code, boosters,
    firsts, places, people, bring, syringes (to bring)."""

    plan = models.ForeignKey(AllocationPlan, models.PROTECT, related_name="shares")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="接收单位")
    facts = models.JSONField(default=dict)
    document = models.ForeignKey(
        StockDocument, models.PROTECT, null=True, related_name="+", verbose_name="出库单据"
    )

    class Meta:
        verbose_name = "分配对象"
        ordering = ["site__place__code", "site__code"]
        constraints = [models.UniqueConstraint(fields=["plan", "site"], name="share_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.site}"


class AllocationLine(models.Model):
    """So many vials of a lot, or syringes of a lot, for one receiver: as proposed, and as decided."""

    share = models.ForeignKey(AllocationShare, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name="批号")
    supply_lot = models.ForeignKey(
        SupplyLot, models.PROTECT, null=True, related_name="+", verbose_name="耗材批号"
    )
    people = models.PositiveIntegerField("计划人数", default=0)
    proposed = models.PositiveIntegerField("建议(支)", default=0)
    quantity = models.PositiveIntegerField("分配(支)", default=0)

    class Meta:
        verbose_name = "分配明细"
        ordering = ["share", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["share", "lot"], name="line_once_per_lot"),
            models.UniqueConstraint(fields=["share", "supply_lot"], name="line_once_per_supply"),
            models.CheckConstraint(
                condition=Q(lot__isnull=False, supply_lot__isnull=True)
                | Q(lot__isnull=True, supply_lot__isnull=False),
                name="line_of_vaccine_or_supply",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share} {self.lot or self.supply_lot}: {self.quantity}"

    @property
    def is_adjusted(self) -> bool:
        """Somebody decided otherwise than was proposed."""
        return self.quantity != self.proposed

    @property
    def doses(self) -> int:
        """The doses in the vials; needs ``lot__presentation``."""
        return self.quantity * self.lot.presentation.doses_per_vial if self.lot else 0
