"""Booking: every refusal in words, once per key, places never exceeded, moved and cancelled, and the day itself."""

import uuid
from datetime import timedelta

import pytest

from appointments.choices import BookingState
from appointments.models import Booking
from appointments.services import bookings, sessions
from core.errors import NotDue, RuleBroken, SlotFull
from core.models import AuditEvent
from inventory.models import Vaccine
from residents.choices import Removal
from residents.services import holds, records
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(today):
    return today + timedelta(days=3)


@pytest.fixture
def now(on):
    """The morning before the session's day: the list is still open."""
    return at(on - timedelta(days=1), 9)


@pytest.fixture
def session(campaign, site, on):
    return make_session(campaign, site, on)


@pytest.fixture
def slot(session):
    return session.slots.first()


@pytest.fixture
def person(town, campaign, today):
    return make_enrolled(town.village, campaign, today, name="王伟")


def book(person, slot, now, actor=None, **more):
    return bookings.book(enrolment=person, slot=slot, actor=actor, key=uuid.uuid4(), now=now, **more)


def refused(call, *args, **kwargs) -> RuleBroken:
    before = Booking.objects.count()
    with pytest.raises(RuleBroken) as caught:
        call(*args, **kwargs)
    assert Booking.objects.count() == before
    return caught.value


def give(person, on, today, code="CV-SV"):
    records.note_dose(
        enrolment=person, vaccine=Vaccine.objects.get(code=code), given_on=on, actor=None, today=today
    )


def test_a_due_person_gets_a_place_for_the_due_dose(cast, person, slot, now, town):
    booking = book(person, slot, now, cast.cadre01)
    assert (booking.state, booking.dose_number, booking.village_code) == ("booked", 1, town.village.code)
    assert (booking.booked_at, booking.booked_by) == (now, cast.cadre01)
    event = AuditEvent.objects.get(action="booking.made")
    assert (event.subject, event.actor) == (str(person.resident.uid), cast.cadre01)


def test_the_same_form_twice_gives_one_booking(person, slot, now):
    key = uuid.uuid4()
    first = bookings.book(enrolment=person, slot=slot, actor=None, key=key, now=now)
    again = bookings.book(enrolment=person, slot=slot, actor=None, key=key, now=now)
    assert first == again
    assert Booking.objects.count() == 1


def test_a_key_of_another_form_is_refused(person, session, slot, now):
    key = uuid.uuid4()
    bookings.book(enrolment=person, slot=slot, actor=None, key=key, now=now)
    other = session.slots.last()
    error = refused(bookings.book, enrolment=person, slot=other, actor=None, key=key, now=now)
    assert error.code == "KEY_USED"


def test_one_active_booking_per_dose(person, session, now):
    book(person, session.slots.first(), now)
    error = refused(book, person, session.slots.last(), now)
    assert error.code == "BOOKED_ALREADY"
    assert "08:30" in error.message


def test_second_dose_is_booked_for_its_day_and_not_before(person, campaign, site, today, on):
    give(person, today - timedelta(days=1), today)
    early = make_session(campaign, site, on).slots.first()
    error = refused(book, person, early, at(on - timedelta(days=1), 9))
    assert isinstance(error, NotDue)
    assert error.code == "NOT_YET"
    due = today + timedelta(days=20)
    assert f"{due.month}月{due.day}日" in error.message
    later = make_session(campaign, site, due).slots.first()
    assert book(person, later, at(on, 9)).dose_number == 2


def test_a_person_on_hold_may_be_booked_for_the_day_the_hold_ends(person, campaign, site, slot, now, on):
    holds.place_hold(
        enrolment=person,
        kind="defer",
        reason="感冒发热",
        until=on + timedelta(days=1),
        by=None,
        now=at(on, 8) - timedelta(days=3),
    )
    error = refused(book, person, slot, now)
    assert error.code == "ON_HOLD"
    assert "感冒发热" in error.message
    after = make_session(campaign, site, on + timedelta(days=1)).slots.first()
    assert book(person, after, now).state == "booked"


@pytest.mark.parametrize(("kind", "code"), [("contra", "CONTRAINDICATED"), ("self", "NEEDS_REVIEW")])
def test_contraindicated_and_unjudged_people_are_not_booked(person, slot, now, kind, code):
    holds.place_hold(enrolment=person, kind=kind, reason="严重过敏史", by=None, now=now)
    error = refused(book, person, slot, now)
    assert error.code == code
    assert "严重过敏史" in error.message


