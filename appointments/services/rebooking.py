"""After a day was called off: who has been told, and a new place for those who want one."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from appointments.choices import BookingState
from appointments.models import Booking, ClinicSession
from appointments.rules import minutes_between
from appointments.services.asking import booked_doses
from appointments.services.bookings import Outcome
from appointments.services.desks import Desk, ask_for_seconds, check_person, open_desks, seat
from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock
from residents.models import Enrolment
from residents.services.enrolments import outlook


@deed()
def rebook(
    *,
    bookings: Sequence[Booking],
    session: ClinicSession,
    actor,
    key: uuid.UUID,
    now: datetime,
    reason: str = "",
    second_reason: str = "",
) -> list[Outcome]:
    """Give people of a called-off day places in ``session``, each in the free slot nearest to the old hour.

    In the order given until the session is full; one refused person does not stop the others. A resend of the same form
    changes nothing. ``reason``: why the office adds people after the cut-off; ``second_reason``: how it provides for second
    doses that are out of sight. Raises RuleBroken: SESSION_NOT_OPEN,
    SLOT_PAST, CUTOFF, CUTOFF_REASON (nobody can be booked any more).
    """
    people = {row.pk: row for row in lock(Enrolment, {booking.enrolment_id for booking in bookings})}
    prefetch_related_objects(list(people.values()), "resident__village")
    desks = open_desks(session, list(session.slots.values_list("pk", flat=True)), actor, now, reason)
    ask_for_seconds(desks, second_reason)
    views = outlook(people, campaign=session.campaign, on=session.on)
    booked, outcomes = booked_doses(people), []
    firsts = {b.key: b for b in Booking.objects.filter(key__in=[_key(key, old) for old in bookings])}
    for old in bookings:
        row = people[old.enrolment_id]
        if first := firsts.get(_key(key, old)):
            outcomes.append(Outcome(row, booking=first))
            continue
        try:
            new = _seat_near(desks, old, row, views.get(row.pk), booked, _key(key, old))
        except RuleBroken as refusal:
            outcomes.append(Outcome(row, refusal=refusal))
            continue
        outcomes.append(Outcome(row, booking=new))
    return outcomes


def _key(key: uuid.UUID, old: Booking) -> uuid.UUID:
    return uuid.uuid5(key, str(old.pk))


def _seat_near(desks: list[Desk], old: Booking, row: Enrolment, view, booked: dict, key) -> Booking:
    """The free desk nearest to the old hour; the nearest one of all says why when none is free."""
    if old.state != BookingState.CALLED_OFF or Booking.objects.filter(moved_from=old).exists():
        raise RuleBroken("REBOOKED_ALREADY", f"{row.resident.name} 已经另约过,不必再约。")
    near = sorted(desks, key=lambda desk: minutes_between(desk.slot, old.slot))
    dose = check_person(near[0], row, view, booked)
    free = (desk for desk in near if desk.here.free(row.resident.village_code, dose))
    new = seat(next(free, near[0]), row, view, booked, key)
    new.moved_from = old
    new.save(update_fields=["moved_from"])
    return new


@deed()
def mark_told(*, bookings: Sequence[Booking], actor, now: datetime) -> int:
    """Note that these people know their day was called off; telling twice changes nothing. Returns how many are new."""
    fresh = Booking.objects.filter(
        pk__in=[booking.pk for booking in bookings], state=BookingState.CALLED_OFF, told_at__isnull=True
    )
    rows = list(fresh.select_related("enrolment__resident").order_by("pk"))
    fresh.filter(pk__in=[row.pk for row in rows]).update(told_at=now, told_by=actor)
    for row in rows:
        audit.record(
            "booking.told",
            actor=actor,
            target=row,
            subject=row.enrolment.resident,
            place_code=row.village_code,
        )
    return len(rows)
