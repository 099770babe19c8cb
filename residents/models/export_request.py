"""A list of many people that somebody wants to take away: made only after somebody else has agreed."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.crypto import EncryptedTextField
from core.models import Job
from residents.choices import ExportState
from residents.querysets import ExportRequestQuerySet

VALID = timedelta(days=3)  # to be decided, and then to be fetched


class ExportRequest(models.Model):
    """What was asked for (``task`` with ``asked``, its arguments), how many people, what for, and who said yes or no."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("内容", max_length=120)
    kind = models.CharField(max_length=40)
    task = models.CharField(max_length=80)
    asked = EncryptedTextField(context="export_request")  # JSON; a filter may name people
    people = models.PositiveIntegerField("人数")
    place_code = models.CharField(max_length=18)
    purpose = models.CharField("用途", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=ExportState, default=ExportState.DRAFT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    reason = models.CharField("审批意见", max_length=200, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")  # that made it

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "导出申请"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("by")),
                name="export_needs_two",
                violation_error_message="导出要由另一个人批准。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("residents:export_request", args=[self.uid])

    @property
    def expires_at(self):
        """When it is over."""
        return (self.decided_at or self.at) + VALID

    def is_over(self, now) -> bool:
        """True when nobody may decide or fetch it any more."""
        return self.state in {ExportState.REFUSED, ExportState.DONE} or now >= self.expires_at

    def status_pair(self, now) -> tuple[str, str]:
        """(kind of tag, word)."""
        if (
            self.state in {ExportState.DRAFT, ExportState.WAITING, ExportState.APPROVED}
            and now >= self.expires_at
        ):
            return "plain", "已过期"
        kinds = {ExportState.REFUSED: "stop", ExportState.APPROVED: "done", ExportState.DONE: "done"}
        return kinds.get(self.state, "due"), self.get_state_display()
