"""Places set, added, cut, released in batches; a called-off day: who is told, who gets a new place."""

import uuid
from datetime import timedelta

import pytest

from appointments.models import Booking
from appointments.services import bookings, places, rebooking, sessions
from appointments.services.places import Plan
from core.errors import RuleBroken, SlotFull
from core.models import AuditEvent
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(today):
    return today + timedelta(days=3)


@pytest.fixture
def now(today):
    return at(today, 9)


@pytest.fixture
def session(campaign, site, on):
    return make_session(campaign, site, on, places=4)


@pytest.fixture
def slot(session):
    return session.slots.first()


@pytest.fixture
def person(town, campaign, today):
    return lambda n=0, **fields: make_enrolled(town.villages[n], campaign, today, **fields)


def refused(code, deed, **given) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        deed(**given)
    assert error.value.code == code, error.value.message
    return error.value


def test_reserved_places_cannot_be_booked(session, slot, person, now):
    places.set_places(session=session, plans={slot.pk: Plan(4, reserved=3)}, actor=None, now=now)
    make_booking(person(), slot)
    full = refused("SLOT_FULL", make_booking, enrolment=person(), slot=slot)
    assert isinstance(full, SlotFull)
    assert "最近有号的时段" in full.message
    refused(
        "BELOW_TAKEN",
        places.set_places,
        session=session,
        plans={slot.pk: Plan(4, reserved=4)},
        actor=None,
        now=now,
    )


def test_a_village_cannot_take_the_places_of_another(session, slot, person, town, now):
    shares = {town.villages[0].pk: 1, town.villages[1].pk: 2}
    places.set_places(session=session, plans={slot.pk: Plan(4, villages=shares)}, actor=None, now=now)
    make_booking(person(0), slot)
    full = refused("VILLAGE_FULL", make_booking, enrolment=person(0), slot=slot)
    assert "曙光社区 的 1 个名额已用完" in full.message
    assert "08:30" not in full.message.split("最近有号的时段")[1]
    make_booking(person(2), slot)
    other = refused("VILLAGE_FULL", make_booking, enrolment=person(2), slot=slot)
    assert "没有单列名额" in other.message
    make_booking(person(1), slot)
    assert slot.bookings.taking_place().count() == 3


def test_first_doses_cannot_take_the_places_of_second_doses(session, slot, person, now):
    places.set_places(session=session, plans={slot.pk: Plan(4, doses={2: 3})}, actor=None, now=now)
    make_booking(person(), slot)
    refused("DOSE_FULL", make_booking, enrolment=person(), slot=slot)


def test_all_slots_are_set_or_none_and_every_fault_is_named(session, person, now):
    first, second, third = session.slots.all()
    make_booking(person(), first)
    make_booking(person(), second)
    fault = refused(
        "BELOW_TAKEN",
        places.set_places,
        session=session,
        plans={first.pk: Plan(0), second.pk: Plan(0), third.pk: Plan(9)},
        actor=None,
        now=now,
    )
    assert "08:30" in fault.message
    assert "09:00" in fault.message
    third.refresh_from_db()
    assert third.capacity == 4
    assert not AuditEvent.objects.filter(action="slot.capacity").exists()


def test_top_up_and_cut_leave_the_booked_alone(session, slot, person, now):
    for _ in range(3):
        make_booking(person(), slot)
    assert places.add_to_all(session=session, places=2, actor=None, now=now) == 6
    assert places.add_to_all(session=session, places=-10, actor=None, now=now) == -15
    assert [s.capacity for s in session.slots.all()] == [3, 0, 0]
    assert places.add_to_all(session=session, places=-1, actor=None, now=now) == 0


def test_batches_open_with_time_and_say_when(campaign, site, on, person, now):
    session = make_session(campaign, site, on, places=4)
    slot = session.slots.first()
    places.release(session=session, percent=50, at=now, actor=None, now=now)
    later = now + timedelta(hours=3)
    places.release(session=session, percent=100, at=later, actor=None, now=now)
    assert session.slots.with_taken(now).first().free == 2
    for _ in range(2):
        make_booking(person(), slot, now=now)
    waiting = refused("NOT_RELEASED", make_booking, enrolment=person(), slot=slot, now=now)
    assert "下一批" in waiting.message
    assert "12:00" in waiting.message
    make_booking(person(), slot, now=later)


