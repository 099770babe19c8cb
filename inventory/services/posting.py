"""Posting: the only place that writes StockMovement rows and the quantities of StockLevel."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils import timezone

from core import kept
from core.errors import ShortStock
from core.locks import lock, lock_found
from inventory.choices import MovementKind
from inventory.models import Lot, StockDocument, StockLevel, StockMovement
from places.models import Site

# Given on the floor and taken back there: the day's close sums them up. Every other movement stands on a document.
NO_PAPER = {MovementKind.USE, MovementKind.REVERSAL}


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
    document: StockDocument | None = None  # the paper it stands on; see NO_PAPER


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


def write(levels, keyed: list[tuple[UUID, Entry]], *, actor, now: datetime) -> list[StockMovement]:
    """Apply entries to levels that this deed has locked, in order. Only documents and the doses of the floor call this.

    Raises ShortStock naming every lot that would fall below zero; RuntimeError for a movement without its paper.
    """
    _check_enough(levels, [entry for _, entry in keyed])
    rows, today = [], timezone.localdate(now)
    for key, entry in keyed:
        if entry.document is None and entry.kind not in NO_PAPER:
            raise RuntimeError(f"a movement of kind {entry.kind} needs a document")
        level = levels[entry.site.pk, entry.lot.pk]
        level.vials += entry.vials
        level.open_doses += entry.open_doses
        level.opened_at = (entry.opened_at or level.opened_at) if level.open_doses else None
        rows.append(
            StockMovement(
                key=key,
                site=entry.site,
                lot=entry.lot,
                kind=entry.kind,
                document=entry.document,
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
    touched = {id(level): level for level in levels.values()}.values()
    kept.insert(*rows, saved=[(level, ("vials", "open_doses", "opened_at")) for level in touched])
    return rows


def _check_enough(levels, entries: list[Entry]) -> None:
    left = {pair: [level.vials, level.open_doses] for pair, level in levels.items()}
    short = []
    for entry in entries:
        have = left[entry.site.pk, entry.lot.pk]
        if have[0] + entry.vials < 0:
            short.append(f"批号 {entry.lot.lot_no}:结存 {have[0]} 支,需要 {-entry.vials} 支")
        if have[1] + entry.open_doses < 0:
            short.append(f"批号 {entry.lot.lot_no}:已开启余 {have[1]} 剂,需要 {-entry.open_doses} 剂")
        have[0] += entry.vials
        have[1] += entry.open_doses
    if short:
        raise ShortStock("SHORT_STOCK", f"库存不足。{';'.join(short)}。请核对数量,或先登记入库。")
