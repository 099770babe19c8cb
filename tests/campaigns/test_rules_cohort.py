"""Whom a campaign is for, at its fixed reference day (domain §2.1)."""

from datetime import date

import pytest

from campaigns.rules import BadRuleData, Cohort, Registered, cohort_from_data, in_cohort, why_not_in_cohort

REF = date(2021, 11, 26)


def born(year: int, month: int = 1, day: int = 1, **more) -> Registered:
    return Registered(date(year, month, day), **more)


@pytest.mark.requirement("S28")
@pytest.mark.parametrize(
    ("person", "belongs"),
    [
        (born(2018, 11, 26), True),
        (born(2018, 11, 27), False),
        (born(2009, 11, 27), True),
        (born(2009, 11, 26), False),
    ],
)
def test_children_of_3_to_11_on_26_november(person, belongs):
    assert in_cohort(person, Cohort(age_min=3, age_max=11), REF) is belongs


@pytest.mark.parametrize(
    ("cohort", "person", "code"),
    [
        (Cohort(age_min=18), born(2010), "COHORT_TOO_YOUNG"),
        (Cohort(age_max=59), born(1950), "COHORT_TOO_OLD"),
        (Cohort(age_months_min=8), born(2021, 6), "COHORT_TOO_YOUNG"),
        (Cohort(age_months_max=35), born(2018, 6), "COHORT_TOO_OLD"),
        (Cohort(born_from=date(2014, 1, 1)), born(2013, 12, 31), "COHORT_BORN"),
        (Cohort(born_to=date(2016, 12, 31)), born(2017), "COHORT_BORN"),
        (Cohort(sex="F"), born(2010, sex="M"), "COHORT_SEX"),
        (
            Cohort(residence_statuses=frozenset({"LOCAL_RESIDENT"})),
            born(1990, residence_status="LOCAL_ABROAD"),
            "COHORT_RESIDENCE",
        ),
        (Cohort(groups_any=frozenset({"K5"})), born(1990, groups=frozenset({"K1"})), "COHORT_GROUP"),
        (Cohort(organisation_kinds=frozenset({"SCHOOL"})), born(2010), "COHORT_ORGANISATION"),
        (Cohort(grades=frozenset({"初一"})), born(2008, grade="初二"), "COHORT_GRADE"),
    ],
)
def test_the_first_failing_condition_is_named(cohort, person, code):
    assert why_not_in_cohort(person, cohort, REF).code == code


def test_an_empty_cohort_takes_everyone_and_one_group_is_enough():
    assert in_cohort(born(1900), Cohort(), REF)
    assert in_cohort(
        born(1990, groups=frozenset({"K1", "K5"})), Cohort(groups_any=frozenset({"K5", "K6"})), REF
    )


def test_cohort_data():
    cohort = cohort_from_data(
        {"age_min": 18, "age_max": 59, "residence_statuses": ["LOCAL_RESIDENT"], "born_to": None}
    )
    assert cohort == Cohort(age_min=18, age_max=59, residence_statuses=frozenset({"LOCAL_RESIDENT"}))
    with pytest.raises(BadRuleData, match="cohort.age_mim"):
        cohort_from_data({"age_mim": 18})
