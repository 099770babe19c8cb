"""Registers and plans handed in by a deadline: what was asked for, what came, what became of it (S25, S30, S31)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Organisation, Place, Site
from residents.choices import AUDIENCES, Audience, RecheckAnswer, SubmissionKind, SubmissionState
from residents.models.resident import Resident
from residents.models.versions import RegisterVersion
from residents.querysets import CallQuerySet, SubmissionQuerySet


class SubmissionCall(models.Model):
    """上报要求: an office asks all its villages (schools, employers) for one kind of register or plan by a deadline."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="calls")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="要求单位")
    kind = models.CharField("报表", max_length=10, choices=SubmissionKind)
    audience = models.CharField("上报单位", max_length=10, choices=Audience)
    stage = models.CharField("阶段", max_length=60, blank=True)
    due_at = models.DateTimeField("截止时间")
    note = models.CharField("要求", max_length=200, blank=True)
    asked_at = models.DateTimeField("下发时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("收回时间", null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "上报要求"
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "kind", "audience"],
                condition=Q(closed_at__isnull=True),
                name="call_once",
                violation_error_message="这种报表已经要求过,请直接修改截止时间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.get_kind_display()}".strip()

    @property
    def has_several_audiences(self) -> bool:
        """True when the kind alone does not say who is asked."""
        return len(AUDIENCES[self.kind]) > 1


class Submission(models.Model):
    """What one village, school or employer hands in for one call. ``version`` is the register as it was handed in."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(SubmissionCall, models.PROTECT, related_name="submissions")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="村(社区)")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    state = models.CharField("状态", max_length=10, choices=SubmissionState, default=SubmissionState.DRAFT)
    # Second census: the accepted register it starts from.
    base = models.ForeignKey(RegisterVersion, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(RegisterVersion, models.PROTECT, null=True, blank=True, related_name="+")
    people = models.PositiveIntegerField("人数", default=0)
    is_late = models.BooleanField("逾期", default=False)
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "上报"
        ordering = ["call", "place__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "place"], condition=Q(organisation__isnull=True), name="village_submits_once"
            ),
            models.UniqueConstraint(fields=["call", "organisation"], name="organisation_submits_once"),
            models.CheckConstraint(
                condition=Q(state=SubmissionState.DRAFT) | Q(submitted_at__isnull=False),
                name="submission_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.call}"

    def get_absolute_url(self) -> str:
        return reverse("residents:submission", args=[self.uid])

    @property
    def sender(self) -> Place | Organisation:
        """Who hands in."""
        return self.organisation or self.place

    @property
    def is_open(self) -> bool:
        """May still be filled in by the sender."""
        return self.state in (SubmissionState.DRAFT, SubmissionState.RETURNED)

    @property
    def is_waiting(self) -> bool:
        """Waits for the office."""
        return self.state == SubmissionState.SUBMITTED

    @property
    def is_accepted(self) -> bool:
        """Taken by the office; nothing changes it any more."""
        return self.state == SubmissionState.ACCEPTED

    @property
    def is_plan(self) -> bool:
        """A plan, not a register."""
        return self.call.kind == SubmissionKind.PLAN

    @property
    def is_second(self) -> bool:
        """A second census, which goes through the people of the first."""
        return self.call.kind == SubmissionKind.SECOND


class SubmissionStep(models.Model):
    """One move of a submission: handed in, accepted, returned. Append-only; the database refuses changes.

    ``data``: {"people", "findings": {code: number}, "plan": [rows as they were]} of a hand-in.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="steps")
    state = models.CharField("状态", max_length=10, choices=SubmissionState)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    comment = models.CharField("说明", max_length=300, blank=True)
    is_late = models.BooleanField("逾期", default=False)
    version = models.ForeignKey(RegisterVersion, models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "上报经过"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.submission} {self.get_state_display()}"

    @property
    def was_late(self) -> bool:
        """A hand-in after the deadline."""
        return self.is_late and self.state == SubmissionState.SUBMITTED


class PlanRow(models.Model):
    """A line of a vaccination plan: from when to when, how many of whom, where."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="plan_rows")
    order = models.PositiveSmallIntegerField("序号")
    from_on = models.DateField("开始日期")
    to_on = models.DateField("结束日期")
    cohort = models.CharField("人群", max_length=40)
    dose_number = models.PositiveSmallIntegerField("剂次", null=True, blank=True)
    people = models.PositiveIntegerField("计划人数")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接种点"
    )
    note = models.CharField("备注(车辆、带队人等)", max_length=100, blank=True)

    class Meta:
        verbose_name = "接种计划"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="plan_row_dates"),
            models.CheckConstraint(condition=Q(people__gt=0), name="plan_row_people"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}–{self.to_on} {self.cohort} {self.people}人"


class Recheck(models.Model):
    """What the second census says of a person of the first; the latest word counts until it is handed in."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="rechecks")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    answer = models.CharField("核对结果", max_length=8, choices=RecheckAnswer)
    note = models.CharField("变化情况", max_length=120, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "重新摸底核对"
        constraints = [models.UniqueConstraint(fields=["submission", "resident"], name="rechecked_once")]

    def __str__(self) -> str:
        return f"{self.resident} {self.get_answer_display()}"
