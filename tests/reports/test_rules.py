"""Ranks, pace and sharing out: small tables, and properties for any numbers."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules import pace_share, ranks, share_out

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.requirement("S40")
def test_equal_rates_share_a_rank_and_the_next_is_left_out():
    assert ranks([HALF, None, Fraction(2), THIRD, HALF]) == [2, None, 1, 4, 2]
    assert ranks([]) == []


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2026, 6, 30), Fraction(0)),
        (date(2026, 7, 1), Fraction(1, 10)),
        (date(2026, 7, 5), HALF),
        (date(2026, 7, 10), Fraction(1)),
        (date(2026, 8, 1), Fraction(1)),
    ],
)
def test_pace_goes_day_by_day_from_start_to_deadline(day, share):
    assert pace_share(date(2026, 7, 1), date(2026, 7, 10), day) == share


def test_a_deadline_on_the_first_day_is_due_at_once():
    assert pace_share(date(2026, 7, 1), date(2026, 7, 1), date(2026, 7, 1)) == 1


@pytest.mark.requirement("S5")
def test_the_odd_people_go_to_the_largest_remainders():
    assert share_out(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert share_out(11_100, {"a": 2, "b": 1, "c": 0}) == {"a": 7400, "b": 3700, "c": 0}
    assert share_out(5, {"a": 0}) == {}


@given(
    st.integers(0, 100_000),
    st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 9_000), min_size=1, max_size=30),
)
def test_shares_add_up_and_are_within_one_of_the_exact_share(goal, weights):
    shares = share_out(goal, weights)
    total = sum(weights.values())
    if not total:
        assert shares == {}
        return
    assert sum(shares.values()) == goal
    for code, weight in weights.items():
        assert abs(shares[code] - Fraction(goal * weight, total)) < 1
