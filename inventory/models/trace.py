"""Trace codes: which came with which receipt."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from inventory.models.documents import StockDocument
from inventory.models.vaccine import Lot
from inventory.trace_querysets import TraceSpanQuerySet


class TraceSpan(models.Model):
    """Codes with consecutive numbers on the vials of one lot of one receipt, as scanned; withdrawn when it was a slip."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(StockDocument, models.PROTECT, related_name="codes", verbose_name="入库单")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="codes", verbose_name="批号")
    stem = models.CharField(max_length=90)
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    first = models.CharField("首码", max_length=80)
    last = models.CharField("末码", max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdraw_reason = models.CharField("撤销原因", max_length=120, blank=True)

    objects = TraceSpanQuerySet.as_manager()

    class Meta:
        verbose_name = "追溯码"
        ordering = ["id"]
        indexes = [models.Index(fields=["stem", "low"], name="trace_stem_low")]
        constraints = [models.CheckConstraint(condition=Q(low__lte=F("high")), name="trace_span_order")]

    def __str__(self) -> str:
        return self.first if self.low == self.high else f"{self.first} 至 {self.last}"

    @property
    def count(self) -> int:
        """How many vials carry one of these codes."""
        return self.high - self.low + 1
