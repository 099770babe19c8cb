"""The ledger of syringes and diluent: balances follow each other, nothing is keyed twice, nothing is ever changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from core.errors import RuleBroken, ShortStock
from inventory.models import SupplyMovement
from inventory.services import ledger, supplies
from inventory.services.supply_posting import balance_of
from inventory.services.verify_supplies import supply_problems
from tests.factories.stock import make_lot, make_presentation, receive, receive_supply

pytestmark = pytest.mark.django_db


def deed():
    return {"actor": None, "key": uuid4(), "now": timezone.now()}


@pytest.fixture
def lot(site):
    return receive_supply(site, 100).lot


def give_away(site, lot, quantity, **changes):
    asked = {"kind": "transfer_out", "other_hand": "李收", "note": "分配方案 1"} | changes
    return supplies.hand_over(site=site, lot=lot, quantity=quantity, **asked, **deed())


@pytest.mark.requirement("S47")
def test_every_deed_leaves_the_right_balance(site, other_site, lot, today):
    give_away(site, lot, 30, other_site=other_site)
    supplies.waste_supply(site=site, lot=lot, quantity=2, reason="包装破损", **deed())
    counted = supplies.count_supply(
        site=site, lot=lot, counted=67, other_hand="赵复核", reason="少一支", **deed()
    )
    used = supplies.use_supplies(site=site, on=today, taken={lot: 5}, reason="", **deed())
    assert (counted.kind, counted.quantity, counted.other_hand) == ("loss", -1, "赵复核")
    assert used[0].balance == balance_of(site, lot) == 62
    there = SupplyMovement.objects.get(site=other_site)
    assert (there.kind, there.balance, there.counterparty) == ("transfer_in", 30, site.name)
    assert list(SupplyMovement.objects.filter(site=site).order_by("pk").values_list("number", "balance")) == [
        (1, 100),
        (2, 70),
        (3, 68),
        (4, 67),
        (5, 62),
    ]
    assert list(supply_problems()) == []


def test_what_is_not_there_cannot_go_and_nothing_is_half_done(site, other_site, lot):
    with pytest.raises(ShortStock, match="结存 100 支,需要 101 支"):
        give_away(site, lot, 101, other_site=other_site)
    assert SupplyMovement.objects.count() == 1


def test_a_deed_twice_is_a_deed_once(site, lot):
    again = deed()
    rows = [supplies.waste_supply(site=site, lot=lot, quantity=2, reason="破损", **again) for _ in range(2)]
    assert rows[0] == rows[1]
    with pytest.raises(RuleBroken, match="另一笔"):
        supplies.waste_supply(site=site, lot=lot, quantity=3, reason="破损", **again)


def test_a_transfer_is_taken_back_on_both_sides_while_the_pieces_are_there(site, other_site, lot):
    gone = give_away(site, lot, 30, other_site=other_site)
    supplies.reverse_supply(movement=gone, reason="发错了", **deed())
    assert (balance_of(site, lot), balance_of(other_site, lot)) == (100, 0)
    with pytest.raises(RuleBroken, match="已经冲正"):
        supplies.reverse_supply(movement=gone, reason="再来", **deed())
    gone = give_away(site, lot, 30, other_site=other_site)
    supplies.waste_supply(site=other_site, lot=lot, quantity=30, reason="破损", **deed())
    with pytest.raises(ShortStock):
        supplies.reverse_supply(movement=gone, reason="发错了", **deed())
    assert list(supply_problems()) == []


@pytest.mark.requirement("S22")
def test_nobody_receives_without_a_plan_or_a_reason(site, other_site, lot):
    with pytest.raises(RuleBroken, match="分配方案编号或原因"):
        give_away(site, lot, 1, other_site=other_site, note=" ")
    with pytest.raises(RuleBroken, match="另一个接种点"):
        give_away(site, lot, 1, other_site=site)


def test_a_days_use_is_at_least_its_injections(site, lot, today):
    vaccine = make_lot(presentation=make_presentation(code="T-IM", doses_per_vial=1))
    inhaled = make_presentation(code="T-INH")
    inhaled.vaccine.route = "INHALED"
    inhaled.vaccine.save()
    inhaled = make_lot(presentation=inhaled)
    for one in (vaccine, vaccine, vaccine, inhaled):
        if not one.levels.exists():
            receive(site, one, 9)
        ledger.use_dose(site=site, lot=one, actor=None, key=uuid4(), now=timezone.now())
    with pytest.raises(RuleBroken, match="注射接种 3 剂,注射器只登记了 2 支"):
        supplies.use_supplies(site=site, on=today, taken={lot: 2}, reason="", **deed())
    (first,) = supplies.use_supplies(site=site, on=today, taken={lot: 2}, reason="一支自带针头", **deed())
    assert first.doses == 3
    supplies.use_supplies(site=site, on=today, taken={lot: 1}, reason="", **deed())  # together they reach
    for on, refused in ((today + timedelta(days=1), "还没到"), (today - timedelta(days=8), "盘点")):
        with pytest.raises(RuleBroken, match=refused):
            supplies.use_supplies(site=site, on=on, taken={lot: 1}, reason="", **deed())


def test_the_database_itself_refuses(site, lot):
    row = SupplyMovement.objects.get()
    for change in (
        lambda: SupplyMovement.objects.update(balance=99),
        lambda: SupplyMovement.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    slipped = {"site": site, "lot": lot, "kind": "gain", "on": row.on, "at": row.at}
    for wrong in (
        {"number": 1, "quantity": 1, "balance": 101},
        {"number": 2, "quantity": -101, "balance": -1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplyMovement.objects.create(key=uuid4(), deed=uuid4(), **slipped, **wrong)
    SupplyMovement.objects.create(key=uuid4(), deed=uuid4(), number=2, quantity=5, balance=100, **slipped)
    assert list(supply_problems()) == ["yz-wsy 耗材 Z1 第 2 笔: 结存写作 100 支,应为 105 支(第 2 笔)"]


def test_one_lot_number_has_one_expiry_day(site, lot):
    with pytest.raises(RuleBroken, match="对照包装"):
        receive_supply(site, 5, days=10)
    with pytest.raises(RuleBroken, match="过期"):
        receive_supply(site, 5, lot_no="OLD", days=-1)
