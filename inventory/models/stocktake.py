"""盘点: the list is frozen, the clinic goes on, each lot is measured against the books of the moment it was counted at."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from inventory.choices import TakeState
from inventory.models.documents import StockDocument
from inventory.models.vaccine import Lot
from inventory.signed_querysets import StockTakeQuerySet
from inventory.take_rules import Quantity, doses, variance
from places.models import Site


class StockTake(models.Model):
    """A stock-take of a site: counted by one, signed by another; then its differences are posted under one number."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="takes", verbose_name="接种点")
    state = models.CharField("状态", max_length=10, choices=TakeState, default=TakeState.COUNTING)
    reason = models.CharField("为什么盘点", max_length=120, blank=True)
    started_at = models.DateTimeField("开始时间")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField("清点时间", null=True, blank=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="清点人",
    )
    signed_at = models.DateTimeField("复核时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    document = models.OneToOneField(
        StockDocument, models.PROTECT, null=True, blank=True, related_name="take", verbose_name="单据"
    )

    objects = StockTakeQuerySet.as_manager()

    class Meta:
        verbose_name = "盘点"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(state__in=["counting", "counted"]),
                name="one_take_at_a_time",
                violation_error_message="本点已有一次盘点没有完成。",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True)
                | Q(counted_by__isnull=True)
                | ~Q(signed_by=F("counted_by")),
                name="take_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(document__isnull=False), name="posted_has_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} 盘点"

    def get_absolute_url(self) -> str:
        return reverse("takes:take", args=[self.uid])

    @property
    def is_counting(self) -> bool:
        """Somebody may still enter counts."""
        return self.state == TakeState.COUNTING

    @property
    def is_waiting(self) -> bool:
        """It waits for the second person."""
        return self.state == TakeState.COUNTED

    @property
    def is_posted(self) -> bool:
        """Its differences stand in the books."""
        return self.state == TakeState.POSTED

    @property
    def state_pair(self) -> tuple[str, str]:
        """Kind and word for a status tag."""
        kinds = {
            TakeState.COUNTING: "due",
            TakeState.COUNTED: "due",
            TakeState.POSTED: "done",
            TakeState.CANCELLED: "plain",
        }
        return kinds[self.state], self.get_state_display()


class TakeLine(models.Model):
    """One lot: the books when the list was frozen, what was counted, and the books at that moment."""

    take = models.ForeignKey(StockTake, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name="批号")
    frozen_vials = models.IntegerField("冻结时账面(支)")
    frozen_open = models.IntegerField("冻结时已开启(剂)", default=0)
    book_vials = models.IntegerField("清点时账面(支)", null=True, blank=True)
    book_open = models.IntegerField("清点时已开启(剂)", null=True, blank=True)
    counted_vials = models.IntegerField("实点(支)", null=True, blank=True)
    counted_open = models.IntegerField("实点已开启(剂)", null=True, blank=True)
    counted_at = models.DateTimeField("清点时间", null=True, blank=True)
    times = models.PositiveSmallIntegerField("数了几次", default=0)
    reason = models.CharField("差异原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "盘点明细"
        ordering = ["take", "lot__presentation__vaccine", "lot__expires_on", "lot"]
        constraints = [models.UniqueConstraint(fields=["take", "lot"], name="take_line_once")]

    def __str__(self) -> str:
        return f"{self.take} {self.lot}"

    @property
    def is_counted(self) -> bool:
        return self.counted_vials is not None

    @property
    def counted(self) -> Quantity | None:
        """What was counted; None until then."""
        return Quantity(self.counted_vials, self.counted_open) if self.is_counted else None

    @property
    def book(self) -> Quantity | None:
        """The books at the moment of the count; hidden from everybody until then."""
        return Quantity(self.book_vials, self.book_open) if self.is_counted else None

    @property
    def variance(self) -> Quantity:
        """Counted less booked; nothing until counted."""
        return variance(self.counted, self.book) if self.is_counted else Quantity(0, 0)

    @property
    def variance_doses(self) -> int:
        """The variance in doses. Needs ``lot__presentation``."""
        return doses(self.variance, self.lot.presentation.doses_per_vial)
