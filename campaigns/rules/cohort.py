"""Whom a campaign is for: a cohort judged at one fixed reference day, so that the denominator does not
move.

A campaign has two ages (domain §2.1): at `target_age_ref_date` for the list ("截止11月26日年满3周岁"), and
on the day of the dose for eligibility, which is the schedule engine's question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.dates import age_months_on, age_on

from .products import Refusal
from .reading import codes, count, day, months, only_keys, text
from .words import age_text, day_text


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register knows of a person that a cohort may ask about."""

    birth_date: date
    sex: str = ""
    residence_status: str = ""
    groups: frozenset[str] = frozenset()
    organisation_kind: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Cohort:
    """All given conditions must hold; an empty one asks nothing. Ages are completed, both ends included:
    `age_*` in years (18–59), `age_months_*` in months for small children. `born_from`/`born_to` for
    birth-year cohorts (MMR).
    """

    age_min: int | None = None
    age_max: int | None = None
    age_months_min: int | None = None
    age_months_max: int | None = None
    born_from: date | None = None
    born_to: date | None = None
    sex: str = ""
    residence_statuses: frozenset[str] = frozenset()
    groups_any: frozenset[str] = frozenset()
    organisation_kinds: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()


def in_cohort(person: Registered, cohort: Cohort, ref_date: date) -> bool:
    """Whether the person belongs to the campaign's target, judged at its fixed reference day."""
    return why_not_in_cohort(person, cohort, ref_date) is None


def why_not_in_cohort(person: Registered, cohort: Cohort, ref_date: date) -> Refusal | None:
    """The first condition that fails, in words for the register; None when the person belongs."""
    return _age_refusal(person, cohort, ref_date) or _other_refusal(person, cohort)


def _age_refusal(person: Registered, cohort: Cohort, ref_date: date) -> Refusal | None:
    years, age_months = age_on(person.birth_date, ref_date), age_months_on(person.birth_date, ref_date)
    too_young = (cohort.age_min is not None and years < cohort.age_min) or (
        cohort.age_months_min is not None and age_months < cohort.age_months_min
    )
    too_old = (cohort.age_max is not None and years > cohort.age_max) or (
        cohort.age_months_max is not None and age_months > cohort.age_months_max
    )
    at = f"截至{day_text(ref_date)}为{age_text(max(age_months, 0))}"
    if too_young:
        return Refusal("COHORT_TOO_YOUNG", f"{at},未到本活动的年龄。")
    if too_old:
        return Refusal("COHORT_TOO_OLD", f"{at},超过本活动的年龄。")
    if cohort.born_from and person.birth_date < cohort.born_from:
        return Refusal("COHORT_BORN", f"出生日期早于{day_text(cohort.born_from)},不在本活动的出生队列内。")
    if cohort.born_to and person.birth_date > cohort.born_to:
        return Refusal("COHORT_BORN", f"出生日期晚于{day_text(cohort.born_to)},不在本活动的出生队列内。")
    return None


def _other_refusal(person: Registered, cohort: Cohort) -> Refusal | None:
    if cohort.sex and person.sex != cohort.sex:
        return Refusal("COHORT_SEX", f"本活动只面向{'女' if cohort.sex == 'F' else '男'}性。")
    if cohort.residence_statuses and person.residence_status not in cohort.residence_statuses:
        return Refusal("COHORT_RESIDENCE", "居住状态不在本活动的统计范围内。")
    if cohort.groups_any and not cohort.groups_any & person.groups:
        return Refusal("COHORT_GROUP", "不属于本活动的重点人群。")
    if cohort.organisation_kinds and person.organisation_kind not in cohort.organisation_kinds:
        return Refusal("COHORT_ORGANISATION", "不在本活动面向的单位或学校内。")
    if cohort.grades and person.grade not in cohort.grades:
        return Refusal("COHORT_GRADE", "年级不在本活动范围内。")
    return None


_SETS = ("residence_statuses", "groups_any", "organisation_kinds", "grades")
_MONTHS = ("age_months_min", "age_months_max")
_YEARS = ("age_min", "age_max")


def cohort_from_data(data: Mapping[str, Any]) -> Cohort:
    """Parse the cohort JSON of a campaign (keys as in `Cohort`). Raises `BadRuleData` naming the bad key."""
    only_keys(data, {*_SETS, *_MONTHS, *_YEARS, "born_from", "born_to", "sex"}, "cohort")
    values: dict[str, Any] = {key: frozenset(codes(data.get(key) or [], f"cohort.{key}")) for key in _SETS}
    values |= {key: months(data, key, "cohort") for key in _MONTHS}
    values |= {k: None if data.get(k) is None else count(data[k], f"cohort.{k}") for k in _YEARS}
    values |= {k: day(data[k], f"cohort.{k}") if data.get(k) else None for k in ("born_from", "born_to")}
    return Cohort(**values, sex=text(data.get("sex") or "", "cohort.sex"))
