"""A delivery as the keeper has it in hand: the box says the lot, the paper says the rest."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from core.locks import deed
from inventory.models import Presentation, StockMovement
from inventory.services.ledger import receive
from inventory.services.lots import register_lot
from places.models import Site


@deed()
def take_delivery(
    *,
    site: Site,
    presentation: Presentation,
    lot_no: str,
    expires_on: date,
    release_no: str,
    vials: int,
    counterparty: str,
    document_no: str,
    transport_celsius: Decimal | None,
    carrier: str,
    actor,
    key: UUID,
    now: datetime,
) -> StockMovement:
    """Know the lot and receive it, both or neither. Raises what ``register_lot`` and ``receive`` raise."""
    lot = register_lot(
        vaccine=presentation.vaccine,
        doses_per_vial=presentation.doses_per_vial,
        lot_no=lot_no,
        expires_on=expires_on,
        release_no=release_no,
        actor=actor,
    )
    return receive(
        site=site,
        lot=lot,
        vials=vials,
        counterparty=counterparty,
        document_no=document_no,
        transport_celsius=transport_celsius,
        note=f"配送:{carrier.strip()}" if carrier.strip() else "",
        actor=actor,
        key=key,
        now=now,
    )
