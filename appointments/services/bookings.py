"""Booking people into slots, moving and cancelling them, and what became of them on the day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from appointments.choices import BookingState
from appointments.models import Booking, Slot
from appointments.services.asking import look_at
from appointments.services.desks import Desk, ask_for_seconds, open_desks, seat
from core import audit, kept
from core.dates import day_zh
from core.errors import RuleBroken
from core.locks import deed, lock, lock_one, part
from residents.models import Enrolment


@dataclass(frozen=True)
class Outcome:
    """What became of one person of ``book_many``: a booking, or the rule that refused it."""

    enrolment: Enrolment
    booking: Booking | None = None
    refusal: RuleBroken | None = None


@deed()
def book(
    *,
    enrolment: Enrolment,
    slot: Slot,
    actor,
    key: uuid.UUID,
    now: datetime,
    reason: str = "",
    second_reason: str = "",
) -> Booking:
    """Book one person into ``slot`` for the dose due on its day; a repeat with the same ``key`` returns the first booking.

    ``actor`` None is the system, which does not ask for second doses. ``reason``: why the office adds somebody after the
    cut-off; ``second_reason``: why the office promises a first dose whose second is out of sight.
    Raises RuleBroken: SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON, OTHER_CAMPAIGN, NOT_INVITED, BOOKED_ALREADY,
    KEY_USED, SECOND_NOT_SEEN; NotDue: REMOVED, NEEDS_REVIEW, CONTRAINDICATED, NOT_ELIGIBLE, COMPLETE, ON_HOLD, NOT_YET, WRONG_PRODUCT;
    SlotFull: SLOT_FULL, NOT_RELEASED, VILLAGE_FULL, DOSE_FULL (names the nearest free slots).
    """
    asked = _Asked(slot, actor, now, reason, second_reason)
    return _book([(enrolment, key)], asked, on_refusal=_raise)[0].booking


@deed()
def book_many(
    *,
    enrolments: Sequence[Enrolment],
    slot: Slot,
    actor,
    key: uuid.UUID,
    now: datetime,
    reason: str = "",
    second_reason: str = "",
) -> list[Outcome]:
    """Book people in the order given until the slot is full; one refused person does not stop the others.

    Each person's key derives from ``key``, so a resend of the same form changes nothing. A slot that takes nobody any
    more (SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON) is raised; refusals of single persons are in the outcomes.
    """
    keyed = [(enrolment, uuid.uuid5(key, str(enrolment.pk))) for enrolment in enrolments]
    return _book(keyed, _Asked(slot, actor, now, reason, second_reason), on_refusal=lambda refusal: None)


@deed()
def move(
    *,
    booking: Booking,
    slot: Slot,
    actor,
    key: uuid.UUID,
    now: datetime,
    reason: str = "",
    second_reason: str = "",
) -> Booking:
    """Give a booked person a place in another slot; the old place is free again. Returns the new booking.

    A first dose that goes to another day asks for its second one there, as a new booking does; the word that the office
    gave for the old place goes along. Raises the errors of ``book`` and RuleBroken: SAME_SLOT, BOOKING_STATE. Nothing changes when it raises.
    """
    enrolment = lock_one(Enrolment, booking.enrolment_id)
    if first := Booking.objects.filter(key=key).first():
        return _same(first, enrolment, slot)
    lock(Slot, {booking.slot_id, slot.pk})
    booking.refresh_from_db()
    if booking.slot_id == slot.pk:
        raise RuleBroken("SAME_SLOT", "已经约在这个时段,请选择另一个时段。", "slot")
    _end(booking, BookingState.MOVED, "改期", now)
    kept = booking.slot.session.on == slot.session.on or bool(booking.second_reason and not second_reason)
    asked = _Asked(slot, actor, now, reason, second_reason, has_promise=kept)
    new = _book([(enrolment, key)], asked, on_refusal=_raise)[0].booking
    new.moved_from = booking
    new.second_reason = new.second_reason or booking.second_reason
    new.save(update_fields=["moved_from", "second_reason"])
    return new


@deed()
def cancel(*, booking: Booking, actor, reason: str, now: datetime) -> Booking:
    """Free the place of a booked person; cancelling twice changes nothing. Raises RuleBroken: REASON_MISSING, BOOKING_STATE."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明取消原因。", "reason")
    enrolment = lock_one(Enrolment, booking.enrolment_id)
    lock_one(Slot, booking.slot_id)
    booking.refresh_from_db()
    if booking.state == BookingState.CANCELLED:
        return booking
    _end(booking, BookingState.CANCELLED, reason, now)
    audit.record(
        "booking.cancelled",
        actor=actor,
        target=booking,
        subject=enrolment.resident,
        place_code=booking.village_code,
        data={"reason": reason},
    )
    return booking


