"""三级包干: leaders hold villages, cadres hold groups and grids, group heads hold people. Ended, never deleted."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from places.models import Place
from residents.choices import DutyLevel
from residents.models.resident import Resident
from residents.querysets import DutyQuerySet


class DutyAssignment(models.Model):
    """Who holds what: a user with an account, or somebody known by name and phone only."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    level = models.CharField("级别", max_length=6, choices=DutyLevel)
    village = models.ForeignKey(Place, models.PROTECT, related_name="duties", verbose_name="村(社区)")
    village_code = models.CharField(
        max_length=18, editable=False
    )  # copied from village: scope without a join
    group_no = models.CharField("组", max_length=10, blank=True)
    grid = models.CharField("网格", max_length=20, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name="帐号",
    )
    holder_name = models.CharField("姓名", max_length=30, blank=True)
    holder_phone = models.CharField("电话", max_length=20, blank=True)
    post = models.CharField("职务", max_length=30, blank=True)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "包干责任"
        ordering = ["village_code", "level", "group_no", "grid", "pk"]
        indexes = [models.Index(fields=["village_code", "level"], name="duty_village")]
        constraints = [
            models.CheckConstraint(
                condition=Q(holder__isnull=False) | ~Q(holder_name=""), name="duty_has_a_holder"
            ),
            models.CheckConstraint(
                condition=~Q(level="cadre") | ~Q(group_no="") | ~Q(grid=""), name="cadre_holds_a_part"
            ),
            models.UniqueConstraint(
                fields=["level", "village", "group_no", "grid"],
                condition=Q(until__isnull=True) & ~Q(level="head"),
                name="one_holder_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_word} {self.name}"

    @property
    def name(self) -> str:
        """The holder's name, whether with or without an account."""
        return self.holder.display_name if self.holder_id else self.holder_name

    @property
    def phone(self) -> str:
        """The number to call; the one written here wins over the account's."""
        return self.holder_phone or (self.holder.phone if self.holder_id else "")

    @property
    def part_word(self) -> str:
        """What is held: 南山社区 3组."""
        group = f"{self.group_no}组" if self.group_no.isdigit() else self.group_no
        return " ".join(filter(None, [self.village.name, group, self.grid and f"网格{self.grid}"]))


class Charge(models.Model):
    """One person in the care of a group head, for a time."""

    duty = models.ForeignKey(DutyAssignment, models.PROTECT, related_name="charges")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="charges")
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = "包干到人"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(until__isnull=True), name="one_head_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} — {self.duty.name}"
