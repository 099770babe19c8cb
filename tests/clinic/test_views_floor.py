"""The pages of the floor: one input and one answer, panels by role, scope, posts, queries."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import PriorityGroup
from clinic.models import AdverseEvent, Dose, Visit
from clinic.services import adverse_events, checklist
from core.models import AuditEvent
from inventory.models import Lot, StockLevel
from places.models import Site
from residents.models import Resident
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import SIGNATURE
from tests.factories.stock import make_lot, make_presentation, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(floor, client_as):
    """``at("registrar")``: that desk's browser."""
    return lambda username: client_as(getattr(floor.cast, username))


def url(name, *args) -> str:
    return reverse(f"clinic:{name}", args=args)


def text_of(response, status=200) -> str:
    assert response.status_code == status
    return response.content.decode()


def ask(client, q):
    return client.post(url("floor"), {"q": q}, follow=True)


def screen_data(floor, visit, **changes):
    data = {f"q_{code}": str(int(a["yes"])) for code, a in floor.answers(visit.enrolment).items()}
    return data | {"celsius": "36.5", "health_code_ok": "1", "key": uuid4()} | changes


def sign_data(**changes):
    data = {
        "given": "1",
        "signer_name": "王伟",
        "relation": "self",
        "channel": "tablet",
        "signature": SIGNATURE,
    }
    return data | {"key": uuid4()} | changes


def dose_data(floor, visit, **changes):
    items = checklist.ticked_by_nurse(checklist.items_of(visit.enrolment))
    data = {"lot": floor.lot.pk, "body_site": "left_arm", "checklist": items, "recipient_confirmed": "1"}
    return data | {"key": uuid4()} | changes


# --- one input, one answer ---


@pytest.mark.requirement("S55")
def test_a_scanned_card_a_name_or_a_phone_finds_the_person(floor, at):
    enrolment = floor.person(name="欧阳娜", phone="13800001234", phone_tail="1234")
    number = enrolment.resident.identifiers.get().number
    for typed in (number, "欧阳娜", "1234"):
        page = text_of(ask(at("registrar"), typed))
        assert "可登记" in page and "欧阳娜" in page and number not in page
    uid = str(enrolment.resident.uid)
    assert AuditEvent.objects.filter(subject=uid, action="resident.viewed").count() == 3


def test_several_people_are_offered_by_number_keys(floor, at):
    floor.person(name="李强")
    floor.person(name="李强")
    page = text_of(ask(at("registrar"), "李强"))
    assert "查到 2 人" in page and 'data-hotkey="2"' in page


def test_a_queue_number_or_a_slip_opens_the_visit(floor, at):
    visit = floor.check_in()
    for typed in ("1", "#1", str(visit.uid), str(visit.uid.int)):
        assert ask(at("screener"), typed).redirect_chain[-1][0] == visit.get_absolute_url()


def test_a_scanned_booking_finds_the_person(floor, at):
    session = make_session(floor.campaign, floor.site, floor.today)
    booking = make_booking(floor.person(name="周涛"), session.slots.first())
    page = text_of(ask(at("registrar"), str(booking.uid)))
    assert "周涛" in page and "登记到场,发排队号" in page


def test_nobody_found_says_what_to_do(floor, at):
    page = text_of(ask(at("registrar"), "无此人"))
    assert "补登记这个人" in page and reverse("residents:add") in page
    page = text_of(ask(at("vaccinator"), "无此人"))
    assert "请到登记台补登记" in page and reverse("residents:add") not in page
    assert "今天没有排到 99 号" in text_of(ask(at("registrar"), "99"))


def test_too_many_people_are_said_to_be_too_many(floor, at):
    for _ in range(9):
        floor.person(name="李强")
    assert "只列出前 8 人" in text_of(ask(at("registrar"), "李强"))


def test_the_answer_names_what_this_site_has(floor, at):
    uid = floor.person().resident.uid
    page = text_of(at("registrar").get(url("floor"), {"person": uid}))
    assert f"本点有:{floor.lot.presentation.vaccine.short_name} 50剂" in page
    StockLevel.objects.update(held_reason="冰箱断电待查")
    page = text_of(at("registrar").get(url("floor"), {"person": uid}))
    assert "本点缺苗" in page and "请先问疫苗管理员" in page


def test_on_hold_the_page_offers_no_dose(floor, at):
    visit = floor.check_in()
    floor.screen(visit, celsius=Decimal("38.2"))
    page = text_of(at("screener").get(visit.get_absolute_url()))
    assert "解除之前不能接种" in page and "今天可种" not in page


