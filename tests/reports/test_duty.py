"""The duty and meetings book: nothing in it is edited, a day is led by one, what was heard stays, what was asked for is followed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit_words import action_word
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from reports.models import DutyDay, FollowUp, FollowUpStep, Hearing, Meeting
from reports.services import duty_rota, hearings, meetings
from reports.services.daily import daily_report
from reports.services.exports import sheets_of
from tests.factories.duty import WORDS, make_meeting
from vaxcampaign.desk.cards import Moment
from vaxcampaign.desk.office import office_cards
from vaxcampaign.desk.people import people_cards

pytestmark = pytest.mark.django_db
LED = {"leader": "苏和", "leader_phone": "0477-1", "contact": "刘建军", "police": "田永红"}


@pytest.fixture
def book(town, cast, now):
    """The keywords of every deed of our office."""
    return {"place": town.town, "actor": cast.town, "now": now}


@pytest.fixture
def step(cast, now):
    """``step(row, kind, due_on)``: what our office says has become of a follow-up."""

    def said(row, kind, due_on=None, **changed):
        about = {"follow_up": row, "kind": kind, "note": "已办", "due_on": due_on, "key": uuid4()}
        return meetings.step(**about | changed, actor=cast.town, now=now)

    return said


def refused(deed, **asked) -> str:
    with pytest.raises(RuleBroken) as refusal:
        deed(**asked)
    return refusal.value.code


@pytest.mark.requirement("S102")
def test_a_day_is_put_right_by_a_version_with_its_reason(book, town, cast, today):
    key = uuid4()
    first = duty_rota.set_day(day=today, words=LED, key=key, **book)
    assert duty_rota.set_day(day=today, words=LED, key=key, **book) == first
    assert (
        refused(duty_rota.set_day, day=today, words=LED | {"leader": "白晓峰"}, key=key, **book) == "KEY_USED"
    )
    other = {"day": today, "words": LED | {"leader": "白晓峰"}}
    assert refused(duty_rota.set_day, **other, key=uuid4(), **book) == "BOOK_MOVED_ON"
    assert refused(duty_rota.set_day, **other, key=uuid4(), based_on=1, **book) == "REASON_MISSING"
    second = duty_rota.set_day(**other, key=uuid4(), based_on=1, reason="苏和外出开会", **book)
    assert (second.number, second.uid) == (2, first.uid)
    assert duty_rota.standing(town.town, today).leader == "白晓峰"
    assert list(DutyDay.objects.standing()) == [second] and DutyDay.objects.count() == 2
    with pytest.raises(NotAllowed):
        duty_rota.set_day(day=today, words=LED, key=uuid4(), **book | {"actor": cast.county})
    assert refused(duty_rota.set_day, day=today, words={}, key=uuid4(), **book) == "WORDS_MISSING"
    village = book | {"place": town.village, "actor": None}
    assert refused(duty_rota.set_day, day=today, words=LED, key=uuid4(), **village) == "BOOK_PLACE"
    with pytest.raises(DatabaseError), transaction.atomic():
        DutyDay.objects.filter(pk=first.pk).update(leader="别人")
    words = [
        action_word(e.action) for e in AuditEvent.objects.filter(action__startswith="duty_day").order_by("pk")
    ]
    assert words == ["带班 · 登记", "带班 · 更正"]


def test_a_spell_goes_in_turns_around_what_stands(book, town, today):
    days = [today + timedelta(days=n) for n in range(5)]
    duty_rota.set_day(day=days[1], words=LED, key=uuid4(), **book)
    asked = {
        "since": days[0],
        "until": days[-1],
        "leaders": [("甲", "1"), ("乙", "2"), ("丙", "")],
        "contacts": [("丁", "4")],
        "key": uuid4(),
    }
    assert duty_rota.arrange(**asked, **book) == (4, 1)
    assert duty_rota.arrange(**asked, **book) == (4, 1)
    led = DutyDay.objects.order_by("day").values_list("leader", "contact")
    assert list(led) == [("甲", "丁"), ("苏和", "刘建军"), ("乙", "丁"), ("丙", "丁"), ("甲", "丁")]
    wrong = asked | {"until": today - timedelta(days=1)}
    assert refused(duty_rota.arrange, **wrong, **book) == "ROTA_DAYS"
    assert refused(duty_rota.arrange, **asked | {"leaders": []}, **book) == "ROTA_NOBODY"


@pytest.mark.requirement("S97")
def test_what_was_heard_stays_whatever_is_recorded_later(book, town, campaign, under_way, give, today, now):
    about = {"campaign": campaign, "day": today}
    heard = hearings.hear(words={"heard_by": "乌恩其"}, key=uuid4(), **about, **book)
    # 2 of 3 in the first village, one of them today; 1 in the second (see ``under_way``)
    total = heard.figures["total"]
    assert (total["doses"], total["first"], total["complete"], total["quota"]) == (1, 3, 1, 6)
    assert [row["first"] for row in heard.figures["villages"]] == [2, 1, 0]
    report = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    assert heard.figures == hearings.figures_of(report) and heard.cut_off == now

    give(under_way.people[town.villages[2].code][0])
    words = {"heard_by": "乌恩其", "said": "后三名村晚上入户"}
    change = {"hearing": heard, "words": words, "actor": book["actor"], "now": now}
    assert refused(hearings.correct, reason="", based_on=1, key=uuid4(), **change) == "REASON_MISSING"
    second = hearings.correct(reason="补写要求", based_on=1, key=uuid4(), **change)
    assert (second.figures, second.cut_off, second.said) == (heard.figures, heard.cut_off, "后三名村晚上入户")
    assert list(Hearing.objects.standing()) == [second]
    again = hearings.hear(words={"heard_by": "苏和"}, key=uuid4(), **about, **book)
    assert again.figures["total"]["first"] == 4 and again.uid != heard.uid
    coming = about | {"day": today + timedelta(days=1)}
    assert refused(hearings.hear, words=words, key=uuid4(), **coming, **book) == "HEARING_DAY"


@pytest.mark.requirement("S114")
def test_what_a_meeting_asks_for_is_followed_until_it_is_done(book, town, cast, today, now, step):
    tomorrow = today + timedelta(days=1)
    assert refused(make_meeting, place=town.town, on=tomorrow, actor=cast.town) == "MEETING_DAY"
    met = make_meeting(town.town, today - timedelta(days=2), cast.town)
    change = {"words": met.words | {"chair": "乌恩其"}, "actor": cast.town, "now": now, "based_on": 1}
    corrected = meetings.correct_meeting(meeting=met, reason="主持人写错", key=uuid4(), **change)
    assert list(Meeting.objects.standing()) == [corrected] and corrected.uid == met.uid
    ask = {"meeting": met, "what": "排车", "who": "王五", "actor": cast.town, "now": now}
    early = {"due_on": met.on - timedelta(days=1), "key": uuid4()}
    assert refused(meetings.follow_up, **ask, **early) == "FOLLOW_UP_DAY"
    row = meetings.follow_up(**ask, due_on=today, key=uuid4())

    def state():
        seen = FollowUp.objects.with_state().get()
        return seen.state_word, seen.until, FollowUp.objects.due(today).count()

    assert state() == ("在办", today, 1)
    assert refused(step, row=row, kind="reopened") == "FOLLOW_UP_OPEN"
    assert refused(step, row=row, kind="moved") == "FOLLOW_UP_DAY"
    step(row, "moved", tomorrow)
    assert state() == ("在办", tomorrow, 0) and FollowUp.objects.due(tomorrow).exists()
    key = uuid4()
    assert step(row, "finished", key=key) == step(row, "finished", key=key)
    assert state() == ("办结", tomorrow, 0) and not FollowUp.objects.open().exists()
    assert refused(step, row=row, kind="finished") == "FOLLOW_UP_OVER"
    step(row, "reopened", today)
    assert state() == ("在办", today, 1)
    seen = FollowUp.objects.with_state().get()
    assert not seen.is_late(today) and seen.is_late(tomorrow)
    step(row, "cancelled")
    assert state() == ("不再办", today, 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUpStep.objects.all().delete()


def test_the_pages_of_the_book(book, town, cast, campaign, under_way, client_as, today):
    office, county, other = client_as(cast.town), client_as(cast.county), client_as(cast.othertown)
    where = reverse("reports:duty")
    assert "还没有人带班" in office.get(where).content.decode()
    rota = {"since": today, "until": today, "leaders": "苏和 0477-1000011\n\n白晓峰", "contacts": "刘建军"}
    done = office.post(reverse("reports:duty_rota"), rota)
    assert done.status_code == 302 and where in done.url
    day = reverse("reports:duty_day", args=[today.isoformat()])
    change = LED | {"based_on": 1, "leader": "苏和", "law": "高志强"}
    assert office.post(day, change).status_code == 422  # without a reason
    assert office.post(day, change | {"reason": "补写"}).status_code == 302
    assert county.post(f"{day}?place={town.town.code}", change).status_code == 403
    heard = office.post(reverse("reports:hear"), {"day": today, "heard_by": "乌恩其", "said": "抓紧"})
    met = office.post(reverse("reports:meeting_add"), WORDS | {"on": today})
    meeting = Meeting.objects.get()
    asked = {"what": "排车", "who": "王五", "due_on": today}
    assert office.post(reverse("reports:follow_up_add", args=[meeting.uid]), asked).url == met.url
    row = FollowUp.objects.get()
    with CaptureQueriesContext(connection) as queries:
        page = office.get(where).content.decode()
    assert len(queries) <= 20
    for words in ("苏和", "高志强", "乌恩其", "第一剂推进会", "排车", "今天到期"):
        assert words in page
    for address in (heard.url, met.url, row.get_absolute_url()):
        read = county.get(address).content.decode()
        assert "更正" not in read and "<form" not in read.partition('id="main"')[2]
        assert other.get(address).status_code == 404
    assert other.get(where, {"place": town.town.code}).status_code == 404
    late = office.post(row.get_absolute_url(), {"kind": "finished", "note": ""})
    assert late.status_code == 422
    assert office.post(row.get_absolute_url(), {"kind": "finished", "note": "车已排好"}).url == met.url
    assert "车已排好" in office.get(met.url).content.decode()
    assert office.get(day, {"place": "150622003000"}).status_code == 404


def test_the_workbook_says_what_stands(book, town, cast, campaign, today, now):
    duty_rota.set_day(day=today, words=LED, key=uuid4(), **book)
    met = make_meeting(town.town, today, cast.town)
    meetings.follow_up(
        meeting=met, what="排车", who="王五", due_on=today, actor=cast.town, key=uuid4(), now=now
    )
    asked = {"day": today, "campaign": campaign, "now": now}
    found = {sheet.name: list(sheet.rows) for sheet in sheets_of("duty", place=town.town, **asked)}
    assert list(found) == ["带班表", "听取汇报", "会议", "督办事项"]
    assert [(row["leader"], row["police"]) for row in found["带班表"]] == [("苏和", "田永红")]
    assert [(row["kind"], row["chair"]) for row in found["会议"]] == [("推进会", "苏和")]
    assert [(row["what"], row["state"]) for row in found["督办事项"]] == [("排车", "在办")]
    assert refused(sheets_of, kind="duty", place=town.village, **asked) == "REPORT_PLACE"


def test_the_desk_says_who_leads_and_what_is_due(book, town, cast, campaign, today, now):
    def cards(user, provider=office_cards):
        return {card.word: card for card in provider(Moment(user, campaign, now))}

    assert cards(cast.town)["今天没有人带班"].number == "去安排"
    assert cards(cast.county)["今天没安排带班的乡镇"].number == 2
    duty_rota.set_day(day=today, words=LED, key=uuid4(), **book)
    met = make_meeting(town.town, today, cast.town)
    meetings.follow_up(
        meeting=met, what="排车", who="王五", due_on=today, actor=cast.town, key=uuid4(), now=now
    )
    mine = cards(cast.town)
    assert (mine["今天带班"].number, mine["今天带班"].hint) == ("苏和", "联系人 刘建军")
    assert mine["到期未办的事项"].number == 1 and "今天没有人带班" not in mine
    assert cards(cast.county)["今天没安排带班的乡镇"].number == 1
    village = cards(cast.cadre01, people_cards)["今天带班"]
    assert (village.number, village.address) == ("苏和", "")
