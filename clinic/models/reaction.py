"""What belongs to a case of 疑似异常反应 beside the case itself. All of it is appended, nothing is edited."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from clinic.choices import (
    AefiOutcome,
    EntryKind,
    Fever,
    FoundBy,
    GroupState,
    Preliminary,
    Programme,
    Swelling,
    YesNo,
)
from clinic.models.visit import AdverseEvent
from clinic.quick_cards import QuickCard, card_of
from inventory.models import Lot
from places.models import Place, Site
from residents.models import VaccinationRecord


class CardMark(models.Model):
    """A quick card was opened on a case (``step`` empty), or a line of it ticked or unticked. The last mark counts."""

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="card_marks")
    card = models.CharField("速查卡", max_length=12)
    version = models.PositiveSmallIntegerField("版本")
    digest = models.CharField(max_length=64, editable=False)
    step = models.CharField("步骤", max_length=4, blank=True)
    done = models.BooleanField("做了", default=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "速查卡记录"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["event", "card", "version"], name="card_mark_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "card", "version", "by"], condition=Q(step=""), name="card_opened_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.version} {self.step}"

    @property
    def quick_card(self) -> QuickCard | None:
        """The very text that was shown."""
        return card_of(self.card, self.version)


class CaseCard(models.Model):
    """疑似异常反应个案报告卡 as it was filled in; a correction is a new version. Items 1-4 stand on case and person."""

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="cards")
    key = models.UUIDField(unique=True)
    version = models.PositiveSmallIntegerField("版本")
    occupation = models.CharField("职业", max_length=30, blank=True)
    address = models.CharField("现住址", max_length=120, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    guardian = models.CharField("监护人", max_length=60, blank=True)
    programme = models.CharField("组织形式", max_length=1, choices=Programme, default=Programme.ROUTINE)
    also = models.ManyToManyField(
        VaccinationRecord, blank=True, related_name="+", verbose_name="其他可疑疫苗"
    )
    found_on = models.DateField("发现(就诊)日期")
    clinic = models.CharField("就诊单位", max_length=60, blank=True)
    course = models.CharField("临床经过", max_length=600)
    fever = models.CharField("发热", max_length=1, choices=Fever, default=Fever.NONE)
    redness = models.CharField("局部红肿", max_length=1, choices=Swelling, default=Swelling.NONE)
    induration = models.CharField("局部硬结", max_length=1, choices=Swelling, default=Swelling.NONE)
    diagnosis = models.CharField("初步诊断", max_length=80, blank=True)
    admitted = models.CharField("住院", max_length=1, choices=YesNo, default=YesNo.NO)
    outcome = models.CharField("转归", max_length=1, choices=AefiOutcome)
    preliminary = models.CharField("初步分类", max_length=1, choices=Preliminary)
    found_by = models.CharField("获得方式", max_length=1, choices=FoundBy, default=FoundBy.PASSIVE)
    unit = models.CharField("报告单位", max_length=60)
    reporter = models.CharField("报告人", max_length=30)
    reporter_phone = models.CharField("报告人电话", max_length=20, blank=True)
    filled_at = models.DateTimeField("填写时间")
    filled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "个案卡"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["event", "version"], name="case_card_version_once")]

    def __str__(self) -> str:
        return f"{self.event} 个案卡第{self.version}版"


class CaseEntry(models.Model):
    """One line of a case's log: who was told, when the card went out, how the person was at the follow-up call."""

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="entries")
    key = models.UUIDField(unique=True)
    kind = models.CharField("类别", max_length=8, choices=EntryKind)
    to_whom = models.CharField("对方", max_length=60, blank=True)
    text = models.CharField("内容", max_length=300, blank=True)
    state = models.CharField("情况", max_length=1, choices=AefiOutcome, blank=True)
    next_on = models.DateField("下次随访", null=True, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "病例记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:20]}"


class ReactionGroup(models.Model):
    """Cases that look alike at one site or after one lot: told to the office at once, which judges with a reason."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("群体编码", max_length=12, unique=True, null=True, blank=True)
    basis = models.CharField("共同点", max_length=4, choices=[("site", "同一接种点"), ("lot", "同一批号")])
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=GroupState, default=GroupState.SUSPECTED)
    opened_at = models.DateTimeField("发现时间")
    decided_at = models.DateTimeField("判断时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("判断依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "群体性反应"
        ordering = ["-opened_at"]

    @property
    def is_open(self) -> bool:
        """It waits for the office's judgement."""
        return self.state == GroupState.SUSPECTED

    @property
    def state_pair(self) -> tuple[str, str]:
        """Kind and word for a status tag."""
        kind = "plain" if self.state == GroupState.DISMISSED else "stop"
        return kind, self.get_state_display()

    def __str__(self) -> str:
        where = self.site if self.basis == "site" else f"批号 {self.lot}"
        return f"{where} {self.get_state_display()}"


class ReactionPlan(models.Model):
    """处置预案 of a county or township for a campaign: how fast to report, and where the green channel leads (S105).

    The nearest one governs: a township's own before its county's.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reaction_plans")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="地方")
    serious_hours = models.PositiveSmallIntegerField("严重反应上报时限(小时)", default=2)
    other_hours = models.PositiveSmallIntegerField("其他反应上报时限(小时)", default=48)
    group_hours = models.PositiveSmallIntegerField("群体性反应观察窗(小时)", default=24)
    hospital = models.CharField("绿色通道医院", max_length=60, blank=True)
    hospital_phone = models.CharField("绿色通道电话", max_length=20, blank=True)
    county_phone = models.CharField("县疾控值班电话", max_length=20, blank=True)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "处置预案"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "place"], name="reaction_plan_once"),
            models.CheckConstraint(
                condition=Q(serious_hours__gte=1, serious_hours__lte=2, other_hours__lte=48),
                name="reaction_plan_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.campaign}"