def test_who_calls_people_starts_on_the_next_one(floor, at):
    floor.ready()
    assert 'data-hotkey="n" autofocus' in text_of(at("vaccinator").get(url("floor")))
    floor.screen(floor.check_in())
    assert 'data-hotkey="n" autofocus' not in text_of(at("registrar").get(url("floor")))


@pytest.mark.requirement("S106")
def test_first_doses_of_key_groups_stand_apart(floor, at):
    teacher = floor.person()
    teacher.resident.priority_groups.set(PriorityGroup.objects.filter(campaign=None)[:2])
    for enrolment in (teacher, floor.person()):
        floor.dose(floor.ready(enrolment))
    page = text_of(at("registrar").get(url("floor")))
    assert "<strong>2</strong> 剂(重点人群第1剂 1)" in page


def test_who_is_added_at_the_desk_is_led_on_to_check_in(floor, at):
    person = floor.person().resident
    data = {"id_type": "N0", "no_document_reason": "补办中", "guarantor": "李四", "name": "赵无", "sex": "M"}
    data |= {"birth_date": "1960-03-05", "village": person.village_id, "residence": "local"}
    answer = at("registrar").post(reverse("residents:add"), data | {"key": uuid4(), "phone_owner": "self"})
    added = Resident.objects.get(name="赵无")
    assert answer.status_code == 302 and answer.url == f"{url('floor')}?person={added.uid}"


def test_the_neighbours_people_are_not_found(floor, at, town, campaign, today):
    floor.village = town.other_villages[0]
    stranger = floor.person(name="隔壁老王")
    assert "没有查到" in text_of(ask(at("registrar"), "隔壁老王"))
    assert at("registrar").get(url("floor"), {"person": stranger.resident.uid}).status_code == 404
    posted = at("registrar").post(url("check_in", stranger.resident.uid), {"note": "x"})
    assert posted.status_code == 404 and not Visit.objects.exists()


@pytest.mark.parametrize(
    ("status", "columns", "word"),
    [
        ("complete", {}, "已接种"),
        ("contra", {"status_reason": "既往严重过敏"}, "不可接种"),
        ("open", {"due_from": "2099-01-01"}, "未到时间"),
        ("hold", {"hold_until": "2099-01-01", "status_reason": "感冒"}, "暂缓"),
        ("review", {"status_reason": "自述癫痫"}, "待医生鉴定"),
        ("ineligible", {}, "不在接种范围"),
    ],
)
def test_each_status_has_its_big_word(floor, at, status, columns, word):
    enrolment = floor.person(name="孙丽")
    type(enrolment).objects.filter(pk=enrolment.pk).update(status=status, **columns)
    assert f'answer-word">{word}<' in text_of(ask(at("registrar"), "孙丽"))


# --- the way over the floor through the browser ---


def test_a_walk_in_without_a_note_is_asked_for_one_and_nothing_is_lost(floor, at):
    enrolment = floor.person(name="赵敏")
    page = at("registrar").post(url("check_in", enrolment.resident.uid), {"note": "", "key": uuid4()})
    assert "今天在本点没有预约" in text_of(page, 422)
    done = at("registrar").post(
        url("check_in", enrolment.resident.uid), {"note": "镇办同意", "key": uuid4()}, follow=True
    )
    page = text_of(done)
    assert "排队号 1" in page and url("slip", Visit.objects.get().uid) in page


def test_a_refused_screening_keeps_what_was_answered(floor, at):
    visit = floor.check_in()
    data = screen_data(floor, visit, q_Q2="1")
    del data["q_Q3"]
    page = text_of(at("screener").post(url("screen", visit.uid), data), 422)
    assert "还没有问这一项" in page and 'name="q_Q2" value="1" checked' in page and "36.5" in page


def test_a_date_given_with_an_answer_decides_the_deferral(floor, at):
    visit = floor.check_in()
    infected = floor.today - timedelta(days=10)
    data = screen_data(floor, visit, q_Q10="1", on_Q10=infected.isoformat())
    page = text_of(at("screener").post(url("screen", visit.uid), data, follow=True))
    assert "暂缓" in page and "感染后未满6个月" in page
    visit.refresh_from_db()
    assert visit.stage == "deferred" and visit.screenings.get().answers["Q10"]["on"] == infected.isoformat()


