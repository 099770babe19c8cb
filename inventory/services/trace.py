"""一人一苗一码: the codes on the vials are written down with the receipt that brought them."""

from collections.abc import Sequence
from datetime import datetime

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from inventory.choices import DocumentKind
from inventory.models import Lot, StockDocument, TraceSpan
from inventory.trace_rules import Span, check_fits, span_of, spans_of


@deed()
def register_range(
    *, document: StockDocument, lot: Lot, first: str, last: str, actor, now: datetime
) -> list[TraceSpan]:
    """Write down the codes ``first`` to ``last`` (empty: one code) on vials of ``lot`` that ``document`` brought.

    Raises RuleBroken NOT_A_RECEIPT, LOT_NOT_ON_IT, CODE_BAD, CODE_RANGE, CODE_TOO_MANY (more than vials), CODE_TWICE (known
    already: the very receipt is named).
    """
    return _register(document, lot, [span_of(first, last)], actor, now)


@deed()
def register_scanned(
    *, document: StockDocument, lot: Lot, codes: Sequence[str], actor, now: datetime
) -> list[TraceSpan]:
    """The same for codes scanned one by one, in any order."""
    return _register(document, lot, spans_of([code for code in codes if code.strip()]), actor, now)


def received_vials(document: StockDocument) -> dict[int, int]:
    """lot id → vials that a receipt took in."""
    lines = document.lines.filter(movement__isnull=False, vials__gt=0)
    return dict(lines.values_list("lot", "vials"))


def _register(document: StockDocument, lot: Lot, spans: list[Span], actor, now: datetime) -> list[TraceSpan]:
    alone("trace codes")
    _check(document, lot, spans)
    rows = [
        TraceSpan(
            document=document,
            lot=lot,
            stem=span.stem,
            low=span.low,
            high=span.high,
            first=span.first,
            last=span.last,
            by=actor,
            at=now,
        )
        for span in spans
    ]
    TraceSpan.objects.bulk_create(rows)
    data = {"no": document.no, "lot": lot.lot_no, "codes": sum(span.count for span in spans)}
    audit.record(
        "trace.registered", actor=actor, target=document, place_code=document.site.place.code, data=data
    )
    return rows


def _check(document: StockDocument, lot: Lot, spans: list[Span]) -> None:
    if not spans:
        raise RuleBroken("CODE_BAD", "还没有扫到追溯码。", "codes")
    if document.kind != DocumentKind.RECEIPT or StockDocument.objects.filter(reverses=document).exists():
        raise RuleBroken("NOT_A_RECEIPT", "追溯码登记在入库验收单上;这张单不是入库单,或已冲正。")
    vials = received_vials(document).get(lot.pk, 0)
    if not vials:
        raise RuleBroken(
            "LOT_NOT_ON_IT", f"单据 {document.no} 没有收下批号 {lot.lot_no}。请换一张单。", "lot"
        )
    for span in spans:
        same = TraceSpan.objects.standing().filter(stem=span.stem, low__lte=span.high, high__gte=span.low)
        if known := same.select_related("document__site", "lot").first():
            raise RuleBroken(
                "CODE_TWICE",
                f"追溯码 {span.first}{'' if span.count == 1 else ' 起的一段'} 已登记在单据 {known.document.no} 批号 {known.lot} 上"
                f"({known})。一支疫苗只有一个码,请核对。",
                "first",
            )
    known = TraceSpan.objects.standing().filter(document=document, lot=lot).total()
    check_fits(sum(span.count for span in spans), known, vials, lot.lot_no)


@deed()
def withdraw(*, span: TraceSpan, reason: str, actor, now: datetime) -> None:
    """Take back codes that were scanned by mistake; the row stays. Raises RuleBroken REASON_MISSING, WITHDRAWN."""
    alone("trace codes")
    row = TraceSpan.objects.select_related("document__site__place").get(pk=span.pk)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明撤销的原因,例如:扫成了另一批。", "reason")
    if row.withdrawn_at:
        raise RuleBroken("WITHDRAWN", "这一段追溯码已经撤销,不用再做。")
    row.withdrawn_at, row.withdrawn_by, row.withdraw_reason = now, actor, reason.strip()[:120]
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    data = {"first": row.first, "last": row.last, "reason": row.withdraw_reason}
    place = row.document.site.place.code
    audit.record("trace.withdrawn", actor=actor, target=row.document, place_code=place, data=data)
