"""Trace codes on the vials of one lot, scanned at its receipt and again at the needle."""

from datetime import datetime

from clinic.models import Dose
from inventory.models import Lot, StockMovement
from inventory.services.trace import register_range
from vaxcampaign.demo.ground import Ground

CODED = "BJ2026033"  # one dose a vial


def _code(serial: int) -> str:
    return f"8161234{serial:09d}{serial * 7919 % 10_000:04d}"


def register(ground: Ground, *, now: datetime) -> None:
    """First and last code of the box, with the receipt that brought it."""
    row = StockMovement.objects.select_related("document__site__place", "lot").get(
        lot__lot_no=CODED, vials__gt=0
    )
    register_range(
        document=row.document,
        lot=row.lot,
        first=_code(1),
        last=_code(row.vials),
        actor=ground.users["stock"],
        now=now,
    )


def next_code(lot: Lot) -> str:
    """The code of the next vial; nothing for lots without."""
    if lot.lot_no != CODED:
        return ""
    return _code(Dose.objects.filter(lot=lot).exclude(trace_code="").count() + 1)
