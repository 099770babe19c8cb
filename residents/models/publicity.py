"""What was done to tell people: banners, notices, visits, lectures, broadcasts, counted by village and day."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from places.models import Place
from residents.choices import PublicityKind
from residents.querysets import PublicityQuerySet


class PublicityCount(models.Model):
    """One figure. A correction is a new row; the old one points to it and no longer counts."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="publicity_counts", verbose_name="村(社区)")
    day = models.DateField("日期")
    kind = models.CharField("类型", max_length=10, choices=PublicityKind)
    count = models.PositiveIntegerField("数量")
    note = models.CharField("说明", max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="填报人"
    )
    at = models.DateTimeField("填报时间")
    superseded_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name="更正为"
    )

    objects = PublicityQuerySet.as_manager()

    class Meta:
        verbose_name = "宣传统计"
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["place", "day"], name="publicity_place_day")]
        constraints = [
            models.UniqueConstraint(fields=["key", "kind"], name="publicity_once"),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=models.F("pk")),
                name="publicity_not_by_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.day} {self.get_kind_display()} {self.count}"
