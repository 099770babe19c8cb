"""What the stock room must stand: keys that come back, hostile logger files, counts and holds that somebody would bend."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from inventory.models import Excursion, LoggerFile, StockLevel, TemperatureReading
from inventory.services import ledger, losses
from inventory.services.excursions import decide
from inventory.services.stocktakes import enter_counts, finish_count, sign_take, start_take
from inventory.services.verify import ledger_problems
from inventory.take_rules import Quantity
from tests.factories.clinic import refused
from tests.factories.cold import make_device, read
from tests.factories.stock import make_lot, make_presentation, receive, undo

pytestmark = pytest.mark.django_db


def signed(user=None) -> dict:
    return {"actor": user, "now": timezone.now()}


def level() -> tuple[int, int]:
    row = StockLevel.objects.get()
    return row.vials, row.open_doses


@pytest.fixture
def found_open(site, cast):
    """Ten vials of three in the books; the stock-take finds nine and an opened one. (lot, its document)"""
    lot = make_lot(presentation=make_presentation(doses_per_vial=3))
    receive(site, lot, 10, now=timezone.now() - timedelta(days=3))
    take = start_take(site=site, reason="月末", key=uuid4(), **signed(cast.stock))
    enter_counts(take=take, counts={lot.pk: Quantity(9, 1)}, **signed(cast.stock))
    enter_counts(take=take, counts={lot.pk: Quantity(9, 2)}, **signed(cast.stock))
    finish_count(take=take, reasons={lot.pk: "外出点带回"}, **signed(cast.stock))
    return lot, sign_take(take=take, **signed(cast.town)).document


@pytest.mark.requirement("S66")
def test_a_vial_that_a_stock_take_found_open_is_used_given_back_and_undone(site, found_open):
    lot, document = found_open
    dose = ledger.use_dose(site=site, lot=lot, key=uuid4(), **signed())
    ledger.reverse(movement=dose, reason="点错人", key=uuid4(), **signed())
    assert level() == (9, 2)
    undo(losses.waste_leftovers(site=site, key=uuid4(), **signed()))
    assert level() == (9, 2)
    undo(document)
    assert level() == (10, 0)
    assert list(ledger_problems()) == []
    counts = AuditEvent.objects.filter(action="take.entered").order_by("pk")
    assert [row.data["counted"][lot.lot_no] for row in counts] == [[9, 1, 1], [9, 2, 2]]


@pytest.mark.requirement("S66")
def test_a_wrong_stock_take_is_undone_also_after_its_vial_was_open_too_long(found_open):
    undo(found_open[1], now=timezone.now() + timedelta(days=1))
    assert level() == (10, 0)
    assert list(ledger_problems()) == []


@pytest.mark.requirement("S47")
def test_what_lay_in_two_failed_devices_waits_for_both_decisions(site, cast):
    then = timezone.now() - timedelta(hours=20)
    one, two = make_device(site), make_device(site, name="2号冰箱")
    receive(site, make_lot(), 10, now=then - timedelta(days=3))
    for device, celsius in ((one, 9), (two, 14)):
        read(device, celsius, at=then, action="报告")
        read(device, 5, at=then + timedelta(hours=1), is_extra=True)
    first, second = (Excursion.objects.get(device=device) for device in (one, two))
    given = {"release": first.levels.all(), "reason": "厂家答复可用", **signed(cast.stock)}
    with refused("EXCURSION_OPEN"):
        decide(excursion=first, **given)
    assert StockLevel.objects.get().held_reason
    decide(excursion=second, **given | {"release": []})
    assert decide(excursion=first, **given) == 1


@pytest.mark.requirement("S47")
def test_a_key_that_comes_back_with_another_device_or_site_is_refused(site, other_site, cast):
    key, at = uuid4(), timezone.now()
    one, two = make_device(site), make_device(site, name="2号冰箱")
    assert read(one, 5, at=at, key=key) == read(one, 5, at=at, key=key)
    with refused("KEY_USED"):
        read(two, 6, at=at, key=key)
    assert TemperatureReading.objects.count() == 1
    for place in (site, other_site):
        receive(place, make_lot(), 5)
    begin = {"reason": "", "key": key, **signed(cast.stock)}
    start_take(site=site, **begin)
    with refused("KEY_USED"):
        start_take(site=other_site, **begin)


def workbook(*rows) -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.requirement("S47")
def test_impossible_moments_in_a_logger_file_are_bad_lines(site, cast, client_as):
    device, keeper = make_device(site), client_as(cast.stock)
    book = workbook(
        ["时间", "温度"],
        [1e300, 5],
        [-1e9, 5],
        [timedelta(hours=4), 5],
        [True, 5],
        ["0001-01-01 00:00", 5],
        ["9999-12-31 23:59", 5],
        ["2020-02-02 08:00", 1e300],
        ["=1+1", 5],
        ["2020-02-02 08:00", 5],
    )
    page = reverse("inventory:cold_import", args=[device.uid])
    answer = keeper.post(page, {"file": SimpleUploadedFile("记录.xlsx", book)})
    assert answer.status_code == 302
    assert keeper.get(answer.url).status_code == 200
    file = LoggerFile.objects.get()
    assert (file.added, len(file.bad)) == (1, 8)


def test_a_lot_in_an_address_that_is_no_number_is_not_found(site, cast, client_as):
    page = reverse("closing:doses", args=[site.pk, "2026-11-20"])
    assert client_as(cast.stock).get(page, {"lot": "²"}).status_code == 404
