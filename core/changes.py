"""Telling the roll-ups, which live upstairs, that facts of a day changed, without knowing them."""

from collections.abc import Iterable
from datetime import date

from core import kept
from core.locks import before_commit
from core.models import ChangeNote

COVERAGE = "coverage"


def note(place_codes_and_days: Iterable[tuple[str, date]], *, topic: str = COVERAGE) -> None:
    """Record in the running transaction that these (place code, day) pairs must be counted again; of one deed each once."""
    pairs = {(topic, code, day) for code, day in place_codes_and_days}
    if pairs and not before_commit(_write, pairs):
        _write([pairs])


def _write(noted: list[set[tuple[str, str, date]]]) -> None:
    rows = [ChangeNote(topic=topic, place_code=code, day=day) for topic, code, day in set().union(*noted)]
    kept.insert(*rows)
