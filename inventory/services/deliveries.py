"""A delivery as the keeper has it in hand: the box says the lot, the paper says the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.locks import deed
from inventory.models import Presentation, StockDocument
from inventory.services.lots import register_lot
from inventory.services.receipts import Delivered, receive


@dataclass(frozen=True)
class Box:
    """One line of the delivery note; ``refused``: why this lot goes back."""

    presentation: Presentation
    lot_no: str
    expires_on: date
    vials: int
    release_no: str = ""
    approval_no: str = ""
    note: str = ""
    refused: str = ""


@deed()
def take_delivery(*, boxes: Sequence[Box], actor, **delivery) -> StockDocument:
    """Know the lots and write the delivery down, all or nothing; ``delivery`` is what ``receive`` takes.

    Raises what ``register_lot`` and ``receive`` raise.
    """
    goods = [Delivered(_lot(box, actor), box.vials, box.note, box.refused) for box in boxes]
    return receive(goods=goods, actor=actor, **delivery)


def _lot(box: Box, actor):
    return register_lot(
        vaccine=box.presentation.vaccine,
        doses_per_vial=box.presentation.doses_per_vial,
        lot_no=box.lot_no,
        expires_on=box.expires_on,
        release_no=box.release_no,
        approval_no=box.approval_no,
        actor=actor,
    )
