"""A case of a reaction from the first sign to the county: code, deadline, card, log, group, plan."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clinic.models import AdverseEvent, CaseCard, CaseEntry
from clinic.services import case_cards, case_log, observations, reaction_groups, reaction_plans
from core.errors import NotAllowed
from core.models import AuditEvent
from tests.factories.clinic import refused
from vaxcampaign.desk import cards_for

pytestmark = pytest.mark.django_db


def log(floor, event, kind, actor=None, key=None, **given):
    given.setdefault("text", "核对过")
    given.setdefault("to_whom", "县疾控 张医生")
    return case_log.write(
        event=event,
        kind=kind,
        actor=actor or floor.cast.observer,
        key=key or uuid4(),
        now=given.pop("now", floor.now + timedelta(minutes=20)),
        **given,
    )


def fill(floor, event, actor=None, also=(), **changes):
    actor = actor or floor.cast.observer
    proposed = case_cards.proposal(event, actor)
    values = {
        "fever": "4",
        "redness": "4",
        "induration": "4",
        "admitted": "2",
        "found_by": "1",
        "programme": "1",
    }
    values |= {name: proposed[name] for name in case_cards.FIELDS if name in proposed}
    return case_cards.fill(
        event=event, values=values | changes, also=also, actor=actor, key=uuid4(), now=floor.now
    )


def plan(floor, place, actor=None, **values):
    actor = actor or floor.cast.town
    return reaction_plans.set_plan(campaign=floor.campaign, place=place, actor=actor, now=floor.now, **values)


def test_codes_count_up_within_county_and_year(floor):
    first, second = floor.report(floor.observed()), floor.report(floor.observed())
    assert (len(first.code), first.code[:10]) == (14, f"150622{floor.today.year}")
    assert int(second.code) == int(first.code) + 1


@pytest.mark.requirement("S105")
def test_the_nearest_plan_sets_the_deadline_and_names_the_hospital(floor, town, client_as):
    assert reaction_plans.plan_for(floor.campaign, floor.site.place.code).other_hours == 48
    plan(floor, town.county, floor.cast.county, other_hours=24, hospital="旗人民医院")
    assert floor.report(floor.observed()).report_due == floor.now + timedelta(minutes=10, hours=24)
    plan(floor, town.town, other_hours=2, hospital="镇卫生院", hospital_phone="0477-1234567")
    event = floor.report(floor.observed())
    assert event.report_due == floor.now + timedelta(minutes=10, hours=2)
    page = client_as(floor.cast.observer).get(event.get_absolute_url()).content.decode()
    assert "绿色通道:<strong>镇卫生院" in page and "tel:0477-1234567" in page
    with refused("OTHER_HOURS"):
        plan(floor, town.town, other_hours=72)
    with pytest.raises(NotAllowed):
        plan(floor, town.other_town, floor.cast.town, other_hours=2)
    assert AuditEvent.objects.filter(action="aefi.plan_changed").count() == 2


def test_the_card_starts_from_what_is_known_and_a_correction_is_a_new_version(floor):
    event = floor.report(floor.observed(), kind="rash", first_class="1")
    card = fill(floor, event)
    assert (card.version, card.diagnosis, card.preliminary, card.unit) == (
        1,
        "过敏性皮疹",
        "1",
        floor.site.name,
    )
    again = fill(floor, event, actor=floor.cast.town, admitted="1")
    assert (again.version, case_cards.latest(event)) == (2, again)
    assert CaseCard.objects.get(version=1).admitted == "2"
    numbers = [number for number, _, _ in case_cards.items(event, again)]
    assert sorted([*numbers, 9]) == list(range(1, 23))
    assert {n: text for n, _, text in case_cards.items(event, again)}[15] == "1 是"
    with refused("CARD_MISSING"):
        fill(floor, event, course=" ")
    with refused("FOUND_ON"):
        fill(floor, event, found_on=floor.today + timedelta(days=1))
    with pytest.raises(NotAllowed):
        fill(floor, event, actor=floor.cast.vaccinator)


def test_only_recent_vaccines_of_the_person_may_be_suspected_too(floor):
    event, stranger = floor.report(floor.observed()), floor.observed()
    with refused("ALSO_OTHER"):
        fill(floor, event, also=[stranger.doses.get().record])
    with refused("ALSO_OTHER"):  # the dose itself is the first line already
        fill(floor, event, also=[event.dose.record])
    (line,) = case_cards.suspects(event, fill(floor, event))
    assert (line["lot"], line["dose"], line["programme"]) == (floor.lot.lot_no, 1, "常规")


@pytest.mark.requirement("S24")
def test_the_card_stops_the_clock_once_it_is_filled_and_sent(floor):
    event = floor.report(floor.observed())
    with refused("CARD_EMPTY"):
        log(floor, event, "sent")
    fill(floor, event)
    key = uuid4()
    assert log(floor, event, "sent", key=key) == log(floor, event, "sent", key=key)
    event.refresh_from_db()
    assert (event.card_state, CaseEntry.objects.count()) == ("sent", 1)
    with refused("CARD_SETTLED"):
        log(floor, event, "waived")


def test_what_is_not_reportable_may_be_waived_until_it_gets_worse(floor):
    event = floor.report(floor.observed(), kind="common")
    with refused("TEXT_MISSING"):
        log(floor, event, "waived", text="")
    log(floor, event, "waived", text="红肿 2.0cm,不在报告范围")
    later = floor.now + timedelta(hours=5)
    log(floor, event, "worse", text="高热、意识不清", now=later)
    event.refresh_from_db()
    assert (event.is_serious, event.card_state, event.report_due) == (True, "due", later + timedelta(hours=2))
    with refused("WAIVE_SERIOUS"):
        log(floor, event, "waived")
    with refused("SERIOUS_ALREADY"):
        log(floor, event, "worse")


def test_follow_up_calls_are_logged_with_state_and_next_day(floor):
    event = floor.report(floor.observed())
    with refused("STATE_MISSING"):
        log(floor, event, "follow")
    with refused("NEXT_ON"):
        log(floor, event, "follow", state="2", next_on=floor.today - timedelta(days=1))
    log(floor, event, "follow", state="2", next_on=floor.today + timedelta(days=1))
    log(floor, event, "follow", actor=floor.cast.town, state="1")
    assert [(e.kind, e.state) for e in event.entries.all()] == [("follow", "2"), ("follow", "1")]
    with pytest.raises(NotAllowed):
        log(floor, event, "seen")  # the site cannot say that the office knows
    with pytest.raises(NotAllowed):
        log(floor, event, "note", actor=floor.cast.othertown)


def desk(user, floor, now):
    return {card.word: card for _, cards in cards_for(user, floor.campaign, now) for card in cards}


@pytest.mark.requirement("S24")
def test_the_office_sees_a_new_case_on_its_desk_at_once_until_it_says_so(floor):
    event = floor.report(floor.observed(), is_serious=True)
    now = floor.now + timedelta(minutes=11)
    cards = desk(floor.cast.town, floor, now)
    assert (cards["新的异常反应,还没知悉"].number, cards["个案卡待上报"].number) == (1, 1)
    assert "新的异常反应,还没知悉" not in desk(floor.cast.othertown, floor, now)
    log(floor, event, "seen", actor=floor.cast.town)
    cards = desk(floor.cast.town, floor, floor.now + timedelta(hours=3))
    assert "新的异常反应,还没知悉" not in cards
    assert (cards["个案卡待上报"].kind, cards["个案卡待上报"].hint) == ("stop", "其中 1 例已超时")
    assert desk(floor.cast.observer, floor, now)["个案卡待上报"].number == 1


def test_two_alike_are_told_as_a_possible_group_and_the_office_judges(floor):
    first = floor.report(floor.observed(), kind="faint")
    floor.report(floor.observed(), kind="rash")
    assert AdverseEvent.objects.in_groups_to_judge().count() == 0
    second = floor.report(floor.observed(), kind="faint")
    first.refresh_from_db()
    group = second.group
    assert group is not None and first.group == group and group.cases.count() == 2
    assert desk(floor.cast.town, floor, floor.now)["可能的群体性反应(例)"].number == 2
    with refused("WAIVE_SERIOUS"):
        log(floor, first, "waived")
    decide = {"group": group, "is_group": True, "actor": floor.cast.town, "now": floor.now}
    with refused("REASON_MISSING"):
        reaction_groups.decide(**decide, reason=" ")
    with pytest.raises(NotAllowed):
        reaction_groups.decide(**decide | {"actor": floor.cast.observer}, reason="同一场次")
    group = reaction_groups.decide(**decide, reason="同一场次,症状相同")
    first.refresh_from_db()
    assert (group.code, first.report_due) == (f"150622{floor.today.year}01", floor.now + timedelta(hours=2))
    assert first.entries.get().text.endswith("同一场次,症状相同")
    third = floor.report(floor.observed(), kind="faint")
    third.refresh_from_db()
    assert third.group == group and third.report_due <= floor.now + timedelta(hours=2, minutes=10)
    with refused("DECIDED_ALREADY"):
        reaction_groups.decide(**decide, reason="再判断")


def test_a_dismissed_group_is_open_again_when_another_case_joins(floor):
    floor.report(floor.observed(), kind="nerves")
    group = floor.report(floor.observed(), kind="nerves").group
    reaction_groups.decide(
        group=group, is_group=False, reason="两人各有原因", actor=floor.cast.town, now=floor.now
    )
    again = floor.report(floor.observed(), kind="nerves").group
    assert (again.pk, again.state, again.code) == (group.pk, "suspected", None)


def test_a_case_can_be_reported_after_the_person_has_left(floor, client_as):
    visit = floor.observed()
    visit.doses.update(given_at=floor.now - timedelta(minutes=40))
    observations.release(visit=visit, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    observer = client_as(floor.cast.observer)
    assert "回家后发生了反应" in observer.get(visit.get_absolute_url()).content.decode()
    onset = (floor.now - timedelta(minutes=5)).astimezone().strftime("%Y-%m-%dT%H:%M")
    body = {"onset_at": onset, "symptoms": "发热 38.7", "kind": "common", "first_class": "1"}
    address = reverse("clinic:reaction", args=[visit.uid])
    answer = observer.post(address, body | {"symptoms": ""})
    assert answer.status_code == 422 and "请写明表现" in answer.content.decode()
    assert observer.post(address, body).status_code == 302
    assert AdverseEvent.objects.get().kind == "common"


def test_the_pages_of_a_case_fill_send_print_and_download(floor, client_as):
    event, observer = floor.report(floor.observed(), kind="faint"), client_as(floor.cast.observer)
    form = reverse("clinic:case_form", args=[event.uid])
    page = observer.get(form)
    body = {name: value for name, value in page.context["form"].initial.items() if value}
    body |= {
        "fever": "4",
        "redness": "1",
        "induration": "4",
        "admitted": "2",
        "programme": "3",
        "found_by": "1",
    }
    assert observer.post(form, body | {"course": ""}).status_code == 422
    assert observer.post(form, body | {"key": uuid4()}).status_code == 302
    lines = {"kind": "sent", "to_whom": "县疾控 李医生", "text": "", "key": uuid4()}
    assert observer.post(reverse("clinic:case_log", args=[event.uid]), lines).status_code == 302
    case = observer.get(event.get_absolute_url()).content.decode()
    assert "个案卡已上报" in case and "县疾控 李医生" in case
    paper = observer.get(reverse("clinic:case_paper", args=[event.uid])).content.decode()
    resident = event.dose.visit.enrolment.resident
    for words in (resident.name, event.code, floor.lot.lot_no, "应急", "22 联系电话", "局部红肿:1 ≤2.5cm"):
        assert words in paper, words
    file = observer.get(reverse("clinic:case_file", args=[event.uid]))
    book = load_workbook(BytesIO(file.content))
    cells = [str(cell.value) for row in book["个案卡"].iter_rows() for cell in row if cell.value is not None]
    assert event.code in cells and resident.name in cells and floor.lot.lot_no in cells
    assert AuditEvent.objects.filter(action="aefi.card_exported").count() == 2


def test_refusals_of_the_log_are_told_on_the_page(floor, client_as):
    event, town = floor.report(floor.observed()), client_as(floor.cast.town)
    post = reverse("clinic:case_log", args=[event.uid])
    page = town.post(post, {"kind": "sent", "to_whom": "县疾控"}, follow=True).content.decode()
    assert "个案卡还没有填写" in page
    town.post(post, {"kind": "seen"})
    event.refresh_from_db()
    assert event.seen_at is not None


def test_the_group_page_shows_its_cases_to_who_may_see_them(floor, client_as):
    floor.report(floor.observed(), kind="faint")
    group = floor.report(floor.observed(), kind="faint").group
    address = reverse("clinic:reaction_group", args=[group.uid])
    assert "登记判断" not in client_as(floor.cast.observer).get(address).content.decode()
    town = client_as(floor.cast.town)
    assert "相似病例 2 例" in town.get(address).content.decode()
    assert town.post(address, {"is_group": "1"}).status_code == 422
    assert town.post(address, {"is_group": "1", "reason": "同场"}).status_code == 302
    listed = town.get(reverse("clinic:aefi"), {"todo": "late"}).content.decode()
    assert "没有异常反应病例" in listed


def test_the_plan_page_saves_for_the_users_own_place(floor, town, client_as):
    office, address = client_as(floor.cast.town), reverse("clinic:reaction_plan")
    assert "按国家要求" in office.get(address).content.decode()
    body = {"serious_hours": 1, "other_hours": 2, "group_hours": 12, "hospital": "旗人民医院"}
    assert office.post(address, body | {"other_hours": 60}).status_code == 422
    assert office.post(address, body).status_code == 302
    found = reaction_plans.plan_for(floor.campaign, floor.site.place.code)
    assert (found.place, found.other_hours, found.hospital) == (town.town, 2, "旗人民医院")
