"""A slot under many hands: the last places are given once, on both engines."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from accounts.services.accounts import create_account
from appointments.models import Booking, ClinicSession, Slot
from appointments.services import asking, bookings, desks, places, rebooking, sessions
from appointments.services.places import Plan
from core.errors import Busy, RuleBroken
from core.kept import Kept
from places.models import Place, Site
from residents.services.enrolments import enrol
from tests.factories.appointments import at, make_session
from tests.factories.clinic import lot_of
from tests.factories.people import make_resident
from tests.factories.stock import receive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
PEOPLE, PLACES = 32, 5


@pytest.fixture
def ground(small_campaign):
    """A slot with five places and 32 due people; also the morning before, when they are booked."""
    today, village = timezone.localdate(), Place.objects.get(level="village")
    people = [make_resident(village, name=f"村民{n}") for n in range(PEOPLE)]
    enrol(residents=people, campaign=small_campaign, actor=None, today=today)
    on = today + timedelta(days=3)
    session = make_session(small_campaign, Site.objects.get(), on, places=PLACES)
    return session, list(small_campaign.enrolments.order_by("pk")), at(on - timedelta(days=1), 9)


def at_once(work, hands=PEOPLE):
    """``work(number)`` in threads that start together; its results, or the codes of refusals."""
    start = Barrier(hands)

    def one(number):
        try:
            start.wait(timeout=120)
            while True:
                try:
                    return work(number)
                except Busy:  # what a cadre does: press again
                    continue
        except RuleBroken as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def book_all(ground):
    session, people, now = ground
    slot = session.slots.first()
    ended = at_once(
        lambda n: bookings.book(enrolment=people[n], slot=slot, actor=None, key=uuid.uuid4(), now=now).pk
    )
    return slot, ended


@pytest.mark.requirement("S42")
def test_thirty_two_hands_on_the_last_five_places_give_five_bookings(ground):
    slot, ended = book_all(ground)
    assert slot.bookings.taking_place().count() == PLACES
    assert ended.count("SLOT_FULL") == PEOPLE - PLACES


def test_without_the_lock_the_same_hands_overfill_the_slot(ground, on_postgresql, monkeypatch):
    """The proof above can fail: a plain read instead of the lock gives too many bookings."""
    if not on_postgresql:
        pytest.skip("on SQLite the transaction itself is the lock, it cannot be left out")

    together = Barrier(PEOPLE)
    met = threading.local()

    def plain_read(kept, model, **values):
        row = Kept(kept._build).first(**values)
        if model is Slot and not hasattr(met, "yes"):
            met.yes = True
            together.wait(timeout=120)  # everybody counts before anybody writes
        return row

    monkeypatch.setattr(asking, "lock_and_read", plain_read)
    monkeypatch.setattr(desks, "lock_and_read", plain_read)
    slot, _ = book_all(ground)
    assert slot.bookings.taking_place().count() > PLACES


def test_one_person_sent_by_many_clicks_gets_one_booking(ground):
    session, people, now = ground
    slot, key = session.slots.first(), uuid.uuid4()
    ended = at_once(
        lambda n: bookings.book(enrolment=people[0], slot=slot, actor=None, key=key, now=now).pk, hands=8
    )
    assert len(set(ended)) == 1
    assert Booking.objects.count() == 1


def test_two_offices_cannot_book_one_person_twice(ground):
    session, people, now = ground
    slots = list(session.slots.all())

    def book(n):
        slot = slots[n % len(slots)]
        return bookings.book(enrolment=people[0], slot=slot, actor=None, key=uuid.uuid4(), now=now).pk

    ended = at_once(book, hands=8)
    assert ended.count("BOOKED_ALREADY") == 7
    assert Booking.objects.active().count() == 1


def test_moves_between_two_slots_in_both_directions_keep_both_within_their_places(ground):
    session, people, now = ground
    first, second, _ = session.slots.all()
    for n in range(6):
        bookings.book(enrolment=people[n], slot=(first, second)[n % 2], actor=None, key=uuid.uuid4(), now=now)
    held = list(Booking.objects.active().order_by("pk"))

    def swap(n):
        other = second if held[n].slot_id == first.pk else first
        return bookings.move(booking=held[n], slot=other, actor=None, key=uuid.uuid4(), now=now).pk

    at_once(swap, hands=6)
    assert Booking.objects.active().count() == 6
    assert max(first.bookings.taking_place().count(), second.bookings.taking_place().count()) <= PLACES


@pytest.mark.requirement("S42")
def test_villages_press_at_once_and_each_keeps_its_own_places(ground):
    session, people, now = ground
    slot, village = session.slots.first(), Place.objects.get(code="150622002001")
    places.set_places(
        session=session,
        plans={slot.pk: Plan(PLACES, reserved=1, villages={village.pk: 2})},
        actor=None,
        now=now,
    )
    ended = at_once(
        lambda n: bookings.book(enrolment=people[n], slot=slot, actor=None, key=uuid.uuid4(), now=now).pk
    )
    assert slot.bookings.taking_place().count() == 2
    assert ended.count("VILLAGE_FULL") == PEOPLE - 2


def test_places_are_cut_while_people_book_and_nobody_loses_one(ground):
    session, people, now = ground
    slot = session.slots.first()

    def work(n):
        if n % 4:
            return bookings.book(enrolment=people[n], slot=slot, actor=None, key=uuid.uuid4(), now=now).pk
        return places.add_to_all(session=session, places=-1, actor=None, now=now)

    at_once(work, hands=16)
    slot.refresh_from_db()
    taken = slot.bookings.taking_place().count()
    assert 0 < taken <= slot.capacity <= PLACES


def test_two_offices_rebook_the_same_called_off_people_once(ground):
    session, people, now = ground
    slot = session.slots.first()
    for n in range(PLACES):
        bookings.book(enrolment=people[n], slot=slot, actor=None, key=uuid.uuid4(), now=now)
    told = sessions.cancel_session(session=session, actor=None, reason="停电", now=now)
    other = make_session(session.campaign, session.site, session.on + timedelta(days=1), places=1)

    def rebook(n):
        outcomes = rebooking.rebook(bookings=told, session=other, actor=None, key=uuid.uuid4(), now=now)
        return sum(outcome.booking is not None for outcome in outcomes)

    ended = at_once(rebook, hands=4)
    assert sum(ended) == 3
    assert Booking.objects.active().count() == 3
    assert all(slot.bookings.taking_place().count() <= 1 for slot in other.slots.all())


@pytest.mark.requirement("S79")
def test_villages_that_press_at_once_promise_no_second_dose_twice(ground):
    """One course is in stock; the hands book into three slots, so no slot is what keeps them apart."""
    session, people, now = ground
    ClinicSession.objects.update(second_reason="")
    site, day = session.site, session.on
    receive(site, lot_of("CV-SV"), 2)
    make_session(session.campaign, site, day + timedelta(days=30), places=20)
    Slot.objects.update(capacity=20)
    slots = list(session.slots.all())
    cadre, _ = create_account(
        actor=None,
        username="cadre",
        display_name="村干部",
        phone="",
        role=Role.CADRE,
        where=people[0].resident.village,
        since=day - timedelta(days=30),
        password="Vax-demo-2026",
    )

    def book(n):
        key, slot = uuid.uuid4(), slots[n % len(slots)]
        return bookings.book(enrolment=people[n], slot=slot, actor=cadre, key=key, now=now).pk

    ended = at_once(book, hands=9)
    assert Booking.objects.active().count() == 1
    assert ended.count("SECOND_NOT_SEEN") == 8
