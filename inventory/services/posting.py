"""Posting: the only place that writes StockMovement rows and the quantities of StockLevel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils import timezone

from core.errors import RuleBroken, ShortStock
from core.locks import deed, lock, lock_found
from inventory.choices import MovementKind
from inventory.models import Lot, StockLevel, StockMovement
from places.models import Site

# What makes two entries the same deed when a key comes again.
_CONTENT = ("site_id", "lot_id", "kind", "vials", "open_doses", "counterparty", "document_no", "reverses_id")


@dataclass(frozen=True)
class Entry:
    """One signed change: ``vials`` closed vials and ``open_doses`` doses of the opened vial (both may be negative)."""

    site: Site
    lot: Lot  # with its presentation
    kind: MovementKind
    vials: int = 0
    open_doses: int = 0
    opened_at: datetime | None = None  # of the vial that is open afterwards, when this entry changes that
    counterparty: str = ""
    document_no: str = ""
    transport_celsius: Decimal | None = None
    note: str = ""
    reverses: StockMovement | None = None

    @property
    def site_id(self) -> int:
        return self.site.pk

    @property
    def lot_id(self) -> int:
        return self.lot.pk

    @property
    def reverses_id(self) -> int | None:
        return self.reverses and self.reverses.pk


@deed()
def post(entries: Sequence[Entry], *, actor, key: UUID, now: datetime) -> list[StockMovement]:
    """Write ``entries`` in order and bring the levels up to date; all of them or none.

    Locks the levels in pk order, creating missing ones. A repeat of ``key`` with the same entries returns the rows of
    the first time. Raises ShortStock naming every lot that would fall below zero, RuleBroken KEY_REUSED when the key
    belongs to other entries.
    """
    levels = locked_levels({(entry.site_id, entry.lot_id) for entry in entries}, create=True)
    keys = [row_key(key, number) for number in range(len(entries))]
    found = {row.key: row for row in StockMovement.objects.filter(key__in=keys)}
    if found:
        for row_id, entry in zip(keys, entries, strict=True):
            check_repeat(found.get(row_id), **{name: getattr(entry, name) for name in _CONTENT})
        return [found[row_id] for row_id in keys]
    return write(levels, list(zip(keys, entries, strict=True)), actor=actor, now=now)


def row_key(key: UUID, number: int) -> UUID:
    """The key of the ``number``-th row of a deed: the deed's own for the first, derived for the others."""
    return key if number == 0 else uuid5(key, str(number))


def locked_levels(pairs: set[tuple[int, int]], *, create: bool = False) -> dict[tuple[int, int], StockLevel]:
    """Lock and return the levels of (site id, lot id) ``pairs``; without ``create`` missing ones are left out."""
    if len(pairs) == 1:
        ((site, lot),) = pairs
        if level := lock_found(StockLevel, site=site, lot=lot):
            return {(site, lot): level}
    sites, lots = {site for site, _ in pairs}, {lot for _, lot in pairs}

    def known() -> dict[tuple[int, int], int]:
        rows = StockLevel.objects.filter(site__in=sites, lot__in=lots).values_list("site", "lot", "pk")
        return {(site, lot): pk for site, lot, pk in rows if (site, lot) in pairs}

    pks = known()
    if create and (missing := sorted(pairs - pks.keys())):
        # ON CONFLICT DO NOTHING: whoever creates the row first, everybody finds it, and no transaction is spoilt.
        StockLevel.objects.bulk_create(
            [StockLevel(site_id=site, lot_id=lot) for site, lot in missing], ignore_conflicts=True
        )
        pks = known()
    return {(level.site_id, level.lot_id): level for level in lock(StockLevel, pks.values())} if pks else {}


def check_repeat(row: StockMovement | None, **content) -> None:
    """Refuse a key that was used for something else."""
    if row is None or any(getattr(row, name) != value for name, value in content.items()):
        raise RuleBroken(
            "KEY_REUSED", "这一页刚才已经登记过另一笔。请重新打开这一页再填写,先前的一笔已经保存。"
        )


def write(levels, keyed: list[tuple[UUID, Entry]], *, actor, now: datetime) -> list[StockMovement]:
    """Apply entries to levels that this deed has locked. Only the verbs of the ledger call this."""
    _check_enough(levels, [entry for _, entry in keyed])
    rows, today = [], timezone.localdate(now)
    for key, entry in keyed:
        level = levels[entry.site_id, entry.lot_id]
        level.vials += entry.vials
        level.open_doses += entry.open_doses
        level.opened_at = (entry.opened_at or level.opened_at) if level.open_doses else None
        rows.append(
            StockMovement(
                key=key,
                site=entry.site,
                lot=entry.lot,
                kind=entry.kind,
                vials=entry.vials,
                open_doses=entry.open_doses,
                balance_vials=level.vials,
                balance_open=level.open_doses,
                counterparty=entry.counterparty,
                document_no=entry.document_no,
                transport_celsius=entry.transport_celsius,
                note=entry.note[:200],
                reverses=entry.reverses,
                on=today,
                at=now,
                by=actor,
            )
        )
    rows = StockMovement.objects.bulk_create(rows)
    for level in {id(level): level for level in levels.values()}.values():
        level.save(update_fields=["vials", "open_doses", "opened_at"])
    return rows


def _check_enough(levels, entries: list[Entry]) -> None:
    left = {pair: [level.vials, level.open_doses] for pair, level in levels.items()}
    short = []
    for entry in entries:
        have = left[entry.site_id, entry.lot_id]
        if have[0] + entry.vials < 0:
            short.append(f"批号 {entry.lot.lot_no}:结存 {have[0]} 支,需要 {-entry.vials} 支")
        if have[1] + entry.open_doses < 0:
            short.append(f"批号 {entry.lot.lot_no}:已开启余 {have[1]} 剂,需要 {-entry.open_doses} 剂")
        have[0] += entry.vials
        have[1] += entry.open_doses
    if short:
        raise ShortStock("SHORT_STOCK", f"库存不足。{';'.join(short)}。请核对数量,或先登记入库。")
