"""The ledger of vials and opened doses: what a keeper and a nurse do with stock.

The only way into it for other rooms. Closed vials and the doses of the opened vial are counted apart, so nothing is
ever rounded. Who, what and when of each movement are the movement itself; deeds of the keeper are in the audit trail too.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from core import audit
from core.errors import RuleBroken, ShortStock
from core.locks import deed
from inventory.choices import MovementKind
from inventory.models import Lot, StockLevel, StockMovement
from inventory.rules import NO_RELEASE_PAPER, check_receivable, check_transport, check_usable, take_one
from inventory.services.lots import hold_lot, register_lot, release_lot
from inventory.services.posting import Entry, check_repeat, locked_levels, post, row_key, write
from inventory.services.reversal import reverse
from places.models import Site

__all__ = [
    "Entry",
    "hold_lot",
    "post",
    "receive",
    "register_lot",
    "release_lot",
    "reverse",
    "use_dose",
    "use_given",
    "waste",
]


@deed()
def receive(
    *,
    site: Site,
    lot: Lot,
    vials: int,
    counterparty: str,
    document_no: str,
    transport_celsius: Decimal | None,
    actor,
    key: UUID,
    now: datetime,
    note: str = "",
) -> StockMovement:
    """Take ``vials`` of ``lot`` into stock at ``site`` from ``counterparty``.

    Refuses an expired or recalled lot, a missing transport temperature and one outside 2–8 ℃ (疫苗储存和运输管理规范 2017
    art. 19), and the same delivery note twice for one lot. Without a 批签发 number the vials are kept but held.
    """
    check_receivable(lot, timezone.localdate(now))
    check_transport(transport_celsius)
    if vials < 1:
        raise RuleBroken("VIALS", "入库数量至少 1 支。", "vials")
    entry = Entry(
        site=site,
        lot=lot,
        kind=MovementKind.RECEIPT,
        vials=vials,
        counterparty=counterparty.strip(),
        document_no=document_no.strip(),
        transport_celsius=transport_celsius,
        note=note.strip(),
    )
    levels = locked_levels({(site.pk, lot.pk)}, create=True)
    _refuse_second_keying(entry, key)
    (row,) = post([entry], actor=actor, key=key, now=now)
    if not lot.release_no and not levels[site.pk, lot.pk].held_reason:
        hold_lot(site=site, lot=lot, reason=NO_RELEASE_PAPER, actor=actor, now=now)
    data = {"lot": lot.lot_no, "vials": vials, "from": counterparty}
    audit.record("stock.received", actor=actor, target=row, place_code=site.place.code, data=data)
    return row


def _refuse_second_keying(entry: Entry, key: UUID) -> None:
    if not entry.document_no:
        return
    same = StockMovement.objects.filter(
        site=entry.site,
        lot=entry.lot,
        kind=MovementKind.RECEIPT,
        document_no=entry.document_no,
        reversed_by__isnull=True,
    ).exclude(key=key)
    if first := same.first():
        raise RuleBroken(
            "DOCUMENT_TWICE",
            f"单号 {entry.document_no} 的批号 {entry.lot.lot_no} 已在 {first.on} 入库 {first.vials} 支,不能重复登记。"
            "如果先前填错了,请先冲正那一笔。",
            "document_no",
        )


@deed()
def use_dose(*, site: Site, lot: Lot, actor, key: UUID, now: datetime) -> StockMovement:
    """Take one dose of ``lot`` for a person: from the opened vial first, else a new vial is opened.

    An opened vial past its time is not used: what is left in it is wasted (WASTE_OPEN) in the same deed. Raises RuleBroken
    LOT_EXPIRED, LOT_HELD, LOT_RECALLED; ShortStock when the site has no dose of the lot. A repeat of ``key`` returns the
    first movement. The caller records the dose on the person and the audit event.
    """
    level = locked_levels({(site.pk, lot.pk)}).get((site.pk, lot.pk))
    if level is None:
        raise ShortStock(
            "LOT_NOT_HERE", f"{site}没有批号 {lot.lot_no} 的库存。请核对批号,或先登记入库。", "lot"
        )
    if row := StockMovement.objects.filter(key=key).first():
        check_repeat(row, site_id=site.pk, lot_id=lot.pk, kind=MovementKind.USE)
        return row
    lot = Lot.objects.select_related("presentation").get(
        pk=lot.pk
    )  # read under the lock: it may just be recalled
    check_usable(lot, level.held_reason, timezone.localdate(now))
    taking = take_one(level, lot.presentation, now)
    if taking is None:
        raise _nothing_left(level, lot)
    entry = Entry(site, lot, MovementKind.USE, taking.vials, taking.open_doses)
    if taking.vials:
        entry = Entry(site, lot, MovementKind.USE, taking.vials, taking.open_doses, opened_at=now)
    keyed = [(key, entry)]
    if taking.wasted:
        note = f"开启超过{lot.presentation.open_vial_minutes}分钟,余量作损耗"
        wasted = Entry(site, lot, MovementKind.WASTE_OPEN, open_doses=-taking.wasted, note=note)
        keyed.insert(0, (row_key(key, 1), wasted))
    return write({(site.pk, lot.pk): level}, keyed, actor=actor, now=now)[-1]


@deed()
def use_given(
    *, site: Site, lot: Lot, actor, key: UUID, given_at: datetime, now: datetime, note: str
) -> StockMovement:
    """Enter a dose of ``lot`` that is in a person already (a correction found that it came from this lot).

    Whether the lot may be used is not asked: what happened is written down even of an expired one. It comes from the vial
    that is open, however old, else a vial was opened at ``given_at``. Raises RuleBroken LOT_NOT_HERE; ShortStock when
    the books hold no dose of the lot. A repeat of ``key`` returns the first movement.
    """
    level = locked_levels({(site.pk, lot.pk)}).get((site.pk, lot.pk))
    if level is None:
        raise ShortStock(
            "LOT_NOT_HERE", f"{site}没有批号 {lot.lot_no} 的库存。请先请疫苗管理员登记入库。", "lot"
        )
    if row := StockMovement.objects.filter(key=key).first():
        check_repeat(row, site_id=site.pk, lot_id=lot.pk, kind=MovementKind.USE)
        return row
    if level.open_doses:
        entry = Entry(site, lot, MovementKind.USE, 0, -1, note=note)
    elif level.vials:
        rest = lot.presentation.doses_per_vial - 1
        entry = Entry(site, lot, MovementKind.USE, -1, rest, opened_at=given_at, note=note)
    else:
        raise ShortStock(
            "SHORT_STOCK",
            f"批号 {lot.lot_no} 账上已经没有余量,和实际对不上。请疫苗管理员先盘点、补登入库,再确认更正。",
            "lot",
        )
    return write({(site.pk, lot.pk): level}, [(key, entry)], actor=actor, now=now)[0]


def _nothing_left(level: StockLevel, lot: Lot) -> ShortStock:
    if level.open_doses:
        return ShortStock(
            "OPEN_TOO_LONG",
            f"批号 {lot.lot_no} 只剩已开启的 {level.open_doses} 剂,开启已超过 {lot.presentation.open_vial_minutes} 分钟,"
            "不能再用。请换一个批号,并请疫苗管理员把余量登记为损耗。",
            "lot",
        )
    return ShortStock("SHORT_STOCK", f"批号 {lot.lot_no} 在本接种点已用完。请换一个批号。", "lot")


@deed()
def waste(
    *, site: Site, lot: Lot, quantity: int, opened: bool, reason: str, actor, key: UUID, now: datetime
) -> StockMovement:
    """Write off ``quantity`` closed vials, or doses left in the opened vial (``opened``), with a reason in words.

    Expired and held lots may be written off too. Raises ShortStock when there is not that much.
    """
    if quantity < 1:
        raise RuleBroken("QUANTITY", "报废数量至少为 1。", "quantity")
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明报废的原因。", "reason")
    kind = MovementKind.WASTE_OPEN if opened else MovementKind.WASTE_CLOSED
    vials, doses = (0, -quantity) if opened else (-quantity, 0)
    entry = Entry(site, lot, kind, vials, doses, note=reason.strip())
    (row,) = post([entry], actor=actor, key=key, now=now)
    data = {"lot": lot.lot_no, "vials": vials, "doses": doses, "reason": reason}
    audit.record("stock.wasted", actor=actor, target=row, place_code=site.place.code, data=data)
    return row
