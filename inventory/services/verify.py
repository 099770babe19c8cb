"""Proving the ledger: reads everything, changes nothing."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum, Window

from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.services.verify_closing import closing_problems
from inventory.services.verify_documents import document_problems
from inventory.services.verify_trace import trace_problems


def ledger_problems() -> Iterator[str]:
    """One sentence for each place where the ledger contradicts itself; none for a sound one.

    Level = sum of its movements, each running balance = the sum so far, nothing below zero, an opened vial has an
    opening time and holds less than a full one, a reversal carries exactly the doses it takes back; documents, closed days
    and stock-takes follow from the movements; no trace code stands on two vials.
    """
    yield from _levels()
    yield from _running_balances()
    yield from _reversals()
    yield from document_problems()
    yield from closing_problems()
    yield from trace_problems()


def _levels() -> Iterator[str]:
    sums = {
        (site, lot): (vials, doses)
        for site, lot, vials, doses in StockMovement.objects.order_by()
        .values_list("site", "lot")
        .annotate(Sum("vials"), Sum("open_doses"))
    }
    for level in StockLevel.objects.select_related("site", "lot__presentation").order_by("pk").iterator(2000):
        where = f"{level.site.code} {level.lot.lot_no}"
        vials, doses = sums.pop((level.site_id, level.lot_id), (0, 0))
        if (level.vials, level.open_doses) != (vials, doses):
            yield f"{where}: 库存 {level.vials} 支 {level.open_doses} 剂,出入库合计 {vials} 支 {doses} 剂"
        if level.vials < 0 or level.open_doses < 0:
            yield f"{where}: 库存为负"
        if level.open_doses >= level.lot.presentation.doses_per_vial:
            yield f"{where}: 已开启余量 {level.open_doses} 剂,不少于一整支"
        if bool(level.open_doses) != bool(level.opened_at):
            yield f"{where}: 已开启余量与开启时间不符"
    for site, lot in sums:
        yield f"接种点 {site} 批次 {lot}: 有出入库记录而没有库存行"


def _running_balances() -> Iterator[str]:
    def so_far(field: str) -> Window:
        return Window(Sum(field), partition_by=["site", "lot"], order_by="id")

    rows = StockMovement.objects.order_by().annotate(
        vials_so_far=so_far("vials"), open_so_far=so_far("open_doses")
    )
    wrong = rows.filter(~Q(balance_vials=F("vials_so_far")) | ~Q(balance_open=F("open_so_far")))
    for row in wrong.select_related("site", "lot"):
        yield (
            f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔: 结存写作 {row.balance_vials} 支 {row.balance_open} 剂,"
            f"应为 {row.vials_so_far} 支 {row.open_so_far} 剂"
        )


def _reversals() -> Iterator[str]:
    rows = StockMovement.objects.select_related("site", "lot__presentation", "reverses").order_by("pk")
    for row in rows.filter(Q(kind=MovementKind.REVERSAL) | Q(reverses__isnull=False)).iterator(2000):
        where, first = f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔", row.reverses
        if first is None or row.kind != MovementKind.REVERSAL:
            yield f"{where}: 冲正没有指明冲正哪一笔"
        elif (first.site_id, first.lot_id) != (row.site_id, row.lot_id):
            yield f"{where}: 冲正的接种点或批号与原笔不同"
        elif row.doses + first.vials * row.lot.presentation.doses_per_vial + first.open_doses:
            yield f"{where}: 冲正的剂数与原笔不符"