@part()
def mark_arrived(*, booking: Booking, now: datetime) -> None:
    """The booked person is on the floor; a repeat changes nothing. Raises RuleBroken: OTHER_DAY, BOOKING_STATE."""
    on = booking.slot.session.on
    if on != timezone.localdate(now):
        raise RuleBroken("OTHER_DAY", f"预约的是 {day_zh(on)} {booking.slot},不是今天。今天接种请先改期。")
    _pass(booking, {BookingState.BOOKED}, BookingState.ARRIVED, arrived_at=now)


@part()
def mark_done(*, booking: Booking, now: datetime | None = None) -> None:
    """The dose was given; a repeat changes nothing. Raises RuleBroken: BOOKING_STATE."""
    here = {BookingState.BOOKED, BookingState.ARRIVED, BookingState.NOT_DONE}
    _pass(booking, here, BookingState.DONE, ended_at=now or timezone.now(), end_reason="")


@part()
def mark_not_done(*, booking: Booking, reason: str, now: datetime | None = None) -> None:
    """The person came and was sent home without a dose; may be booked again. Raises RuleBroken: BOOKING_STATE."""
    here = {BookingState.BOOKED, BookingState.ARRIVED}
    _pass(booking, here, BookingState.NOT_DONE, ended_at=now or timezone.now(), end_reason=reason[:120])


@deed()
def mark_undone(*, booking: Booking, reason: str, now: datetime) -> None:
    """A dose that was booked as done turned out not to be this person's: "came, no dose". A repeat changes nothing; a
    booking that never was done stays as it is."""
    done = Booking.objects.filter(pk=booking.pk, state=BookingState.DONE)
    done.update(state=BookingState.NOT_DONE, ended_at=now, end_reason=reason[:120])


@dataclass(frozen=True)
class _Asked:
    """What a deed of booking was asked for. ``has_promise``: both doses were promised with an earlier place."""

    slot: Slot
    actor: object
    now: datetime
    reason: str
    second_reason: str = ""
    has_promise: bool = False

    def desk(self) -> Desk:
        """The locked slot; first doses at it ask for their second ones."""
        desks = open_desks(self.slot.session, [self.slot.pk], self.actor, self.now, self.reason)
        if not self.has_promise:
            ask_for_seconds(desks, self.second_reason)
        return desks[0]


def _book(keyed, asked: _Asked, *, on_refusal) -> list[Outcome]:
    """Lock people, then the slot; then decide each person. ``on_refusal`` may raise to give up the whole deed."""
    asking = look_at(keyed, asked.slot.session)
    desk = asked.desk() if len(asking.firsts) < len(keyed) else None
    outcomes = []
    for enrolment, key in keyed:
        row = asking.people[enrolment.pk]
        try:
            if first := asking.firsts.get(key):
                outcomes.append(Outcome(enrolment, booking=_same(first, row, asked.slot)))
                continue
            booking = seat(desk, row, asking.views.get(row.pk), asking.booked, key)
            outcomes.append(Outcome(enrolment, booking=booking))
        except RuleBroken as refusal:
            on_refusal(refusal)
            outcomes.append(Outcome(enrolment, refusal=refusal))
    return outcomes


def _same(first: Booking, enrolment: Enrolment, slot: Slot) -> Booking:
    if (first.enrolment_id, first.slot_id) != (enrolment.pk, slot.pk):
        raise RuleBroken("KEY_USED", "这张表单已经提交过,请刷新页面后重新选择。")
    return first


def _end(booking: Booking, state: str, reason: str, now: datetime) -> None:
    """Take a booking out of its slot. Its enrolment and slot are locked by the caller."""
    if booking.state != BookingState.BOOKED:
        raise RuleBroken("BOOKING_STATE", f"这条预约目前是“{booking.get_state_display()}”,不能取消或改期。")
    booking.state, booking.ended_at, booking.end_reason = state, now, reason[:120]
    booking.save(update_fields=["state", "ended_at", "end_reason"])


def _pass(booking: Booking, allowed: set, to: str, **columns) -> None:
    """Move a booking on the day; one UPDATE decides, so two desks cannot both win with different outcomes."""
    changed = {"state": to} | columns
    for name, value in changed.items():
        setattr(booking, name, value)
    if not kept.save(booking, *changed, state=allowed):
        booking.refresh_from_db()
        if booking.state != to:
            raise RuleBroken("BOOKING_STATE", f"这条预约目前是“{booking.get_state_display()}”,不能这样登记。")


def _raise(refusal: RuleBroken) -> None:
    raise refusal
