"""Roll call: every number is its names whatever has happened, each sees and rings the own people, and what follows."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments import roll
from appointments.choices import BookingState, Part
from appointments.models import Booking
from appointments.roll_rules import EXPECTED, STATES, Line
from core.models import AuditEvent
from residents.models import Outreach
from residents.services import duties
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.people import make_enrolled


def test_everybody_expected_is_in_one_place():
    apart = [STATES[part] for part in (Part.FLOOR, Part.DONE, Part.HOME, Part.ABSENT)]
    assert sorted(state for part in apart for state in part) == sorted(EXPECTED)
    assert set(STATES[Part.ARRIVED]) == set(EXPECTED) - set(STATES[Part.ABSENT])


@pytest.fixture
def session(campaign, site, today):
    return make_session(campaign, site, today, places=20)


@pytest.fixture
def people(session, town, cast, campaign, today):
    """Nine people of our first village in two groups, one of which has a cadre, three of the second; over two slots."""
    slots = list(session.slots.all())[:2]
    duties.assign(
        level="cadre", village=town.villages[0], group_no="1", name="赵干部", phone="13900000001",
        actor=cast.town, since=today, key=uuid4(),
    )  # fmt: skip
    rows = []
    for n in range(12):
        village = town.villages[0 if n < 9 else 1]
        person = make_enrolled(
            village, campaign, today, name=f"王{n:02d}", group_no=str(n % 2 + 1), phone=f"138000000{n:02d}"
        )
        rows.append(make_booking(person, slots[n % 2]))
    return rows


def told(response) -> str:
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("S112")
def test_head_count_and_names_agree_over_random_days(people, session, cast):
    dice, now = Random(4), timezone.localtime()
    for _ in range(6):
        for booking in people:
            Booking.objects.filter(pk=booking.pk).update(state=dice.choice(BookingState.values))
        for user in (cast.town, cast.cadre01, cast.cadre02, cast.registrar):
            rows = roll.expected(user, session)
            board = roll.board(rows, Line("没有预约来的"))
            for line in board.lines:
                assert line.of() == line.of(Part.ARRIVED) + line.of(Part.ABSENT)
                for part, number in line.cells:
                    names = roll.names(
                        roll.narrow(rows, {"part": part, **line.query}), user, now, board.duties
                    )
                    assert len({one.booking.pk for one in names}) == len(names) == number
            assert sum(line.of() for line in board.slots) == board.total.of()
            assert sum(line.of() for line in board.villages) == board.total.of()


@pytest.mark.django_db
def test_each_sees_the_own_people_and_rings_whom_they_may(client_as, people, session, cast):
    address = reverse("appointments:roll", args=[session.uid])
    page = told(client_as(cast.cadre01).get(address))
    assert "王00" in page and "13800000000" in page and "赵干部(1组)" in page
    assert "王09" not in page
    nurse = told(client_as(cast.vaccinator).get(address))
    assert "王09" in nurse and "13800000009" not in nurse and "138****0009" in nurse
    assert "13800000009" in told(client_as(cast.registrar).get(address))


@pytest.mark.django_db
def test_the_page_asks_again_for_what_is_shown(client_as, people, session, cast):
    Booking.objects.filter(pk=people[0].pk).update(state=BookingState.ARRIVED)
    address = reverse("appointments:roll", args=[session.uid]) + f"?part=floor&slot={people[0].slot_id}"
    client = client_as(cast.town)
    page = told(client.get(address))
    assert "08:30–09:00 在现场" in page and "王00" in page and "王02" not in page
    again = told(client.get(address, headers={"HX-Request": "true"}))
    assert again.lstrip().startswith('<div id="roll"') and "part=floor&amp;slot=" in again
    assert "没有人" in told(client.get(address.replace("floor", "done")))
    for forged in (
        "x",
        "9" * 40,
        "%00",
        "150622199001011000",
    ):  # neither an error nor a word in the audit trail
        asked = address.partition("?")[0] + f"?part=floor&slot={forged}&who={forged}&village={forged}"
        assert client.get(asked).status_code == 200
        viewed = AuditEvent.objects.filter(action="roster.roll_viewed").latest("pk")
        assert viewed.data == {"part": "floor", "people": 1}


@pytest.mark.django_db
def test_from_not_come_to_a_call_and_to_another_day(client_as, people, session, cast, campaign, site, today):
    page = reverse("appointments:roll", args=[session.uid]) + "?part=absent"
    client, booking = client_as(cast.cadre01), people[0]
    assert reverse("appointments:booking_move", args=[booking.uid]) in told(client.get(page))
    log = reverse("residents:outreach_log", args=[booking.enrolment.resident.uid])
    answer = client.post(f"{log}?next={page}", {"kind": "call", "outcome": "busy", "key": uuid4()})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert Outreach.objects.get().reason == "R08"
    assert "没时间(村干部01)" in told(client.get(page))

    Booking.objects.filter(pk=booking.pk).update(state=BookingState.NO_SHOW)
    other = make_session(campaign, site, today + timedelta(days=3))
    book = reverse("appointments:book_person", args=[booking.enrolment.resident.uid])
    assert book in told(client.get(page))
    answer = client.post(f"{book}?next={page}", {"slot": other.slots.first().pk, "key": uuid4()})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert Booking.objects.active().filter(enrolment=booking.enrolment).get().slot.session == other


@pytest.mark.django_db
def test_who_is_late_is_told_from_who_still_has_time(people, session, cast, today):
    now = at(today, 9, 10)  # the first slot is over, the second is not
    rows = roll.expected(cast.town, session)
    words = {one.resident.name: one.tag[1] for one in roll.names(rows, cast.town, now, {})}
    assert (words["王00"], words["王01"]) == ("过时没来", "还没到时间")


@pytest.mark.django_db
def test_the_number_of_questions_does_not_grow(
    client_as, people, session, cast, django_assert_max_num_queries
):
    for client in (client_as(cast.town), client_as(cast.cadre01)):
        address = reverse("appointments:roll", args=[session.uid]) + "?part=all"
        client.get(address)  # the reader's own audit chain begins
        with django_assert_max_num_queries(20):
            client.get(address)
