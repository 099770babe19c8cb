"""What a place is asked to reach by a day."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from places.models import Place
from reports.choices import TargetBasis, TargetKind
from reports.querysets import TargetQuerySet
from reports.units import group_word
from residents.models import RegisterVersion


class Target(models.Model):
    """So many people (or doses) of a place, or of one 组 of a village, by a day. A change supersedes the old row and keeps
    it; one that was a mistake is withdrawn with a reason and kept as well. Several days may stand beside each other: 40 % by
    June, 65 % by December (S53).

    ``cohort`` is a code of ``reports.cohorts``. With ``starts_on`` only what is reached from that day counts.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="targets", verbose_name="接种活动")
    place = models.ForeignKey(Place, models.PROTECT, related_name="targets", verbose_name="地方")
    group_no = models.CharField("组", max_length=10, blank=True)
    kind = models.CharField("指标", max_length=10, choices=TargetKind, default=TargetKind.FIRST)
    cohort = models.CharField("人群", max_length=30, blank=True)
    quantity = models.PositiveIntegerField("任务数")
    basis = models.CharField("下达方式", max_length=10, choices=TargetBasis, default=TargetBasis.COUNT)
    # Of a percentage: of how many people, and which kept version of the base they are.
    percent = models.DecimalField(
        "百分比", max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    base_people = models.PositiveIntegerField("基数(人)", null=True, blank=True)
    base = models.ForeignKey(
        RegisterVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="基数版本"
    )
    starts_on = models.DateField("起算日期", null=True, blank=True)
    due_on = models.DateField("截止日期")
    assigned_at = models.DateTimeField("下达时间")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=120, blank=True)
    superseded_at = models.DateTimeField("被替换时间", null=True, blank=True)
    # Taken back without another one in its place: why, and by whom; the moment is ``superseded_at``.
    withdrawal = models.CharField("撤回原因", max_length=120, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        ordering = ["place__code", "group_no", "due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "group_no", "kind", "cohort", "due_on"],
                condition=Q(superseded_at__isnull=True),
                name="target_once",
            ),
            models.CheckConstraint(
                condition=Q(basis="percent", percent__isnull=False, base_people__isnull=False)
                | (~Q(basis="percent") & Q(percent=None, base_people=None, base=None)),
                name="percent_of_a_base",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(starts_on__lte=models.F("due_on")), name="target_dates"
            ),
            models.CheckConstraint(
                condition=Q(withdrawal="", withdrawn_by=None) | Q(superseded_at__isnull=False),
                name="target_withdrawn_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_word} {self.get_kind_display()} {self.quantity}"

    @property
    def unit_word(self) -> str:
        """The place, with its group where it is one's."""
        return f"{self.place}{group_word(self.group_no)}"
