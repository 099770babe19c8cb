"""A document before it is signed: what a verb of the stock room hands to ``documents.write_document``."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from inventory.choices import (
    LINE_REASONS,
    DocumentKind,
    DocumentState,
    MovementKind,
    Register,
    TransportMeans,
)
from inventory.models import Lot, StockDocument, StockMovement
from places.models import Site

_REASON_WORDS = dict(LINE_REASONS)


@dataclass(frozen=True)
class Transport:
    """How the goods travelled; temperatures in ℃ when they were loaded and when they came."""

    carrier: str = ""
    means: TransportMeans | str = ""
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    start_celsius: Decimal | None = None
    arrival_celsius: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """One lot of a document: signed like a movement of ``kind``; without a kind it moves nothing and only says so.

    ``transit`` is what it adds to what is under way (vials); ``hold`` sets the reason why the lot is set apart at the site
    ("" ends it, None leaves it); ``opened_at``, ``reverses`` are the movement's.
    """

    lot: Lot  # with its presentation
    kind: MovementKind | None = None
    vials: int = 0
    open_doses: int = 0
    transit: int = 0
    state: DocumentState = DocumentState.DONE
    reason: str = ""  # a WasteReason or DifferenceReason
    note: str = ""
    hold: str | None = None
    opened_at: datetime | None = None
    reverses: StockMovement | None = None

    @property
    def words(self) -> str:
        """The coded reason and the keeper's words, as they stand in the register."""
        return ":".join(part for part in (_REASON_WORDS.get(self.reason, ""), self.note) if part)


@dataclass(frozen=True)
class Draft:
    """A document before it has a number. ``answers``, ``reverses``: see StockDocument."""

    kind: DocumentKind
    site: Site
    lines: tuple[Line, ...] = ()
    other_site: Site | None = None
    state: DocumentState = DocumentState.DONE
    counterparty: str = ""
    paper_no: str = ""
    transport: Transport = field(default_factory=Transport)
    answers: StockDocument | None = None
    reverses: StockDocument | None = None
    second_by: object | None = None
    second_name: str = ""
    note: str = ""
    register: Register = Register.VACCINE
