"""Taking a movement back: the doses return to where they can honestly be."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import RuleBroken
from inventory.choices import MovementKind, WasteReason
from inventory.models import StockLevel, StockMovement
from inventory.services import ledger
from inventory.services.verify import ledger_problems
from tests.factories.stock import make_lot, make_presentation, receive, undo, waste

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def triple(site):
    lot = make_lot(presentation=make_presentation(doses_per_vial=3))
    receive(site, lot, 4)
    return lot


def use(site, lot, now):
    return ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=now)


def reverse(movement, now, key=None, reason="登记错误"):
    return ledger.reverse(movement=movement, actor=None, reason=reason, key=key or uuid4(), now=now)


def level(site, lot):
    row = StockLevel.objects.get(site=site, lot=lot)
    return row.vials, row.open_doses, row.opened_at


def test_a_single_dose_vial_comes_back_whole(site, now):
    lot = make_lot()
    receive(site, lot, 3)
    key = uuid4()
    used = use(site, lot, now)
    row = reverse(used, now, key)
    assert (row.kind, row.vials, row.reverses_id) == (MovementKind.REVERSAL, 1, used.pk)
    assert reverse(used, now, key).pk == row.pk
    assert level(site, lot)[:2] == (3, 0)
    with pytest.raises(RuleBroken) as caught:
        reverse(used, now)
    assert caught.value.code == "ALREADY_REVERSED"
    with pytest.raises(RuleBroken) as caught:
        reverse(row, now)
    assert caught.value.code == "IS_REVERSAL"


def test_a_receipt_is_undone_only_while_its_vials_are_there(site, now):
    lot = make_lot()
    received = receive(site, lot, 3).document
    counter = undo(received, now=now)
    assert (counter.reverses_id, counter.lines.get().vials) == (received.pk, -3)
    refused("ALREADY_REVERSED", received)
    refused("NOT_REVERSIBLE", counter)
    received = receive(site, lot, 3).document
    used = use(site, lot, now)
    assert "已经用出" in refused("USED_FURTHER", received)
    refused("REASON_MISSING", received, reason=" ")
    with pytest.raises(RuleBroken) as caught:
        reverse(received.movements.get(), now)
    assert caught.value.code == "HAS_DOCUMENT"
    reverse(used, now)
    undo(received, now=now)
    assert level(site, lot)[:2] == (0, 0)
    assert list(ledger_problems()) == []


def refused(code, document, **fields):
    with pytest.raises(RuleBroken) as caught:
        undo(document, **fields)
    assert caught.value.code == code
    return caught.value.message


def test_the_dose_goes_back_into_its_opened_vial(site, triple, now):
    first, second = use(site, triple, now), use(site, triple, now)
    reverse(first, now)
    assert level(site, triple) == (3, 2, now)
    reverse(second, now)
    assert level(site, triple) == (4, 0, None)  # nothing was taken after all: closed again
    assert list(ledger_problems()) == []


def test_a_dose_of_a_vial_used_up_meanwhile_reopens_it_while_it_is_fresh(site, triple, now):
    rows = [use(site, triple, now) for _ in range(3)]
    reverse(rows[1], now + timedelta(minutes=30))
    assert level(site, triple) == (3, 1, now)


@pytest.mark.parametrize("minutes", [61, 600])
def test_a_dose_of_a_vial_too_old_is_written_off_at_once(site, triple, now, minutes):
    rows = [use(site, triple, now) for _ in range(3)]
    row = reverse(rows[0], now + timedelta(minutes=minutes))
    assert row.open_doses == 1
    assert StockMovement.objects.filter(kind=MovementKind.WASTE_OPEN).get().open_doses == -1
    assert level(site, triple) == (3, 0, None)
    assert list(ledger_problems()) == []


def test_a_dose_never_goes_into_another_vial(site, triple, now):
    rows = [use(site, triple, now) for _ in range(3)]
    later = now + timedelta(minutes=5)
    use(site, triple, later)  # a second vial is open, two left; the first one would still be fresh
    reverse(rows[0], later)
    assert level(site, triple) == (2, 2, later)
    assert list(ledger_problems()) == []


def test_opened_waste_comes_back_while_the_vial_is_fresh(site, triple, now):
    use(site, triple, now)
    wasted = waste(site, triple, 2, WasteReason.DRAWN_BADLY, now=now + timedelta(minutes=1))
    undo(wasted, now=now + timedelta(minutes=2))
    assert level(site, triple) == (3, 2, now)
