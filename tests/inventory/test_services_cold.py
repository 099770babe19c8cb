"""Readings, times out of range, the hold of what lay inside, and the files of loggers."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.cold_places import places_now
from inventory.models import ColdDevice, Excursion, LotPlace, StockLevel, TemperatureReading
from inventory.services import cold, holding
from inventory.services.cold_places import say_places
from inventory.services.excursions import decide
from inventory.services.logger_imports import import_logger_file
from places.models import Site
from tests.factories.cold import make_device, read
from tests.factories.stock import deliver, make_lot, make_presentation, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    """Yesterday at midnight, local."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def device(site):
    return make_device(site)


@pytest.fixture
def lots(site, day):
    """One usable lot, and one held for its paper, both there since last week."""
    made = [make_lot(), make_lot(release_no="", presentation=make_presentation(code="CV-BJ"))]
    for lot in made:
        receive(site, lot, 10, now=day - timedelta(days=6))
    return made


def refused(code, call, **given) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        call(**given)
    assert error.value.code == code, error.value.message
    return error.value


def held(lot) -> str:
    return StockLevel.objects.get(lot=lot).held_reason


def csv(points) -> bytes:
    lines = [f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S},{celsius}" for at, celsius in points]
    return "\n".join(["时间,温度(℃)", *lines]).encode("gbk")


