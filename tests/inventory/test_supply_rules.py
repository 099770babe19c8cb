"""Syringes, decided without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleBroken
from inventory.supply_rules import check_use, missing_syringes, spread, syringes_for


@given(st.integers(0, 5000), st.lists(st.integers(0, 900)))
def test_pieces_are_taken_in_order_and_never_more_than_there_are(quantity, balances):
    taken = spread(quantity, enumerate(balances))
    assert sum(taken.values()) == min(quantity, sum(balances))
    assert all(0 < pieces <= balances[lot] for lot, pieces in taken.items())
    emptied = [lot for lot in taken if lot != max(taken)]
    assert all(
        taken[lot] == balances[lot] for lot in emptied
    )  # the later lot only when the earlier one is empty


def test_eleven_syringes_lie_ready_for_ten_doses():
    assert [syringes_for(n) for n in (0, 1, 10, 11, 100)] == [0, 2, 11, 13, 110]
    assert missing_syringes(10, 8) == 3
    assert missing_syringes(10, 20) == 0


def test_fewer_syringes_than_doses_need_a_reason():
    check_use(10, 10, "")
    check_use(4, 10, "预灌封自带针头")
    with pytest.raises(RuleBroken, match="少 6 支") as refused:
        check_use(4, 10, " ")
    assert refused.value.field == "reason"
