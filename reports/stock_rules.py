"""Figures about stock, each defined once: what lies there, how long it lasts, what is lost, when there was none. Pure.

All in doses, by vaccine and site. A movement that takes another one back counts with the kind of that one, on its own
day, so every number is the sum of the movements that the list of movements shows for the same kind and days.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

OPEN_DAYS = 7  # days with doses that make the pace
LOOK_BACK = 60  # days in which these are looked for


@dataclass
class Figure:
    """One vaccine at one site, or (``site`` None) at all of them together."""

    vaccine: object
    site: object | None = None
    vials: int = 0
    doses: int = 0  # all of them, opened vials too
    usable: int = 0  # neither expired nor held nor recalled
    used: int = 0
    wasted_open: int = 0
    wasted_closed: int = 0
    paced: int = 0  # doses given on ``open_days``
    open_days: list[date] = field(
        default_factory=list
    )  # the last days with doses of any vaccine, newest first
    outs: list[tuple[date, object]] = field(default_factory=list)  # (day, site) without a dose

    @property
    def apart(self) -> int:
        """Doses that are there but must not be given."""
        return self.doses - self.usable

    @property
    def pace(self) -> float | None:
        """Doses an open day; None when there was no such day."""
        return self.paced / len(self.open_days) if self.open_days else None

    @property
    def cover_days(self) -> int | None:
        """Whole open days that the usable doses last at this pace; None when nothing is used."""
        return self.usable * len(self.open_days) // self.paced if self.paced > 0 else None

    @property
    def taken(self) -> int:
        """Doses used and wasted: what the wastage rates are shares of."""
        return self.used + self.wasted_open + self.wasted_closed

    @property
    def open_rate(self) -> float | None:
        """Doses left in opened vials and thrown away, of all doses used and wasted."""
        return self.wasted_open / self.taken if self.taken > 0 else None

    @property
    def closed_rate(self) -> float | None:
        """Doses of vials that were written off unopened, of all doses used and wasted."""
        return self.wasted_closed / self.taken if self.taken > 0 else None


@dataclass
class LotDays:
    """A lot at a site: doses before the first day, then for each day (change, doses that came in)."""

    expires_on: date
    first_on: date  # when it first was there
    opening: int = 0
    days: dict[date, tuple[int, int]] = field(default_factory=dict)

    def at_hand(self, day: date) -> int:
        """Doses that could be given on ``day``: what was there in the morning and what came in. A hold is not known."""
        if self.expires_on < day:
            return 0
        before = sum(change for on, (change, _) in self.days.items() if on < day)
        return self.opening + before + self.days.get(day, (0, 0))[1]


def last_open_days(used: Mapping[date, int]) -> list[date]:
    """The last ``OPEN_DAYS`` days on which doses were given, newest first; ``used``: doses of all vaccines by day."""
    return sorted((day for day, doses in used.items() if doses > 0), reverse=True)[:OPEN_DAYS]


def empty_days(lots: Collection[LotDays], session_days: Iterable[date]) -> list[date]:
    """The session days on which a site had no dose of a vaccine: none in the morning, none came in.

    Days before the vaccine first came to the site do not count. A vaccine used up during the day is no stock-out: the
    last doses have found their people.
    """
    known = [lot.first_on for lot in lots]
    days = sorted(day for day in session_days if known and day >= min(known))
    return [day for day in days if sum(lot.at_hand(day) for lot in lots) <= 0]


def together(vaccine, parts: Collection[Figure], paced: int, open_days: list[date]) -> Figure:
    """The sum over sites; the pace is that of all sites together."""
    whole = Figure(vaccine, paced=paced, open_days=open_days)
    for name in ("vials", "doses", "usable", "used", "wasted_open", "wasted_closed"):
        setattr(whole, name, sum(getattr(part, name) for part in parts))
    whole.outs = sorted((out for part in parts for out in part.outs), key=lambda out: out[0])
    return whole
