"""No first dose is booked while its second is out of sight: what is counted, who may do it all the same, what is said."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.models import Booking
from appointments.services import bookings, sessions
from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.models import Vaccine
from residents.services import records
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.clinic import lot_of
from tests.factories.people import make_enrolled
from tests.factories.stock import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(today):
    return today + timedelta(days=3)


@pytest.fixture
def now(on):
    return at(on - timedelta(days=1), 9)


@pytest.fixture
def session(campaign, site, on):
    """A day with forty places on which nobody has said anything about second doses."""
    return make_session(campaign, site, on, places=40, second_reason="")


@pytest.fixture
def person(town, campaign, today):
    """``person()``: somebody of our first village who may begin."""
    return lambda **more: make_enrolled(more.pop("village", town.village), campaign, today, **more)


@pytest.fixture
def later(campaign, site, on):
    """``later(days, places)``: a day after the first doses, with three slots."""
    return lambda days, places, **more: make_session(
        campaign, site, on + timedelta(days=days), places=places, **more
    )


def book(row, session, now, actor, **more):
    slot = session.slots.first()
    return bookings.book(enrolment=row, slot=slot, actor=actor, key=uuid.uuid4(), now=now, **more)


def refused(*args, **more) -> str:
    before = Booking.objects.count()
    with pytest.raises(RuleBroken) as caught:
        book(*args, **more)
    assert caught.value.code == "SECOND_NOT_SEEN"
    assert Booking.objects.count() == before
    return caught.value.message


@pytest.mark.requirement("S79")
def test_places_and_doses_must_both_be_there(session, person, later, site, cast, now):
    words = refused(person(name="王伟"), session, now, cast.cadre01)
    assert words.startswith("王伟 的第1剂没有约:") and "全镇可用疫苗 0 剂" in words
    receive(site, lot_of("CV-SV"), 5)
    assert "还空 0 个" in refused(person(), session, now, cast.cadre01)  # five doses, but no day
    later(20, 9), later(57, 9)  # before and after the window of 21–56 days
    refused(person(), session, now, cast.cadre01)
    later(21, 1)
    assert book(person(), session, now, cast.cadre01).second_reason == ""
    book(person(), session, now, cast.cadre01)
    assert "已约第1剂还没打的 2 人" in refused(
        person(), session, now, cast.cadre01
    )  # the fifth dose is half a course


def test_what_is_owed_is_not_to_be_had(session, person, later, site, cast, now, today, on):
    receive(site, lot_of("CV-SV"), 8)
    later(21, 1)
    for ago in (0, 1):  # two who have begun: their windows are those of newcomers, nearly
        begun, vaccine = person(), Vaccine.objects.get(code="CV-SV")
        given = today - timedelta(days=ago)
        records.note_dose(enrolment=begun, vaccine=vaccine, given_on=given, actor=None, today=today)
    book(person(), session, now, cast.cadre01)
    words = refused(person(), session, now, cast.cadre01)  # three places, two of them theirs
    assert "还空 3 个,别人要用 3 个" in words and "欠已开始的人 2 剂" in words
    later(19, 1)  # they may go earlier than a newcomer
    book(person(), session, now, cast.cadre01)


def test_doses_that_expire_before_the_window_are_no_second_doses(session, person, later, site, cast, now):
    later(25, 9)
    short = lot_of("CV-SV")
    receive(site, short, 9)
    type(short).objects.filter(pk=short.pk).update(expires_on=session.on + timedelta(days=10))
    refused(person(), session, now, cast.cadre01)
    receive(site, lot_of("CV-SV"), 1)
    book(person(), session, now, cast.cadre01)


def test_a_list_is_booked_as_far_as_it_goes(session, person, later, site, cast, now):
    receive(site, lot_of("CV-SV"), 4)
    later(30, 9)
    outcomes = bookings.book_many(
        enrolments=[person() for _ in range(3)],
        slot=session.slots.first(),
        actor=cast.cadre01,
        key=uuid.uuid4(),
        now=now,
    )
    codes = [outcome.refusal and outcome.refusal.code for outcome in outcomes]
    assert codes == [None, None, "SECOND_NOT_SEEN"]


def test_the_office_may_with_a_reason_that_stays(session, person, cast, now):
    refused(person(), session, now, cast.cadre01, second_reason="村里说行")
    refused(person(), session, now, cast.town)
    made = book(person(), session, now, cast.town, second_reason=" 12月14日加开 ")
    assert made.second_reason == "12月14日加开"
    assert AuditEvent.objects.get(action="booking.made").data["second"] == "12月14日加开"


def test_a_first_dose_that_goes_to_another_day_asks_again(
    session, person, later, cast, now, campaign, site, client_as
):
    booked = make_booking(person(), session.slots.first(), now=now)  # by the system, which asks nobody

    def move(booking, to, actor, **more):
        slot, key = to.slots.last(), uuid.uuid4()
        return bookings.move(booking=booking, slot=slot, actor=actor, key=key, now=now, **more)

    booked = move(booked, session, cast.cadre01)  # another hour of the same day: the second is where it was
    other = make_session(campaign, site, session.on + timedelta(days=1), second_reason="", places=9)
    with pytest.raises(RuleBroken) as caught:
        move(booked, other, cast.cadre01)
    assert caught.value.code == "SECOND_NOT_SEEN"
    booked.refresh_from_db()
    assert booked.state == "booked"
    page = reverse("appointments:booking_move", args=[booked.uid])
    refused_page = client_as(cast.cadre01).post(page, {"slot": other.slots.last().pk, "key": uuid.uuid4()})
    words = refused_page.content.decode()
    assert refused_page.status_code == 422 and "原来的预约还在" in words and "已预约" in words
    moved = move(booked, other, cast.town, second_reason="下月加开")
    assert moved.second_reason == "下月加开"
    third = make_session(campaign, site, session.on + timedelta(days=2), second_reason="")
    assert move(moved, third, cast.cadre01).second_reason == "下月加开"  # the office's word goes along
    receive(site, lot_of("CV-SV"), 4)
    later(24, 9)
    assert move(make_booking(person(), session.slots.first(), now=now), other, cast.cadre01)  # in sight there


def test_new_places_after_a_called_off_day_ask_too(session, person, cast, now, campaign, site, client_as):
    old = make_booking(person(name="王伟"), session.slots.first(), now=now)
    sessions.cancel_session(session=session, actor=cast.town, reason="暴雨", now=now)
    other = make_session(campaign, site, session.on + timedelta(days=1), second_reason="")
    page = reverse("appointments:told", args=[session.uid])
    posted = {"deed": "rebook", "people": [old.pk], "session": str(other.uid)}
    text = client_as(cast.cadre01).post(page, posted | {"key": uuid.uuid4()}).content.decode()
    assert "王伟 的第1剂没有约" in text and "请联系镇办" in text
    text = client_as(cast.town).post(page, posted | {"key": uuid.uuid4()}).content.decode()
    assert "第2剂怎么安排" in text
    client_as(cast.town).post(page, posted | {"key": uuid.uuid4(), "second_reason": "下月加开"})
    assert Booking.objects.get(moved_from=old).second_reason == "下月加开"


def test_who_goes_on_is_not_asked(session, person, cast, now, today):
    begun, vaccine = person(), Vaccine.objects.get(code="CV-SV")
    given = today - timedelta(days=25)
    records.note_dose(enrolment=begun, vaccine=vaccine, given_on=given, actor=None, today=today)
    assert book(begun, session, now, cast.cadre01).dose_number == 2


def test_pages_say_what_to_do_and_the_office_lets_a_session(client_as, session, person, cast, now):
    rows = [person() for _ in range(2)]
    part = reverse("appointments:sight", args=[session.uid])
    cadre, office = client_as(cast.cadre01), client_as(cast.town)
    words = cadre.get(part).content.decode()
    assert "第1剂现在不能约" in words and "请联系镇办" in words
    assert reverse("appointments:let_first", args=[session.uid]) in office.get(part).content.decode()
    posted = {"slot": session.slots.first().pk, "people": [rows[0].pk], "key": uuid.uuid4()}
    page = office.post(reverse("appointments:book", args=[session.uid]), posted).content.decode()
    assert "第2剂怎么安排" in page and f'value="{rows[0].pk}" checked' in page
    posted |= {"second_reason": "下月加开", "key": uuid.uuid4()}
    office.post(reverse("appointments:book", args=[session.uid]), posted)
    assert Booking.objects.get().second_reason == "下月加开"

    let = reverse("appointments:let_first", args=[session.uid])
    assert office.post(let, {"reason": " "}).status_code == 422
    assert office.post(let, {"reason": "旗疾控答应 500 剂"}).status_code == 302
    assert AuditEvent.objects.get(action="session.first_doses_let").data == {"reason": "旗疾控答应 500 剂"}
    assert "旗疾控答应 500 剂" in cadre.get(part).content.decode()
    posted = {"slot": session.slots.first().pk, "people": [rows[1].pk], "key": uuid.uuid4()}
    cadre.post(reverse("appointments:book", args=[session.uid]), posted)
    assert Booking.objects.count() == 2


def test_a_single_dose_is_a_whole_course(campaign, site, on, person, cast, now):
    session = make_session(campaign, site, on, second_reason="", products=[Vaccine.objects.get(code="CV-KX")])
    refused(person(), session, now, cast.cadre01)
    receive(site, lot_of("CV-KX"), 1)
    book(person(), session, now, cast.cadre01)


def test_the_page_asks_a_fixed_number_of_questions(
    client_as, session, person, later, site, cast, django_assert_max_num_queries
):
    receive(site, lot_of("CV-SV"), 40)
    for days in range(21, 30):
        later(days, 5)
    for _ in range(6):
        person()
    client = client_as(cast.cadre01)
    with django_assert_max_num_queries(20):  # loaded after the page
        assert "还能再约" in client.get(reverse("appointments:sight", args=[session.uid])).content.decode()