def test_a_hard_stop_is_explained_on_the_page_and_the_ticks_stay(floor, at):
    visit = floor.ready()
    type(floor.lot).objects.filter(pk=floor.lot.pk).update(state="recalled")
    page = text_of(at("vaccinator").post(url("dose", visit.uid), dose_data(floor, visit)), 422)
    assert "已召回" in page and not Dose.objects.exists()


def test_a_double_click_on_the_needle_gives_one_dose(floor, at):
    visit = floor.ready()
    data = dose_data(floor, visit)
    for _ in range(2):
        assert at("vaccinator").post(url("dose", visit.uid), data).status_code == 302
    assert Dose.objects.count() == 1


def test_the_panel_is_the_one_of_the_role(floor, at):
    visit = floor.check_in()
    assert "提交预检结论" in text_of(at("screener").get(visit.get_absolute_url()))
    assert "请到预检台" in text_of(at("vaccinator").get(visit.get_absolute_url()))
    visit = floor.ready()
    page = text_of(at("vaccinator").get(visit.get_absolute_url()))
    assert all(word in page for word in ("一验证", "七对", "批号", floor.lot.lot_no, "逐组核对"))
    assert f'data-told="{floor.lot.presentation.vaccine},批号' in page  # what the recipient is shown
    assert "确认接种" not in text_of(at("screener").get(visit.get_absolute_url()))


def test_after_the_dose_the_next_in_line_is_one_key_away(floor, at):
    first, second = floor.ready(), floor.ready()
    page = text_of(at("vaccinator").post(url("dose", first.uid), dose_data(floor, first), follow=True))
    assert "已接种 第1剂" in page and f"叫下一位 {second.queue_no}号" in page and 'data-hotkey="n"' in page
    assert at("vaccinator").post(url("call")).url == second.get_absolute_url()


@pytest.mark.requirement("S61")
@pytest.mark.requirement("S104")
def test_the_slip_says_when_to_leave_and_when_to_come_again(floor, at):
    visit = floor.observed()
    page = text_of(at("observer").get(url("slip", visit.uid)))
    visit.enrolment.refresh_from_db()
    assert visit.enrolment.due_from.isoformat() in page and "接种后请注意" in page and "留观到" in page
    assert visit.enrolment.resident.identifiers.get().number not in page


# --- board and reactions ---


@pytest.mark.requirement("S59")
def test_the_board_releases_only_those_whose_time_is_over(floor, at):
    early, late = floor.observed(), floor.observed()
    Visit.objects.filter(pk=late.pk).update(release_due=floor.now - timedelta(minutes=1))
    page = text_of(at("observer").get(url("board")))
    assert page.count(">离场</button>") == 1 and 'hx-trigger="every 15s"' in page
    rows = at("observer").get(url("board"), headers={"HX-Request": "true"}).content.decode()
    assert rows.lstrip().startswith('<div id="board"')
    refused = at("observer").post(url("release", early.uid), {"key": uuid4()})
    assert "请继续留观" in text_of(refused, 422)
    assert at("observer").post(url("release", late.uid)).status_code == 302
    late.refresh_from_db()
    assert late.stage == "left"


@pytest.mark.requirement("S60")
def test_a_reaction_is_reported_listed_and_closed(floor, at):
    visit = floor.observed()
    Visit.objects.filter(pk=visit.pk).update(release_due=floor.now - timedelta(minutes=1))
    data = {"onset_at": "", "symptoms": "头晕", "first_class": "8", "key": uuid4()}
    assert "请填写发生时间" in text_of(at("observer").post(url("reaction", visit.uid), data), 422)
    dose = visit.doses.get()
    event = adverse_events.report(
        dose=dose,
        onset_at=dose.given_at,
        symptoms="头晕",
        is_serious=False,
        actor=floor.cast.observer,
        key=uuid4(),
        now=floor.now,
    )
    assert "请先处置并结案" in text_of(at("observer").post(url("release", visit.uid)), 422)
    assert "头晕" in text_of(at("observer").get(url("aefi")))
    case = at("observer").get(event.get_absolute_url())
    assert "个案卡须在" in text_of(case)
    closed = {"outcome": "1", "first_class": "6", "measures": "平卧饮水", "key": uuid4()}
    assert at("observer").post(event.get_absolute_url(), closed).status_code == 302
    assert not AdverseEvent.objects.open().exists()


