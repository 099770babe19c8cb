"""A person going from one register to another, or off it: proposed by one side, answered by the other, never silent."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from places.models import Place
from residents.choices import MoveKind, MoveReason, MoveState, Removal, Residence
from residents.models.resident import Resident
from residents.querysets import MoveQuerySet


class Move(models.Model):
    """One proposal with its answer. The row stays for ever; only its answer is added."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="moves")
    kind = models.CharField("类型", max_length=8, choices=MoveKind)
    from_place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="迁出村(社区)")
    to_place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="迁入村(社区)"
    )
    residence = models.CharField("迁入后的人员类别", max_length=14, choices=Residence, blank=True)
    removal = models.CharField("移出原因", max_length=10, choices=Removal, blank=True)
    reason = models.CharField("原因", max_length=10, choices=MoveReason, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    on = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=MoveState, default=MoveState.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer_note = models.CharField("答复", max_length=200, blank=True)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = "迁移与移出"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(state="open"),
                name="one_open_move",
                violation_error_message="这个人已有一条等待答复的迁移或移出。",
            ),
            models.CheckConstraint(
                condition=Q(kind="removal", to_place__isnull=True) & ~Q(removal="")
                | ~Q(kind="removal") & Q(to_place__isnull=False, removal=""),
                name="move_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.told}"

    def get_absolute_url(self) -> str:
        return reverse("residents:move", args=[self.uid])

    @property
    def told(self) -> str:
        """What is to happen, in a few words."""
        if self.kind == MoveKind.REMOVAL:
            return f"移出名册({self.get_removal_display()})"
        return f"{self.from_place} → {self.to_place}"

    @property
    def is_open(self) -> bool:
        """True while the answer is waited for."""
        return self.state == MoveState.OPEN

    @property
    def asked_word(self) -> str:
        """``asked`` in words."""
        return f"{self.asked}的上级办公室" if self.kind == MoveKind.REMOVAL else str(self.asked)

    @property
    def asking(self) -> Place:
        """Whose proposal it is: a claim is made by the village that wants the person."""
        return self.to_place if self.kind == MoveKind.CLAIM else self.from_place

    @property
    def asked(self) -> Place:
        """Whose answer is waited for: the other village; for a removal the office above the own one."""
        return self.to_place if self.kind == MoveKind.MOVE else self.from_place