@pytest.mark.requirement("S47")
def test_a_reading_is_a_fact_and_posting_twice_is_once(device, cast, day):
    key, at = uuid4(), day + timedelta(hours=8)
    first = read(device, 4.5, at=at, actor=cast.vaccinator, key=key)
    assert read(device, 4.5, at=at, actor=cast.vaccinator, key=key) == first
    assert (first.half, first.by, TemperatureReading.objects.count()) == ("am", cast.vaccinator, 1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TemperatureReading.objects.update(celsius=5)
    with pytest.raises(RuleBroken):
        read(device, 5, at=at + timedelta(hours=1))
    read(device, 5, at=at + timedelta(hours=1), is_extra=True)
    warm = read(
        device, 9, at=at + timedelta(hours=2), action="关好门"
    )  # what is out of range is never turned away
    assert warm.kind == "extra"
    assert read(device, 5, at=at + timedelta(hours=2, minutes=20)).kind == "extra"  # nor is the recovery
    with pytest.raises(RuleBroken):
        read(device, 5, at=at + timedelta(hours=2, minutes=30))
    read(device, 5, at=at + timedelta(hours=6))
    owed = ColdDevice.objects.owed(day + timedelta(hours=20))
    assert (timezone.localdate(day), "am") not in owed[device.pk]


@pytest.mark.requirement("S47")
def test_out_of_range_holds_what_lay_inside_until_somebody_decides_by_name(device, site, lots, cast, day):
    read(device, 5, at=day + timedelta(hours=8))
    warm = {"at": day + timedelta(hours=15), "actor": cast.vaccinator}
    with pytest.raises(RuleBroken) as error:
        read(device, "9.3", **warm)
    assert error.value.code == "ACTION_MISSING" and not held(lots[0])
    read(device, "9.3", action="关好门,报告管理员", **warm)
    row = Excursion.objects.get()
    assert (row.extreme, row.ended_at, row.last_good_at) == (Decimal("9.3"), None, day + timedelta(hours=8))
    assert "1号冰箱" in held(lots[0]) and "缺批签发" in held(lots[1]) and row.levels.count() == 2
    given = {"excursion": row, "release": row.levels.all(), "actor": cast.stock, "now": timezone.now()}
    refused("STILL_OUT", decide, reason="可用", **given)
    read(device, 5, at=day + timedelta(hours=16), is_extra=True)
    row.refresh_from_db()
    assert row.ended_at == day + timedelta(hours=16)
    release = {"site": site, "lot": lots[0], "actor": cast.stock, "key": uuid4(), "now": timezone.now()}
    refused("EXCURSION_OPEN", holding.release, reason="看着没事", **release)
    refused("REASON_MISSING", decide, reason=" ", **given)
    assert decide(reason="厂家答复可用", **given) == 1
    assert not held(lots[0]) and "缺批签发" in held(lots[1])  # the other one waits for its paper as before
    row.refresh_from_db()
    assert (row.decided_by, row.decision) == (cast.stock, "厂家答复可用")
    refused("DECIDED", decide, reason="再来", **given)
    assert AuditEvent.objects.get(action="excursion.decided").data["released"] == [lots[0].lot_no]


def test_what_is_not_released_stays_held_and_what_came_later_was_not_inside(device, site, lots, cast, day):
    read(device, "9", at=day + timedelta(hours=8), action="转移")
    read(device, "5", at=day + timedelta(hours=9), is_extra=True)
    late = make_lot()
    receive(site, late, 5, now=day + timedelta(hours=10))
    import_logger_file(
        device=device,
        content=csv(
            [(day + timedelta(hours=7, minutes=30), 10.5), (day + timedelta(hours=8, minutes=30), 5)]
        ),
        name="log.csv",
        actor=cast.stock,
        now=timezone.now(),
    )
    row = Excursion.objects.get()
    assert (row.started_at, row.extreme) == (day + timedelta(hours=7, minutes=30), Decimal("10.5"))
    assert row.ended_at == day + timedelta(hours=8, minutes=30) and not held(late)
    assert decide(excursion=row, release=[], reason="报废", actor=cast.town, now=timezone.now()) == 0
    assert held(lots[0]) == row.reason
    holding.release(
        site=site, lot=lots[0], reason="上级复核可用", actor=cast.stock, key=uuid4(), now=timezone.now()
    )
    read(device, "5", at=day + timedelta(hours=15))
    assert Excursion.objects.count() == 1 and not held(lots[0])


def test_a_logger_that_saw_more_than_was_decided_asks_again(device, lots, cast, day):
    read(device, "9", at=day + timedelta(hours=8), action="转移")
    read(device, "5", at=day + timedelta(hours=9), is_extra=True)
    row = Excursion.objects.get()
    decide(excursion=row, release=row.levels.all(), reason="可用", actor=cast.stock, now=timezone.now())
    points = [(day + timedelta(hours=8, minutes=n), celsius) for n, celsius in ((10, "8.9"), (40, "13.0"))]
    give = {"device": device, "name": "a.csv", "actor": cast.stock, "now": timezone.now()}
    import_logger_file(content=csv(points[:1]), **give)
    assert Excursion.objects.count() == 1 and not held(lots[0])
    import_logger_file(content=csv(points), **give)
    assert Excursion.objects.waiting().get().extreme == 13 and "13" in held(lots[0])


def test_a_freezer_without_vaccine_and_a_device_put_out_of_use_hold_nothing(site, lots, cast, day):
    freezer = make_device(site, name="冰排柜", low=-25, high=-15, holds_vaccine=False)
    read(freezer, "-10", at=day + timedelta(hours=8), action="关门")
    assert not held(lots[0]) and Excursion.objects.get().levels.count() == 0
    change = {"device": freezer, "actor": cast.stock, "now": day + timedelta(hours=9), "is_in_use": False}
    refused("REASON_MISSING", cold.change_device, out_reason="", **change)
    cold.change_device(out_reason="送修", **change)
    assert Excursion.objects.get().ended_at == day + timedelta(hours=9)
    with pytest.raises(RuleBroken, match="已停用"):
        read(freezer, "-18", at=day + timedelta(hours=10))
    assert ColdDevice.objects.owed(timezone.now()) == {}


def test_a_slip_of_the_pen_is_put_right_by_a_second_row(device, lots, cast, day):
    wrong = read(device, "48", at=day + timedelta(hours=8), action="看不懂", actor=cast.vaccinator)
    give = {
        "reading": wrong,
        "celsius": Decimal("4.8"),
        "actor": cast.vaccinator,
        "now": day + timedelta(hours=9),
    }
    refused("REASON_MISSING", cold.correct_reading, reason="", key=uuid4(), **give)
    right = cold.correct_reading(reason="漏了小数点", key=uuid4(), **give)
    refused("CORRECTED", cold.correct_reading, reason="再改", key=uuid4(), **give)
    assert list(TemperatureReading.objects.standing()) == [right] and right.at == wrong.at
    row = Excursion.objects.get()
    assert row.ended_at is not None, "a device that was never warm is back in range"
    decide(excursion=row, release=row.levels.all(), reason="读数写错", actor=cast.stock, now=timezone.now())
    assert not held(lots[0])


@pytest.mark.requirement("S47")
def test_the_same_file_twice_counts_once_and_ten_thousand_lines_are_quick(device, cast, day):
    start = day - timedelta(days=8)
    points = [(start + timedelta(minutes=n), f"{4 + n % 30 / 10:.1f}") for n in range(10_000)]
    content = csv(points) + b"\nrubbish,1\n2099-01-01 00:00,4\n"
    give = {"device": device, "name": "log.csv", "actor": cast.stock, "now": timezone.now()}
    first = import_logger_file(content=content, **give)
    assert (first.added, first.repeated, [number for number, _, _ in first.bad]) == (
        10_000,
        0,
        [10_002, 10_003],
    )
    second = import_logger_file(content=content, **give)
    assert (second.added, second.repeated) == (0, 10_000)
    other = import_logger_file(content=csv([(start, "7.7")]), **give)
    assert "已有 4.0 ℃" in other.bad[0][2]
    assert device.readings.count() == 10_000 and not Excursion.objects.exists()


@pytest.mark.requirement("S47")
def test_a_time_out_of_range_holds_what_lay_in_this_device_and_what_nobody_placed(
    device, site, lots, cast, day
):
    other, unplaced = make_device(site, name="2号冰箱"), make_lot()
    receive(site, unplaced, 5, now=day - timedelta(days=2))
    level = {lot.pk: StockLevel.objects.get(lot=lot).pk for lot in lots}
    signed = {"site": site, "actor": cast.stock, "now": day - timedelta(days=1)}
    key, places = uuid4(), {level[lots[0].pk]: [other], level[lots[1].pk]: [device, other]}
    assert [say_places(places=places, key=key, **signed) for _ in range(2)] == [2, 2]
    assert LotPlace.objects.count() == 3
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LotPlace.objects.all().delete()
    neighbour = make_device(Site.objects.create(code="yz-2", name="二号点", place=site.place))
    refused("DEVICE", say_places, places={level[lots[0].pk]: [neighbour]}, key=uuid4(), **signed)
    read(device, 5, at=day + timedelta(hours=8))
    read(device, "9.3", at=day + timedelta(hours=15), action="关好门")
    inside = {one.lot for one in Excursion.objects.get().levels.select_related("lot")}
    assert inside == {lots[1], unplaced} and held(unplaced) and not held(lots[0])
    # once its refrigerator is out of use nobody knows where the lot is
    cold.change_device(device=other, is_in_use=False, out_reason="坏了", actor=cast.stock, now=timezone.now())
    read(device, "9.5", at=day + timedelta(hours=16), is_extra=True, action="转移")
    assert held(lots[0])


def test_what_comes_in_lies_where_the_receipt_says_or_nobody_knows(device, site, lots, day):
    other, fresh, key = make_device(site, name="2号冰箱"), make_lot(), uuid4()
    for _ in range(2):  # sent twice
        deliver(site, [(lots[0], 5), (fresh, 5)], now=day, device=other, key=key)
    level = {lot: StockLevel.objects.get(lot=lot).pk for lot in (lots[0], fresh)}
    assert places_now(site)[level[fresh]] == {other.pk}
    assert not places_now(site)[level[lots[0]]]  # ten vials of it lay nobody knows where
    deliver(site, [(fresh, 5)], now=day + timedelta(hours=1), device=device)
    assert places_now(site)[level[fresh]] == {device.pk, other.pk}
    receive(site, fresh, 5, now=day + timedelta(hours=2))
    assert not places_now(site)[level[fresh]]
