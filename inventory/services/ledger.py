"""Doses on the floor: taken from the opened vial or a new one, and given back. The keeper's deeds are documents.

Closed vials and the doses of the opened vial are counted apart, so nothing is ever rounded. Who, what and when of each
movement are the movement itself.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone

from core.errors import ShortStock
from core.kept import Hole, locked_and_read
from core.locks import deed, lock_and_read, part
from core.repeats import same
from inventory.choices import DocumentKind, MovementKind, WasteReason
from inventory.models import Lot, StockLevel, StockMovement
from inventory.rules import check_usable, take_one
from inventory.services.documents import write_document
from inventory.services.drafts import Draft, Line
from inventory.services.posting import Entry, locked_levels, row_key, write
from inventory.services.reversal import reverse
from places.models import Site

__all__ = ["reverse", "use_dose", "use_given"]

# What is judged and written; anything else is read when it is asked for.
_ASKED = (
    *("site", "lot", "vials", "open_doses", "opened_at", "held_reason"),
    *(f"lot__{name}" for name in ("lot_no", "expires_on", "state", "state_reason")),
    *(f"lot__presentation__{name}" for name in ("doses_per_vial", "open_vial_minutes")),
)
# The lot is read after the wait for the level: it may just have been recalled.
_LEVEL = locked_and_read(
    lambda: (
        StockLevel.objects.select_related("lot__presentation")
        .only(*_ASKED)
        .annotate(is_repeated=Exists(StockMovement.objects.filter(key=Hole("key"))))
    ),
    "site",
    "lot",
)


@part()
def use_dose(*, site: Site, lot: Lot, actor, key: UUID, now: datetime) -> StockMovement:
    """Take one dose of ``lot`` for a person: from the opened vial first, else a new vial is opened.

    An opened vial past its time is not used: what is left in it is written off on a document in the same deed. Raises RuleBroken
    LOT_EXPIRED, LOT_HELD, LOT_RECALLED; ShortStock when the site has no dose of the lot. A repeat of ``key`` returns the
    first movement. The caller records the dose on the person and the audit event.
    """
    level = lock_and_read(_LEVEL, StockLevel, site=site.pk, lot=lot.pk, key=key)
    if level is None:
        raise ShortStock(
            "LOT_NOT_HERE", f"{site}没有批号 {lot.lot_no} 的库存。请核对批号,或先登记入库。", "lot"
        )
    lot = level.lot
    if level.is_repeated:
        row = StockMovement.objects.get(key=key)
        return same(row, site_id=site.pk, lot_id=lot.pk, kind=MovementKind.USE)
    check_usable(lot, level.held_reason, timezone.localdate(now))
    taking = take_one(level, lot.presentation, now)
    if taking is None:
        raise _nothing_left(level, lot)
    entry = Entry(site, lot, MovementKind.USE, taking.vials, taking.open_doses)
    if taking.vials:
        entry = Entry(site, lot, MovementKind.USE, taking.vials, taking.open_doses, opened_at=now)
    if taking.wasted:
        _waste_stale(site, lot, taking.wasted, actor=actor, key=row_key(key, 1), now=now)
        level.refresh_from_db()
    return write({(site.pk, lot.pk): level}, [(key, entry)], actor=actor, now=now)[0]


def _waste_stale(site: Site, lot: Lot, doses: int, **signed) -> None:
    """What is left in a vial that has been open too long is written off on a paper of its own."""
    note = f"开启超过{lot.presentation.open_vial_minutes}分钟"
    reason = WasteReason.OPENED_TOO_LONG
    line = Line(lot, MovementKind.WASTE_OPEN, open_doses=-doses, reason=reason, note=note)
    write_document(Draft(DocumentKind.WASTE, site, (line,)), **signed)


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
        return same(row, site_id=site.pk, lot_id=lot.pk, kind=MovementKind.USE)
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