def test_a_batch_is_more_than_the_one_before_and_only_a_coming_one_is_taken_back(session, slot, person, now):
    early = places.release(session=session, percent=50, at=now, actor=None, now=now)
    refused("RELEASE_LESS", places.release, session=session, percent=50, at=now, actor=None, now=now)
    coming = places.release(session=session, percent=80, at=now + timedelta(hours=1), actor=None, now=now)
    refused("RELEASED_ALREADY", places.drop_release, batch=early, actor=None, now=now)
    places.drop_release(batch=coming, actor=None, now=now)
    assert list(session.releases.all()) == [early]


def test_holding_back_after_people_booked_is_refused(session, slot, person, now):
    make_booking(person(), slot)
    refused("RELEASE_LESS", places.release, session=session, percent=50, at=now, actor=None, now=now)


def test_a_finished_session_keeps_its_places(session, now):
    sessions.cancel_session(session=session, actor=None, reason="停电", now=now)
    refused("SESSION_STATE", places.add_to_all, session=session, places=1, actor=None, now=now)


@pytest.fixture
def called_off(session, person, now):
    """Three people of a day that was called off, one in each slot."""
    booked = [make_booking(person(n), slot) for n, slot in enumerate(session.slots.all())]
    told = sessions.cancel_session(session=session, actor=None, reason="停电", now=now)
    assert {row.pk for row in told} == {row.pk for row in booked}
    return told


def rebook(told, session, now, key=None, **given):
    return rebooking.rebook(
        bookings=told, session=session, actor=None, key=key or uuid.uuid4(), now=now, **given
    )


def test_who_was_told_is_noted_once(called_off, now, cast):
    assert rebooking.mark_told(bookings=called_off[:2], actor=cast.town, now=now) == 2
    assert rebooking.mark_told(bookings=called_off, actor=cast.cadre01, now=now) == 1
    assert Booking.objects.filter(told_by=cast.town).count() == 2
    assert AuditEvent.objects.filter(action="booking.told").count() == 3


def test_people_of_a_called_off_day_get_the_same_hour_of_another(called_off, campaign, site, on, now):
    other = make_session(campaign, site, on + timedelta(days=1), places=2)
    key = uuid.uuid4()
    outcomes = rebook(called_off, other, now, key)
    new = [outcome.booking for outcome in outcomes]
    assert [b.slot.starts_at for b in new] == [
        Booking.objects.get(pk=b.moved_from_id).slot.starts_at for b in new
    ]
    assert [o.booking for o in rebook(called_off, other, now, key)] == new  # the same form again
    again = rebook(called_off, other, now)
    assert {outcome.refusal.code for outcome in again} == {"REBOOKED_ALREADY"}
    assert Booking.objects.active().count() == 3


def test_rebooking_fills_the_nearest_slots_and_stops_when_all_are_full(called_off, campaign, site, on, now):
    other = make_session(campaign, site, on + timedelta(days=1), places=1)
    for here in other.slots.all()[1:]:
        places.change_capacity(slot=here, capacity=0, actor=None, now=now)
    outcomes = rebook(called_off, other, now)
    assert [bool(o.booking) for o in outcomes] == [True, False, False]
    assert {o.refusal.code for o in outcomes if o.refusal} == {"SLOT_FULL"}


def test_who_was_booked_anew_by_hand_is_not_booked_twice(called_off, campaign, site, on, now):
    other = make_session(campaign, site, on + timedelta(days=1), places=2)
    make_booking(called_off[0].enrolment, other.slots.first(), now=now)
    outcomes = rebook(called_off[:1], other, now)
    assert outcomes[0].refusal.code == "BOOKED_ALREADY"


def test_a_cancelled_booking_of_before_is_not_among_the_told(session, slot, person, now):
    kept = make_booking(person(), slot)
    bookings.cancel(booking=kept, actor=None, reason="外出", now=now)
    assert sessions.cancel_session(session=session, actor=None, reason="停电", now=now) == []
