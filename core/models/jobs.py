"""Long work that a person can leave and come back to, and the notes that tell roll-ups what changed."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.choices import JobState


class Job(models.Model):
    """A piece of long work (import, export, roll-up) with its progress; the same under Celery and in-process."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    result = models.JSONField(default=dict, blank=True)  # counts and a "next" address; never personal data
    cancel_asked = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "后台任务"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_state_display()})"

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.uid])

    @property
    def is_over(self) -> bool:
        """True when nothing more will happen to this job."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def is_done(self) -> bool:
        """True when it came to a good end."""
        return self.state == JobState.DONE

    @property
    def percent(self) -> int:
        """Progress 0…100."""
        return min(100, self.done * 100 // self.total) if self.total else (100 if self.is_over else 0)


class ChangeNote(models.Model):
    """ "The facts of this place on this day changed." Written with the fact, consumed (deleted) by the roll-up.

    An outbox instead of a watermark: a note that commits late is still there for the next run, none is skipped.
    """

    topic = models.CharField(max_length=20)
    place_code = models.CharField(max_length=18)
    day = models.DateField()

    class Meta:
        verbose_name = "变更通知"
        indexes = [models.Index(fields=["topic", "place_code", "day"], name="change_topic_place_day")]

    def __str__(self) -> str:
        return f"{self.topic} {self.place_code} {self.day}"
