"""What somebody asks about the own data (个人信息保护法 art. 44–47), and what the office answered."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from residents.choices import RequestKind, RequestOutcome
from residents.models.resident import Resident
from residents.querysets import PersonRequestQuerySet

ANSWER_WITHIN = timedelta(days=15)  # the law says 及时; the office's own limit


class PersonRequest(models.Model):
    """One request of a person or the guardian: taken down, decided with the reason, answered."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="requests", verbose_name="居民")
    kind = models.CharField("要求", max_length=8, choices=RequestKind)
    asker = models.CharField("谁提出的", max_length=60)
    words = models.CharField("具体内容", max_length=300)
    taken_at = models.DateTimeField("登记时间")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    outcome = models.CharField("结果", max_length=8, choices=RequestOutcome, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    answer = models.CharField("怎样答复的", max_length=120, blank=True)
    decided_at = models.DateTimeField("答复时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "个人信息请求"
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | ~(Q(reason="") | Q(answer="") | Q(decided_at=None)),
                name="request_decided_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resident}:{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("residents:request", args=[self.uid])

    @property
    def due_at(self):
        """Until when the office means to answer."""
        return self.taken_at + ANSWER_WITHIN

    def status_pair(self, now) -> tuple[str, str]:
        """(kind of tag, word)."""
        if self.outcome:
            return "stop" if self.outcome == RequestOutcome.REFUSED else "done", self.get_outcome_display()
        return ("stop", "已超过15天,请尽快答复") if now > self.due_at else ("due", "待答复")
