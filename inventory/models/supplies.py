"""Syringes and diluent: a ledger of their own, in pieces. Each movement carries the balance after it; there is no other
place where a quantity stands."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.querysets import SupplyMovementQuerySet
from inventory.supply_choices import SYRINGES, Programme, SupplyKind, SupplyMove
from places.models import Site


class SupplyItem(models.Model):
    """A product as it stands on the box."""

    kind = models.CharField("类型", max_length=12, choices=SupplyKind)
    maker = models.CharField("生产企业", max_length=60)
    spec = models.CharField("规格(mL/支)", max_length=20)  # "0.5": what one piece holds
    programme = models.CharField("属性", max_length=1, choices=Programme, default=Programme.OTHER)
    approval_no = models.CharField("批准文号(注册证号)", max_length=40)

    class Meta:
        verbose_name = "耗材"
        ordering = ["kind", "spec", "maker"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "maker", "spec", "programme", "approval_no"], name="supply_item_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.spec} mL({self.maker})"

    @property
    def is_syringe(self) -> bool:
        """It is counted against doses."""
        return self.kind in SYRINGES


class SupplyLot(models.Model):
    """A batch of one product."""

    item = models.ForeignKey(SupplyItem, models.PROTECT, related_name="lots", verbose_name="耗材")
    lot_no = models.CharField("批号", max_length=30)
    expires_on = models.DateField("有效期至")

    class Meta:
        verbose_name = "耗材批次"
        ordering = ["expires_on", "lot_no"]
        constraints = [models.UniqueConstraint(fields=["item", "lot_no"], name="supply_lot_once")]

    def __str__(self) -> str:
        return self.lot_no


class SupplyMovement(models.Model):
    """One signed change at a site, numbered within site and lot. Append-only: taken back by a reversal.

    ``deed`` is shared by the rows of one deed (out here, in there). ``on`` is the day it belongs to, ``at`` when it was
    written down. ``doses``: how many injections that day's use stands against.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    deed = models.UUIDField(db_index=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="supply_movements", verbose_name="接种点")
    lot = models.ForeignKey(SupplyLot, models.PROTECT, related_name="movements", verbose_name="批号")
    number = models.PositiveIntegerField("序号")
    kind = models.CharField("出入库类型", max_length=12, choices=SupplyMove)
    quantity = models.IntegerField("数量(支)")
    balance = models.IntegerField("结存(支)")
    doses = models.PositiveIntegerField("当日注射剂次", null=True, blank=True)
    counterparty = models.CharField("来源/去向", max_length=80, blank=True)
    document_no = models.CharField("单号", max_length=40, blank=True)
    other_hand = models.CharField("对方经手人", max_length=30, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    on = models.DateField("日期", db_index=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )

    objects = SupplyMovementQuerySet.as_manager()

    class Meta:
        verbose_name = "注射器台账"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "lot", "number"], name="supply_movement_order"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="supply_not_negative"),
            models.CheckConstraint(condition=~Q(quantity=0) | Q(kind="count"), name="supply_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()} {self.lot} {self.quantity:+d}"