def test_the_reaction_form_takes_the_time_it_proposes(floor, at):
    visit = floor.observed()
    Dose.objects.update(given_at=floor.now - timedelta(minutes=10))
    onset = (floor.now - timedelta(minutes=5)).astimezone().strftime("%Y-%m-%dT%H:%M")
    data = {"onset_at": onset, "symptoms": "皮疹", "first_class": "8", "key": uuid4()}
    response = at("observer").post(url("reaction", visit.uid), data)
    assert response.status_code == 302 or "发生时间应在接种之后" in response.content.decode()


# --- scope and rights ---

POSTS = ("screen", "consent", "use_signed", "withdraw", "dose", "release", "transfer", "reaction", "leave")


@pytest.mark.parametrize("name", (*POSTS, "visit", "slip"))
def test_another_townships_visit_does_not_exist(floor, at, other_site, name):
    visit = floor.check_in()
    Visit.objects.filter(pk=visit.pk).update(site=other_site)
    role = {
        "screen": "screener",
        "dose": "vaccinator",
        "transfer": "observer",
        "reaction": "observer",
    }.get(name, "registrar")
    client = at(role)
    response = client.post(url(name, visit.uid)) if name in POSTS else client.get(url(name, visit.uid))
    assert response.status_code == 404


def test_only_the_role_of_a_step_may_post_it(floor, at):
    visit = floor.check_in()
    for name, wrong in (
        ("screen", "registrar"),
        ("dose", "screener"),
        ("consent", "observer"),
        ("reaction", "registrar"),
        ("release", "stock"),
        ("release", "town"),
    ):
        assert at(wrong).post(url(name, visit.uid)).status_code == 403, name
    assert at("vaccinator").post(url("check_in", visit.enrolment.resident.uid)).status_code == 403


# --- queries ---


