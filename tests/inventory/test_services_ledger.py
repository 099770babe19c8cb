"""Receipt, use, waste: what is written, and every refusal."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import RuleBroken, ShortStock
from core.models import AuditEvent
from inventory.choices import DocumentKind, LotState, MovementKind, WasteReason
from inventory.models import StockLevel, StockMovement
from inventory.services import documents, holding, ledger
from inventory.services.drafts import Draft, Line
from inventory.services.verify import ledger_problems
from tests.factories.stock import hold, make_lot, make_presentation, receive, transport, undo, waste

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
    first = receive(site, lot, 40, key=key, paper_no="D-1", now=now)
    again = receive(site, lot, 40, key=key, paper_no="D-1", now=now)
    assert first.pk == again.pk
    assert (first.vials, first.balance_vials, first.transport_celsius) == (40, 40, Decimal("4.5"))
    assert balances(site, lot) == (40, 0)
    assert AuditEvent.objects.filter(action="document.written").exists()
    assert refused("KEY_USED", receive, site=site, lot=lot, vials=41, key=key, paper_no="D-1")


def test_the_same_delivery_note_is_not_keyed_twice(site, lot, now):
    first = receive(site, lot, 40, paper_no="D-1")
    message = refused("DOCUMENT_TWICE", receive, site=site, lot=lot, vials=40, paper_no="D-1")
    assert "40 支" in message
    undo(first.document, now=now)
    receive(site, lot, 30, paper_no="D-1")
    assert balances(site, lot) == (30, 0)


def test_what_may_not_be_taken_in(site, lot):
    refused("LOT_EXPIRED", receive, site=site, lot=make_lot(days=-1), vials=1)
    refused("LOT_RECALLED", receive, site=site, lot=make_lot(state=LotState.RECALLED), vials=1)
    refused(
        "TRANSPORT_UNKNOWN", receive, site=site, lot=lot, vials=1, transport=transport(arrival_celsius=None)
    )
    refused(
        "TRANSPORT_TEMPERATURE",
        receive,
        site=site,
        lot=lot,
        vials=1,
        transport=transport(start_celsius=Decimal("9")),
    )
    refused("VIALS", receive, site=site, lot=lot, vials=0)
    assert not StockMovement.objects.exists()


def test_without_release_paper_the_vials_are_kept_but_held(site, other_site, now):
    lot = make_lot(release_no="")
    receive(site, lot, 5)
    assert level_of(site, lot).held_reason
    refused("LOT_HELD", use, site=site, lot=lot, now=now)
    release = {"site": site, "lot": lot, "reason": "证已补到", "actor": None, "key": uuid4(), "now": now}
    refused("RELEASE_NO_MISSING", holding.release, **release)
    holding.release(**release, release_no="SPL9")
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
    refused("KEY_USED", use, site=site, lot=other, now=now, key=key)


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
    assert wasted.document.kind == DocumentKind.WASTE
    refused("OPEN_TOO_LONG", use, site=site, lot=triple, now=now + timedelta(hours=3))
    assert balances(site, triple) == (0, 2)  # the refusal has written nothing
    assert list(ledger_problems()) == []


def test_lots_that_may_not_be_given(site, lot, now):
    refused("LOT_NOT_HERE", use, site=site, lot=lot, now=now)
    receive(site, lot, 5)
    refused("LOT_EXPIRED", use, site=site, lot=lot, now=now + timedelta(days=201))
    hold(site, lot, "冰箱断电", now=now)
    assert "冰箱断电" in refused("LOT_HELD", use, site=site, lot=lot, now=now)
    holding.release(site=site, lot=lot, reason="温度记录正常", actor=None, key=uuid4(), now=now)
    stale = type(lot).objects.get(pk=lot.pk)
    type(lot).objects.filter(pk=lot.pk).update(state=LotState.RECALLED)
    refused("LOT_RECALLED", use, site=site, lot=stale, now=now)  # read under the lock, not from the caller
    assert balances(site, lot) == (5, 0)


def test_use_takes_few_statements(site, lot, now, django_assert_max_num_queries):
    receive(site, lot, 5)
    with django_assert_max_num_queries(10):  # savepoint and timeout included
        use(site, lot, now)


# --- waste -----------------------------------------------------------------------------------------------------------


def test_closed_and_opened_waste_are_told_apart(site, triple, now):
    receive(site, triple, 4)
    use(site, triple, now)
    closed = waste(site, triple, 2, now=now).movements.get()
    opened = waste(site, triple, 2, WasteReason.DAY_END, now=now).movements.get()
    assert (closed.kind, closed.vials) == (MovementKind.WASTE_CLOSED, -2)
    assert (opened.kind, opened.open_doses) == (MovementKind.WASTE_OPEN, -2)
    assert balances(site, triple) == (1, 0)
    assert level_of(site, triple).opened_at is None


def test_waste_is_refused_without_stock(site, lot, now):
    receive(site, lot, 2)
    refused("QUANTITY", waste, site=site, lot=lot, quantity=0)
    refused("SHORT_STOCK", waste, site=site, lot=lot, quantity=3)
    refused("SHORT_STOCK", waste, site=site, lot=lot, quantity=1, reason=WasteReason.DAY_END)
    assert StockMovement.objects.count() == 1


def test_expired_and_held_vials_can_be_written_off(site, lot, now):
    receive(site, lot, 2)
    hold(site, lot, "待销毁", now=now)
    waste(site, lot, 2, WasteReason.EXPIRED, now=now + timedelta(days=300))
    assert balances(site, lot) == (0, 0)


# --- several lots in one deed ------------------------------------------------------------------------------------------


def test_every_short_lot_is_named_and_nothing_is_written(site, now):
    lots = [make_lot() for _ in range(3)]
    for lot in lots:
        receive(site, lot, 5)
    lines = [Line(lot, MovementKind.RETURN, vials=-n) for lot, n in zip(lots, (5, 6, 7), strict=True)]
    with pytest.raises(ShortStock) as caught:
        sign(site, lines, now)
    assert lots[0].lot_no not in caught.value.message
    assert lots[1].lot_no in caught.value.message
    assert lots[2].lot_no in caught.value.message
    assert StockMovement.objects.count() == 3


def sign(site, lines, now, key=None):
    draft = Draft(DocumentKind.RETURN, site, tuple(lines))
    return documents.write_document(draft, actor=None, key=key or uuid4(), now=now)


def test_a_document_of_several_lots_is_signed_once_and_numbers_have_no_gaps(site, now):
    lots, key = [make_lot(), make_lot()], uuid4()
    lines = [Line(lot, MovementKind.GAIN, vials=3) for lot in lots]
    first = sign(site, lines, now, key)
    assert sign(site, lines, now, key).pk == first.pk
    refused("KEY_USED", sign, site=site, lines=lines[:1], now=now, key=key)
    refused("SHORT_STOCK", sign, site=site, lines=[Line(lots[0], MovementKind.LOSS, vials=-9)], now=now)
    second = sign(site, lines, now)
    assert (first.number, second.number) == (1, 2)  # what failed has given its number back
    assert second.no == f"YZ-WSY-V{now.year}-0002"
    assert list(ledger_problems()) == []


def test_usable_lots_come_first_expired_first_out(site, other_site, today):
    late, soon, held, gone = make_lot(days=90), make_lot(days=10), make_lot(days=5), make_lot(days=-1)
    for lot in (late, soon, held):
        receive(site, lot, 2)
    receive(other_site, make_lot(days=3), 2)
    sign(site, [Line(gone, MovementKind.GAIN, vials=1)], timezone.now())
    hold(site, held, "待查")
    found = StockLevel.objects.filter(site=site).in_stock().usable(today).with_doses().fefo()
    assert [level.lot for level in found] == [soon, late]
    assert [level.doses for level in found] == [2, 2]
