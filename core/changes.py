"""Telling the roll-ups, which live upstairs, that facts of a day changed, without knowing them."""

from collections.abc import Iterable
from datetime import date

from core.models import ChangeNote

COVERAGE = "coverage"


def note(place_codes_and_days: Iterable[tuple[str, date]], *, topic: str = COVERAGE) -> None:
    """Record in the running transaction that these (place code, day) pairs must be counted again."""
    ChangeNote.objects.bulk_create(
        [ChangeNote(topic=topic, place_code=code, day=day) for code, day in set(place_codes_and_days)],
        batch_size=1000,
    )
