"""Proving the trace codes: no code on two vials, never more codes than vials."""

from collections.abc import Iterator

from inventory.models import TraceSpan
from inventory.services.trace import received_vials


def trace_problems() -> Iterator[str]:
    """One sentence for each code that stands twice and each receipt with more codes than vials."""
    before, counts = None, {}
    spans = TraceSpan.objects.standing().select_related("document__site", "lot").order_by("stem", "low", "pk")
    for span in spans:
        if before and before.stem == span.stem and span.low <= before.high:
            yield f"追溯码 {span}({span.document.no}): 与 {before}({before.document.no})重复"
        if before is None or before.stem != span.stem or span.high > before.high:
            before = span
        document, lots = counts.setdefault(span.document_id, (span.document, {}))
        lots[span.lot_id] = lots.get(span.lot_id, 0) + span.count
    for document, lots in counts.values():
        vials = received_vials(document)
        for lot, codes in lots.items():
            if codes > vials.get(lot, 0):
                yield f"{document.no}: 追溯码 {codes} 个,收下 {vials.get(lot, 0)} 支"
