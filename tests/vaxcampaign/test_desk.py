"""The desk of every role: right numbers, own place only, few queries, links that open."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from appointments.models import Booking, ClinicSession, Slot
from appointments.services.rosters import submit_roster
from core.models import Job
from inventory.models import Vaccine
from reports.choices import TargetKind
from reports.services import targets
from reports.services.filing import mark_seen
from reports.services.timetables import name_push_day
from reports.services.weekly_publishing import publish
from residents.models import SubmissionCall
from residents.services import calls, submissions
from residents.services.records import note_dose
from tests.factories.appointments import make_session
from tests.factories.filed import make_progress
from tests.factories.people import make_enrolled
from vaxcampaign import desk

ROLES = ["county", "town", "cadre01", "school", "employer", "registrar", "screener", "vaccinator"]
ROLES += ["observer", "stock", "sysadmin", "auditor", "othertown", "othercadre"]


def _numbers(user, campaign, now=None):
    groups = desk.cards_for(user, campaign, now or timezone.now())
    return {card.word: card.number for _, cards in groups for card in cards}


@pytest.fixture
def people(town, campaign, today):
    """Three people due in our first village, one in our second, one at the neighbour's."""
    ours = [make_enrolled(town.village, campaign, today, name=f"甲{n}") for n in range(3)]
    make_enrolled(town.villages[1], campaign, today, name="乙")
    make_enrolled(town.other_villages[0], campaign, today, name="丙")
    return ours


@pytest.fixture
def tomorrow_slot(campaign, site, today):
    session = ClinicSession.objects.create(
        campaign=campaign,
        site=site,
        on=today + timedelta(days=1),
        starts_at=time(8),
        ends_at=time(12),
        state="open",
    )
    return Slot.objects.create(session=session, starts_at=time(8), ends_at=time(12), capacity=50)


def _book(enrolment, slot):
    return Booking.objects.create(
        key=uuid4(),
        enrolment=enrolment,
        slot=slot,
        dose_number=1,
        village_code=enrolment.resident.village_code,
        booked_at=timezone.now(),
    )


def test_cadre_counts_the_own_village(cast, campaign, people, tomorrow_slot):
    campaign.refresh_from_db()  # the cut-off as a time of day, not as the text it was made from
    _book(people[0], tomorrow_slot)
    mine = _numbers(cast.cadre01, campaign)
    assert (mine["可接种"], mine["可接种、还没预约"], mine["明天已预约"]) == (3, 2, 1)
    other = _numbers(cast.othercadre, campaign)
    assert (other["可接种"], other["可接种、还没预约"], other["明天已预约"]) == (1, 1, 0)


def test_the_desk_holds_only_units_with_a_task_against_theirs(town, cast, campaign, today):
    """One village has a task of four and two done; the other has one done and no task, as on the dashboard."""
    vaccine = Vaccine.objects.get(code="CV-SV")
    for village, people in ((town.village, 2), (town.villages[1], 1)):
        for _ in range(people):
            person = make_enrolled(village, campaign, today)
            note_dose(enrolment=person, vaccine=vaccine, given_on=today, actor=None, today=today)
    assert _numbers(cast.town, campaign)["首剂完成率"] == "未下达任务"
    shared = {"campaign": campaign, "kind": TargetKind.FIRST, "due_on": today, "key": uuid4()}
    targets.assign(actor=cast.town, quantities={town.village: 4}, now=timezone.now(), **shared)
    for user in (cast.town, cast.cadre01):
        assert _numbers(user, campaign)["首剂完成率"] == "50.0%"
    assert _numbers(cast.town, campaign)["今天接种(剂)"] == 3


def test_office_sees_which_villages_have_no_list(town, cast, campaign, people, tomorrow_slot, today):
    campaign.refresh_from_db()
    _book(people[0], tomorrow_slot)
    before = timezone.make_aware(datetime.combine(today, time(15, 59)))
    after = timezone.make_aware(datetime.combine(today, time(16)))
    assert _numbers(cast.town, campaign, before)["明天还没上报名单的村"] == 3, "booked is not handed in"
    told = [card.hint for _, cards in desk.cards_for(cast.cadre01, campaign, before) for card in cards]
    assert "名单还没有上报" in told
    submit_roster(session=tomorrow_slot.session, place=town.village, actor=cast.cadre01, now=after)
    told = [card.hint for _, cards in desk.cards_for(cast.cadre01, campaign, after) for card in cards]
    assert "名单还没有上报" not in told
    assert _numbers(cast.town, campaign, after)["明天没有上报名单的村(已过截止)"] == 2
    assert _numbers(cast.town, campaign, after)["逾期名单待批准的村"] == 1
    assert "明天还没上报名单的村" not in _numbers(cast.othertown, campaign, before), (
        "no session there tomorrow"
    )
    assert _numbers(cast.town, campaign, before)["明天的场次"] == 1


def test_floor_expects_todays_bookings(cast, campaign, people, tomorrow_slot):
    _book(people[0], tomorrow_slot)
    tomorrow = timezone.now() + timedelta(days=1)
    assert _numbers(cast.registrar, campaign, tomorrow)["今天预约、还没到"] == 1
    assert _numbers(cast.registrar, campaign)["今天预约、还没到"] == 0


@pytest.fixture
def overdue_calls(town, campaign):
    """Everybody was asked for something and is late: what makes the desk look at the most."""
    now = timezone.now()
    for kind, audience in (("resident", "villages"), ("school", "schools"), ("staff", "employers")):
        calls.ask(
            actor=None,
            campaign=campaign,
            place=town.town,
            kind=kind,
            audience=audience,
            due_at=now + timedelta(hours=1),
            key=uuid4(),
            now=now,
        )
    SubmissionCall.objects.update(due_at=now - timedelta(hours=1))


