"""召回: an order of an office, in force for every site below its place until the same office lifts it."""

import uuid

from django.conf import settings
from django.db import models

from inventory.choices import RecallRest
from inventory.models.vaccine import Lot
from inventory.paper_querysets import LotRecallQuerySet
from places.models import Place


class LotRecall(models.Model):
    """One order, or (``lifts``) the end of one. Append-only; what it did at each site is a RECALL document there."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="recalls", verbose_name="批号")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="范围")
    reason = models.CharField("原因", max_length=120)
    authority = models.CharField("依据(通知单位)", max_length=80, blank=True)
    paper_no = models.CharField("文号", max_length=40, blank=True)
    rest = models.CharField("余下的疫苗", max_length=8, choices=RecallRest, default=RecallRest.KEEP)
    lifts = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="lifted_by", verbose_name="撤销的召回"
    )
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )

    objects = LotRecallQuerySet.as_manager()

    class Meta:
        verbose_name = "召回"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.place} {self.lot}"
