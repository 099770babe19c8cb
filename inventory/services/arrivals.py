"""到货签收: the second hand of a delivery. Counted vials go into stock; what differs is booked, or stays under way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone

from core.errors import RuleBroken
from core.locks import deed, lock_one
from inventory.choices import STILL_THERE, DifferenceReason, DocumentKind, DocumentState, MovementKind
from inventory.delivery_rules import check_temperatures, check_times, reason_to_hold
from inventory.models import ColdDevice, Lot, StockDocument
from inventory.services.cold_places import put_away
from inventory.services.consignments import under_way
from inventory.services.documents import signed_before, write_document
from inventory.services.drafts import Draft, Line, Transport
from inventory.services.receipts import meet_recalls, recalled_at

_IN = {
    DocumentKind.ISSUE: MovementKind.RECEIPT,
    DocumentKind.TRANSFER: MovementKind.TRANSFER_IN,
    DocumentKind.RETURN: MovementKind.RETURN_IN,
}


@dataclass(frozen=True)
class Count:
    """What the receiver has in hand of one lot, and why it is not what was sent."""

    vials: int
    reason: DifferenceReason | str = ""
    note: str = ""


@deed()
def arrive(
    *,
    delivery: StockDocument,
    counts: Mapping[int, Count],
    transport: Transport,
    actor,
    key: UUID,
    now: datetime,
    verdict: DocumentState = DocumentState.ACCEPTED,
    reason: str = "",
    device: ColdDevice | None = None,
) -> StockDocument:
    """Sign for ``delivery`` with ``counts`` (lot id → Count; a lot that is not named came as it was sent);
    ``device``: where the vials were put.

    REFUSED moves nothing: all stays under way until the sender calls it back. Less than sent is booked as lost on the way,
    or stays under way (STILL_THERE); more is booked as found. Raises RuleBroken NOTHING_UNDER_WAY, SAME_HAND,
    DIFFERENCE (a difference without its reason), REASON_MISSING, TRANSPORT_UNKNOWN, TRANSPORT_TEMPERATURE.
    """
    meet_recalls(line.lot for line in delivery.lines.select_related("lot"))
    delivery = lock_one(StockDocument, delivery.pk)
    if found := signed_before(key, kind=DocumentKind.ARRIVAL, answers_id=delivery.pk):
        return found
    left = under_way(delivery)
    if actor is not None and actor.pk == delivery.by_id:
        raise RuleBroken(
            "SAME_HAND", "这批疫苗是您自己发出的,要由另一个人签收。请收货的接种点管理员登录签收。"
        )
    check_times(transport.started_at, transport.arrived_at, now)
    if verdict != DocumentState.ACCEPTED and not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明拒收或暂存的原因。", "reason")
    if verdict != DocumentState.REFUSED:
        check_temperatures(transport.start_celsius, transport.arrival_celsius)
    apart = reason.strip() if verdict == DocumentState.HELD else ""
    lots = Lot.objects.select_related("presentation").in_bulk(left)
    sent_apart = dict(delivery.lines.filter(state=DocumentState.HELD).values_list("lot", "note"))
    recalled = recalled_at(delivery.other_site)
    check = _Check(delivery, verdict, apart, transport, recalled, sent_apart, timezone.localdate(now))
    lines = [
        line
        for pk, vials in left.items()
        for line in check.lines(lots[pk], vials, counts.get(pk, Count(vials)))
    ]
    draft = Draft(
        DocumentKind.ARRIVAL,
        delivery.other_site,
        tuple(lines),
        other_site=delivery.site,
        state=check.state(lines),
        transport=replace(transport, carrier=transport.carrier or delivery.carrier),
        answers=delivery,
        second_by=delivery.by,
        second_name=delivery.second_name,
        note=reason.strip(),
    )
    document = write_document(draft, actor=actor, key=key, now=now)
    if device is not None:
        put_away(document=document, device=device, actor=actor, key=uuid5(key, "places"), now=now)
    return document


@dataclass(frozen=True)
class _Check:
    """How each lot of one delivery goes into the books."""

    delivery: StockDocument
    verdict: DocumentState
    apart: str
    transport: Transport
    recalled: set[int]
    sent_apart: dict[int, str]  # lot id → why it was set apart where it comes from
    today: date

    def lines(self, lot: Lot, sent: int, count: Count) -> list[Line]:
        """The lines of one lot: in, and what differs."""
        if self.verdict == DocumentState.REFUSED:
            return [Line(lot, vials=sent, state=DocumentState.REFUSED)]
        difference = count.vials - sent
        _check_difference(lot, difference, count)
        if difference < 0 and count.reason in STILL_THERE:
            came = [self._in(lot, count.vials)] if count.vials else []
            refused = {"state": DocumentState.REFUSED, "reason": count.reason, "note": count.note}
            return [*came, Line(lot, vials=-difference, **refused)]
        lines = [self._in(lot, sent)]
        if difference:
            why = {"reason": count.reason, "note": count.note}
            lines.append(Line(lot, MovementKind.TRANSIT_DIFF, vials=difference, **why))
        return lines

    def _in(self, lot: Lot, vials: int) -> Line:
        apart = self.apart or reason_to_hold(lot, self.transport)
        if lot.pk in self.recalled:
            apart = "召回封存"
        elif lot.expires_on < self.today:
            apart = "到货时已过期"
        elif lot.pk in self.sent_apart:
            apart = f"发出时已隔离:{self.sent_apart[lot.pk]}"[:120]
        state = DocumentState.HELD if apart else DocumentState.ACCEPTED
        kind = _IN[self.delivery.kind]
        return Line(lot, kind, vials, transit=-vials, state=state, note=apart, hold=apart or None)

    def state(self, lines: list[Line]) -> DocumentState:
        """Of the whole paper."""
        if not any(line.kind for line in lines):
            return DocumentState.REFUSED
        held = any(line.state == DocumentState.HELD for line in lines)
        return DocumentState.HELD if held else DocumentState.ACCEPTED


def _check_difference(lot: Lot, difference: int, count: Count) -> None:
    if count.vials < 0:
        raise RuleBroken("DIFFERENCE", f"批号 {lot.lot_no} 的实收数量不能小于零。", f"vials_{lot.pk}")
    if not difference:
        return
    fitting = (count.reason == DifferenceReason.MORE) == (difference > 0)
    if not count.reason or not fitting:
        word = "多" if difference > 0 else "少"
        raise RuleBroken(
            "DIFFERENCE",
            f"批号 {lot.lot_no} 实收比发出{word} {abs(difference)} 支,请选择与此相符的差异原因,再保存。",
            f"reason_{lot.pk}",
        )
