"""The pivot: one person in one campaign, counted in one unit."""

from django.conf import settings
from django.db import models

from campaigns.models import Campaign
from inventory.models import Vaccine
from places.models import Place
from residents.choices import EnrolmentStatus
from residents.models.resident import Resident
from residents.querysets import EnrolmentQuerySet


class Enrolment(models.Model):
    """A person in a campaign: the accounting unit with the rule that put the person there, and the projection of doses,
    due window, hold and status that ``residents.rules.project`` computes. Upper rooms point here and lock this row."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="enrolments")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="enrolments")
    unit = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="计入单位"
    )
    unit_code = models.CharField(max_length=18, blank=True)  # copied from unit; "" = counted nowhere here
    unit_rule = models.CharField("计入规则", max_length=30, blank=True)
    # Of the campaign's age (and other conditions), wherever counted; on target = in the cohort and counted in a unit.
    in_cohort = models.BooleanField("符合目标条件", default=False)
    is_target = models.BooleanField("目标人群", default=False)
    doses_done = models.PositiveSmallIntegerField("已种剂次", default=0)
    first_dose_on = models.DateField("首剂日期", null=True, blank=True)
    last_dose_on = models.DateField("最近接种", null=True, blank=True)
    last_product = models.ForeignKey(Vaccine, models.PROTECT, null=True, blank=True, related_name="+")
    primary_complete_on = models.DateField("全程日期", null=True, blank=True)
    booster_on = models.DateField("加强日期", null=True, blank=True)
    next_dose = models.PositiveSmallIntegerField("下一剂次", null=True, blank=True)
    due_from = models.DateField("可种日期", null=True, blank=True)
    due_to = models.DateField("应种截止", null=True, blank=True)
    hold_until = models.DateField("暂缓至", null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=EnrolmentStatus, default=EnrolmentStatus.OPEN)
    status_reason = models.CharField("说明", max_length=200, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "活动登记"
        constraints = [models.UniqueConstraint(fields=["resident", "campaign"], name="enrolled_once")]
        indexes = [
            models.Index(fields=["campaign", "unit_code", "status", "due_from"], name="enrolment_unit_due"),
            models.Index(
                fields=["campaign", "unit_code", "is_target", "doses_done"], name="enrolment_unit_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} · {self.campaign}"


class UnitChoice(models.Model):
    """The office's word on where a person is counted; the newest one holds, earlier ones stay as history."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="unit_choices")
    # Empty: counted nowhere here; with ``by_rule`` the decision is taken back and the rules hold again.
    unit = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="计入单位"
    )
    by_rule = models.BooleanField("按规则计入", default=False)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "计入单位裁定"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by_rule=False) | models.Q(unit__isnull=True), name="by_rule_names_no_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} → {'按规则' if self.by_rule else self.unit or '不计入'}"
