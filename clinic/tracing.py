"""Code → vial → people, and back."""

from clinic.models import Dose
from inventory.models import Lot, TraceSpan


def doses_of_code(code: str):
    """The doses given from the vial with this code that stand, first to last."""
    rows = Dose.objects.filter(trace_code=code, record__voided_at=None)
    return rows.select_related("record__resident", "site", "by", "lot__presentation__vaccine").order_by(
        "given_at"
    )


def lot_of_code(code: str) -> Lot | None:
    """The lot that a code was written down with at its receipt."""
    span = TraceSpan.objects.holding(code).select_related("lot__presentation__vaccine").first()
    return span.lot if span else None


def spans_of_lots(lots: list[int]) -> dict[int, list[TraceSpan]]:
    """lot id → the codes that were written down for it; empty where no codes are kept. One query."""
    found: dict[int, list[TraceSpan]] = {}
    for span in TraceSpan.objects.standing().filter(lot__in=lots):
        found.setdefault(span.lot_id, []).append(span)
    return found
