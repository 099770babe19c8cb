"""Two records of one person: who said so, what a merge did with every row, and who took it back."""

import json
import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.crypto import EncryptedTextField
from residents.choices import PairVerdict
from residents.models.resident import Resident
from residents.querysets import MergeQuerySet, PairMarkQuerySet


class PairMark(models.Model):
    """What somebody who knows both people says of two alike records; the last word of a pair is current."""

    first = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    second = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    verdict = models.CharField("判断", max_length=9, choices=PairVerdict)
    reason = models.CharField("理由", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = PairMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "重复判断"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(superseded_at__isnull=True),
                name="pair_marked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second} {self.get_verdict_display()}"


class Merge(models.Model):
    """``absorbed`` went into ``kept``. ``details`` says which row moved and which value changed, so that it can be undone;
    it holds personal data and is therefore encrypted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    kept = models.ForeignKey(Resident, models.PROTECT, related_name="merges_kept", verbose_name="保留的档案")
    absorbed = models.ForeignKey(
        Resident, models.PROTECT, related_name="merges_absorbed", verbose_name="并入的档案"
    )
    reason = models.CharField("合并原因", max_length=200)
    at = models.DateTimeField("合并时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = models.JSONField("合并结果", default=list)
    details = EncryptedTextField(context="merge")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undo_reason = models.CharField("撤销原因", max_length=200, blank=True)
    undo_words = models.JSONField("撤销结果", default=list)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "档案合并"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | ~Q(undo_reason=""), name="unmerge_has_reason"
            ),
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="absorbed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.kept}"

    def get_absolute_url(self) -> str:
        return reverse("residents:merge_detail", args=[self.uid])

    @property
    def log(self) -> dict:
        """``details`` read: {"moved": [[label, field, pk, from, to]], "changed": [[label, pk, {field: [old, new]}]],
        "made": [enrolment ids], "last": {label: highest id before}}."""
        return json.loads(self.details)

    @log.setter
    def log(self, value: dict) -> None:
        self.details = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
