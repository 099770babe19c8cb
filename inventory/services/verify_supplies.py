"""Proving the ledger of syringes and diluent: reads everything, changes nothing."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum, Window
from django.db.models.functions import RowNumber

from inventory.models import SupplyMovement


def supply_problems() -> Iterator[str]:
    """One sentence for each movement whose number or balance does not follow from the ones before it at the same site and
    lot, and for each reversal that is not the exact opposite of what it takes back."""
    group = {"partition_by": ["site", "lot"], "order_by": "id"}
    rows = SupplyMovement.objects.order_by().annotate(
        so_far=Window(Sum("quantity"), **group), place=Window(RowNumber(), **group)
    )
    wrong = rows.filter(~Q(balance=F("so_far")) | ~Q(number=F("place")))
    for row in wrong.select_related("site", "lot"):
        yield (
            f"{row.site.code} 耗材 {row.lot.lot_no} 第 {row.number} 笔: 结存写作 {row.balance} 支,应为 {row.so_far} 支"
            f"(第 {row.place} 笔)"
        )
    reversals = SupplyMovement.objects.filter(Q(kind="reversal") | Q(reverses__isnull=False))
    same = Q(
        reverses__site=F("site"), reverses__lot=F("lot"), reverses__quantity=-F("quantity"), kind="reversal"
    )
    for row in reversals.exclude(same).select_related("site", "lot"):
        yield f"{row.site.code} 耗材 {row.lot.lot_no} 第 {row.number} 笔: 冲正与原笔不符"
