"""The close of a day (日清日结): what the books say, what was counted, two people. Frozen once the second one has signed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from inventory.choices import CloseState, Part
from inventory.closing_rules import Amount
from inventory.models.documents import StockDocument
from inventory.models.vaccine import Lot
from inventory.signed_querysets import DayCloseQuerySet
from places.models import Site


class DayClose(models.Model):
    """A site's day: counted by the keeper, then signed by somebody else, which gives it its number as a document."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="closes", verbose_name="接种点")
    on = models.DateField("日期")
    since = models.DateField("上次日结", null=True, blank=True)  # empty: the first close of the site
    state = models.CharField("状态", max_length=10, choices=CloseState, default=CloseState.COUNTED)
    counted_at = models.DateTimeField("清点时间")
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="清点人"
    )
    closed_at = models.DateTimeField("复核时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    document = models.OneToOneField(
        StockDocument, models.PROTECT, null=True, blank=True, related_name="close", verbose_name="单据"
    )

    objects = DayCloseQuerySet.as_manager()

    class Meta:
        verbose_name = "日结"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "on"],
                condition=Q(state__in=["counted", "closed"]),
                name="day_closed_once",
                violation_error_message="这一天已经清点或日结过。",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(document__isnull=False, closed_at__isnull=False),
                name="closed_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(counted_by__isnull=True)
                | ~Q(closed_by=F("counted_by")),
                name="closed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.on} 日结"

    def get_absolute_url(self) -> str:
        return reverse("closing:sheet", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """It waits for the second person."""
        return self.state == CloseState.COUNTED

    @property
    def state_pair(self) -> tuple[str, str]:
        """Kind and word for a status tag."""
        kinds = {CloseState.COUNTED: "due", CloseState.CLOSED: "done", CloseState.WITHDRAWN: "plain"}
        return kinds[self.state], self.get_state_display()


class CloseLine(models.Model):
    """One lot of a close, as it stood. Append-only. ``through`` is the last movement that it takes in."""

    close = models.ForeignKey(DayClose, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name="批号")
    through = models.PositiveBigIntegerField()
    opening_vials = models.IntegerField("期初(支)")
    opening_doses = models.IntegerField("期初(剂)")
    closing_vials = models.IntegerField("期末(支)")
    closing_doses = models.IntegerField("期末(剂)")
    parts = models.JSONField("收发", default=dict)  # Part → [vials, doses], signed
    used = models.IntegerField("使用(剂)", default=0)
    given = models.IntegerField("接种记录(剂)", default=0)
    late = models.IntegerField("补记以前的(剂)", default=0)
    counted_vials = models.IntegerField(
        "实点(支)", null=True, blank=True
    )  # empty: could not be counted any more
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "日结明细"
        ordering = ["close", "lot__presentation__vaccine", "lot__expires_on", "lot"]
        constraints = [models.UniqueConstraint(fields=["close", "lot"], name="close_line_once")]

    def __str__(self) -> str:
        return f"{self.close} {self.lot}"

    @property
    def opening(self) -> Amount:
        return Amount(self.opening_vials, self.opening_doses)

    @property
    def closing(self) -> Amount:
        return Amount(self.closing_vials, self.closing_doses)

    @property
    def cells(self) -> list[Amount]:
        """The amounts of every part, in the order of the sheet."""
        return [Amount(*self.parts.get(part, (0, 0))) for part in Part]

    @property
    def difference(self) -> int | None:
        """Vials counted less vials in the books; None when nothing could be counted."""
        return None if self.counted_vials is None else self.counted_vials - self.closing_vials

    @property
    def is_off(self) -> bool:
        """It was closed with an explanation."""
        return bool(self.difference) or self.used != self.given
