"""Telling the rooms upstairs that a person left a register: they end what no longer makes sense, in the same deed.

A room registers its work in ``apps.ready()``, as for a merge (``merge_rooms``); the register asks without knowing it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from residents.models import Resident


@dataclass(frozen=True)
class Departure:
    """``resident`` as the row is now; removed, or moved to another village (``village_code`` is the new one)."""

    resident: Resident
    reason: str
    actor: object
    now: datetime


Work = Callable[[Departure], None]
_works: list[Work] = []


def register(work: Work) -> None:
    """Have ``work`` called at each departure, inside its transaction."""
    if work not in _works:
        _works.append(work)


def tell(departure: Departure) -> None:
    """Call every room. The enrolments of the person are locked by the caller."""
    for work in _works:
        work(departure)
