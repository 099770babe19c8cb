"""入库验收: goods from outside our sites are checked, then accepted, kept apart, or refused. All three are on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone

from core.errors import RuleBroken
from core.locks import alone, deed
from inventory.choices import DocumentKind, DocumentState, MovementKind
from inventory.delivery_rules import (
    check_expiry_day,
    check_receivable,
    check_temperatures,
    check_times,
    reason_to_hold,
)
from inventory.models import ColdDevice, DocumentLine, Lot, LotRecall, StockDocument
from inventory.services.cold_places import put_away
from inventory.services.documents import write_document
from inventory.services.drafts import Draft, Line, Transport
from places.models import Site


@dataclass(frozen=True)
class Delivered:
    """One lot of a delivery; ``refused``: why this lot goes back although the others are taken."""

    lot: Lot
    vials: int
    note: str = ""
    refused: str = ""


@deed()
def receive(
    *,
    site: Site,
    goods: Sequence[Delivered],
    counterparty: str,
    paper_no: str,
    transport: Transport,
    actor,
    key: UUID,
    now: datetime,
    verdict: DocumentState = DocumentState.ACCEPTED,
    reason: str = "",
    second_name: str = "",
    device: ColdDevice | None = None,
) -> StockDocument:
    """Write down a delivery from ``counterparty``, brought by ``second_name``, with what was decided.

    ``device``: where the vials were put. REFUSED moves nothing. HELD and lots without their papers are counted but set apart (``hold``). Accepting refuses what
    must not be accepted: no temperatures or outside 2–8 ℃, an expired or recalled lot, the same paper twice for a lot.
    """
    meet_recalls(one.lot for one in goods)
    today = timezone.localdate(now)
    _check_goods(goods, today)
    check_times(transport.started_at, transport.arrived_at, now)
    if verdict != DocumentState.ACCEPTED and not reason.strip():
        word = "拒收" if verdict == DocumentState.REFUSED else "暂存"
        raise RuleBroken("REASON_MISSING", f"请写明{word}的原因,例如:途中超温、随货资料不全。", "reason")
    if verdict != DocumentState.REFUSED:
        check_temperatures(transport.start_celsius, transport.arrival_celsius)
        _refuse_second_keying(site, goods, paper_no.strip(), key)
    recalled = recalled_at(site)
    lines = [_line(one, verdict, reason.strip(), transport, one.lot.pk in recalled, today) for one in goods]
    draft = Draft(
        kind=DocumentKind.RECEIPT,
        site=site,
        lines=tuple(lines),
        state=_verdict(lines),
        counterparty=counterparty.strip(),
        paper_no=paper_no.strip(),
        transport=transport,
        second_name=second_name.strip(),
        note=reason.strip(),
    )
    document = write_document(draft, actor=actor, key=key, now=now)
    if device is not None:
        put_away(document=document, device=device, actor=actor, key=uuid5(key, "places"), now=now)
    return document


def meet_recalls(lots) -> None:
    """Let no recall of ``lots`` pass by while they come in; first thing in the deed."""
    for pk in sorted({lot.pk for lot in lots}):
        alone(f"lot:{pk}")


def recalled_at(site: Site) -> set[int]:
    """The lots (ids) that an office over ``site`` has recalled."""
    return set(LotRecall.objects.in_force().over(site).values_list("lot", flat=True))


def _check_goods(goods: Sequence[Delivered], today: date) -> None:
    if not goods or any(one.vials < 1 for one in goods):
        raise RuleBroken("VIALS", "每个批号的数量至少 1 支。", "vials")
    if len({one.lot.pk for one in goods}) < len(goods):
        raise RuleBroken("LOT_TWICE", "同一个批号写了两行,请合成一行。", "lot_no")
    for one in goods:
        check_expiry_day(one.lot, today)


def _refuse_second_keying(site: Site, goods: Sequence[Delivered], paper_no: str, key: UUID) -> None:
    if not paper_no:
        return
    same = DocumentLine.objects.filter(
        document__site=site,
        document__kind=DocumentKind.RECEIPT,
        document__paper_no=paper_no,
        document__reversed_by__isnull=True,
        lot__in=[one.lot for one in goods],
        movement__isnull=False,
    ).exclude(document__key=key)
    if first := same.select_related("document__site", "lot").first():
        raise RuleBroken(
            "DOCUMENT_TWICE",
            f"单号 {paper_no} 的批号 {first.lot.lot_no} 已在 {first.document.on} 入库 {first.vials} 支"
            f"(单据 {first.document.no}),不能重复登记。如果先前填错了,请先冲正那一张。",
            "paper_no",
        )


def _line(
    one: Delivered, verdict: DocumentState, reason: str, transport: Transport, recalled: bool, today
) -> Line:
    if verdict == DocumentState.REFUSED or one.refused:
        return Line(one.lot, vials=one.vials, state=DocumentState.REFUSED, note=one.refused or reason)
    check_receivable(one.lot, recalled, today)
    apart = reason if verdict == DocumentState.HELD else reason_to_hold(one.lot, transport)
    return Line(
        one.lot,
        MovementKind.RECEIPT,
        vials=one.vials,
        state=DocumentState.HELD if apart else DocumentState.ACCEPTED,
        note=one.note or apart,
        hold=apart or None,
    )


def _verdict(lines: list[Line]) -> DocumentState:
    """Of the whole paper: refused when nothing was taken, held when anything is set apart."""
    states = {line.state for line in lines}
    if states == {DocumentState.REFUSED}:
        return DocumentState.REFUSED
    return DocumentState.HELD if DocumentState.HELD in states else DocumentState.ACCEPTED
