"""What the rooms upstairs know about a merge of two records.

Most rows simply move (``residents.merge_map``). A room whose rows need a rule of their own registers it in
``apps.ready()``, so the register asks without knowing the room.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from residents.models import Enrolment, Resident
from residents.services.merge_log import MergeLog


@dataclass(frozen=True)
class Pair:
    """Two records under one deed, both locked. ``enrolments``: (survivor's, absorbed's) of each campaign both are in."""

    kept: Resident
    absorbed: Resident
    enrolments: tuple[tuple[Enrolment, Enrolment], ...]
    actor: object
    now: datetime


class Room:
    """The part of one room; overwrite what the room needs."""

    def refusal(self, people: list[Resident]) -> str:
        """Why these records cannot be merged (or taken apart) right now, in a plain sentence; "" when they can."""
        return ""

    def join(self, pair: Pair, log: MergeLog) -> None:
        """Before the rows move: settle those that may exist only once, with ``log.change``."""

    def settle(self, pair: Pair, log: MergeLog) -> None:
        """After the rows moved and the survivor's projection is new: end what no longer makes sense."""

    def follows(self, moved: dict[type[models.Model], set[int]]) -> set[int]:
        """On taking a merge back: ids of vaccination records that came since and belong to rows of ``moved`` (ids by
        model), so that they go back with them."""
        return set()

    def why_not_restored(self, row: models.Model) -> str:
        """On taking a merge back: why this row of the room cannot have its old values again; "" when it can."""
        return ""


_rooms: dict[str, Room] = {}


def register(label: str, room: Room) -> None:
    """Let ``room`` answer for the foreign key ``label`` ("app.Model.field") of the merge map."""
    _rooms[label] = room


def rooms() -> list[Room]:
    """In a fixed order."""
    return [_rooms[label] for label in sorted(_rooms)]


def registered() -> set[str]:
    """The labels somebody answers for."""
    return set(_rooms)


def room_of(model: type[models.Model]) -> Room | None:
    """The room that answers for the rows of ``model``."""
    return next((room for label, room in _rooms.items() if label.startswith(f"{model._meta.label}.")), None)
