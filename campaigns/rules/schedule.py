"""The schedule rule as data: effective-dated, with its source text. See campaigns/data/README.md for the
JSON form.

The rules of one disease add up: every rule in force on a day contributes its steps. Where two of them offer
the same product for the same dose to the same person, the younger rule governs. That is how the real texts
worked: 2021-10 brought a booster, 2022-11-29 shortened its interval for people of 60 and over, and nothing
else changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.dates import add_months


class Kind(StrEnum):
    PRIMARY = "PRIMARY"
    BOOSTER = "BOOSTER"


class Unit(StrEnum):
    DAY = "day"
    MONTH = "month"


class Anchor(StrEnum):
    """The event an interval is counted from."""

    PREVIOUS = "previous"
    FIRST = "first"
    INFECTION = "infection"


@dataclass(frozen=True, slots=True)
class Interval:
    """`value` days or calendar months after an event. Day 21 satisfies 21 days; 满6个月 is the same day of
    the month.
    """

    value: int
    unit: Unit = Unit.DAY
    anchor: Anchor = Anchor.PREVIOUS

    def after(self, day: date) -> date:
        """The first day that satisfies the interval, counted from `day`."""
        return add_months(day, self.value) if self.unit == Unit.MONTH else day + timedelta(days=self.value)

    def text(self) -> str:
        return f"{self.value}个月" if self.unit == Unit.MONTH else f"{self.value}天"


@dataclass(frozen=True, slots=True)
class Step:
    """One dose that a rule offers.

    `seq`: PRIMARY: dose number inside `series`; BOOSTER: number of the booster (1 = first), None =
    whichever is next. `products`: codes in order of preference; `same_product` narrows them to what the
    primary course used. `min_intervals`: all must be satisfied; an anchor that never happened (no
    infection) asks nothing. `recommended_by`: a reminder, never a rejection. Ages are completed months,
    both ends included. `groups_any`: one of these group codes is needed. `after_products`: the whole
    primary course used only these. `not_had`: nobody who already received one of these. `completes`: a
    single dose that ends the primary course of a person who was infected (R8); `prefer_other`: list
    products other than the last one first (R7: 序贯优先).
    """

    seq: int | None
    kind: Kind
    products: tuple[str, ...]
    series: str = ""
    min_intervals: tuple[Interval, ...] = ()
    recommended_by: Interval | None = None
    age_min: int | None = None
    age_max: int | None = None
    sex: str = ""
    groups_any: frozenset[str] = frozenset()
    after_products: frozenset[str] = frozenset()
    not_had: frozenset[str] = frozenset()
    same_product: bool = False
    prefer_other: bool = False
    completes: bool = False


@dataclass(frozen=True, slots=True)
class EarlyDose:
    """What happens to a dose given too early (RV): under `valid_from_days` it is invalid, repeat it that
    much later.
    """

    valid_from_days: int
    repeat_after_days: int


@dataclass(frozen=True, slots=True)
class OtherVaccineGap:
    """Distance to any other vaccine (RX); `exempt` products (rabies, tetanus) take precedence and ask
    nothing.
    """

    days: int
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A ScheduleRule row: in force from `effective_from` to `effective_to`, both days included."""

    id: str
    disease: str
    effective_from: date
    effective_to: date | None
    source: str
    steps: tuple[Step, ...] = ()
    early_dose: EarlyDose | None = None
    other_gap: OtherVaccineGap | None = None

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


def in_force(rules: Iterable[Rule], on: date) -> list[Rule]:
    """The rules that decide on a day, the youngest first; independent of the order they came in."""
    return sorted((r for r in rules if r.in_force(on)), key=lambda r: (r.effective_from, r.id), reverse=True)


def youngest_first(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda r: (r.effective_from, r.id), reverse=True)


def course_steps(rules: Sequence[Rule]) -> list[tuple[Rule, Step]]:
    """The ordinary primary steps, without the single dose after infection."""
    return [(r, s) for r in rules for s in r.steps if s.kind == Kind.PRIMARY and not s.completes]


def primary_products(rules: Sequence[Rule]) -> frozenset[str]:
    return frozenset(p for _, s in course_steps(rules) for p in s.products)


def booster_products(rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
    """Of each product what may be a booster after it, by the given rules (age, groups and intervals are not looked at)."""
    steps = [s for r in rules for s in r.steps if s.kind == Kind.BOOSTER]
    return {
        product: frozenset(
            booster
            for s in steps
            if product not in s.not_had and (not s.after_products or product in s.after_products)
            for booster in s.products
            if booster == product or not s.same_product
        )
        for product in known_products(rules)
    }


def known_products(rules: Sequence[Rule]) -> frozenset[str]:
    """Every product that any step of the given rules names."""
    return frozenset(p for r in rules for s in r.steps for p in s.products)
