"""The paper register: fewer lines, the same arithmetic."""

from datetime import date
from types import SimpleNamespace

from inventory.choices import MovementKind
from inventory.register import register_lines

DAY = date(2026, 11, 21)


def movements(*changes, per_vial=3):
    """(kind, vials, open doses[, day[, hand]]) → rows with running balances."""
    rows, vials, doses = [], 0, 0
    for kind, v, d, *more in changes:
        vials, doses = vials + v, doses + d
        on, by = (more + [DAY, "王"][len(more) :])[:2]
        rows.append(
            SimpleNamespace(
                site_id=1,
                lot_id=1,
                kind=kind,
                vials=v,
                open_doses=d,
                balance_vials=vials,
                balance_open=doses,
                on=on,
                by=by,
            )
        )
    return rows


def test_doses_that_follow_each_other_are_one_line():
    rows = movements(
        (MovementKind.RECEIPT, 10, 0),
        (MovementKind.USE, -1, 2, DAY, "王"),
        (MovementKind.USE, 0, -1, DAY, "李"),
        (MovementKind.USE, 0, -1, DAY, "王"),
        (MovementKind.USE, -1, 2, DAY, "赵"),
    )
    receipt, used = register_lines(rows)
    assert (receipt.vials, receipt.balance_vials, receipt.doses_given, receipt.by) == (10, 10, 0, "王")
    assert (used.vials, used.open_doses, used.doses_given) == (-2, 2, 4)
    assert (used.balance_vials, used.balance_open, used.by) == (8, 2, "王等3人")


def test_another_day_or_another_deed_starts_a_new_line():
    rows = movements(
        (MovementKind.RECEIPT, 10, 0),
        (MovementKind.USE, -1, 0),
        (MovementKind.WASTE_CLOSED, -2, 0),
        (MovementKind.USE, -1, 0),
        (MovementKind.USE, -1, 0, date(2026, 11, 22)),
        (MovementKind.WASTE_CLOSED, -1, 0),
        (MovementKind.WASTE_CLOSED, -1, 0),
    )
    lines = register_lines(rows)
    assert [(line.vials, line.balance_vials) for line in lines] == [
        (10, 10),
        (-1, 9),
        (-2, 7),
        (-1, 6),
        (-1, 5),
        (-1, 4),
        (-1, 3),
    ]


def test_lots_do_not_mix_and_every_balance_follows_from_the_line_before():
    first, second = (
        movements((MovementKind.RECEIPT, 9, 0), *[(MovementKind.USE, -1, 0)] * 4) for _ in range(2)
    )
    for row in second:
        row.lot_id = 2
    lines = register_lines([row for pair in zip(first, second, strict=True) for row in pair])
    assert len(lines) == 4
    for lot in (1, 2):
        balance = 0
        for line in (line for line in lines if line.first.lot_id == lot):
            balance += line.vials
            assert line.balance_vials == balance
