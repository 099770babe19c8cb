"""The zero equation of a site, a lot and a day, and what stands between a day and its close. Pure.

opening + received + found − issued − used − wasted − returned − lost ± taken back = closing, in vials and in doses; and
doses used = doses recorded on people. Movements are read by attribute; quantities are signed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from inventory.choices import MovementKind, Part


class Amount(NamedTuple):
    """Closed vials, and all doses (closed vials in doses plus those of the opened vial)."""

    vials: int = 0
    doses: int = 0

    @property
    def in_vials(self) -> str:
        """For people: with a real minus sign."""
        return f"{self.vials:,}支".replace("-", "−")

    @property
    def in_doses(self) -> str:
        """For people: with a real minus sign."""
        return f"{self.doses:,}剂".replace("-", "−")

    def plus(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.vials + other.vials, self.doses + other.doses)


@dataclass(frozen=True)
class Move:
    """A movement in the equation; ``reverses`` is the movement that it takes back."""

    pk: int
    kind: str
    vials: int
    doses: int
    on: date
    reverses: int | None = None
    reverses_kind: str = ""


@dataclass
class Equation:
    """A lot at a site from the last close to this one. ``parts`` are signed, without those that are zero."""

    opening: Amount
    parts: dict[str, Amount]
    closing: Amount
    uses: frozenset[int] = frozenset()  # movements: one dose each, less those taken back in the same span

    @property
    def holds(self) -> bool:
        """Opening and parts make the closing."""
        total = self.opening
        for part in self.parts.values():
            total = total.plus(part)
        return total == self.closing


_PARTS = {
    MovementKind.RECEIPT: Part.RECEIVED,
    MovementKind.TRANSFER_IN: Part.RECEIVED,
    MovementKind.RETURN_IN: Part.RECEIVED,
    MovementKind.CALL_BACK: Part.RECEIVED,
    MovementKind.GAIN: Part.FOUND,
    MovementKind.ISSUE: Part.ISSUED,
    MovementKind.TRANSFER_OUT: Part.ISSUED,
    MovementKind.USE: Part.USED,
    MovementKind.WASTE_OPEN: Part.WASTED_OPEN,
    MovementKind.WASTE_CLOSED: Part.WASTED_CLOSED,
    MovementKind.DISPOSAL: Part.WASTED_CLOSED,
    MovementKind.RETURN: Part.RETURNED,
    MovementKind.LOSS: Part.LOST,
}


def part_of(move: Move, own: Collection[int]) -> str:
    """Where a movement stands. What is taken back within the span lessens its part; what was closed before is a correction."""
    if move.reverses is None:
        return _PARTS.get(move.kind, Part.FOUND if move.vials > 0 else Part.LOST)  # a difference on the way
    if move.reverses not in own:
        return Part.CORRECTED
    return _PARTS.get(move.reverses_kind, Part.FOUND if move.vials < 0 else Part.LOST)


def equation(opening: Amount, moves: Collection[Move], closing: Amount) -> Equation:
    """The equation of one lot over ``moves``; ``closing`` is what the books say afterwards."""
    own = {move.pk for move in moves}
    parts: dict[str, Amount] = {}
    for move in moves:
        part = part_of(move, own)
        parts[part] = parts.get(part, Amount()).plus(Amount(move.vials, move.doses))
    taken_back = {move.reverses for move in moves}
    uses = {move.pk for move in moves if move.kind == MovementKind.USE} - taken_back
    kept = {part: amount for part, amount in parts.items() if any(amount)}
    return Equation(opening, kept, closing, frozenset(uses))


class Given(NamedTuple):
    """A dose recorded on a person: the lot that stands there and the movement it was taken by, if any."""

    dose: int
    lot: int
    movement: int | None
    on: date  # of the needle


@dataclass(frozen=True)
class Match:
    """Doses of one lot in the books against doses on people."""

    used: int
    given: int
    without_dose: tuple[int, ...] = ()  # movements
    without_use: tuple[int, ...] = ()  # doses
    late: int = 0  # doses whose needle was on a day that was closed before

    @property
    def is_off(self) -> bool:
        """Something belongs to nothing."""
        return bool(self.without_dose or self.without_use) or self.used != self.given


def match(lot: int, uses: Collection[int], given: Iterable[Given], closed_until: date | None) -> Match:
    """Pair the ``uses`` of ``lot`` with the doses of ``lot`` on people, one to one.

    A dose whose movement stands in another close is not of this one; a dose without a movement always is.
    """
    mine = [one for one in given if one.lot == lot and (one.movement is None or one.movement in uses)]
    paired = {one.movement for one in mine}
    return Match(
        used=len(uses),
        given=len(mine),
        without_dose=tuple(sorted(set(uses) - paired)),
        without_use=tuple(sorted(one.dose for one in mine if one.movement is None)),
        late=sum(1 for one in mine if closed_until is not None and one.on <= closed_until),
    )


@dataclass(frozen=True)
class Count:
    """What somebody counted by hand, and why it differs."""

    vials: int | None = None
    reason: str = ""


@dataclass
class LotDay:
    """One line of the close."""

    lot: object
    equation: Equation
    match: Match
    through: int  # the last movement that the line covers
    open_left: int = 0  # doses in the opened vial at the end
    moved_on: bool = False  # movements after the day: what lies there now is no longer what lay there then
    count: Count = field(default_factory=Count)

    @property
    def is_countable(self) -> bool:
        """What the books say is still to be seen in the refrigerator."""
        return not self.moved_on and bool(
            self.equation.closing.vials or self.equation.opening.vials or self.equation.parts
        )

    @property
    def difference(self) -> int:
        """Vials counted less vials in the books; 0 while nothing is counted."""
        return 0 if self.count.vials is None else self.count.vials - self.equation.closing.vials

    @property
    def gap(self) -> int:
        """The difference without its sign."""
        return abs(self.difference)

    @property
    def is_off(self) -> bool:
        """It needs an explanation."""
        return bool(self.difference) or self.match.is_off or not self.equation.holds

    @property
    def must_be_wasted(self) -> bool:
        """An opened vial does not stay overnight: its rest is wasted before the close."""
        return bool(self.open_left) and not self.moved_on


def days_owed(moved: Iterable[date], closed_until: date | None, before: date) -> list[date]:
    """The days before ``before`` that wait for their close, oldest first.

    A site that never closed a day owes one: the last day with movements, whose close takes in all before it. What was
    posted on a day after its close is taken in by the next close.
    """
    days = sorted({day for day in moved if day < before})
    if closed_until is None:
        return days[-1:]
    return [day for day in days if day > closed_until]
