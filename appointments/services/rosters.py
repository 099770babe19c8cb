"""Handing in the list of tomorrow before the cut-off (S41)."""

from datetime import datetime

from django.utils import timezone

from appointments.models import Booking, ClinicSession, RosterSubmission, Slot
from appointments.rules import HandedIn, cutoff, is_late, list_refusal
from appointments.services.desks import organisations_of
from core import audit
from core.errors import RuleBroken
from core.kept import Hole, Kept
from core.locks import deed, lock
from places.models import Organisation, Place
from places.querysets import code_range


@deed()
def submit_roster(
    *,
    session: ClinicSession,
    actor,
    now: datetime,
    place: Place | None = None,
    organisation: Organisation | None = None,
    reason: str = "",
) -> RosterSubmission:
    """Hand in the list of a village (``place``) or of a school or employer (``organisation``).

    Before the cut-off it may be handed in again after changes. After it the list is late: it counts only once the office
    approves, which the office does at once by giving ``reason`` here.
    Raises RuleBroken: SESSION_NOT_OPEN, SESSION_PAST, ROSTER_EMPTY, SUBMITTED_ALREADY.
    """
    if not session.is_open:
        raise RuleBroken("SESSION_NOT_OPEN", "该场次未开放预约,不需要上报名单。")
    local = timezone.localtime(now)
    if session.on < timezone.localdate(local):
        raise RuleBroken("SESSION_PAST", "该场次已过,不能再上报名单。")
    lock(Slot, session.slots.values_list("pk", flat=True))
    people = listed(session=session, place=place, organisation=organisation).count()
    if not people:
        raise RuleBroken("ROSTER_EMPTY", "本场次还没有预约人员。请先预约,再上报名单。")
    late = is_late(session.on, session.campaign.booking_cutoff, local)
    whose = {"organisation": organisation} if organisation else {"place": place, "organisation": None}
    row = RosterSubmission.objects.filter(session=session, **whose).first()
    if late and row and row.is_admitted:
        raise RuleBroken("SUBMITTED_ALREADY", "名单已上报。截止后的增减请联系镇办补报,不必重新上报。")
    row = row or RosterSubmission(
        session=session, place=place or organisation.place, organisation=organisation
    )
    row.people, row.submitted_at, row.submitted_by, row.is_late = people, now, actor, late
    if late and reason.strip() and actor.scope("sessions.manage").covers(session.site.place.code):
        row.approved_by, row.approval_reason = actor, reason.strip()[:120]
    row.save()
    data = {"people": people, "late": late, "reason": row.approval_reason}
    audit.record("roster.submitted", actor=actor, target=row, place_code=row.place.code, data=data)
    return row


@deed()
def approve_roster(*, submission: RosterSubmission, actor, reason: str) -> None:
    """The office lets a late list in. Raises RuleBroken: REASON_MISSING, APPROVED_ALREADY (or it was in time)."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明批准原因。", "reason")
    late = RosterSubmission.objects.filter(pk=submission.pk, is_late=True, approved_by__isnull=True)
    if not late.update(approved_by=actor, approval_reason=reason[:120]):
        raise RuleBroken("APPROVED_ALREADY", "这份名单不需要批准,或已经批准。")
    submission.refresh_from_db()
    data = {"reason": reason}
    audit.record(
        "roster.approved", actor=actor, target=submission, place_code=submission.place.code, data=data
    )


_HANDED_IN = Kept(lambda: RosterSubmission.objects.filter(session=Hole("session")).select_related("place"))


def why_not_listed(booking: Booking) -> RuleBroken | None:
    """Why a booked person may not come in today (S41), or None: no list that names the person was handed in before the
    cut-off or approved by the office. Whom the office booked after the cut-off stands for itself (reads only)."""
    session = booking.slot.session
    if not session.needs_list or booking.late_reason:
        return None
    resident = booking.enrolment.resident
    handed_in = _HANDED_IN(session=session.pk)
    of_organisations = any(row.organisation_id for row in handed_in)
    lists = [
        HandedIn(row.is_admitted, organisation=row.organisation_id)
        if row.organisation_id
        else HandedIn(row.is_admitted, prefix=row.place.prefix)
        for row in handed_in
    ]
    closed = cutoff(session.on, session.campaign.booking_cutoff, timezone.get_current_timezone())
    refusal = list_refusal(
        lists,
        village_code=booking.village_code,
        organisations=organisations_of(resident) if of_organisations else (),
        sender=str(resident.village),
        closed=f"{closed:%m月%d日 %H:%M}",
    )
    return refusal and RuleBroken(refusal.code, refusal.message)


def listed(*, session: ClinicSession, place: Place | None = None, organisation: Organisation | None = None):
    """The bookings of a session that stand on the list of ``place`` or ``organisation``."""
    bookings = Booking.objects.filter(slot__session=session).taking_place()
    if organisation:
        return bookings.filter(enrolment__resident__organisation=organisation)
    return bookings.filter(code_range("village_code", place.prefix))