def queries(client, address) -> int:
    """Everything the page asks, the record of the viewing (three statements) among it."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    frame = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    real = [q["sql"] for q in captured if not q["sql"].startswith(frame)]
    return len(real)


def test_every_page_stays_within_some_twenty_queries_however_many_people(floor, at):
    other = Site.objects.exclude(pk=floor.site.pk).first()
    assert other is not None
    visits = {
        "checked_in": floor.check_in(),
        "passed": floor.check_in(),
        "consented": floor.ready(),
        "observing": floor.observed(),
    }
    floor.screen(visits["passed"])
    wrong = visits["observing"].doses.get()
    pages = [
        ("registrar", url("floor")),
        ("registrar", f"{url('floor')}?person={floor.person().resident.uid}"),
        ("screener", visits["checked_in"].get_absolute_url()),
        ("registrar", visits["passed"].get_absolute_url()),
        ("vaccinator", visits["consented"].get_absolute_url()),
        ("observer", visits["observing"].get_absolute_url()),
        ("observer", url("board")),
        ("observer", url("aefi")),
        ("observer", url("slip", visits["observing"].uid)),
        ("vaccinator", url("corrections")),
        ("vaccinator", reverse("clinic:correct", args=[wrong.uid])),
        ("vaccinator", reverse("clinic:correct_as", args=[wrong.uid, "lot"])),
        ("screener", floor.propose(wrong, "person", enrolment=floor.person()).get_absolute_url()),
        ("screener", url("floor")),
    ]
    for user, _ in pages:  # the first deed of a user starts the user's audit chain, once
        at(user).get(url("slip", visits["observing"].uid))
        at(user).get(visits["observing"].get_absolute_url())
    before = [queries(at(user), address) for user, address in pages]
    assert max(before) <= 20, list(zip(pages, before, strict=True))
    for _ in range(5):
        floor.ready()
        floor.check_in()
        floor.observed()
    after = [queries(at(user), address) for user, address in pages]
    assert all(b <= a for a, b in zip(before, after, strict=True)), (before, after)
    assert max(after) <= 20


def test_the_list_of_reactions_tells_open_from_closed(floor, at):
    floor.report(floor.observed())
    observer = at("observer")
    assert "头晕" in text_of(observer.get(url("aefi"), {"closed_at": "open", "is_serious": "no"}))
    assert "没有异常反应病例" in text_of(observer.get(url("aefi"), {"closed_at": "closed"}))
    assert "没有异常反应病例" in text_of(observer.get(url("aefi"), {"is_serious": "yes"}))


def test_a_lot_that_must_not_be_used_is_named_with_its_reason(floor, at):
    visit = floor.ready()
    apart = make_lot(lot_no="KX-APART")
    receive(floor.site, apart, 3)
    old = make_lot(lot_no="KX-OLD")
    receive(floor.site, old, 3)
    StockLevel.objects.filter(lot=apart).update(held_reason="冰箱断电待查")
    Lot.objects.filter(pk=old.pk).update(expires_on=floor.today - timedelta(days=1))
    page = text_of(at("vaccinator").get(visit.get_absolute_url()))
    assert "KX-APART(冰箱断电待查)" in page and "已过期)" in page
    assert page.count("KX-OLD") == 1  # named, not offered


def test_a_vial_open_too_long_is_not_offered_as_if_it_could_be_used(floor, at):
    triple = make_lot(presentation=make_presentation(code="CV-BJ", doses_per_vial=3), lot_no="OPEN3")
    receive(floor.site, triple, 5)
    visit = floor.ready()

    def said(minutes_ago):
        opened = timezone.now() - timedelta(minutes=minutes_ago)
        StockLevel.objects.filter(lot=triple).update(open_doses=1, vials=4, opened_at=opened)
        return text_of(at("vaccinator").get(visit.get_absolute_url()))

    assert "已开启1剂" in said(1)
    assert "开启的1剂已超时,会报损并开新的一支" in said(600)


def test_with_an_open_reaction_nobody_is_said_to_be_free_to_go(floor, at):
    visit = floor.observed()
    Visit.objects.update(release_due=floor.now - timedelta(minutes=1))
    assert "可离场" in text_of(at("observer").get(url("floor")))
    floor.report(visit)
    page = text_of(at("observer").get(url("floor")))
    assert "可离场" not in page and 'tag-stop">异常反应' in page


def test_another_lot_than_the_refused_one_has_to_be_looked_at_again(floor, at):
    visit, nurse = floor.ready(), at("vaccinator")
    refused_lot = make_lot(presentation=floor.lot.presentation, lot_no="SV-HELD")
    receive(floor.site, refused_lot, 3)
    body = dose_data(floor, visit, recipient_confirmed="")
    page = text_of(nurse.post(url("dose", visit.uid), body), 422)
    assert page.count('name="checklist"') == page.count("checked> <span>")  # a slip keeps what was looked at
    StockLevel.objects.filter(lot=refused_lot).update(held_reason="冰箱断电待查")
    page = text_of(nurse.post(url("dose", visit.uid), dose_data(floor, visit, lot=refused_lot.pk)), 422)
    assert "正在隔离" in page and "checked> <span>" not in page


def test_a_yes_that_counts_from_a_day_asks_for_the_day(at, floor):
    visit = floor.check_in()
    screener, posted = at("screener"), screen_data(floor, visit, q_Q9="1")
    assert "请填写日期" in text_of(screener.post(url("screen", visit.uid), posted), 422)
    visit.refresh_from_db()
    assert visit.stage == "checked_in"
    three_days_ago = visit.on - timedelta(days=3)
    screener.post(url("screen", visit.uid), posted | {"on_Q9": three_days_ago.isoformat()})
    visit.refresh_from_db()
    assert visit.stage == "deferred"
    assert visit.enrolment.holds.get().until == three_days_ago + timedelta(days=14)


@pytest.mark.requirement("S92")
def test_who_needs_it_is_accompanied_from_the_desk_to_the_chair(floor, at):
    enrolment = floor.person(name="盲人王", special_needs="左眼失明")
    desk, person = at("registrar"), enrolment.resident
    page = text_of(desk.get(url("floor"), {"person": str(person.uid)}))
    assert "谁一对一陪同全程" in page
    desk.post(url("check_in", person.uid), {"note": "镇办同意", "key": uuid4()})
    visit = Visit.objects.get()
    assert "没人陪同" in text_of(desk.get(url("floor")))
    nurse, set_to = at("vaccinator"), url("companion", visit.uid)
    assert "还没有人陪同" in text_of(nurse.get(visit.get_absolute_url()))
    scanned = nurse.post(set_to, {"companion": "150622199001011234"})
    assert scanned.status_code == 422 and "像是扫到了证件" in text_of(scanned, 422)
    for name in ("李志愿者", "赵护士"):
        assert nurse.post(set_to, {"companion": name}).status_code == 302
    assert "赵护士陪同" in text_of(desk.get(url("floor")))
    assert AuditEvent.objects.filter(action="visit.accompanied").count() == 2
    visit.refresh_from_db()
    assert visit.companion == "赵护士"
    other = floor.check_in(floor.person(name="无事"))
    assert "陪同" not in text_of(nurse.get(other.get_absolute_url()))
