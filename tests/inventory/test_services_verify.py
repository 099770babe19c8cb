"""The proof finds what is wrong, and the database keeps rows from being changed."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.services import ledger
from inventory.services.verify import ledger_problems
from tests.factories.stock import make_lot, receive

pytestmark = pytest.mark.django_db
NO_PAPER = "yz-wsy A1 第 {} 笔(盘盈): 没有单据"


@pytest.fixture
def used(site):
    """Ten vials received, one used."""
    lot = make_lot(lot_no="A1")
    receive(site, lot, 10)
    return ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())


def slip_in(like, **fields):
    """A row past the ledger; inserting is all that the database allows."""
    facts = {"kind": MovementKind.GAIN, "vials": 1, "balance_vials": 10} | fields
    return StockMovement.objects.create(
        key=uuid4(), site=like.site, lot=like.lot, on=like.on, at=like.at, **facts
    )


def test_a_sound_ledger_has_no_problems(used):
    assert list(ledger_problems()) == []


def test_a_changed_level_is_found(used):
    StockLevel.objects.update(vials=8)
    assert list(ledger_problems()) == ["yz-wsy A1: 库存 8 支 0 剂,出入库合计 9 支 0 剂"]


def test_a_row_past_the_ledger_is_found(used):
    row = slip_in(used)
    assert list(ledger_problems()) == [
        "yz-wsy A1: 库存 9 支 0 剂,出入库合计 10 支 0 剂",
        NO_PAPER.format(row.pk),
    ]


def test_a_wrong_running_balance_is_found(used):
    row = slip_in(used, balance_vials=11)
    StockLevel.objects.update(vials=10)
    assert list(ledger_problems()) == [
        f"yz-wsy A1 第 {row.pk} 笔: 结存写作 11 支 0 剂,应为 10 支 0 剂",
        NO_PAPER.format(row.pk),
    ]


def test_open_doses_without_an_opened_vial_are_found(used):
    row = slip_in(used, vials=0, open_doses=1, balance_vials=9, balance_open=1)
    StockLevel.objects.update(open_doses=1)
    assert list(ledger_problems()) == [
        "yz-wsy A1: 已开启余量 1 剂,不少于一整支",
        "yz-wsy A1: 已开启余量与开启时间不符",
        NO_PAPER.format(row.pk),
    ]


def test_a_reversal_of_other_doses_is_found(used):
    row = slip_in(used, kind=MovementKind.REVERSAL, vials=2, balance_vials=11, reverses=used)
    StockLevel.objects.update(vials=11)
    assert list(ledger_problems()) == [f"yz-wsy A1 第 {row.pk} 笔: 冲正的剂数与原笔不符"]


@pytest.mark.requirement("S23")
@pytest.mark.parametrize(
    "sql",
    ["UPDATE inventory_stockmovement SET vials = vials + 1", "DELETE FROM inventory_stockmovement"],
)
def test_the_database_itself_refuses_to_change_a_movement(used, sql):
    before = list(StockMovement.objects.order_by("pk").values_list("pk", "vials"))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert list(StockMovement.objects.order_by("pk").values_list("pk", "vials")) == before


def test_a_level_cannot_fall_below_zero_even_by_sql(used):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stocklevel SET vials = -1")
    assert StockLevel.objects.get().vials == 9
