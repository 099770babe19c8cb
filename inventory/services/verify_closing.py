"""Proving the closes and the stock-takes: every frozen line follows from the ledger, every day from the one before."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F

from inventory.choices import CloseState, DocumentKind, Part, TakeState
from inventory.closing_rules import Amount, Move, equation
from inventory.models import CloseLine, StockMovement, StockTake, TakeLine


def closing_problems() -> Iterator[str]:
    """One sentence for each close or stock-take that does not follow from the ledger; none for sound ones."""
    yield from _chains()
    yield from _takes()


def _chains() -> Iterator[str]:
    """Of each lot at each site: opening = the closing before, parts = the movements taken in, closing = the balance then."""
    chains = defaultdict(list)
    lines = CloseLine.objects.filter(close__state=CloseState.CLOSED).select_related("close__site", "lot")
    for line in lines.order_by("close__on", "pk"):
        chains[line.close.site_id, line.lot_id].append(line)
    for (site, lot), chain in chains.items():
        before, at = Amount(), 0
        moves = list(_moves(site, lot, chain[-1].through))
        for line in chain:
            where = f"{line.close.site.code} {line.close.on} 日结 {line.lot}"
            mine = [move for move in moves if at < move.pk <= line.through]
            book = equation(before, mine, line.closing)
            if line.opening != before:
                yield f"{where}: 期初 {tuple(line.opening)} 不是上次的期末 {tuple(before)}"
            if not book.holds:
                yield f"{where}: 期初加减出入库不等于期末"
            if {part: tuple(amount) for part, amount in line.parts.items()} != book.parts:
                yield f"{where}: 收发各栏与出入库记录不符"
            if line.used != len(book.uses) or line.parts.get(Part.USED, (0, 0))[1] != -line.used:
                yield f"{where}: 接种使用 {line.used} 剂,与出入库记录不符"
            before, at = line.closing, line.through


def _moves(site: int, lot: int, through: int) -> Iterator[Move]:
    rows = StockMovement.objects.filter(site=site, lot=lot, pk__lte=through).order_by("pk")
    doses = F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses")
    names = ("pk", "kind", "vials", "all_doses", "on", "reverses", "reverses__kind")
    for *row, kind in rows.annotate(all_doses=doses).values_list(*names):
        yield Move(*row, kind or "")


def _takes() -> Iterator[str]:
    """A posted stock-take and its document say the same."""
    for take in StockTake.objects.filter(state=TakeState.POSTED).select_related("site", "document"):
        found = {
            line.lot_id: (line.variance if line.variance_doses else (0, 0))
            for line in TakeLine.objects.filter(take=take).select_related("lot__presentation")
        }
        posted = dict.fromkeys(found, (0, 0)) | {
            row.lot_id: (row.vials, row.open_doses) for row in take.document.movements.all()
        }
        if take.document.kind != DocumentKind.STOCKTAKE or found != posted:
            yield f"{take.site.code} 盘点 {take.document}: 差异与单据不符"
