"""One person's way through the site on one day: 登记 → 预检 → 知情同意 → 接种 → 留观 → 离场."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from appointments.models import Booking, ClinicSession
from campaigns.models import QuestionSet
from clinic.choices import (
    ON_FLOOR,
    STAGE_KINDS,
    AefiClass,
    AefiOutcome,
    BodySite,
    CardState,
    Outcome,
    ReactionKind,
    Stage,
)
from clinic.querysets import AdverseEventQuerySet, DoseQuerySet, VisitQuerySet
from inventory.models import Lot, StockMovement
from places.models import Place, Site
from residents.models import Consent, Enrolment, Hold, VaccinationRecord


class Visit(models.Model):
    """Locked for every step; ``stage`` moves only along docs/visit-states.md."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="visits")
    site = models.ForeignKey(Site, models.PROTECT, related_name="visits", verbose_name="接种点")
    session = models.ForeignKey(ClinicSession, models.PROTECT, null=True, blank=True, related_name="visits")
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="visits")
    on = models.DateField("日期")
    queue_no = models.PositiveSmallIntegerField("排队号")
    stage = models.CharField("环节", max_length=16, choices=Stage, default=Stage.CHECKED_IN)
    note = models.CharField(
        "登记备注", max_length=200, blank=True
    )  # why a person without a booking was let in
    checked_in_at = models.DateTimeField("登记时间")
    checked_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="visits")
    observe_from = models.DateTimeField("留观开始", null=True, blank=True)
    release_due = models.DateTimeField("可离场时间", null=True, blank=True)
    left_at = models.DateTimeField("离场时间", null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    leave_reason = models.CharField("提前离场(未完成)原因", max_length=200, blank=True)
    leave_doctor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="同意提前离场的医生",
    )
    seat = models.CharField("留观座位", max_length=6, blank=True)
    companion = models.CharField(
        "陪同人", max_length=40, blank=True
    )  # stays with who needs it, all the way (S92)
    # The township a guest came from (S116), as it was at check-in; empty: one of the people of the site's own township.
    guest_from = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来自(外镇)"
    )
    # Called to which station for the step of which stage; a call is over when the stage has moved on.
    called_for = models.CharField("叫号环节", max_length=16, choices=Stage, blank=True)
    called_to = models.CharField("叫到", max_length=12, blank=True)
    called_at = models.DateTimeField("叫号时间", null=True, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "到场"
        ordering = ["on", "queue_no"]
        constraints = [
            models.UniqueConstraint(fields=["site", "on", "queue_no"], name="queue_no_once"),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(stage__in=ON_FLOOR),
                name="one_visit_at_a_time",
                violation_error_message="这个人已在现场登记。",
            ),
            models.UniqueConstraint(
                fields=["site", "seat"],
                condition=Q(stage=Stage.OBSERVING) & ~Q(seat=""),
                name="seat_taken_once",
                violation_error_message="这个座位已有人。",
            ),
        ]
        indexes = [models.Index(fields=["site", "on", "stage"], name="visit_site_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.queue_no}号 {self.enrolment}"

    def get_absolute_url(self) -> str:
        return reverse("clinic:visit", args=[self.uid])

    @property
    def is_on_floor(self) -> bool:
        """Neither left nor sent away."""
        return self.stage in ON_FLOOR

    @property
    def is_called(self) -> bool:
        """Somebody has called this person for the step that is open now."""
        return bool(self.called_for) and self.called_for == self.stage

    @property
    def stage_pair(self) -> tuple[str, str]:
        """Kind and word for a status tag."""
        return STAGE_KINDS[self.stage], self.get_stage_display()


class Screening(models.Model):
    """What was asked and measured, and what a named doctor decided. A second screening supersedes, never edits."""

    key = models.UUIDField(unique=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="screenings")
    question_set = models.ForeignKey(QuestionSet, models.PROTECT, related_name="+")
    answers = models.JSONField("回答", default=dict)
    celsius = models.DecimalField("体温℃", max_digits=3, decimal_places=1)
    health_code_ok = models.BooleanField("健康码正常", default=True)
    outcome = models.CharField("结论", max_length=8, choices=Outcome)
    reason = models.CharField("原因", max_length=300, blank=True)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="预检医生"
    )

    class Meta:
        verbose_name = "预检"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.visit} {self.get_outcome_display()}"


class Dose(models.Model):
    """The injection: what the record of the person and the movement of the stock share. One of each, or none."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="doses")
    record = models.OneToOneField(VaccinationRecord, models.PROTECT, related_name="dose")
    # Empty only on a voided dose whose use of stock went over to the dose that replaced it (right lot, wrong person).
    movement = models.OneToOneField(StockMovement, models.PROTECT, null=True, blank=True, related_name="dose")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="doses", verbose_name="批号")
    trace_code = models.CharField("追溯码", max_length=80, blank=True)  # of the vial, where it was scanned
    site = models.ForeignKey(Site, models.PROTECT, related_name="doses", verbose_name="接种点")
    # Empty only on a dose that a correction found in somebody who had signed nothing: it was given all the same.
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="doses")
    body_site = models.CharField("接种部位", max_length=12, choices=BodySite, default=BodySite.LEFT_ARM)
    checklist = models.JSONField("核对清单", default=dict)
    given_at = models.DateTimeField("接种时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="接种员")
    reversal = models.OneToOneField(StockMovement, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DoseQuerySet.as_manager()

    class Meta:
        verbose_name = "接种"
        ordering = ["given_at", "id"]
        indexes = [
            models.Index(fields=["site", "given_at"], name="dose_site_time"),
            models.Index(fields=["trace_code"], condition=~Q(trace_code=""), name="dose_trace_code"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.lot}"


class AdverseEvent(models.Model):
    """疑似预防接种异常反应: from the first sign to the closed case."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    dose = models.ForeignKey(Dose, models.PROTECT, related_name="adverse_events")
    onset_at = models.DateTimeField("发生时间")
    kind = models.CharField("疑似类型", max_length=12, choices=ReactionKind, blank=True)
    symptoms = models.CharField("表现", max_length=300)
    is_serious = models.BooleanField("严重", default=False)
    measures = models.CharField("处置", max_length=300, blank=True)
    first_class = models.CharField("初步分类", max_length=1, choices=AefiClass, default=AefiClass.PENDING)
    outcome = models.CharField("转归", max_length=1, choices=AefiOutcome, blank=True)
    hospital = models.CharField("转诊医院", max_length=60, blank=True)
    reported_at = models.DateTimeField("报告时间")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    report_due = models.DateTimeField("上报时限")
    code = models.CharField("编码", max_length=14, unique=True, null=True, blank=True)
    card_state = models.CharField("个案卡", max_length=8, choices=CardState, default=CardState.DUE)
    card_settled_at = models.DateTimeField("个案卡上报时间", null=True, blank=True)
    seen_at = models.DateTimeField("镇办知悉时间", null=True, blank=True)
    group = models.ForeignKey(
        "ReactionGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="群体性反应",
    )
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AdverseEventQuerySet.as_manager()

    class Meta:
        verbose_name = "异常反应"
        ordering = ["-onset_at"]

    def __str__(self) -> str:
        return f"{self.dose} {self.symptoms[:20]}"

    @property
    def card_is_due(self) -> bool:
        """The county does not have the card yet."""
        return self.card_state == CardState.DUE

    def get_absolute_url(self) -> str:
        return reverse("clinic:aefi_case", args=[self.uid])
