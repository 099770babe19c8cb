"""Posting to the ledger of syringes and diluent: the only place that writes SupplyMovement rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from core.errors import ShortStock
from core.locks import alone, deed
from core.repeats import key_used
from inventory.models import SupplyLot, SupplyMovement
from inventory.services.posting import row_key
from inventory.supply_choices import SupplyMove
from places.models import Site

_CONTENT = ("site_id", "lot_id", "kind", "quantity", "counterparty", "on", "reverses_id")


@dataclass(frozen=True)
class SupplyEntry:
    """One signed change in pieces; ``on`` None: today."""

    site: Site
    lot: SupplyLot
    kind: SupplyMove
    quantity: int
    counterparty: str = ""
    document_no: str = ""
    other_hand: str = ""
    note: str = ""
    doses: int | None = None
    reverses: SupplyMovement | None = None
    on: date | None = None

    def row(self, now: datetime) -> SupplyMovement:
        """The movement as it will stand, without number, balance and keys."""
        return SupplyMovement(
            site=self.site,
            lot=self.lot,
            kind=self.kind,
            quantity=self.quantity,
            counterparty=self.counterparty.strip()[:80],
            document_no=self.document_no.strip()[:40],
            other_hand=self.other_hand.strip()[:30],
            note=self.note.strip()[:200],
            doses=self.doses,
            reverses=self.reverses,
            on=self.on or timezone.localdate(now),
            at=now,
        )


def lock_supplies() -> None:
    """Let one deed at a time write to this ledger. Call it first in the deed: a few deeds a day and site need no more,
    and numbers and balances follow each other without gaps."""
    alone("supplies")


def first_time(key: UUID) -> list[SupplyMovement]:
    """The rows that the deed ``key`` has written already; [] when it is new. Needs ``lock_supplies``."""
    return list(SupplyMovement.objects.filter(deed=key).select_related("site", "lot__item").order_by("pk"))


@deed()
def post_supplies(entries: Sequence[SupplyEntry], *, actor, key: UUID, now: datetime) -> list[SupplyMovement]:
    """Write ``entries`` in order; all of them or none. A repeat of ``key`` returns the rows of the first time.

    Raises ShortStock naming every lot that would fall below zero, RuleBroken KEY_USED.
    """
    lock_supplies()
    rows = [entry.row(now) for entry in entries]
    if done := first_time(key):
        _check_same(done, rows)
        return done
    last = _last_of(rows)
    short = []
    for number, row in enumerate(rows):
        before, balance = last.get((row.site_id, row.lot_id), (0, 0))
        if balance + row.quantity < 0:
            short.append(f"{row.lot.item} 批号 {row.lot.lot_no}:结存 {balance} 支,需要 {-row.quantity} 支")
        row.key, row.deed, row.by = row_key(key, number), key, actor
        row.number, row.balance = before + 1, balance + row.quantity
        last[row.site_id, row.lot_id] = row.number, row.balance
    if short:
        raise ShortStock("SHORT_SUPPLY", f"库存不足。{';'.join(short)}。请核对数量,或先登记入库。")
    return SupplyMovement.objects.bulk_create(rows)


def balance_of(site: Site, lot: SupplyLot) -> int:
    """Pieces of ``lot`` at ``site`` now; exact within ``lock_supplies``."""
    row = SupplyMovement.objects.latest_of(site, lot)
    return row.balance if row else 0


def _last_of(rows: list[SupplyMovement]) -> dict[tuple[int, int], tuple[int, int]]:
    sites, lots = {row.site_id for row in rows}, {row.lot_id for row in rows}
    found = SupplyMovement.objects.filter(site__in=sites, lot__in=lots).latest()
    return {(row.site_id, row.lot_id): (row.number, row.balance) for row in found}


def _check_same(done: list[SupplyMovement], rows: list[SupplyMovement]) -> None:
    def content(row):
        return tuple(getattr(row, name) for name in _CONTENT)

    if [content(row) for row in done] != [content(row) for row in rows]:
        raise key_used()
