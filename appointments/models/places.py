"""Who may take how many places of a slot, and when places are released."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.models.session import ClinicSession, Slot
from places.models import Place


class SlotQuota(models.Model):
    """Places of a slot for one village or for one dose number (``place_rules``). Locked with its slot."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="quotas")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name="村(社区)")
    dose_number = models.PositiveSmallIntegerField("剂次", null=True)
    places = models.PositiveSmallIntegerField("名额")

    class Meta:
        verbose_name = "名额"
        ordering = ["slot", "dose_number", "place__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=True, dose_number__isnull=False)
                | Q(place__isnull=False, dose_number__isnull=True),
                name="quota_of_village_or_dose",
            ),
            models.UniqueConstraint(fields=["slot", "place"], name="quota_once_per_village"),
            models.UniqueConstraint(fields=["slot", "dose_number"], name="quota_once_per_dose"),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.place or self.dose_number}: {self.places}"


class Release(models.Model):
    """From ``at`` on, ``percent`` of the places of every slot may be booked. A session without releases is all open."""

    session = models.ForeignKey(ClinicSession, models.CASCADE, related_name="releases")
    at = models.DateTimeField("放号时间")
    percent = models.PositiveSmallIntegerField("放到(%)")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "放号"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="release_percent")
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.percent}%"
