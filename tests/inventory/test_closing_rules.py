"""The zero equation without a database: whatever moved, opening and parts make the closing, and every dose has its use."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.choices import MovementKind, Part
from inventory.closing_rules import (
    Amount,
    Count,
    Given,
    LotDay,
    Match,
    Move,
    days_owed,
    equation,
    match,
)
from tests.walks import examples

DAY = date(2026, 3, 2)
SIGNS = {
    MovementKind.RECEIPT: 1,
    MovementKind.TRANSFER_IN: 1,
    MovementKind.GAIN: 1,
    MovementKind.ISSUE: -1,
    MovementKind.TRANSFER_OUT: -1,
    MovementKind.RETURN: -1,
    MovementKind.WASTE_CLOSED: -1,
    MovementKind.LOSS: -1,
    MovementKind.USE: -1,
}
SIZE = 3  # doses a vial


@st.composite
def spans(draw):
    """Moves of a lot; some take back a move of the span, some one of an earlier span (pk below 1000)."""
    moves: list[Move] = []
    for number in range(draw(st.integers(0, 25))):
        pk = 1000 + number
        taken = {move.reverses for move in moves}
        back = [move for move in moves if move.reverses is None and move.pk not in taken]
        if back and draw(st.booleans()) and draw(st.booleans()):
            first = draw(st.sampled_from(back))
            moves.append(
                Move(pk, MovementKind.REVERSAL, -first.vials, -first.doses, DAY, first.pk, first.kind)
            )
        elif draw(st.integers(0, 9)) == 0:
            moves.append(Move(pk, MovementKind.REVERSAL, 0, 1, DAY, number, MovementKind.USE))
        else:
            kind = draw(st.sampled_from(sorted(SIGNS)))
            vials = 0 if kind == MovementKind.USE else SIGNS[kind] * draw(st.integers(1, 40))
            moves.append(Move(pk, kind, vials, -1 if kind == MovementKind.USE else vials * SIZE, DAY))
    return moves


@pytest.mark.requirement("S22")
@settings(max_examples=examples(200))
@given(spans(), st.integers(0, 500), st.integers(-2, 2))
def test_opening_and_parts_make_the_closing_and_nothing_else_does(moves, vials, wrong):
    opening = Amount(vials, vials * SIZE)
    change = Amount(sum(m.vials for m in moves), sum(m.doses for m in moves))
    true = opening.plus(change)
    book = equation(opening, moves, true.plus(Amount(0, wrong)))
    assert book.holds == (wrong == 0)
    # What is used less what was taken back in the span is one dose for each use that stands.
    assert book.parts.get(Part.USED, Amount()).doses == -len(book.uses)
    earlier = [m for m in moves if m.reverses is not None and m.reverses < 1000]
    assert book.parts.get(Part.CORRECTED, Amount()).doses == len(earlier)


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)), st.integers(0, 3))
def test_a_line_is_off_unless_every_use_has_its_dose_and_every_dose_its_use(uses, paired, orphans):
    doses = [Given(100 + n, 1, n, DAY) for n in sorted(paired)]
    doses += [Given(500 + n, 1, None, DAY) for n in range(orphans)]
    doses.append(Given(900, 2, None, DAY))  # of another lot
    found = match(1, uses, doses, DAY - timedelta(days=1))
    assert found.is_off == (not uses <= paired or orphans > 0)
    assert found.without_dose == tuple(sorted(uses - paired))
    assert len(found.without_use) == orphans
    assert match(1, uses, doses, DAY).late == found.given
    assert found.late == 0


def line(**given):
    values = {
        "opening": Amount(10, 30),
        "closing": Amount(8, 24),
        "moved_on": False,
        "left": 0,
        "count": Count(),
    }
    values |= given
    moves = [Move(1, MovementKind.WASTE_CLOSED, -2, -6, DAY)]
    book = equation(values["opening"], moves, values["closing"])
    return LotDay(
        SimpleNamespace(pk=1), book, Match(0, 0), 1, values["left"], values["moved_on"], values["count"]
    )


def test_a_count_that_differs_needs_a_word_and_an_opened_vial_its_wastage():
    assert not line().is_off
    assert not line(count=Count(8)).is_off
    assert (line(count=Count(7)).is_off, line(count=Count(7)).difference) == (True, -1)
    assert line(closing=Amount(9, 24)).is_off  # the books contradict themselves
    assert line(left=2).must_be_wasted
    late = line(
        left=2, moved_on=True
    )  # somebody went on using the lot: it can neither be counted nor be wasted for that day
    assert not late.must_be_wasted
    assert not late.is_countable


def test_days_that_wait_for_their_close():
    days = [DAY + timedelta(days=n) for n in (0, 3, 1, 3)]
    assert days_owed(days, None, DAY + timedelta(days=9)) == [DAY + timedelta(days=3)]
    assert days_owed(days, DAY, DAY + timedelta(days=9)) == [DAY + timedelta(days=1), DAY + timedelta(days=3)]
    assert days_owed(days, DAY, DAY + timedelta(days=3)) == [DAY + timedelta(days=1)]
    assert days_owed(days, DAY + timedelta(days=3), DAY + timedelta(days=9)) == []
