"""Days at a site, their slots, and the places taken in them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from appointments.choices import BookingState, SessionKind, SessionState
from appointments.querysets import BookingQuerySet, SessionQuerySet, SlotQuerySet
from campaigns.models import Campaign
from inventory.models import Vaccine
from places.models import Organisation, Place, Site
from residents.models import Enrolment

_SESSION_TAGS = {
    SessionState.PLANNED: "hold",
    SessionState.OPEN: "due",
    SessionState.CLOSED: "plain",
    SessionState.CANCELLED: "stop",
}
_BOOKING_TAGS = {
    BookingState.BOOKED: "due",
    BookingState.ARRIVED: "due",
    BookingState.DONE: "done",
    BookingState.CANCELLED: "plain",
    BookingState.CALLED_OFF: "stop",
    BookingState.MOVED: "plain",
    BookingState.NOT_DONE: "hold",
    BookingState.NO_SHOW: "stop",
}


class ClinicSession(models.Model):
    """One day (or part of it) of a campaign at a site. Named so because ``session`` is the HTTP one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sessions", verbose_name="接种活动")
    site = models.ForeignKey(Site, models.PROTECT, related_name="sessions", verbose_name="接种点")
    kind = models.CharField("类型", max_length=12, choices=SessionKind, default=SessionKind.OPEN)
    title = models.CharField("名称", max_length=60, blank=True)
    on = models.DateField("日期", db_index=True)
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    stations = models.PositiveSmallIntegerField("接种台数", default=2)
    products = models.ManyToManyField(Vaccine, blank=True, related_name="+", verbose_name="疫苗")
    audience = models.ManyToManyField(Place, blank=True, related_name="+", verbose_name="面向村(社区)")
    state = models.CharField("状态", max_length=10, choices=SessionState, default=SessionState.PLANNED)
    hosts = models.ManyToManyField(Organisation, blank=True, related_name="+", verbose_name="面向单位(学校)")
    needs_list = models.BooleanField("须前一天上报名单", default=True)  # S41: not on the list, not admitted
    note = models.CharField("备注", max_length=200, blank=True)
    started_at = models.DateTimeField("开场时间", null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_reason = models.CharField(
        "第1剂放行原因", max_length=120, blank=True
    )  # first doses may be booked though their second ones are out of sight
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_at = models.DateTimeField("第1剂放行时间", null=True, blank=True)
    start_reason = models.CharField("缺项开场原因", max_length=120, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "接种场次"
        ordering = ["on", "starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_times")]

    def __str__(self) -> str:
        return self.title or f"{self.on:%m月%d日} {self.site} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("appointments:session", args=[self.uid])

    @property
    def status_pair(self) -> tuple[str, str]:
        """(kind of tag, word) of the state."""
        return _SESSION_TAGS[self.state], self.get_state_display()

    @property
    def is_open(self) -> bool:
        """True while people may be booked."""
        return self.state == SessionState.OPEN


class Slot(models.Model):
    """A window of a session with a number of places. Locked while places are counted and taken."""

    session = models.ForeignKey(ClinicSession, models.PROTECT, related_name="slots")
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    capacity = models.PositiveSmallIntegerField("号源")
    reserved = models.PositiveSmallIntegerField(
        "常规免疫预留", default=0
    )  # of ``capacity``, never booked (S55)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = "时段"
        ordering = ["session", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_times"),
            models.CheckConstraint(condition=Q(reserved__lte=F("capacity")), name="slot_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"

    @property
    def bookable(self) -> int:
        """Places that may be booked once everything is released."""
        return self.capacity - self.reserved


class Booking(models.Model):
    """A place in a slot for one dose of one person."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="bookings")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings", verbose_name="时段")
    dose_number = models.PositiveSmallIntegerField("剂次")
    village_code = models.CharField(max_length=18)  # who sends the person: roster by village
    state = models.CharField("状态", max_length=10, choices=BookingState, default=BookingState.BOOKED)
    booked_at = models.DateTimeField("预约时间")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    late_reason = models.CharField(
        "补报原因", max_length=120, blank=True
    )  # booked by the office after the cut-off
    second_reason = models.CharField(
        "第2剂另有安排", max_length=120, blank=True
    )  # booked by the office though the second dose was out of sight
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField("原因", max_length=120, blank=True)
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_to")
    told_at = models.DateTimeField("通知时间", null=True, blank=True)  # that the session was called off
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "预约"
        ordering = ["slot__session__on", "slot__starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "dose_number"],
                condition=Q(state__in=["booked", "arrived"]),
                name="booked_once",
                violation_error_message="这个人的这一剂次已有预约。",
            )
        ]
        indexes = [models.Index(fields=["village_code", "state"], name="booking_village")]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.slot}"

    @property
    def status_pair(self) -> tuple[str, str]:
        """(kind of tag, word) of the state."""
        return _BOOKING_TAGS[self.state], self.get_state_display()

    @property
    def may_change(self) -> bool:
        """True while the booking can be moved or cancelled."""
        return self.state == BookingState.BOOKED


class RosterSubmission(models.Model):
    """A village (or employer) has handed in its list for a session; late ones need the office's reason (S41)."""

    session = models.ForeignKey(ClinicSession, models.PROTECT, related_name="submissions")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="村(社区)")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位(学校)"
    )  # the list of a school or employer; then ``place`` is where it stands
    people = models.PositiveIntegerField("人数")
    submitted_at = models.DateTimeField("上报时间")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_late = models.BooleanField("逾期", default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approval_reason = models.CharField("批准原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "名单上报"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "place"], condition=Q(organisation__isnull=True), name="roster_once"
            ),
            models.UniqueConstraint(
                fields=["session", "organisation"],
                condition=Q(organisation__isnull=False),
                name="organisation_roster_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.session}"

    @property
    def sender(self) -> Place | Organisation:
        """Whose list it is."""
        return self.organisation or self.place

    @property
    def is_admitted(self) -> bool:
        """True when the people of this list may come: in time, or late and approved by the office (S41)."""
        return not self.is_late or self.approved_by_id is not None
