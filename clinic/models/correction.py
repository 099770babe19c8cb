"""Putting a recorded dose right: one person says what is wrong, another one confirms under the own log-in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clinic.choices import CORRECTION_KINDS, BodySite, CorrectionKind, CorrectionState
from clinic.models.visit import Dose
from clinic.querysets import CorrectionQuerySet
from inventory.models import Lot
from residents.models import Enrolment


class Correction(models.Model):
    """What was wrong with a dose, what is right, why, and the two people. Nothing moves before the second one agrees;
    the database itself refuses a correction that one person alone proposed and confirmed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    dose = models.ForeignKey(Dose, models.PROTECT, related_name="corrections")
    kind = models.CharField("错在哪里", max_length=10, choices=CorrectionKind)
    reason = models.CharField("原因", max_length=200)
    # What is right; only the columns of the kind are filled.
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="实际批号"
    )
    enrolment = models.ForeignKey(
        Enrolment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name="实际受种者",
    )
    body_site = models.CharField("实际部位", max_length=12, choices=BodySite, blank=True)
    given_at = models.DateTimeField("实际接种时间", null=True, blank=True)
    twin = models.ForeignKey(
        Dose, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保留的一次登记"
    )
    state = models.CharField("状态", max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="第二人",
    )
    answer = models.CharField("不同意的原因", max_length=200, blank=True)
    replacement = models.OneToOneField(
        Dose, models.PROTECT, null=True, blank=True, related_name="made_by", verbose_name="更正后的接种"
    )
    effects = models.JSONField("更正后果", default=list)  # sentences for people, as they were on that day

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "接种更正"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dose"],
                condition=Q(state__in=["proposed", "done"]),
                name="corrected_once",
                violation_error_message="这一剂已经有一项更正。",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | Q(state="withdrawn")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="corrected_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dose} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("clinic:correction", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """It waits for the second person."""
        return self.state == CorrectionState.PROPOSED

    @property
    def state_pair(self) -> tuple[str, str]:
        """Kind and word for a status tag."""
        return CORRECTION_KINDS[self.state], self.get_state_display()
