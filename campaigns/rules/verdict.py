"""What the schedule engine answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .history import ReviewedDose


class State(StrEnum):
    DUE = "DUE"
    NOT_YET = "NOT_YET"
    OVERDUE = "OVERDUE"
    COMPLETE = "COMPLETE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NEEDS_REVIEW = "NEEDS_REVIEW"


@dataclass(frozen=True, slots=True)
class Offer:
    """One product that may be the next dose, the first day it may be given, and the rule that says so."""

    product: str
    due_from: date
    due_to: date | None
    rule_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next dose, or why there is none.

    `due_to` is "recommended by": a reminder, never a rejection; after it the state is OVERDUE and the dose
    is still given. `allowed_products`: those that may be given on the day asked about (or on `due_from`
    when NOT_YET), the preferred first. `offers` has every product with its own first day. `reason` is one
    sentence for the nurse.
    """

    state: State
    code: str
    reason: str
    dose_number: int | None = None
    kind: str = ""
    due_from: date | None = None
    due_to: date | None = None
    allowed_products: tuple[str, ...] = ()
    rule_id: str = ""
    offers: tuple[Offer, ...] = ()
    primary_complete_on: date | None = None
    valid_doses: tuple[ReviewedDose, ...] = ()
    last_product: str = ""

    @property
    def may_be_given(self) -> bool:
        return self.state in (State.DUE, State.OVERDUE)

    def is_substitute(self, product: str) -> bool:
        """Another product than the last dose's inside the primary course: allowed when supply or a move of
        residence forces it (技术指南第一版 2021-03-29), so the floor asks for the reason and records it.
        """
        return self.kind == "PRIMARY" and bool(self.last_product) and product != self.last_product
