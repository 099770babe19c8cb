"""The duty and meetings book of a township (S97, S102, S114). Nothing in it is edited: a correction is the next version."""

import uuid
from datetime import date, time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from places.models import Place
from reports.choices import FOLLOW_UP_OVER, FollowUpDeed, MeetingKind
from reports.querysets import BookQuerySet, FollowUpQuerySet


class BookEntry(models.Model):
    """One version of one entry; ``uid`` is the entry's, the same in all its versions. ``WORDS`` are what a correction may change."""

    WORDS: tuple[str, ...] = ()

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.PositiveSmallIntegerField("版本", default=1)
    key = models.UUIDField(unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="单位")
    reason = models.CharField("更正原因", max_length=120, blank=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = BookQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["uid", "number"], name="%(class)s_version_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="%(class)s_reason"),
        ]

    @property
    def words(self) -> dict:
        """What it says, by field."""
        return {name: getattr(self, name) for name in self.WORDS}

    @property
    def spelt(self) -> list[tuple[str, object]]:
        """(name of the field, what it says) of what is not empty, for a page."""
        spelt = []
        for name in self.WORDS:
            show = getattr(self, f"get_{name}_display", None)
            if said := show() if show else getattr(self, name):
                words = f"{said:%H:%M}" if isinstance(said, time) else said
                spelt.append((self._meta.get_field(name).verbose_name, words))
        return spelt


class DutyDay(BookEntry):
    """Who leads on a day and who is to be rung (S102); who comes along from 执法、安监、派出所, where somebody is named."""

    WORDS = ("leader", "leader_phone", "contact", "contact_phone", "law", "safety", "police", "spot", "note")

    day = models.DateField("日期")
    leader = models.CharField("带班领导", max_length=60)
    leader_phone = models.CharField("带班领导电话", max_length=20, blank=True)
    contact = models.CharField("联系人", max_length=60)
    contact_phone = models.CharField("联系人电话", max_length=20, blank=True)
    law = models.CharField("执法", max_length=60, blank=True)
    safety = models.CharField("安监", max_length=60, blank=True)
    police = models.CharField("派出所", max_length=60, blank=True)
    spot = models.CharField("现场办公地点", max_length=80, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta(BookEntry.Meta):
        verbose_name = "带班"
        ordering = ["day", "-number"]
        constraints = [
            *BookEntry.Meta.constraints,
            models.UniqueConstraint(fields=["place", "day", "number"], name="duty_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.day} {self.leader}"

    @property
    def offices(self) -> list[tuple[str, str]]:
        """(office, who) of those that are named."""
        names = ("law", "safety", "police")
        return [
            (self._meta.get_field(name).verbose_name, said) for name in names if (said := getattr(self, name))
        ]


class Hearing(BookEntry):
    """A leader has heard how the day stands (S97). ``figures`` are what was heard, as ``hearings.figures_of`` counted them
    until ``cut_off``: they stay when the words are corrected."""

    WORDS = ("heard_by", "present", "said")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="接种活动")
    day = models.DateField("日期")
    heard_by = models.CharField("听取汇报的领导", max_length=60)
    present = models.CharField("参加人", max_length=300, blank=True)
    said = models.TextField("领导要求", max_length=2000, blank=True)
    figures = models.JSONField("当时的数字")
    cut_off = models.DateTimeField("数字截至")

    class Meta(BookEntry.Meta):
        verbose_name = "听取汇报"
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.place} {self.day} {self.heard_by}听取汇报"

    def get_absolute_url(self) -> str:
        return reverse("reports:hearing", args=[self.uid])


class Meeting(BookEntry):
    """部署会, 推进会, 调度会, 现场办公会 (S114): who was there, what was decided. What is to be done stands in ``FollowUp``."""

    WORDS = ("kind", "on", "starts_at", "where", "subject", "chair", "present", "decisions")

    kind = models.CharField("会议", max_length=8, choices=MeetingKind)
    on = models.DateField("日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    where = models.CharField("地点", max_length=80, blank=True)
    subject = models.CharField("议题", max_length=120)
    chair = models.CharField("主持人", max_length=60)
    present = models.TextField("参加人", max_length=2000)
    decisions = models.TextField("议定事项", max_length=5000)

    class Meta(BookEntry.Meta):
        verbose_name = "会议"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_kind_display()}:{self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("reports:meeting", args=[self.uid])


class FollowUp(models.Model):
    """What a meeting asked somebody to do until a day. ``meeting`` is the version in force when it was written down."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="+")
    what = models.CharField("要办的事", max_length=200)
    who = models.CharField("责任人", max_length=60)
    due_on = models.DateField("办结期限")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "督办事项"
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.what}({self.who},{self.due_on} 前)"

    def get_absolute_url(self) -> str:
        return reverse("reports:follow_up", args=[self.uid])

    @property
    def is_over(self) -> bool:
        """Of a row ``with_state``: nothing is left to do."""
        return self.state in FOLLOW_UP_OVER

    @property
    def state_word(self) -> str:
        """Of a row ``with_state``: how it stands, in words."""
        return FollowUpDeed(self.state).label if self.is_over else "在办"

    def is_late(self, today: date) -> bool:
        """Of a row ``with_state``: still open after its last day."""
        return not self.is_over and self.until < today


class FollowUpStep(models.Model):
    """What has become of a follow-up, one step after the other."""

    key = models.UUIDField(unique=True)
    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("办理", max_length=10, choices=FollowUpDeed)
    note = models.CharField("说明", max_length=200)
    due_on = models.DateField("新的期限", null=True, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "督办事项办理"
        ordering = ["follow_up", "number"]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "number"], name="follow_up_step_once"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | ~Q(kind=FollowUpDeed.MOVED), name="follow_up_moved_to"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.note}"
