"""Frozen registers: who stood on the register of a place or organisation at one moment, never changed afterwards."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from places.models import Organisation, Place
from residents.choices import Residence, VersionKind
from residents.models.resident import Resident
from residents.querysets import VersionQuerySet


class RegisterVersion(models.Model):
    """One numbered version of one register in one campaign. The database refuses to change or delete it.

    The key is known before the row is written: the members go in first and ``counts`` is counted from them.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="versions", verbose_name="接种活动")
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地方"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    kind = models.CharField("类型", max_length=10, choices=VersionKind)
    number = models.PositiveIntegerField("版本")
    reason = models.CharField("原因", max_length=200)
    # What "on target" meant when it was frozen: {"cohort", "age_ref", "movers", "inflow"}.
    definition = models.JSONField("口径", default=dict)
    counts = models.JSONField("人数", default=dict)  # shape: services.versions.counts_of
    frozen_on = models.DateField("日期")
    frozen_at = models.DateTimeField("时间")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "名册版本"
        ordering = ["-frozen_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=False, organisation__isnull=True)
                | Q(place__isnull=True, organisation__isnull=False),
                name="version_of_place_or_organisation",
            ),
            models.UniqueConstraint(
                fields=["campaign", "kind", "place", "number"],
                condition=Q(place__isnull=False),
                name="place_version_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "kind", "organisation", "number"],
                condition=Q(organisation__isnull=False),
                name="organisation_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place or self.organisation} {self.get_kind_display()}第{self.number}版"


class RegisterMember(models.Model):
    """A person on a frozen register, with what a later comparison needs; the name stays with the person."""

    version = models.ForeignKey(RegisterVersion, models.PROTECT, related_name="members")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    village_code = models.CharField("登记村", max_length=18)
    group_no = models.CharField("组", max_length=10, blank=True)
    residence = models.CharField("人员类别", max_length=14, choices=Residence)
    unit_code = models.CharField("计入单位", max_length=18, blank=True)
    unit_rule = models.CharField("计入规则", max_length=30, blank=True)
    is_target = models.BooleanField("目标人群")
    doses_done = models.PositiveSmallIntegerField("已种剂次")

    class Meta:
        verbose_name = "名册版本人员"
        constraints = [models.UniqueConstraint(fields=["version", "resident"], name="version_member_once")]

    def __str__(self) -> str:
        return f"{self.version} {self.resident}"
