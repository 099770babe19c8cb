"""Deliveries between our sites, with two hands: the sender signs and the vials are under way, the receiver counts and signs.

Under way is what ``DocumentLine.transit`` sums up to, so a vial is never at two places and never at none. What was not
received can be called back by the sender; a difference is either booked with its reason or stays under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from core.errors import RuleBroken
from core.locks import deed, lock_one
from inventory.choices import SENDING, DocumentKind, DocumentState, MovementKind
from inventory.delivery_rules import check_times, check_travel
from inventory.models import DocumentLine, Lot, StockDocument
from inventory.rules import check_usable
from inventory.services.documents import signed_before, write_documents
from inventory.services.drafts import Draft, Line, Transport
from inventory.services.posting import locked_levels
from places.models import Site

_OUT = {
    DocumentKind.ISSUE: MovementKind.ISSUE,
    DocumentKind.TRANSFER: MovementKind.TRANSFER_OUT,
    DocumentKind.RETURN: MovementKind.RETURN,
}


@dataclass(frozen=True)
class Consignment:
    """What goes from ``site`` to ``other_site`` (or, as a RETURN, to a ``counterparty`` that has no site here).

    ``goods``: (lot with its presentation, vials).
    """

    kind: DocumentKind
    site: Site
    goods: Sequence[tuple[Lot, int]]
    other_site: Site | None = None
    counterparty: str = ""
    transport: Transport = Transport()
    note: str = ""
    second_name: str = ""  # who carries it


@deed()
def send_all(
    consignments: Sequence[tuple[UUID, Consignment]], *, actor, now: datetime
) -> list[StockDocument]:
    """Sign every (key, consignment); all of them or none. The vials leave the senders and are under way.

    Raises RuleBroken NO_GOODS, LOT_TWICE, DESTINATION, TRANSPORT_TEMPERATURE; LOT_EXPIRED, LOT_HELD, LOT_RECALLED unless it
    is a return; ShortStock. Repeats of the keys return the documents of the first time.
    """
    for _, one in consignments:
        _check(one, now)
    levels = locked_levels({(one.site.pk, lot.pk) for _, one in consignments for lot, _ in one.goods})
    known = StockDocument.objects.filter(key__in=[key for key, _ in consignments]).exists()
    for _, one in consignments:
        if one.kind != DocumentKind.RETURN and not known:
            _check_sound(one, levels, timezone.localdate(now))
    return write_documents([(key, _draft(one, levels)) for key, one in consignments], actor=actor, now=now)


def send(consignment: Consignment, *, actor, key: UUID, now: datetime) -> StockDocument:
    """Sign one consignment; see ``send_all``."""
    return send_all([(key, consignment)], actor=actor, now=now)[0]


@deed()
def call_back(*, delivery: StockDocument, reason: str, actor, key: UUID, now: datetime) -> StockDocument:
    """Take back into the sender's stock what nobody has received. What a receiver refused comes back set apart.

    Raises RuleBroken REASON_MISSING, NOTHING_UNDER_WAY.
    """
    delivery = lock_one(StockDocument, delivery.pk)
    if found := signed_before(key, kind=DocumentKind.CALL_BACK, answers_id=delivery.pk):
        return found
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明撤回的原因。", "reason")
    left = under_way(delivery)
    refused = set(
        DocumentLine.objects.filter(
            document__answers=delivery, document__reversed_by__isnull=True, state=DocumentState.REFUSED
        ).values_list("lot", flat=True)
    )
    lots = Lot.objects.select_related("presentation").in_bulk(left)
    lines = tuple(
        Line(
            lots[pk],
            MovementKind.CALL_BACK,
            vials=vials,
            transit=-vials,
            hold="对方拒收退回,待查" if pk in refused else None,
        )
        for pk, vials in left.items()
    )
    draft = Draft(
        DocumentKind.CALL_BACK,
        delivery.site,
        lines,
        other_site=delivery.other_site,
        answers=delivery,
        note=reason.strip(),
    )
    return write_documents([(key, draft)], actor=actor, now=now)[0]


def under_way(delivery: StockDocument) -> dict[int, int]:
    """Lot id → vials of ``delivery`` that nobody has received or called back. Raises RuleBroken when there are none."""
    lines = DocumentLine.objects.filter(Q(document=delivery) | Q(document__answers=delivery))
    sums = lines.order_by("lot").values_list("lot").annotate(Sum("transit"))
    if left := {lot: vials for lot, vials in sums if vials}:
        return left
    raise RuleBroken("NOTHING_UNDER_WAY", f"单据 {delivery.no} 的疫苗都已签收或撤回,没有在途的了。")


def _check(one: Consignment, now: datetime) -> None:
    if not one.goods or any(vials < 1 for _, vials in one.goods):
        raise RuleBroken("NO_GOODS", "请至少填一个批号的数量(支)。", "vials")
    if len({lot.pk for lot, _ in one.goods}) < len(one.goods):
        raise RuleBroken("LOT_TWICE", "同一个批号写了两行,请合成一行。", "lot")
    if one.kind not in SENDING or one.other_site == one.site:
        raise RuleBroken("DESTINATION", "发出和收进不能是同一个接种点,请另选去向。", "other_site")
    outside = one.kind == DocumentKind.RETURN and one.counterparty.strip()
    if one.other_site is None and not outside:
        raise RuleBroken("DESTINATION", "请选择去向。", "other_site")
    check_travel(one.transport.start_celsius)
    check_times(one.transport.started_at, None, now)


def _check_sound(one: Consignment, levels, today) -> None:
    for lot, _ in one.goods:
        level = levels.get((one.site.pk, lot.pk))
        check_usable(lot, level.held_reason if level else "", today)


def _draft(one: Consignment, levels) -> Draft:
    lines = tuple(
        _line(one, lot, vials, level.held_reason if (level := levels.get((one.site.pk, lot.pk))) else "")
        for lot, vials in one.goods
    )
    return Draft(
        one.kind,
        one.site,
        lines,
        other_site=one.other_site,
        counterparty=one.counterparty.strip(),
        transport=one.transport,
        second_name=one.second_name.strip(),
        note=one.note.strip(),
    )


def _line(one: Consignment, lot: Lot, vials: int, held_reason: str) -> Line:
    """``held_reason``: what goes back set apart says so, because it must be set apart where it arrives, too."""
    state = DocumentState.HELD if held_reason else DocumentState.DONE
    transit = vials if one.other_site else 0
    return Line(lot, _OUT[one.kind], vials=-vials, transit=transit, state=state, note=held_reason)
