"""What we offer, to whom, under which rules and texts."""

import hashlib
import uuid
from datetime import time

from django.db import models
from django.db.models import F, Q

from campaigns.choices import CampaignState, InflowPolicy, InternalPolicy
from campaigns.querysets import CampaignQuerySet, PriorityGroupQuerySet
from inventory.models import Vaccine
from places.models import Place


class ScheduleRule(models.Model):
    """An effective-dated schedule rule with its source; the rules changed nine times in three years."""

    code = models.CharField("规则编号", max_length=12, unique=True)
    disease = models.CharField("疾病", max_length=12)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    data = models.JSONField("规则")  # shape: campaigns/data/README.md

    class Meta:
        verbose_name = "免疫程序规则"
        ordering = ["disease", "effective_from", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.source}"

    def save(self, **kwargs):
        super().save(**kwargs)
        self.campaigns.stamp_anew()


class QuestionSet(models.Model):
    """A version of the health questions."""

    code = models.CharField("编号", max_length=30, unique=True)
    title = models.CharField("名称", max_length=60)
    data = models.JSONField("问题")  # shape: campaigns/data/README.md

    class Meta:
        verbose_name = "健康询问表"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class ConsentForm(models.Model):
    """A version of the consent text; a signature belongs to exactly this text (hash)."""

    code = models.CharField("编号", max_length=30)
    version = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("标题", max_length=80)
    text = models.TextField("正文")
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = "知情同意书"
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="consent_form_once")]

    def __str__(self) -> str:
        return f"{self.title} 第{self.version}版"

    @staticmethod
    def digest(text: str) -> str:
        """SHA-256 of the full text, hex."""
        return hashlib.sha256(text.encode()).hexdigest()


class Campaign(models.Model):
    """One campaign of one county or township against one disease (and season)."""

    code = models.SlugField("编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=60)
    place = models.ForeignKey(Place, models.PROTECT, related_name="campaigns", verbose_name="组织单位")
    disease = models.CharField("疾病", max_length=12)
    season = models.CharField(
        "季次", max_length=10, blank=True
    )  # "2026-27" when coverage starts anew each season
    state = models.CharField("状态", max_length=8, choices=CampaignState, default=CampaignState.PLANNED)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("截止日期")
    target_age_ref_date = models.DateField("目标人群年龄基准日")
    cohort = models.JSONField("目标人群", default=dict)  # shape: campaigns/data/README.md, cohort
    county_internal_policy = models.CharField(
        "县域内流动计数", max_length=10, choices=InternalPolicy, default=InternalPolicy.HUKOU
    )
    inflow_policy = models.CharField(
        "住单位的流入人员计数", max_length=10, choices=InflowPolicy, default=InflowPolicy.VILLAGE
    )
    products = models.ManyToManyField(Vaccine, related_name="campaigns", verbose_name="疫苗")
    rules = models.ManyToManyField(ScheduleRule, related_name="campaigns", verbose_name="免疫程序")
    adult_questions = models.ForeignKey(
        QuestionSet, models.PROTECT, related_name="+", verbose_name="成人健康询问"
    )
    minor_questions = models.ForeignKey(
        QuestionSet, models.PROTECT, related_name="+", verbose_name="未成年人健康询问"
    )
    adult_consent = models.ForeignKey(
        ConsentForm, models.PROTECT, related_name="+", verbose_name="成人同意书"
    )
    minor_consent = models.ForeignKey(
        ConsentForm, models.PROTECT, related_name="+", verbose_name="监护人同意书"
    )
    checklist = models.JSONField("接种前核对清单", default=dict)
    observation_minutes = models.PositiveSmallIntegerField("留观分钟", default=30)
    booking_cutoff = models.TimeField("次日名单截止", default=time(16))
    # Another one whenever its rules, phases or vaccines change: who has them parsed knows that they are still right.
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "接种活动"
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_dates")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """True when it was ended."""
        return self.state == CampaignState.CLOSED


class Phase(models.Model):
    """A step of the campaign with its own dates and people (S3, S29, S71)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="phases")
    order = models.PositiveSmallIntegerField("次序")
    name = models.CharField("名称", max_length=60)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("截止日期")
    cohort = models.JSONField("人群", default=dict)
    is_open = models.BooleanField("已开放", default=True)

    class Meta:
        verbose_name = "阶段"
        ordering = ["campaign", "order"]
        constraints = [models.UniqueConstraint(fields=["campaign", "order"], name="phase_order_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs):
        super().save(**kwargs)
        Campaign.objects.filter(pk=self.campaign_id).stamp_anew()


class PriorityGroup(models.Model):
    """重点人群: a code list that each campaign may edit; without a campaign it is the default.

    A campaign's row with the code of a default renames or closes it there; people always carry the default row. A
    campaign's row with a code of its own is one more group.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="priority_groups"
    )
    code = models.CharField("编码", max_length=20)
    name = models.CharField("名称", max_length=80)
    is_active = models.BooleanField("使用中", default=True)

    objects = PriorityGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "重点人群"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="priority_group_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(campaign__isnull=True), name="default_priority_group_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_code} {self.name}".strip()

    @property
    def short_code(self) -> str:
        """K5 or Z1, as people write it; "" for the long codes that only rules use."""
        return self.code if len(self.code) <= 4 else ""
