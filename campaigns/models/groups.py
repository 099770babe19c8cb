"""Who leads and who works: the directories of a campaign (S8, S74, S96)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.choices import GroupKind, GroupRole
from campaigns.models.campaign import Campaign
from campaigns.querysets import MemberQuerySet, WorkGroupQuerySet
from places.models import Place


class WorkGroup(models.Model):
    """A leading group, one of the special groups, a village's own group, or the one that helps a village."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="work_groups")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="所属地方")
    kind = models.CharField("类型", max_length=10, choices=GroupKind)
    name = models.CharField("名称", max_length=60)
    duty = models.CharField("职责", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)
    ended_on = models.DateField("撤销日期", null=True, blank=True)

    objects = WorkGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "工作组"
        ordering = ["place__code", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "name"],
                condition=Q(ended_on__isnull=True),
                name="work_group_once",
                violation_error_message="这个地方已有同名的工作组。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "place", "kind"],
                condition=Q(ended_on__isnull=True) & ~Q(kind=GroupKind.SPECIAL),
                name="work_group_one_of_its_kind",
                violation_error_message="这个地方已有这类工作组。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("groups:detail", args=[self.uid])


class WorkGroupMember(models.Model):
    """A person in a group from a day until a day. A change ends the line and writes a new one: the history stays."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="members")
    role = models.CharField("组内职务", max_length=12, choices=GroupRole, default=GroupRole.MEMBER)
    name = models.CharField("姓名", max_length=30)
    unit = models.CharField("单位", max_length=60, blank=True)
    post = models.CharField("职务", max_length=60, blank=True)
    duty = models.CharField("分工", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="帐号"
    )
    order = models.PositiveSmallIntegerField("次序", default=0)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "工作组成员"
        ordering = ["role", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="group_member_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.get_role_display()})"
