"""What the schedule engine is told about a person. Plain values: no model, no query, no clock."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GivenDose:
    """One injection that was really given, here or elsewhere; voided records are not passed in.

    `dose_number` is what the record claims (None: unknown); the engine numbers doses itself and uses the
    claim only to notice that an earlier dose is missing. `valid=False` marks a dose that a doctor declared
    invalid: it does not count, but the next dose still keeps its distance from it.
    """

    product: str
    given_on: date
    dose_number: int | None = None
    valid: bool = True
    here: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be vaccinated. `sex` is "M" or "F"; `groups` are priority-group codes of the campaign."""

    birth_date: date
    sex: str = ""
    groups: frozenset[str] = frozenset()
    infected_on: date | None = None
