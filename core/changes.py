"""Telling the roll-ups, which live upstairs, that facts of a day or the people of a unit changed, without knowing them."""

from collections.abc import Iterable
from datetime import date

from core import kept
from core.locks import before_commit
from core.models import ChangeNote

COVERAGE = "coverage"
POPULATION = "population"


def note(place_codes_and_days: Iterable[tuple[str, date]], *, topic: str = COVERAGE) -> None:
    """Record in the running transaction that these (place code, day) pairs must be counted again; of one deed each once."""
    pairs = {(topic, code, day) for code, day in place_codes_and_days}
    if pairs and not before_commit(_write, pairs):
        _write([pairs])


def note_population(place_codes: Iterable[str], day: date) -> None:
    """Record that the target persons of these units are others, or of another age, since this deed of ``day``."""
    note({(code, day) for code in place_codes if code}, topic=POPULATION)


def _write(noted: list[set[tuple[str, str, date]]]) -> None:
    rows = [ChangeNote(topic=topic, place_code=code, day=day) for topic, code, day in set().union(*noted)]
    kept.insert(*rows)
