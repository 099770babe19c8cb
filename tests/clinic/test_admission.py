"""Who may come in today: the doors are open, and the list with the booking was handed in (S41)."""

from datetime import timedelta

import pytest

from appointments.models import ClinicSession
from appointments.services import rosters
from residents.models import RosterEntry
from tests.clinic.test_services_floor import refused
from tests.factories.appointments import at, make_booking, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(floor):
    return make_session(floor.campaign, floor.site, floor.today, needs_list=True)


@pytest.fixture
def person(floor, session):
    enrolment = floor.person()
    make_booking(enrolment, session.slots.first())
    return enrolment


def hand_in(session, floor, hour, **given):
    actor = given.pop("actor", floor.cast.cadre01)
    whose = given or {"place": floor.village}
    return rosters.submit_roster(
        session=session, actor=actor, now=at(session.on - timedelta(days=1), hour), **whose
    )


@pytest.mark.requirement("S41")
def test_without_a_list_nobody_comes_in(floor, session, person):
    with refused("LIST_MISSING"):
        floor.check_in(person)


@pytest.mark.requirement("S41")
def test_a_list_in_time_opens_the_door(floor, session, person):
    hand_in(session, floor, 15)
    assert floor.check_in(person, note="").booking is not None


@pytest.mark.requirement("S41")
def test_a_late_list_waits_for_the_office_and_its_reason(floor, session, person):
    late = hand_in(session, floor, 17)
    with refused("LIST_LATE"):
        floor.check_in(person)
    rosters.approve_roster(submission=late, actor=floor.cast.town, reason="村里停电")
    assert floor.check_in(person, note="").booking is not None


def test_the_list_of_another_village_is_no_ticket(floor, session, person, town):
    floor_of = floor.village
    floor.village = town.villages[1]
    other = floor.person()
    floor.village = floor_of
    make_booking(other, session.slots.last())
    hand_in(session, floor, 15, actor=floor.cast.cadre02, place=town.villages[1])
    with refused("LIST_MISSING"):
        floor.check_in(person)
    assert floor.check_in(other, note="").booking is not None


def test_the_list_of_the_employer_counts_for_its_people(floor, session, person, employer):
    RosterEntry.objects.create(organisation=employer, resident=person.resident, since=floor.today)
    person.resident.organisation = employer
    person.resident.save()
    hand_in(session, floor, 15, actor=floor.cast.employer, organisation=employer)
    assert floor.check_in(person, note="").booking is not None


def test_whom_the_office_added_after_the_cut_off_stands_for_itself(floor, session):
    enrolment, late = floor.person(), at(session.on - timedelta(days=1), 18)
    booking = make_booking(enrolment, session.slots.first(), now=at(session.on - timedelta(days=1), 9))
    type(booking).objects.filter(pk=booking.pk).update(late_reason="镇办补报", booked_at=late)
    assert floor.check_in(enrolment, note="").booking is not None


def test_the_desk_reads_the_same_answer(floor, session, person, client_as):
    page = client_as(floor.cast.registrar).get(f"/clinic/?person={person.resident.uid}").content.decode()
    assert "名单未上报" in page
    assert "曙光社区没有在" in page
    hand_in(session, floor, 15)
    page = client_as(floor.cast.registrar).get(f"/clinic/?person={person.resident.uid}").content.decode()
    assert "名单未上报" not in page


@pytest.mark.requirement("S81")
def test_nobody_is_checked_in_before_the_doors_are_open(floor, session, person):
    hand_in(session, floor, 15)
    ClinicSession.objects.filter(pk=session.pk).update(started_at=None)
    with refused("SESSION_NOT_STARTED"):
        floor.check_in(person)
    with refused("SESSION_NOT_STARTED"):
        floor.check_in()  # a walk-in either: the doors of today's session are shut
