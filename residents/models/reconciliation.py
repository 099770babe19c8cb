"""School and vaccination site compare, name by name, who is vaccinated (S33)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from places.models import Organisation
from residents.choices import Party, Settlement
from residents.models.roster import RosterEntry


class SchoolClaim(models.Model):
    """What the school says of one pupil and one dose. A new word of the school replaces the old one, which stays."""

    entry = models.ForeignKey(RosterEntry, models.PROTECT, related_name="claims")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    dose_number = models.PositiveSmallIntegerField("剂次", default=1)
    is_vaccinated = models.BooleanField("学校说已接种")
    given_on = models.DateField("接种日期", null=True, blank=True)
    place_name = models.CharField("接种地点", max_length=80, blank=True)
    at = models.DateTimeField("填报时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)
    # How a difference was settled, when school and site talked about it.
    settlement = models.CharField("核实结果", max_length=10, choices=Settlement, blank=True)
    settlement_note = models.CharField("核实说明", max_length=120, blank=True)
    settled_at = models.DateTimeField("核实时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "学校填报"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "campaign", "dose_number"],
                condition=Q(replaced_at__isnull=True),
                name="one_claim_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(settlement="", settled_at__isnull=True)
                | (~Q(settlement="") & Q(settled_at__isnull=False)),
                name="settled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} 第{self.dose_number}剂 {'已种' if self.is_vaccinated else '未种'}"


class ReconciliationSign(models.Model):
    """One party says that the list of the unvaccinated agrees with its own; with the numbers it saw."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    dose_number = models.PositiveSmallIntegerField("剂次", default=1)
    party = models.CharField("哪一方", max_length=8, choices=Party)
    pupils = models.PositiveIntegerField("在册")
    unvaccinated = models.PositiveIntegerField("未接种")
    at = models.DateTimeField("确认时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "核对确认"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_party_display()} {self.at:%Y-%m-%d}"
