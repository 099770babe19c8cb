"""What happened to a person: doses, holds, consents. Facts are never edited, only voided, lifted or withdrawn."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import ConsentForm
from inventory.models import Vaccine
from residents.choices import ConsentChannel, HoldKind, HoldScope, RecordSource, Relation
from residents.models.enrolment import Enrolment
from residents.models.resident import Resident
from residents.querysets import ConsentQuerySet, RecordQuerySet


class VaccinationRecord(models.Model):
    """接种记录: one dose in one person, given here or elsewhere. Coverage counts these rows, stock never does."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="records")
    disease = models.CharField(max_length=12)
    season = models.CharField(max_length=10, blank=True)
    dose_number = models.PositiveSmallIntegerField("剂次")
    vaccine = models.ForeignKey(Vaccine, models.PROTECT, related_name="+", verbose_name="疫苗")
    lot_no = models.CharField("批号", max_length=30, blank=True)
    given_on = models.DateField("接种日期")
    given_at_place = models.CharField("接种单位", max_length=80, blank=True)
    source = models.CharField("来源", max_length=10, choices=RecordSource)
    proof = models.CharField("凭证", max_length=80, blank=True)
    is_verified = models.BooleanField("已核实", default=True)
    verified_at = models.DateTimeField("核实时间", null=True, blank=True)  # empty: as it was recorded
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField("录入时间", auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "接种记录"
        ordering = ["given_on", "dose_number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "disease", "season", "dose_number"],
                condition=Q(voided_at__isnull=True),
                name="dose_once",
                violation_error_message="这个人的这一剂次已有记录。",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="void_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["given_on", "disease"], name="record_day"),
            models.Index(fields=["lot_no"], name="record_lot"),  # a recall names everybody at once
            models.Index(fields=["recorded_at"], name="record_recorded"),  # what was entered late on a day
        ]

    def __str__(self) -> str:
        return f"{self.resident} 第{self.dose_number}剂 {self.given_on}"


class Hold(models.Model):
    """暂缓 or 禁忌, by a named doctor, with an expiry; or what the person reports and a doctor has still to judge."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="holds")
    kind = models.CharField("类型", max_length=8, choices=HoldKind)
    scope = models.CharField("范围", max_length=10, choices=HoldScope, default=HoldScope.ALL)
    vaccine = models.ForeignKey(Vaccine, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("原因", max_length=200)
    until = models.DateField("至(当日可种)", null=True, blank=True)  # empty = until a doctor lifts it
    review_on = models.DateField("复核日期", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="医生"
    )
    at = models.DateTimeField("时间")
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.CharField("解除原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "暂缓与禁忌"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.get_kind_display()} {self.reason}"


class Consent(models.Model):
    """A decision on exactly one text, signed by the person or the guardian. The hard gate before a dose."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="consents")
    form = models.ForeignKey(ConsentForm, models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    dose_number = models.PositiveSmallIntegerField("剂次")
    given = models.BooleanField("同意")
    signer_name = models.CharField("签名人", max_length=60)
    relation = models.CharField("与受种者关系", max_length=10, choices=Relation, default=Relation.SELF)
    channel = models.CharField("方式", max_length=8, choices=ConsentChannel)
    signature = models.TextField("签名", blank=True)  # PNG data URL from the tablet; empty for paper
    paper_no = models.CharField("纸质编号", max_length=40, blank=True)
    signed_at = models.DateTimeField("签署时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    invalidated_at = models.DateTimeField("作废时间", null=True, blank=True)
    end_reason = models.CharField("撤回(作废)原因", max_length=200, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "知情同意"
        ordering = ["signed_at", "id"]

    def __str__(self) -> str:
        return f"{self.enrolment} {'同意' if self.given else '不同意'} {self.signed_at:%Y-%m-%d}"
