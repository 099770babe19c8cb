"""Receipt, use, waste: what is written, and every refusal."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import RuleBroken, ShortStock
from core.models import AuditEvent
from inventory.choices import LotState, MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.services import ledger
from inventory.services.verify import ledger_problems
from tests.factories.stock import make_lot, make_presentation, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def lot():
    return make_lot()


@pytest.fixture
def triple():
    """A lot of vials that hold three doses and may stay open for an hour."""
    return make_lot(presentation=make_presentation(doses_per_vial=3))


def level_of(site, lot):
    return StockLevel.objects.get(site=site, lot=lot)


def refused(code, call, **kwargs):
    with pytest.raises(RuleBroken) as caught:
        call(**kwargs)
    assert caught.value.code == code
    return caught.value.message


def use(site, lot, now, key=None):
    return ledger.use_dose(site=site, lot=lot, actor=None, key=key or uuid4(), now=now)


def balances(site, lot):
    level = level_of(site, lot)
    return level.vials, level.open_doses


# --- receipt ---------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S22")
def test_a_receipt_is_written_once_however_often_it_is_sent(site, lot, now):
    key = uuid4()
    first = receive(site, lot, 40, key=key, document_no="D-1", now=now)
    again = receive(site, lot, 40, key=key, document_no="D-1", now=now)
    assert first.pk == again.pk
    assert (first.vials, first.balance_vials, first.transport_celsius) == (40, 40, Decimal("4.5"))
    assert balances(site, lot) == (40, 0)
    assert AuditEvent.objects.filter(action="stock.received").exists()
    assert refused("KEY_REUSED", receive, site=site, lot=lot, vials=41, key=key, document_no="D-1")


def test_the_same_delivery_note_is_not_keyed_twice(site, lot, now):
    first = receive(site, lot, 40, document_no="D-1")
    message = refused("DOCUMENT_TWICE", receive, site=site, lot=lot, vials=40, document_no="D-1")
    assert "40 支" in message
    ledger.reverse(movement=first, actor=None, reason="填错", key=uuid4(), now=now)
    receive(site, lot, 30, document_no="D-1")
    assert balances(site, lot) == (30, 0)


def test_what_may_not_be_taken_in(site, lot):
    refused("LOT_EXPIRED", receive, site=site, lot=make_lot(days=-1), vials=1)
    refused("LOT_RECALLED", receive, site=site, lot=make_lot(state=LotState.RECALLED), vials=1)
    refused("TRANSPORT_UNKNOWN", receive, site=site, lot=lot, vials=1, transport_celsius=None)
    refused("TRANSPORT_TEMPERATURE", receive, site=site, lot=lot, vials=1, transport_celsius=Decimal("9"))
    refused("VIALS", receive, site=site, lot=lot, vials=0)
    assert not StockMovement.objects.exists()


def test_without_release_paper_the_vials_are_kept_but_held(site, other_site, now):
    lot = make_lot(release_no="")
    receive(site, lot, 5)
    assert level_of(site, lot).held_reason
    refused("LOT_HELD", use, site=site, lot=lot, now=now)
    release = {"site": site, "lot": lot, "reason": "证已补到", "actor": None, "now": now}
    refused("RELEASE_NO_MISSING", ledger.release_lot, **release)
    ledger.release_lot(**release, release_no="SPL9")
    use(site, lot, now)
    lot.refresh_from_db()
    assert lot.release_no == "SPL9"


# --- use -------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S22")
def test_single_dose_vials_are_used_one_by_one(site, lot, now):
    receive(site, lot, 2)
    row = use(site, lot, now)
    assert (row.kind, row.vials, row.open_doses, row.balance_vials) == (MovementKind.USE, -1, 0, 1)
    use(site, lot, now)
    message = refused("SHORT_STOCK", use, site=site, lot=lot, now=now)
    assert "已用完" in message
    assert list(ledger_problems()) == []


def test_a_repeated_use_is_one_use(site, lot, now):
    receive(site, lot, 2)
    key = uuid4()
    assert use(site, lot, now, key).pk == use(site, lot, now, key).pk
    assert balances(site, lot) == (1, 0)
    other = make_lot()
    receive(site, other, 2)
    refused("KEY_REUSED", use, site=site, lot=other, now=now, key=key)


def test_the_opened_vial_is_used_up_before_the_next(site, triple, now):
    receive(site, triple, 2)
    seen = []
    for minute in range(4):
        use(site, triple, now + timedelta(minutes=minute))
        seen.append(balances(site, triple))
    assert seen == [(1, 2), (1, 1), (1, 0), (0, 2)]
    assert level_of(site, triple).opened_at == now + timedelta(minutes=3)


def test_a_vial_open_too_long_is_wasted_and_a_new_one_opened(site, triple, now):
    receive(site, triple, 2)
    use(site, triple, now)
    row = use(site, triple, now + timedelta(minutes=60))
    assert (row.kind, row.vials, row.open_doses) == (MovementKind.USE, -1, 2)
    wasted = StockMovement.objects.get(kind=MovementKind.WASTE_OPEN)
    assert (wasted.open_doses, wasted.pk < row.pk) == (-2, True)
    assert "60分钟" in wasted.note
    refused("OPEN_TOO_LONG", use, site=site, lot=triple, now=now + timedelta(hours=3))
    assert balances(site, triple) == (0, 2)  # the refusal has written nothing
    assert list(ledger_problems()) == []


def test_lots_that_may_not_be_given(site, lot, now):
    refused("LOT_NOT_HERE", use, site=site, lot=lot, now=now)
    receive(site, lot, 5)
    refused("LOT_EXPIRED", use, site=site, lot=lot, now=now + timedelta(days=201))
    ledger.hold_lot(site=site, lot=lot, reason="冰箱断电", actor=None, now=now)
    assert "冰箱断电" in refused("LOT_HELD", use, site=site, lot=lot, now=now)
    ledger.release_lot(site=site, lot=lot, reason="温度记录正常", actor=None, now=now)
    stale = type(lot).objects.get(pk=lot.pk)
    type(lot).objects.filter(pk=lot.pk).update(state=LotState.RECALLED)
    refused("LOT_RECALLED", use, site=site, lot=stale, now=now)  # read under the lock, not from the caller
    assert balances(site, lot) == (5, 0)


def test_use_takes_few_statements(site, lot, now, django_assert_max_num_queries):
    receive(site, lot, 5)
    with django_assert_max_num_queries(10):  # savepoint and timeout included
        use(site, lot, now)


# --- waste -----------------------------------------------------------------------------------------------------------


def waste(site, lot, quantity, opened, now, key=None, reason="破损"):
    return ledger.waste(
        site=site,
        lot=lot,
        quantity=quantity,
        opened=opened,
        reason=reason,
        actor=None,
        key=key or uuid4(),
        now=now,
    )


def test_closed_and_opened_waste_are_told_apart(site, triple, now):
    receive(site, triple, 4)
    use(site, triple, now)
    closed, opened = waste(site, triple, 2, False, now), waste(site, triple, 2, True, now, reason="当日剩余")
    assert (closed.kind, closed.vials) == (MovementKind.WASTE_CLOSED, -2)
    assert (opened.kind, opened.open_doses) == (MovementKind.WASTE_OPEN, -2)
    assert balances(site, triple) == (1, 0)
    assert level_of(site, triple).opened_at is None


def test_waste_is_refused_without_reason_or_stock(site, lot, now):
    receive(site, lot, 2)
    refused("REASON_MISSING", waste, site=site, lot=lot, quantity=1, opened=False, now=now, reason=" ")
    refused("QUANTITY", waste, site=site, lot=lot, quantity=0, opened=False, now=now)
    refused("SHORT_STOCK", waste, site=site, lot=lot, quantity=3, opened=False, now=now)
    refused("SHORT_STOCK", waste, site=site, lot=lot, quantity=1, opened=True, now=now)
    assert StockMovement.objects.count() == 1


def test_expired_and_held_vials_can_be_written_off(site, lot, now):
    receive(site, lot, 2)
    ledger.hold_lot(site=site, lot=lot, reason="待销毁", actor=None, now=now)
    waste(site, lot, 2, False, now + timedelta(days=300))
    assert balances(site, lot) == (0, 0)


# --- several lots in one deed ------------------------------------------------------------------------------------------


def test_every_short_lot_is_named_and_nothing_is_written(site, now):
    lots = [make_lot() for _ in range(3)]
    for lot in lots:
        receive(site, lot, 5)
    entries = [
        ledger.Entry(site, lot, MovementKind.ISSUE, vials=-n) for lot, n in zip(lots, (5, 6, 7), strict=True)
    ]
    with pytest.raises(ShortStock) as caught:
        ledger.post(entries, actor=None, key=uuid4(), now=now)
    assert lots[0].lot_no not in caught.value.message
    assert lots[1].lot_no in caught.value.message
    assert lots[2].lot_no in caught.value.message
    assert StockMovement.objects.count() == 3


def test_a_deed_of_several_rows_is_posted_once(site, now):
    lots, key = [make_lot(), make_lot()], uuid4()
    entries = [ledger.Entry(site, lot, MovementKind.GAIN, vials=3) for lot in lots]
    first = ledger.post(entries, actor=None, key=key, now=now)
    again = ledger.post(entries, actor=None, key=key, now=now)
    assert [row.pk for row in first] == [row.pk for row in again]
    changed = [ledger.Entry(site, lot, MovementKind.GAIN, vials=4) for lot in lots]
    refused("KEY_REUSED", ledger.post, entries=changed, actor=None, key=key, now=now)
    refused("KEY_REUSED", ledger.post, entries=entries[:1], actor=None, key=ledger_row_key(key), now=now)


def ledger_row_key(key):
    """The key of a second row, used as if it were a new deed's."""
    return StockMovement.objects.exclude(key=key).get().key


def test_usable_lots_come_first_expired_first_out(site, other_site, today):
    late, soon, held, gone = make_lot(days=90), make_lot(days=10), make_lot(days=5), make_lot(days=-1)
    for lot in (late, soon, held):
        receive(site, lot, 2)
    receive(other_site, make_lot(days=3), 2)
    ledger.post(
        [ledger.Entry(site, gone, MovementKind.GAIN, vials=1)], actor=None, key=uuid4(), now=timezone.now()
    )
    ledger.hold_lot(site=site, lot=held, reason="待查", actor=None, now=timezone.now())
    found = StockLevel.objects.filter(site=site).in_stock().usable(today).with_doses().fefo()
    assert [level.lot for level in found] == [soon, late]
    assert [level.doses for level in found] == [2, 2]
