"""Talking to people before they come: visits and calls, claims of who is ringing whom, lifts to the site."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from residents.choices import LiftState, NotVaccinatedReason, OutreachKind
from residents.models.resident import Resident
from residents.querysets import OfPeopleQuerySet, OutreachQuerySet


class Outreach(models.Model):
    """One contact, or the attempt of one. The latest says how the person stands to being vaccinated."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="outreaches")
    kind = models.CharField("方式", max_length=8, choices=OutreachKind)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="走访人"
    )
    met = models.BooleanField("见到(联系上)")
    reason = models.CharField("未接种原因", max_length=3, choices=NotVaccinatedReason, blank=True)
    promised_on = models.DateField("承诺接种日期", null=True, blank=True)
    next_step = models.CharField("下一步", max_length=60, blank=True)
    next_on = models.DateField("下次联系日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OutreachQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["resident", "at"], name="outreach_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_on__isnull=True) | Q(met=True), name="promise_needs_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def outcome_word(self) -> str:
        """What came of it, in a few words."""
        if self.promised_on:
            return f"答应{self.promised_on.month}月{self.promised_on.day}日接种"
        if self.reason:
            return self.get_reason_display()
        return "已联系" if self.met else "没有见到人"


class OutreachClaim(models.Model):
    """Who is talking to a household right now, so that two callers never ring it at once. Runs out by itself.

    ``unit`` is "h" and the id of the household, or "r" and the id of a person without one: a claim is no fact about
    a person and goes with nobody.
    """

    unit = models.CharField(max_length=20, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = "正在联系"

    def __str__(self) -> str:
        return f"{self.unit} {self.by}"


class LiftRequest(models.Model):
    """A ride to the site for who cannot come alone, with the person's own yes."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="lifts")
    on = models.DateField("日期")
    at = models.TimeField("接人时间", null=True, blank=True)
    pick_up = models.CharField("上车地点", max_length=80)
    companion = models.CharField("陪同人", max_length=60, blank=True)
    driver_name = models.CharField("司机", max_length=30, blank=True)
    driver_phone = models.CharField("司机电话", max_length=20, blank=True)
    plate = models.CharField("车牌", max_length=12, blank=True)
    agreed_by = models.CharField("谁同意的", max_length=60)
    agreed_on = models.DateField("同意日期")
    state = models.CharField("状态", max_length=10, choices=LiftState, default=LiftState.ASKED)
    end_reason = models.CharField("取消原因", max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfPeopleQuerySet.as_manager()

    class Meta:
        verbose_name = "接送"
        ordering = ["on", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "on"],
                condition=~Q(state="cancelled"),
                name="one_lift_a_day",
                violation_error_message="这个人这一天已经有接送安排。",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(end_reason=""), name="lift_cancel_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["arranged", "done"]) | ~Q(driver_name=""),
                name="arranged_lift_has_driver",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.on}"

    @property
    def is_open(self) -> bool:
        """Neither done nor cancelled."""
        return self.state in (LiftState.ASKED, LiftState.ARRANGED)

    @property
    def is_asked(self) -> bool:
        """Still without a car."""
        return self.state == LiftState.ASKED

    @property
    def status_pair(self) -> tuple[str, str]:
        """For ``status_tag``."""
        kinds = {LiftState.ASKED: "due", LiftState.ARRANGED: "hold", LiftState.DONE: "done"}
        return kinds.get(LiftState(self.state), "plain"), self.get_state_display()
