"""Proving the papers: every movement stands on one, numbers have no gaps, what is under way is what was sent."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from inventory.choices import SENDING, MovementKind
from inventory.models import DocumentCounter, DocumentLine, StockDocument, StockMovement


def document_problems() -> Iterator[str]:
    """One sentence for each paper that does not hold; see ``verify.ledger_problems``."""
    yield from _movements_without_paper()
    yield from _lines()
    yield from _numbers()
    yield from _under_way()


def _movements_without_paper() -> Iterator[str]:
    floor = Q(kind=MovementKind.USE) | Q(kind=MovementKind.REVERSAL, reverses__kind=MovementKind.USE)
    rows = StockMovement.objects.order_by("pk").select_related("site", "lot")
    for row in rows.filter(document__isnull=True).exclude(floor):
        yield f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔({row.get_kind_display()}): 没有单据"
    wrong = rows.filter(document__isnull=False).filter(
        Q(line__isnull=True) | ~Q(document__site=F("site")) | Q(kind=MovementKind.USE)
    )
    for row in wrong:
        yield f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔: 与单据 {row.document_id} 对不上"


def _lines() -> Iterator[str]:
    moved = DocumentLine.objects.filter(movement__isnull=False)
    wrong = moved.filter(
        ~Q(movement__document=F("document"))
        | ~Q(movement__lot=F("lot"))
        | ~Q(movement__vials=F("vials"))
        | ~Q(movement__open_doses=F("open_doses"))
        | (~Q(transit=0) & ~Q(transit=-F("vials")))
    )
    for line in wrong.select_related("document__site", "lot"):
        yield f"单据 {line.document.no} 第 {line.position} 行 {line.lot.lot_no}: 与出入库记录不符"
    travelling = Q(document__kind__in=SENDING, document__other_site__isnull=False) | Q(
        movement__kind=MovementKind.CALL_BACK
    )
    for line in moved.filter(travelling, transit=0).select_related("document__site", "lot"):
        yield f"单据 {line.document.no} 第 {line.position} 行 {line.lot.lot_no}: 发出或撤回而没有记在途"
    for line in DocumentLine.objects.filter(movement__isnull=True).exclude(transit=0):
        yield f"单据 {line.document_id} 第 {line.position} 行: 在途而没有出入库记录"


def _numbers() -> Iterator[str]:
    """From 1 to the counter, none missing, none twice (the last is a constraint too)."""
    counters = {
        (row.site_id, row.register, row.year): row.last for row in DocumentCounter.objects.order_by("pk")
    }
    found = (
        StockDocument.objects.order_by()
        .values_list("site", "register", "year")
        .annotate(Count("pk"), Min("number"), Max("number"))
    )
    for site, register, year, count, first, last in found:
        given = counters.pop((site, register, year), 0)
        if (first, last, count) != (1, given, given):
            yield f"接种点 {site} {register}{year}: 编号到 {given},单据 {count} 张,号码 {first}–{last},有缺号"
    for (site, register, year), last in counters.items():
        if last:
            yield f"接种点 {site} {register}{year}: 编号到 {last} 而没有单据"


def _under_way() -> Iterator[str]:
    """Per delivery and lot nothing is less than nothing under way."""
    sums = (
        DocumentLine.objects.order_by()
        .annotate(delivery=Coalesce("document__answers", "document"))
        .values_list("delivery", "lot__lot_no")
        .annotate(left=Sum("transit"))
        .filter(left__lt=0)
    )
    for delivery, lot_no, left in sums:
        yield f"单据 {delivery} 批号 {lot_no}: 在途 {left} 支,少于零"
