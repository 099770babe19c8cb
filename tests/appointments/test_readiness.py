"""The opening checklist: what is missing is named, in words, and the doors stay shut until it is there."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from appointments.checklist import checklist, points_of
from appointments.choices import Duty
from appointments.models import SessionCheck, SiteZone
from appointments.readiness import LAYOUTS, Post, Supply, cold_fault, required, staff_gaps, stock_gaps
from appointments.services import readiness
from core.errors import RuleBroken
from core.models import AuditEvent
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.clinic import certify, lot_of
from tests.factories.cold import make_device, read
from tests.factories.people import make_enrolled
from tests.factories.stock import receive

DAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 11, 22)


def full(kind="open", stations=2) -> list[Post]:
    needed = required(kind, stations)
    return [Post(duty, f"{duty}{n}", NEXT_YEAR) for duty, people in needed.items() for n in range(people)]


def words(gaps) -> str:
    return ";".join(gap.words for gap in gaps)


def test_a_full_staff_has_no_gaps():
    assert staff_gaps(full(), kind="open", stations=2, on=DAY) == []


@pytest.mark.requirement("S48")
def test_two_guards_and_a_vaccinator_for_every_table():
    gaps = staff_gaps([Post(Duty.PATROL, "赵四")], kind="open", stations=3, on=DAY)
    assert "巡防队员还缺 1 人(需 2 人)" in words(gaps)
    assert "接种员还缺 3 人" in words(gaps)
    assert "带班领导还缺 1 人" in words(gaps)


@pytest.mark.requirement("S58")
def test_childrens_days_need_their_own_people():
    gaps = words(staff_gaps(full("open"), kind="children", stations=2, on=DAY))
    for word in ("儿科医生", "麻醉医生", "心理医生", "志愿者还缺 2 人"):
        assert word in gaps
    assert staff_gaps(full("children"), kind="children", stations=2, on=DAY) == []


@pytest.mark.requirement("S16")
def test_a_certificate_is_there_and_valid_on_the_day():
    posts = [post for post in full() if post.duty != Duty.VACCINATOR]
    posts += [Post(Duty.VACCINATOR, "吴霞", DAY), Post(Duty.VACCINATOR, "李四", DAY - timedelta(days=1))]
    assert (
        words(staff_gaps(posts, kind="open", stations=2, on=DAY))
        == "李四 的预防接种培训合格证证书 2026-11-21 到期"
    )
    posts[-1] = Post(Duty.VACCINATOR, "李四")
    assert "李四 没有登记" in words(staff_gaps(posts, kind="open", stations=2, on=DAY))


def test_vaccine_for_everybody_who_is_booked():
    assert stock_gaps([Supply("克尔来福", 10)], booked=10, every=True) == []
    assert "少于已约的 11 人" in words(stock_gaps([Supply("克尔来福", 10)], booked=11, every=True))
    two = [Supply("克尔来福", 10), Supply("智克威得", 0)]
    assert words(stock_gaps(two, booked=1, every=True)) == "智克威得 没有可用批次"
    assert stock_gaps(two, booked=1, every=False) == []
    assert "没有可用的疫苗" in words(stock_gaps([Supply("克尔来福", 0)], booked=0, every=False))


@pytest.mark.parametrize(("celsius", "fine"), [("2", True), ("8.0", True), ("1.9", False), ("8.1", False)])
def test_a_refrigerator_out_of_range_is_refused(celsius, fine):
    assert (cold_fault(Decimal(celsius), "冷藏包自带") == "") is fine
    assert cold_fault(None, "冷藏包自带") and "哪个温度计" in cold_fault(Decimal(5), " ")


@pytest.fixture
def session(campaign, site, today):
    return make_session(campaign, site, today, started=False)


@pytest.fixture
def now(today):
    return at(today, 7, 50)


def refused(code, deed, **given) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        deed(**given)
    assert error.value.code == code, error.value.message
    return error.value


def make_ready(session, cast, now, *, celsius="4.5") -> None:
    """Staff, vaccine, zones and points: everything."""
    site = session.site
    certify(cast.vaccinator)
    receive(site, lot_of("CV-SV"), 50)
    readiness.set_zones(site=site, zones=LAYOUTS[4], actor=cast.town)
    for duty, people in required(session.kind, session.stations).items():
        for n in range(people):
            user = cast.vaccinator if (duty, n) == (Duty.VACCINATOR, 0) else None
            readiness.add_post(
                session=session,
                duty=duty,
                user=user,
                name=f"{duty}{n}",
                cert_valid_to=session.on,
                actor=cast.town,
            )
    wanted = points_of(session, list(site.zones.all()))
    readiness.put_checks(
        session=session,
        ticked=wanted,
        celsius=Decimal(celsius),
        cold_note="冷藏包自带",
        actor=cast.registrar,
        now=now,
    )


@pytest.mark.django_db
@pytest.mark.requirement("S81")
def test_what_is_missing_stops_the_opening_and_is_named(session, cast, now):
    error = refused("NOT_READY", readiness.start_session, session=session, actor=cast.registrar, now=now)
    for word in ("接种员还缺 2 人", "没有可用的疫苗", "功能分区", "急救箱", "消杀", "演练", "由镇办写明原因"):
        assert word in error.message
    refused(
        "NOT_READY", readiness.start_session, session=session, actor=cast.registrar, now=now, reason="着急"
    )
    refused("NOT_READY", readiness.start_session, session=session, actor=cast.town, now=now)
    session.refresh_from_db()
    assert session.started_at is None


@pytest.mark.django_db
def test_the_office_may_open_with_gaps_and_a_reason_that_is_kept(session, cast, now):
    readiness.start_session(session=session, actor=cast.town, now=now, reason="县里同意,急救车在路上")
    session.refresh_from_db()
    assert (session.started_by, session.start_reason) == (cast.town, "县里同意,急救车在路上")
    assert len(AuditEvent.objects.get(action="session.started").data["gaps"]) > 5


@pytest.mark.django_db
@pytest.mark.requirement("S60")
@pytest.mark.requirement("S100")
def test_a_day_with_everything_opens_once(session, cast, now, today):
    make_ready(session, cast, now)
    assert checklist(session, today=today).gaps == []
    for _ in range(2):
        readiness.start_session(session=session, actor=cast.registrar, now=now)
    session.refresh_from_db()
    assert (session.started_at, session.start_reason) == (now, "")
    assert AuditEvent.objects.filter(action="session.started").count() == 1


@pytest.mark.django_db
def test_yesterdays_cold_and_disinfection_do_not_count(session, cast, now, today):
    make_ready(session, cast, now - timedelta(days=1))
    gaps = words(checklist(session, today=today).gaps)
    assert "冷藏" in gaps and "消杀" in gaps
    assert "演练" not in gaps
    readiness.put_checks(
        session=session,
        ticked=points_of(session, list(session.site.zones.all())),
        celsius=Decimal("5"),
        cold_note="冷藏包自带",
        actor=cast.registrar,
        now=now,
    )
    assert "冷藏" not in words(checklist(session, today=today).gaps)


@pytest.mark.django_db
def test_a_point_that_is_taken_back_counts_no_more_and_both_words_are_kept(session, cast, now, today):
    make_ready(session, cast, now)
    wanted = set(points_of(session, list(session.site.zones.all())))
    readiness.put_checks(
        session=session,
        ticked=wanted - {"first_aid"},
        celsius=Decimal("4.5"),
        cold_note="冷藏包自带",
        actor=cast.town,
        now=now,
    )
    assert words(checklist(session, today=today).gaps) == "未确认:急救箱"
    assert SessionCheck.objects.filter(code="first_aid").count() == 2
    refused(
        "COLD",
        readiness.put_checks,
        session=session,
        ticked={"cold"},
        celsius=Decimal("11"),
        actor=cast.town,
        now=now,
    )


@pytest.mark.django_db
def test_held_and_expired_lots_are_no_vaccine(session, cast, now, today):
    make_ready(session, cast, now)
    session.site.levels.update(held_reason="冰箱断电")
    assert "没有可用的疫苗" in words(checklist(session, today=today).gaps)


@pytest.mark.django_db
def test_doors_open_on_the_day_only(campaign, site, today, cast, now):
    later = make_session(campaign, site, today + timedelta(days=1), started=False)
    refused("OTHER_DAY", readiness.start_session, session=later, actor=cast.town, now=now, reason="试试")


@pytest.mark.django_db
def test_the_staff_of_the_last_day_is_taken_over(session, campaign, site, today, cast, now):
    make_ready(session, cast, now)
    later = make_session(campaign, site, today + timedelta(days=1), started=False)
    assert readiness.copy_posts(session=later, actor=cast.town) == session.staff.count()
    assert readiness.copy_posts(session=later, actor=cast.town) == 0
    post = later.staff.first()
    refused("POST_TWICE", readiness.add_post, session=later, duty=post.duty, name=post.name, actor=cast.town)
    readiness.drop_post(post=post, actor=cast.town)
    assert later.staff.count() == session.staff.count() - 1


@pytest.mark.django_db
def test_zones_are_set_in_order_and_keep_who_they_are(site, cast):
    readiness.set_zones(site=site, zones=LAYOUTS[5], actor=cast.town)
    kept = site.zones.get(name="接种区").pk
    readiness.set_zones(site=site, zones=[("接种区", "台\n桶"), ("", "忽略"), ("门口", "")], actor=cast.town)
    assert list(site.zones.values_list("pk", "name", "order"))[0] == (kept, "接种区", 1)
    assert [zone.things for zone in site.zones.all()] == [["台", "桶"], []]
    refused("ZONES", readiness.set_zones, site=site, zones=[("甲", ""), ("甲", "")], actor=cast.town)
    assert SiteZone.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.requirement("S59")
def test_a_tour_halts_at_one_place_at_a_time(campaign, site, today, town, cast):
    tour = make_session(campaign, site, today + timedelta(days=1), kind="mobile")
    given = {"session": tour, "place": town.village, "where": "村委会", "actor": cast.town}
    readiness.add_stop(**given, starts_at=time(8, 30), ends_at=time(9))
    readiness.add_stop(**given, starts_at=time(9), ends_at=time(9, 30))
    refused("STOP_TIME", readiness.add_stop, **given, starts_at=time(8, 45), ends_at=time(9, 15))
    refused("STOP_TIME", readiness.add_stop, **given, starts_at=time(9, 30), ends_at=time(11))
    assert tour.stops.count() == 2


@pytest.mark.django_db
@pytest.mark.requirement("S78")
def test_an_enterprises_day_takes_its_own_people_only(campaign, site, town, employer, today):
    on = today + timedelta(days=2)
    session = make_session(campaign, site, on, kind="enterprise", hosts=[employer])
    mine = make_enrolled(town.village, campaign, today, organisation=employer)
    make_booking(mine, session.slots.first())
    stranger = make_enrolled(town.village, campaign, today)
    refused("NOT_INVITED", make_booking, enrolment=stranger, slot=session.slots.first())


@pytest.mark.django_db
@pytest.mark.requirement("S47")
def test_the_temperature_comes_from_the_last_reading_of_each_registered_device(session, cast, now, today):
    make_ready(session, cast, now)
    devices = [make_device(session.site), make_device(session.site, name="2号冰箱")]
    make_device(session.site, name="冰排柜", holds_vaccine=False)
    wanted = set(points_of(session, list(session.site.zones.all())))
    tick = {"session": session, "ticked": wanted, "actor": cast.registrar, "now": now}
    read(devices[0], "4.5", at=now - timedelta(minutes=20))
    error = refused("COLD", readiness.put_checks, celsius=Decimal("4.5"), cold_note="冷藏包自带", **tick)
    assert "2号冰箱今天还没有记温度" in error.message
    read(devices[1], "8.8", at=now - timedelta(minutes=10), action="关门")
    assert "最近一次是 8.8℃" in refused("COLD", readiness.put_checks, **tick).message
    read(devices[1], "5.1", at=now - timedelta(minutes=5), is_extra=True)
    readiness.put_checks(**tick)
    check = checklist(session, today=today).checks["cold"]
    assert (check.celsius, check.note) == (Decimal("5.1"), "1号冰箱 07:30 4.5℃;2号冰箱 07:45 5.1℃")


@pytest.mark.django_db
@pytest.mark.requirement("S39")
def test_the_team_of_a_school_has_a_psychologist_and_trained_teachers(
    campaign, site, cast, now, today, school
):
    session = make_session(campaign, site, today, kind="school", hosts=[school], started=False)
    gaps = words(staff_gaps(full("open"), kind="school", stations=2, on=DAY))
    assert "心理医生还缺 1 人" in gaps and "志愿者还缺 1 人" in gaps
    make_ready(session, cast, now)
    assert checklist(session, today=today).gaps == []
    session.checks.filter(code="teachers").delete()
    assert words(checklist(session, today=today).gaps) == "未确认:老师培训"
