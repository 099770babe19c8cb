"""Pure arithmetic of filed reports: what came into a figure and out of it between two cut-offs, and under which head.

cumulative = previous + new + late entries − voided ± adjusted, for each unit and metric, to the unit: each change is one dose
or one person, and stands under exactly one head. Source: domain §7.5, requirement S113.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from reports.choices import ChangeReason

DOSE = "dose"
Key = tuple[str, int]  # (DOSE, record) or (people metric, enrolment)


@dataclass(frozen=True)
class Item:
    """Where one dose or person counts: under which metric, in which unit, and the day it was given or reached."""

    metric: str
    unit: str
    on: date


Counted = Mapping[Key, Item]


class Turn(Enum):
    """What happened to an item since the previous report."""

    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"  # to another unit
    REGROUPED = "regrouped"  # to another number of dose, in the same unit


@dataclass(frozen=True)
class Step:
    """One line of the difference: +1 or -1 at ``item``."""

    key: Key
    item: Item
    sign: int
    turn: Turn


def steps(before: Counted, after: Counted) -> Iterator[Step]:
    """Everything that differs, what goes out before what comes in."""
    for key, was in before.items():
        now = after.get(key)
        if now is None:
            yield Step(key, was, -1, Turn.LEFT)
        elif (now.unit, now.metric) != (was.unit, was.metric):
            yield Step(key, was, -1, Turn.MOVED if now.unit != was.unit else Turn.REGROUPED)
    for key, now in after.items():
        was = before.get(key)
        if was is None:
            yield Step(key, now, +1, Turn.ENTERED)
        elif (now.unit, now.metric) != (was.unit, was.metric):
            yield Step(key, now, +1, Turn.MOVED if now.unit != was.unit else Turn.REGROUPED)


def dose_metric(number: int, on: date, complete_on: date | None, booster_on: date | None) -> str:
    """The code in ``metrics.DOSES`` under which a dose counts, as ``metrics.dose_filters`` asks the database."""
    if complete_on is not None and on > complete_on:
        return "booster_1" if on == booster_on else "booster_2"
    return f"dose_{min(number, 3)}"


def is_late(on: date, *, day: date, previous_day: date) -> bool:
    """补录: given on a day that has been reported before, and not on the day of this report."""
    return on < day and on <= previous_day


# --- heads -------------------------------------------------------------------------------------------------------------

PREVIOUS, NEW, LATE, VOIDED, ADJUSTED, TOTAL = "previous", "new", "late", "voided", "adjusted", "total"
PARTS = (PREVIOUS, NEW, LATE, VOIDED, ADJUSTED)  # of a cumulative figure, as they are written with it
HEAD_OF = {
    ChangeReason.START: PREVIOUS,  # of the first report only
    ChangeReason.NEW: NEW,
    ChangeReason.LATE: LATE,
    ChangeReason.VOIDED: VOIDED,
} | dict.fromkeys(
    (
        ChangeReason.MOVED_IN,
        ChangeReason.MOVED_OUT,
        ChangeReason.MERGED,
        ChangeReason.REGROUPED,
        ChangeReason.UNCOUNTED,
    ),
    ADJUSTED,
)


@dataclass(frozen=True)
class Account:
    """One figure of one unit with its parts. ``voided`` is what went out (a positive number), ``adjusted`` has a sign."""

    previous: int = 0
    new: int = 0
    late: int = 0
    voided: int = 0
    adjusted: int = 0

    @property
    def total(self) -> int:
        """The cumulative figure of this report."""
        return self.previous + self.new + self.late - self.voided + self.adjusted

    def __add__(self, other: "Account") -> "Account":
        return Account(
            self.previous + other.previous,
            self.new + other.new,
            self.late + other.late,
            self.voided + other.voided,
            self.adjusted + other.adjusted,
        )


def account(previous: int, changes: Iterable[tuple[str, int]]) -> Account:
    """The parts of one figure from the previous cumulative and (reason, sign) of each change."""
    sums = {PREVIOUS: previous, NEW: 0, LATE: 0, VOIDED: 0, ADJUSTED: 0}
    for reason, sign in changes:
        sums[HEAD_OF[ChangeReason(reason)]] += sign
    return Account(**sums | {VOIDED: -sums[VOIDED]})
