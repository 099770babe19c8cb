"""安心便签: when a shop might show it, and when no more (S80)."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Organisation


class Sticker(models.Model):
    """One time in which all staff of a shop were vaccinated. The log of what ``residents.stickers.verdict`` said on its days;
    whether the shop may show it today is asked of the roster again. ``uid`` is in the QR code and names nobody."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="stickers")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    granted_on = models.DateField("发放日期")
    staff = models.PositiveIntegerField("在岗员工")
    excused = models.PositiveIntegerField("其中不能接种", default=0)
    revoked_on = models.DateField("收回日期", null=True, blank=True)
    reason = models.CharField(
        "收回原因", max_length=120, blank=True
    )  # counts, never names: the public reads it

    class Meta:
        verbose_name = "安心便签"
        ordering = ["-granted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(revoked_on__isnull=True), name="one_sticker_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, reason="")
                | (Q(revoked_on__isnull=False) & ~Q(reason="")),
                name="revoking_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.granted_on}"

    def get_absolute_url(self) -> str:
        """The public page behind the QR code."""
        return reverse("residents:sticker", args=[self.uid])

    @property
    def number(self) -> str:
        """What stands on the paper for reading aloud."""
        return str(self.uid)[:8].upper()