@pytest.mark.parametrize("role", ROLES)
def test_desk_opens_in_few_queries_and_its_links_work(
    role, client_as, cast, campaign, people, tomorrow_slot, overdue_calls, django_assert_max_num_queries
):
    user = getattr(cast, role)
    Job.objects.create(kind="x", title="导入曙光社区", created_by=user, state="running", done=1, total=4)
    client = client_as(user)
    with django_assert_max_num_queries(20):
        page = client.get("/")
    assert page.status_code == 200
    assert "导入曙光社区" in page.content.decode()
    cards = [card for _, cards in page.context["groups"] for card in cards]
    assert cards
    for where in {card.address for card in cards if card.address}:
        assert client.get(where).status_code == 200, where
    for where, _, _ in page.context["rooms"]:
        assert client.get(where).status_code == 200, where


def test_only_one_room_is_current(client_as, cast):
    page = client_as(cast.town).get("/accounts/add/")
    assert [room.word for _, room, current in page.context["rooms"] if current] == ["帐号"]
    assert [room.word for _, room, current in client_as(cast.town).get("/").context["rooms"] if current] == [
        "工作台"
    ]


def test_breadcrumb_is_the_place_path(client_as, cast):
    def path(user):
        return [place.name for place in client_as(user).get("/").context["place_path"]]

    assert path(cast.cadre01) == ["准格尔旗", "迎泽街道", "曙光社区"]
    assert path(cast.registrar) == ["准格尔旗", "迎泽街道"]
    assert "迎泽街道卫生院接种点" in client_as(cast.registrar).get("/").content.decode()


def test_without_any_role_the_desk_says_so(client_as, cast, today):
    cast.cadre01.assignments.update(until=today - timedelta(days=1))
    page = client_as(cast.cadre01).get("/").content.decode()
    assert "没有在任岗位" in page


def test_deadline_is_shown_to_those_who_book(client_as, cast, campaign):
    assert "16:00 截止" in client_as(cast.cadre01).get("/").content.decode()
    assert "16:00 截止" not in client_as(cast.stock).get("/").content.decode()


def test_who_owes_a_register_and_who_waits_for_it(cast, campaign, people, town):
    now = timezone.now()
    call = calls.ask(
        actor=cast.town,
        campaign=campaign,
        place=town.town,
        kind="resident",
        due_at=now + timedelta(hours=3),
        now=now,
        key=uuid4(),
    )
    assert _numbers(cast.cadre01, campaign)["报表还没上报"] == 1
    assert "报表还没上报" not in _numbers(cast.school, campaign)
    row = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
    submissions.submit(actor=cast.cadre01, submission=row, remark="", now=now)
    assert _numbers(cast.cadre01, campaign)["报表还没上报"] == 0
    office = _numbers(cast.town, campaign)
    assert (office["上报待接收"], office["逾期没有上报"]) == (1, 0)
    later = _numbers(cast.town, campaign, now + timedelta(hours=4))
    assert (later["上报待接收"], later["逾期没有上报"]) == (1, 2)
    assert "上报待接收" not in _numbers(cast.othertown, campaign)


def test_doors_that_are_still_shut_stand_on_the_desk(client_as, cast, campaign, site, today):
    session = make_session(campaign, site, today, started=False)
    for user in (cast.town, cast.registrar, cast.screener):
        assert "今天还没开场的场次" in client_as(user).get("/").content.decode(), user
    for user in (cast.county, cast.othertown, cast.vaccinator):
        assert "今天还没开场的场次" not in client_as(user).get("/").content.decode(), user
    session.started_at = timezone.now()
    session.save()
    assert "今天还没开场的场次" not in client_as(cast.registrar).get("/").content.decode()


def test_a_push_day_asks_the_office_for_its_progress(town, campaign, cast, today):
    noon = timezone.make_aware(datetime.combine(today, time(12, 5)))
    name_push_day(campaign=campaign, place=town.county, day=today, reason="", actor=cast.county, now=noon)
    assert _numbers(cast.town, campaign, noon)["上午进度报告未报"] == "去报"
    assert _numbers(cast.county, campaign, noon)["没报的进度报告(乡镇×时段)"] == 2
    make_progress(campaign, town.town, actor=cast.town, at=noon - timedelta(minutes=5))
    assert "上午进度报告未报" not in _numbers(cast.town, campaign, noon)
    county = _numbers(cast.county, campaign, noon)
    assert (county["没报的进度报告(乡镇×时段)"], county["没看的进度报告(今天)"]) == (1, 1)


def test_a_week_that_is_over_is_published_and_read(town, campaign, cast, today):
    now, due = timezone.now(), campaign.ends_on
    waiting, unread = "上周排名还没有通报", "没看的周排名"
    assert waiting not in _numbers(cast.town, campaign, now)
    shares = dict.fromkeys(town.villages, 5)
    of = {"campaign": campaign, "kind": "first", "now": now}
    targets.assign(actor=cast.town, quantities=shares, due_on=due, key=uuid4(), **of)
    assert _numbers(cast.town, campaign, now)[waiting] == "去通报"
    assert unread not in _numbers(cast.cadre01, campaign, now)
    week = {"campaign": campaign, "kind": TargetKind.FIRST, "day": today - timedelta(days=7)}
    report = publish(place=town.town, actor=cast.town, key=uuid4(), now=now, **week)
    assert waiting not in _numbers(cast.town, campaign, now)
    assert _numbers(cast.cadre01, campaign, now)[unread] == 1
    assert unread not in _numbers(cast.othercadre, campaign, now)
    mark_seen(report=report, user=cast.cadre01, now=now)
    assert unread not in _numbers(cast.cadre01, campaign, now)
