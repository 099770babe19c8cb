"""Ranks, pace and sharing out: small tables, and properties for any numbers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules import forecast, in_force, pace_share, percent_of, ranks, share_out

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


@pytest.mark.requirement("S53")
def test_of_two_deadlines_the_next_one_is_in_force_and_after_both_the_last():
    june, december = SimpleNamespace(due_on=date(2026, 6, 30)), SimpleNamespace(due_on=date(2026, 12, 31))
    both = [december, june]
    days = (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))
    assert [in_force(both, day) for day in days] == [june, december, december]
    assert in_force([], june.due_on) is None


@pytest.mark.parametrize(
    ("missing", "lately", "day"),
    [(0, 0, date(2026, 6, 1)), (7, 7, date(2026, 6, 8)), (8, 7, date(2026, 6, 9)), (5, 0, None)],
)
def test_a_forecast_goes_on_as_in_the_last_seven_days(missing, lately, day):
    assert forecast(missing, lately, date(2026, 6, 1)) == day


def test_a_percentage_is_reached_by_the_first_whole_person_at_or_above_it():
    assert [percent_of(n, Decimal(40)) for n in (0, 1, 5, 333)] == [0, 1, 2, 134]
    assert percent_of(10_000, Decimal("64.99")) == 6499
