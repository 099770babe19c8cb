"""Deadlines, numbers and links of reactions, without a database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic import reaction_rules
from clinic.reaction_rules import CaseFact
from core.errors import RuleBroken

NOW = datetime(2026, 11, 21, 9)


@pytest.mark.requirement("S24")
def test_the_card_is_due_in_two_hours_or_in_forty_eight_or_as_the_plan_says():
    due = reaction_rules.report_due
    assert due(NOW, is_serious=True) == NOW + timedelta(hours=2)
    assert due(NOW, is_serious=False) == NOW + timedelta(hours=48)
    assert due(NOW, is_serious=False, other_hours=2) == NOW + timedelta(hours=2)
    assert [step.due - NOW for step in reaction_rules.milestones(NOW)] == [
        timedelta(hours=48),
        timedelta(days=7),
        timedelta(days=30),
    ]


@pytest.mark.parametrize(
    ("serious", "other", "ok"),
    [(2, 48, 1), (1, 2, 1), (2, 2, 1), (3, 48, 0), (2, 49, 0), (2, 1, 0), (0, 48, 0)],
)
def test_a_plan_may_be_stricter_than_the_rule_never_looser(serious, other, ok):
    if ok:
        return reaction_rules.check_hours(serious, other)
    with pytest.raises(RuleBroken):
        reaction_rules.check_hours(serious, other)
    return None


def test_codes_have_fourteen_and_twelve_digits():
    assert reaction_rules.case_code("150622002000", 2026, 7) == "15062220260007"
    assert reaction_rules.group_code("150622002000", 2026, 3) == "150622202603"


def case(pk=1, hours=0, kind="faint", serious=False, site=1, lot=1):
    return CaseFact(pk, NOW + timedelta(hours=hours), kind, serious, site, lot)


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (case(2), "site"),
        (case(2, hours=24), "site"),
        (case(2, hours=25), "lot"),
        (case(2, hours=25, lot=2), ""),
        (case(2, site=2, hours=24 * 7), "lot"),
        (case(2, site=2, hours=24 * 7 + 1), ""),
        (case(2, kind="rash"), ""),
        (case(2, site=2, lot=2), ""),
    ],
)
def test_cases_that_look_alike_at_one_site_or_of_one_lot_belong_together(other, how):
    assert reaction_rules.link(case(), other, hours=24) == how


@pytest.mark.parametrize("kind", ["common", "other", ""])
def test_common_and_unnamed_reactions_link_only_when_both_are_grave(kind):
    assert reaction_rules.link(case(kind=kind), case(2, kind=kind), hours=24) == ""
    grave = case(kind=kind, serious=True), case(2, kind="rash", serious=True)
    assert reaction_rules.link(*grave, hours=24) == "site"


CASES = st.builds(
    case,
    hours=st.integers(-200, 200),
    kind=st.sampled_from(["faint", "rash", "common", ""]),
    serious=st.booleans(),
    site=st.integers(1, 2),
    lot=st.integers(1, 2),
)


@given(CASES, CASES)
def test_a_link_is_the_same_from_both_sides(one, other):
    assert reaction_rules.link(one, other, hours=24) == reaction_rules.link(other, one, hours=24)
