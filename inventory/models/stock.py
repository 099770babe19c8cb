"""The ledger: movements are facts, levels are their sum."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.choices import MovementKind
from inventory.models.vaccine import Lot
from inventory.querysets import StockLevelQuerySet, StockMovementQuerySet
from inventory.rules import open_until
from places.models import Site


class StockLevel(models.Model):
    """What a site holds of a lot now: closed vials, and doses left in the opened one. Locked before it changes.

    ``Lot.state`` speaks of the lot everywhere (a recall); ``held_reason`` of these vials only (papers missing, a warm
    refrigerator), so that a keeper never stops another township's clinic.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="levels")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="levels")
    vials = models.IntegerField("支", default=0)
    open_doses = models.IntegerField("已开启余量(剂)", default=0)
    opened_at = models.DateTimeField("开启时间", null=True, blank=True)
    held_reason = models.CharField("隔离原因", max_length=120, blank=True)  # held here: counted, never given

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = "库存"
        constraints = [
            models.UniqueConstraint(fields=["site", "lot"], name="level_once"),
            models.CheckConstraint(
                condition=Q(vials__gte=0), name="vials_not_negative", violation_error_message="库存不足。"
            ),
            models.CheckConstraint(
                condition=Q(open_doses__gte=0),
                name="open_doses_not_negative",
                violation_error_message="库存不足。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.lot}: {self.vials}"

    @property
    def usable_until(self):
        """The moment from which the opened vial must not be used; None while none is open. Needs ``lot__presentation``."""
        return (
            open_until(self.opened_at, self.lot.presentation.open_vial_minutes) if self.open_doses else None
        )

    @property
    def all_doses(self) -> int:
        """Closed vials in doses, plus what is left in the opened one. Needs ``lot__presentation``."""
        return self.vials * self.lot.presentation.doses_per_vial + self.open_doses


class StockMovement(models.Model):
    """One signed change of a level, in closed vials and opened doses. Append-only: corrected by a reversal."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)  # the deed's key: posting twice is posting once
    site = models.ForeignKey(Site, models.PROTECT, related_name="movements", verbose_name="接种点")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", verbose_name="批号")
    kind = models.CharField("类型", max_length=14, choices=MovementKind)
    # The paper it stands on; none for doses given on the floor (and those taken back there), which the day's close sums up.
    document = models.ForeignKey(
        "inventory.StockDocument",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name="单据",
    )
    vials = models.IntegerField("支")
    open_doses = models.IntegerField("已开启(剂)", default=0)
    balance_vials = models.IntegerField("结存(支)")
    balance_open = models.IntegerField("结存已开启(剂)", default=0)
    counterparty = models.CharField("来源/去向单位", max_length=80, blank=True)
    document_no = models.CharField("单号", max_length=40, blank=True)
    transport_celsius = models.DecimalField("运输温度", max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    on = models.DateField("日期", db_index=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        verbose_name = "出入库记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "lot", "id"], name="movement_site_lot")]
        constraints = [
            models.CheckConstraint(condition=~Q(vials=0) | ~Q(open_doses=0), name="movement_moves"),
            models.CheckConstraint(
                condition=Q(balance_vials__gte=0, balance_open__gte=0), name="movement_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()} {self.lot} {self.vials:+d}"

    @property
    def doses(self) -> int:
        """The change in doses."""
        return self.vials * self.lot.presentation.doses_per_vial + self.open_doses