def test_a_contraindication_against_one_platform_leaves_the_others(person, campaign, site, on, now):
    inactivated, vector = Vaccine.objects.get(code="CV-SV"), Vaccine.objects.get(code="CV-KX")
    holds.place_hold(
        enrolment=person,
        kind="contra",
        scope="platform",
        vaccine=inactivated,
        reason="灭活疫苗过敏",
        by=None,
        now=now,
    )
    only = make_session(campaign, site, on, products=[inactivated]).slots.first()
    assert refused(book, person, only, now).code == "WRONG_PRODUCT"
    other = make_session(campaign, site, on, products=[vector]).slots.first()
    assert book(person, other, now).state == "booked"


def test_people_who_left_are_complete_or_never_eligible_are_not_booked(town, campaign, slot, now, today):
    gone = make_enrolled(town.village, campaign, today, removed_on=today, removal=Removal.MOVED_OUT)
    assert refused(book, gone, slot, now).code == "REMOVED"
    baby = make_enrolled(town.village, campaign, today, birth_date=today - timedelta(days=200))
    assert refused(book, baby, slot, now).code in {"NOT_ELIGIBLE", "NOT_YET"}
    done = make_enrolled(town.village, campaign, today)
    for days, code in ((900, "CV-SV"), (860, "CV-SV"), (600, "CV-SV"), (100, "CV-XBB")):
        give(done, today - timedelta(days=days), today, code=code)
    assert refused(book, done, slot, now).code == "COMPLETE"


def test_a_session_for_other_villages_is_refused(person, campaign, site, town, on, now):
    slot = make_session(campaign, site, on, audience=[town.villages[1]]).slots.first()
    assert refused(book, person, slot, now).code == "NOT_INVITED"


def test_a_session_without_the_needed_product_is_refused(person, campaign, site, today, on):
    give(person, today - timedelta(days=30), today, code="CV-SV")
    vector = Vaccine.objects.get(code="CV-KX")
    slot = make_session(campaign, site, on, products=[vector]).slots.first()
    assert refused(book, person, slot, at(on - timedelta(days=1), 9)).code == "WRONG_PRODUCT"


def test_planned_and_past_slots_take_nobody(person, campaign, site, on, now, slot):
    planned = make_session(campaign, site, on, is_open=False).slots.first()
    assert refused(book, person, planned, now).code == "SESSION_NOT_OPEN"
    assert refused(book, person, slot, at(on, 9)).code == "SLOT_PAST"


@pytest.mark.requirement("S41")
def test_after_the_cut_off_only_the_office_adds_people_and_says_why(cast, person, slot, on):
    late = at(on - timedelta(days=1), 16)
    assert refused(book, person, slot, late, cast.cadre01, reason="急").code == "CUTOFF"
    assert refused(book, person, slot, late, cast.othertown, reason="急").code == "CUTOFF"
    assert refused(book, person, slot, late, cast.town).code == "CUTOFF_REASON"
    assert book(person, slot, late, cast.town, reason="外出返乡").late_reason == "外出返乡"


def test_a_full_slot_names_the_nearest_free_ones(town, campaign, today, session, slot, now):
    people = [make_enrolled(town.village, campaign, today) for _ in range(3)]
    for person in people[:2]:
        book(person, slot, now)
    with pytest.raises(SlotFull) as caught:
        book(people[2], slot, now)
    assert "09:00–09:30(余2)" in caught.value.message
    assert slot.bookings.count() == 2


def test_a_person_of_another_campaign_is_refused(person, slot, now, campaign):
    twin = type(campaign).objects.get(pk=campaign.pk)
    twin.pk, twin.code = None, "covid-2027"
    twin.save()
    slot.session.campaign = twin
    slot.session.save()
    assert refused(book, person, slot, now).code == "OTHER_CAMPAIGN"


@pytest.fixture
def crowd(town, campaign, today):
    people = [make_enrolled(town.village, campaign, today, name=f"村民{n}") for n in range(4)]
    holds.place_hold(enrolment=people[1], kind="contra", reason="过敏", by=None, now=at(today, 8))
    return people


def test_many_are_booked_in_order_until_full_and_each_gets_an_answer(crowd, slot, now):
    slot.capacity = 2
    slot.save()
    outcomes = bookings.book_many(enrolments=crowd, slot=slot, actor=None, key=uuid.uuid4(), now=now)
    codes = [o.refusal.code if o.refusal else "ok" for o in outcomes]
    assert codes == ["ok", "CONTRAINDICATED", "ok", "SLOT_FULL"]
    assert slot.bookings.count() == 2


def test_the_same_list_twice_changes_nothing(crowd, slot, now):
    key = uuid.uuid4()
    first = bookings.book_many(enrolments=crowd[:1], slot=slot, actor=None, key=key, now=now)
    again = bookings.book_many(enrolments=crowd, slot=slot, actor=None, key=key, now=now)
    assert again[0].booking == first[0].booking
    assert slot.bookings.count() == 2


