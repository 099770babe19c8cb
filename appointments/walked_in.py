"""Who came to a session without a booking. The floor above knows it and registers how to ask (``clinic.roll``)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appointments.choices import Part
from appointments.models import ClinicSession
from appointments.roll_rules import STATES, Line
from residents.models import Resident

WALKED_IN = "none"  # stands for the slot in the addresses of the roll call


@dataclass(frozen=True)
class WalkedIn:
    """One person. ``state``: as that of a booking which stands there; ``word``: the step on the floor; ``url``: its page."""

    resident: Resident
    state: str
    at: datetime
    kind: str
    word: str
    note: str
    url: str


_sources: list[Callable] = []


def register(source: Callable) -> None:
    """``source(user, session) -> list[WalkedIn]``: those ``user`` may see, in the order they came."""
    _sources.append(source)


def walked_in(user, session: ClinicSession) -> list[WalkedIn]:
    """Everybody without a booking whom ``user`` may see."""
    return [one for source in _sources for one in source(user, session)]


def line_of(people: list[WalkedIn]) -> Line:
    """Their numbers. Nobody expected them, and none of them is missing."""
    line = Line("没有预约来的", {"slot": WALKED_IN})
    for one in people:
        line.add(one.state, 1)
    return line


def of_part(people: list[WalkedIn], part: str) -> list[WalkedIn]:
    """The names behind a number of ``line_of``; all of them unless ``part`` is one of ``Part``."""
    return [one for one in people if part not in Part.values or one.state in STATES[part]]
