"""Syringes and diluent: what a keeper does with them. Every deed is a movement (or two: out here, in there)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from inventory.models import StockMovement, SupplyItem, SupplyLot, SupplyMovement
from inventory.services.supply_posting import (
    SupplyEntry,
    balance_of,
    first_time,
    lock_supplies,
    post_supplies,
)
from inventory.supply_choices import SupplyMove
from inventory.supply_rules import check_in_date, check_use, check_use_day
from places.models import Site


@deed()
def receive_supply(
    *,
    site: Site,
    item: Mapping[str, str],
    lot_no: str,
    expires_on: date,
    quantity: int,
    actor,
    key,
    now,
    **paper,
) -> SupplyMovement:
    """Take ``quantity`` pieces into stock. ``item``: kind, maker, spec, programme, approval_no as on the box; ``paper``:
    counterparty, document_no, other_hand (who handed over). Raises RuleBroken SUPPLY_EXPIRED, SUPPLY_MISMATCH."""
    lock_supplies()
    product, _ = SupplyItem.objects.get_or_create(**{name: value.strip() for name, value in item.items()})
    lot, _ = SupplyLot.objects.get_or_create(
        item=product, lot_no=lot_no.strip().upper(), defaults={"expires_on": expires_on}
    )
    if lot.expires_on != expires_on:
        raise RuleBroken(
            "SUPPLY_MISMATCH",
            f"批号 {lot.lot_no} 已登记的有效期是 {lot.expires_on},这次填的是 {expires_on}。请对照包装核对。",
            "expires_on",
        )
    check_in_date(lot, timezone.localdate(now))
    return _one(site, lot, SupplyMove.RECEIPT, quantity, "supply.received", actor, key, now, **paper)


@deed()
def use_supplies(
    *, site: Site, on: date, taken: Mapping[SupplyLot, int], reason: str, actor, key: UUID, now: datetime
) -> list[SupplyMovement]:
    """Write down what the clinic used on a day: pieces by lot, each in date on that day. Together with what was written
    down for the day before, the syringes must not be fewer than the injections given, unless ``reason`` says why."""
    lock_supplies()
    check_use_day(on, timezone.localdate(now))
    taken = {lot: pieces for lot, pieces in taken.items() if pieces}
    if not taken:
        raise RuleBroken("NOTHING_USED", "还没有填数量。请在用过的批号后面填支数。")
    doses = StockMovement.objects.injections(site, on)
    if not first_time(key):
        now_used = sum(pieces for lot, pieces in taken.items() if lot.item.is_syringe)
        check_use(used_on(site, on) + now_used, doses, reason)
    for lot in taken:
        check_in_date(lot, on)
    entries = [
        SupplyEntry(site, lot, SupplyMove.USE, -pieces, note=reason, doses=doses, on=on)
        for lot, pieces in taken.items()
    ]
    rows = post_supplies(entries, actor=actor, key=key, now=now)
    data = {"on": on.isoformat(), "doses": doses, "used": {lot.lot_no: n for lot, n in taken.items()}}
    audit.record("supply.used", actor=actor, target=rows[0], place_code=site.place.code, data=data)
    return rows


def used_on(site: Site, on: date) -> int:
    """Syringes written down as used at ``site`` on a day."""
    rows = SupplyMovement.objects.standing().syringes().filter(site=site, on=on, kind=SupplyMove.USE)
    return -sum(rows.values_list("quantity", flat=True))


@deed()
def hand_over(
    *,
    site: Site,
    lot: SupplyLot,
    quantity: int,
    kind: SupplyMove,
    other_site: Site | None = None,
    counterparty: str = "",
    other_hand: str,
    note: str,
    actor,
    key: UUID,
    now: datetime,
    document_no: str = "",
) -> SupplyMovement:
    """Give pieces away: ISSUE to somebody outside, RETURN to whom they came from, TRANSFER_OUT to ``other_site``, where they
    are in stock at once. ``note`` names the plan or the reason: nobody receives without one (严防违规无序分配)."""
    lock_supplies()
    check_in_date(lot, timezone.localdate(now))
    if kind == SupplyMove.TRANSFER_OUT and (other_site is None or other_site == site):
        raise RuleBroken("NO_RECEIVER", "请选择另一个接种点。", "other_site")
    if not note.strip():
        raise RuleBroken("REASON_MISSING", "请写明依据:分配方案编号或原因。没有依据的不能发出。", "note")
    paper = {"document_no": document_no, "other_hand": other_hand, "note": note}
    gone = SupplyEntry(site, lot, kind, -quantity, counterparty=str(other_site or counterparty), **paper)
    entries = [gone]
    if kind == SupplyMove.TRANSFER_OUT:
        come = SupplyEntry(other_site, lot, SupplyMove.TRANSFER_IN, quantity, counterparty=str(site), **paper)
        entries.append(come)
    row = post_supplies(entries, actor=actor, key=key, now=now)[0]
    _note("supply.handed_over", row, actor)
    return row


@deed()
def waste_supply(
    *, site: Site, lot: SupplyLot, quantity: int, reason: str, actor, key, now
) -> SupplyMovement:
    """Write off pieces that nobody may use."""
    return _one(site, lot, SupplyMove.WASTE, -quantity, "supply.wasted", actor, key, now, note=reason)


@deed()
def count_supply(
    *, site: Site, lot: SupplyLot, counted: int, other_hand: str, reason: str, actor, key: UUID, now: datetime
) -> SupplyMovement:
    """Put the balance to what two people have counted. A difference needs ``reason``."""
    lock_supplies()
    if done := first_time(key):
        return same(done[0], site_id=site.pk, lot_id=lot.pk)
    difference = counted - balance_of(site, lot)
    if not other_hand.strip():
        raise RuleBroken("SECOND_MISSING", "盘点要两个人。请填另一位盘点人的姓名。", "other_hand")
    if difference and not reason.strip():
        raise RuleBroken(
            "REASON_MISSING", f"实盘 {counted} 支,与账面相差 {difference:+d} 支。请写明原因。", "reason"
        )
    kind = SupplyMove.GAIN if difference > 0 else SupplyMove.LOSS if difference else SupplyMove.COUNT
    hands = {"other_hand": other_hand, "note": reason}
    return _one(site, lot, kind, difference, "supply.counted", actor, key, now, **hands)


@deed()
def reverse_supply(*, movement: SupplyMovement, reason: str, actor, key: UUID, now) -> SupplyMovement:
    """Take back the whole deed that ``movement`` belongs to (of a transfer both sides)."""
    lock_supplies()
    if done := first_time(key):
        row = same(done[0], kind=SupplyMove.REVERSAL)
        same(row.reverses, deed=movement.deed)
        return row
    rows = list(SupplyMovement.objects.filter(deed=movement.deed).select_related("site__place", "lot__item"))
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明冲正的原因。", "reason")
    if movement.kind in (SupplyMove.REVERSAL, SupplyMove.COUNT):
        raise RuleBroken("NOT_REVERSIBLE", "这一笔没有改动结存,或本身就是冲正,不用再冲正。")
    if SupplyMovement.objects.filter(reverses__in=rows).exists():
        raise RuleBroken("ALREADY_REVERSED", "这一笔已经冲正过了,不用再做。")
    entries = [
        SupplyEntry(row.site, row.lot, SupplyMove.REVERSAL, -row.quantity, note=reason, reverses=row)
        for row in sorted(rows, key=lambda row: row.quantity)
    ]
    done = post_supplies(entries, actor=actor, key=key, now=now)
    _note("supply.reversed", done[0], actor)
    return done[0]


def _one(site, lot, kind, quantity, action: str, actor, key, now, **rest) -> SupplyMovement:
    (row,) = post_supplies([SupplyEntry(site, lot, kind, quantity, **rest)], actor=actor, key=key, now=now)
    _note(action, row, actor)
    return row


def _note(action: str, row: SupplyMovement, actor) -> None:
    data = {"lot": row.lot.lot_no, "pieces": row.quantity, "balance": row.balance, "note": row.note}
    audit.record(action, actor=actor, target=row, place_code=row.site.place.code, data=data)