def test_many_take_a_fixed_number_of_reads(
    town, campaign, today, session, now, django_assert_max_num_queries
):
    slots = list(session.slots.all())
    session.slots.update(capacity=100)
    for slot, size in zip(slots, (1, 30), strict=False):
        people = [make_enrolled(town.village, campaign, today) for _ in range(size)]
        with django_assert_max_num_queries(29 + size):  # one INSERT each
            bookings.book_many(enrolments=people, slot=slot, actor=None, key=uuid.uuid4(), now=now)


def test_a_closed_list_refuses_the_whole_form(cast, crowd, slot, on):
    late = at(on - timedelta(days=1), 17)
    error = refused(
        bookings.book_many, enrolments=crowd, slot=slot, actor=cast.cadre01, key=uuid.uuid4(), now=late
    )
    assert error.code == "CUTOFF"


def test_cancelling_frees_the_place_once(cast, person, slot, now):
    booking = book(person, slot, now)
    assert refused(bookings.cancel, booking=booking, actor=None, reason=" ", now=now).code == "REASON_MISSING"
    for _ in range(2):
        bookings.cancel(booking=booking, actor=cast.cadre01, reason="本人外出", now=now)
    booking.refresh_from_db()
    assert (booking.state, booking.end_reason, booking.ended_at) == ("cancelled", "本人外出", now)
    assert AuditEvent.objects.filter(action="booking.cancelled").count() == 1
    assert book(person, slot, now).state == "booked"


def test_moving_keeps_the_trail_and_frees_the_old_place(person, session, now):
    first, second, _ = session.slots.all()
    old = book(person, first, now)
    key = uuid.uuid4()
    new = bookings.move(booking=old, slot=second, actor=None, key=key, now=now)
    old.refresh_from_db()
    assert (old.state, new.state, new.moved_from, new.slot) == ("moved", "booked", old, second)
    assert bookings.move(booking=old, slot=second, actor=None, key=key, now=now) == new
    assert first.bookings.taking_place().count() == 0


def test_a_move_that_is_refused_leaves_the_old_booking(town, campaign, today, person, session, now):
    first, second, _ = session.slots.all()
    for _ in range(2):
        make_booking(make_enrolled(town.village, campaign, today), second)
    booking = book(person, first, now)
    assert (
        refused(bookings.move, booking=booking, slot=second, actor=None, key=uuid.uuid4(), now=now).code
        == "SLOT_FULL"
    )
    assert (
        refused(bookings.move, booking=booking, slot=first, actor=None, key=uuid.uuid4(), now=now).code
        == "SAME_SLOT"
    )
    booking.refresh_from_db()
    assert booking.state == "booked"


def test_arrival_is_on_the_day_and_keeps_the_place(person, slot, now, on):
    booking = book(person, slot, now)
    assert refused(bookings.mark_arrived, booking=booking, now=now).code == "OTHER_DAY"
    for _ in range(2):
        bookings.mark_arrived(booking=booking, now=at(on, 8, 40))
    assert (booking.state, booking.arrived_at) == ("arrived", at(on, 8, 40))
    assert refused(bookings.cancel, booking=booking, actor=None, reason="x", now=now).code == "BOOKING_STATE"
    bookings.mark_done(booking=booking, now=at(on, 9))
    assert booking.state == "done"
    assert slot.bookings.taking_place().count() == 1
    assert refused(bookings.mark_not_done, booking=booking, reason="x").code == "BOOKING_STATE"


def test_sent_home_may_be_booked_again(person, session, now, on, campaign, site):
    booking = book(person, session.slots.first(), now)
    bookings.mark_arrived(booking=booking, now=at(on, 8, 40))
    bookings.mark_not_done(booking=booking, reason="血压高", now=at(on, 9))
    assert (booking.state, booking.end_reason) == (BookingState.NOT_DONE, "血压高")
    later = make_session(campaign, site, on + timedelta(days=1)).slots.first()
    assert book(person, later, at(on, 10)).state == "booked"


def test_who_did_not_come_is_a_no_show_after_the_day(crowd, session, on, now):
    first, second = (
        make_booking(crowd[0], session.slots.first()),
        make_booking(crowd[2], session.slots.last()),
    )
    bookings.mark_arrived(booking=first, now=at(on, 8, 40))
    assert sessions.close_day(on=on, now=at(on, 20)) == 0  # somebody is still on the floor
    bookings.mark_done(booking=first, now=at(on, 9))
    assert sessions.close_day(on=on, now=at(on, 20)) == 1
    second.refresh_from_db()
    session.refresh_from_db()
    assert (second.state, session.state) == (BookingState.NO_SHOW, "closed")
