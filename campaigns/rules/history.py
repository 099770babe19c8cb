"""Reading a person's injections: which count, which number each has, when the primary course was complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.dates import age_months_on

from .facts import GivenDose, Person
from .schedule import (
    Anchor,
    Kind,
    Rule,
    Step,
    course_steps,
    in_force,
    known_products,
    primary_products,
    youngest_first,
)
from .words import day_text, product_text


@dataclass(frozen=True, slots=True)
class ReviewedDose:
    """A dose as the engine counts it: `number` among the valid ones (None when invalid), `note` says why
    not.
    """

    dose: GivenDose
    number: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The history as judged under the rules in force: the answer of `review_history`.

    `doses` is sorted by date. `series` and `length` are those of dose 1 (mixed products resolve to it);
    `primary_complete_on` is None while the course is open; `boosters` counts the valid doses after it.
    `problem` is (code, sentence) when a human has to look first, else None.
    """

    doses: tuple[ReviewedDose, ...] = ()
    series: str = ""
    length: int = 0
    primary_complete_on: date | None = None
    primary_count: int = 0
    problem: tuple[str, str] | None = None

    @property
    def valid(self) -> list[GivenDose]:
        return [r.dose for r in self.doses if r.number is not None]

    @property
    def last(self) -> ReviewedDose | None:
        """The most recent injection, valid or not: intervals are kept from it."""
        return self.doses[-1] if self.doses else None

    @property
    def boosters(self) -> int:
        return len(self.valid) - self.primary_count if self.primary_complete_on else 0


def review_history(
    history: Sequence[GivenDose],
    person: Person,
    rules: Sequence[Rule],
    on: date,
    names: dict[str, str] | None = None,
) -> Course:
    """Number the valid doses, mark early ones invalid (RV) and find the day the primary course was complete.

    The order of `history` and `rules` has no effect. `names` maps product codes to the names shown to people.
    """
    decisive = in_force(rules, on)
    ordered = sorted(history, key=lambda d: (d.given_on, d.product, d.dose_number or 0, d.valid, d.here))
    doses = _number(ordered, decisive)
    problem = _problem(ordered, person, rules, on, names)
    valid = [r.dose for r in doses if r.number is not None]
    if problem or not valid:
        return Course(doses, problem=problem)
    series, length = _series_of(valid[0], person, decisive, rules)
    own = primary_products(rules)
    ordinary = bool(length) and len(valid) >= length and all(d.product in own for d in valid[:length])
    count = length if ordinary else _single_dose_after_infection(valid, person, decisive)
    if count:
        return Course(doses, series, length, valid[count - 1].given_on, count)
    stranger = next((d for d in valid if d.product not in own), None)
    if stranger or not length:
        name = product_text((stranger or valid[0]).product, names)
        text = f"基础免疫未完成,却有{name}(只作加强用)的接种记录。请医生核对接种史后再决定。"
        problem = ("BOOSTER_BEFORE_PRIMARY", text)
    return Course(doses, series, length, problem=problem)


def _number(ordered: Sequence[GivenDose], decisive: Sequence[Rule]) -> tuple[ReviewedDose, ...]:
    """RV: the interval to the injection before (valid or not) decides; an invalid dose is never counted."""
    early = next((r.early_dose for r in decisive if r.early_dose), None)
    reviewed: list[ReviewedDose] = []
    count = 0
    for index, dose in enumerate(ordered):
        note = "" if dose.valid else "记录已判为无效接种"
        if index and early and not note:
            days = (dose.given_on - ordered[index - 1].given_on).days
            if days < early.valid_from_days:
                note = f"与上一剂只隔{days}天,不足{early.valid_from_days}天,本剂无效"
        count += not note
        reviewed.append(ReviewedDose(dose, None if note else count, note))
    return tuple(reviewed)


def _problem(
    ordered: Sequence[GivenDose],
    person: Person,
    rules: Sequence[Rule],
    on: date,
    names: dict[str, str] | None,
) -> tuple[str, str] | None:
    """Records that no rule can judge; the sentence tells the nurse what to check."""
    known = known_products(rules)
    for dose in ordered:
        name = product_text(dose.product, names)
        when = day_text(dose.given_on)
        if dose.product not in known:
            text = f"{when}接种的{name}品种不明或不在本规则内,不能判断下一剂。请查接种凭证,补全品种后再接种。"
            return "UNKNOWN_PRODUCT", text
        if dose.given_on > on:
            return "FUTURE_DOSE", f"有一条接种日期为{when},晚于今天。请核对并更正日期。"
        if dose.given_on < person.birth_date:
            return "BEFORE_BIRTH", f"有一条接种日期为{when},早于出生日期。请核对出生日期和接种日期。"
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before.given_on == after.given_on:
            text = f"{day_text(after.given_on)}有两条接种记录,可能重复登记。请核对后作废多余的一条。"
            return "SAME_DAY", text
    claimed = max((d.dose_number or 0 for d in ordered), default=0)
    if claimed > len(ordered):
        text = f"登记有第{claimed}剂,但只查到{len(ordered)}条接种记录。请补录缺少的剂次后再接种。"
        return "MISSING_DOSE", text
    return None


def _series_of(
    first: GivenDose, person: Person, decisive: Sequence[Rule], rules: Sequence[Rule]
) -> tuple[str, int]:
    """The series dose 1 belongs to, and its number of doses. Where a product has several (influenza by
    age), the one that fits the person at dose 1; an expired rule is asked only when no rule in force knows
    the product.
    """
    age = age_months_on(person.birth_date, first.given_on)
    for pool in (decisive, youngest_first(rules)):
        steps = course_steps(pool)
        found = [s for _, s in steps if s.seq == 1 and first.product in s.products]
        if found:
            step = next((s for s in found if _fits(s, person, age)), found[0])
            return step.series, max(s.seq or 0 for _, s in steps if s.series == step.series)
    return "", 0


def _fits(step: Step, person: Person, months: int) -> bool:
    in_age = (step.age_min or 0) <= months and (step.age_max is None or months <= step.age_max)
    return in_age and (not step.groups_any or bool(step.groups_any & person.groups))


def _single_dose_after_infection(valid: Sequence[GivenDose], person: Person, decisive: Sequence[Rule]) -> int:
    """R8: how many valid doses it took until one of them, far enough after the infection, completed the
    course.
    """
    if person.infected_on is None:
        return 0
    steps = [s for r in decisive for s in r.steps if s.kind == Kind.PRIMARY and s.completes]
    for count, dose in enumerate(valid, start=1):
        for step in steps:
            waits = [i for i in step.min_intervals if i.anchor == Anchor.INFECTION]
            if dose.product in step.products and all(
                i.after(person.infected_on) <= dose.given_on for i in waits
            ):
                return count
    return 0
