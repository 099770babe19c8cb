"""Where a lot came from and where it went: its papers, and what each site did with it."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from inventory.choices import DocumentKind, MovementKind
from inventory.models import DocumentLine, Lot, StockDocument, StockLevel, StockMovement, TraceSpan

_COLUMNS = {
    "came": {MovementKind.RECEIPT, MovementKind.TRANSFER_IN, MovementKind.RETURN_IN, MovementKind.CALL_BACK},
    "sent": {MovementKind.ISSUE, MovementKind.TRANSFER_OUT, MovementKind.RETURN},
    "used": {MovementKind.USE},
    "wasted": {MovementKind.WASTE_OPEN, MovementKind.WASTE_CLOSED, MovementKind.DISPOSAL},
}


@dataclass
class AtSite:
    """What one site did with the lot, in doses; what is ``left`` also in vials. Only ``other`` may be negative."""

    site: object
    vials: int = 0
    left: int = 0
    held: str = ""
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*_COLUMNS, "other"), 0))


def lots_of(user):
    """Lots that were ever at a site the user sees."""
    papers = StockDocument.objects.visible_to(user)
    there = StockMovement.objects.visible_to(user).order_by().values("lot")
    return Lot.objects.filter(Q(pk__in=there) | Q(document_lines__document__in=papers)).distinct()


def lots_named(named: set[tuple[int, str]], user) -> dict[tuple[int, str], int]:
    """(vaccine id, lot number) → the lot whose way the user may see; for a page that knows only what was written down. One query."""
    if not named or not user.can("stock.view"):
        return {}
    rows = lots_of(user).filter(lot_no__in={lot_no for _, lot_no in named}).order_by("-pk")
    found = {
        (vaccine, lot_no): pk
        for pk, lot_no, vaccine in rows.values_list("pk", "lot_no", "presentation__vaccine")
    }
    return {name: found[name] for name in named if name in found}


def papers_of(lot: Lot, user) -> list[DocumentLine]:
    """Every line about the lot on a paper the user may see, oldest first: supplier, deliveries, write-offs."""
    rows = DocumentLine.objects.filter(lot=lot, document__in=StockDocument.objects.visible_to(user))
    return list(
        rows.select_related("document__site", "document__other_site", "document__by").order_by(
            "document_id", "position"
        )
    )


def sites_of(lot: Lot, user) -> list[AtSite]:
    """What each site did with the lot."""
    per_vial = lot.presentation.doses_per_vial
    levels = StockLevel.objects.visible_to(user).filter(lot=lot).select_related("site").order_by("site__name")
    found = {
        level.site_id: AtSite(
            level.site, level.vials, level.vials * per_vial + level.open_doses, level.held_reason
        )
        for level in levels
    }
    moves = StockMovement.objects.filter(lot=lot, site__in=found).exclude(kind=MovementKind.REVERSAL)
    moves = moves.filter(reversed_by__isnull=True)
    rows = moves.order_by().values_list("site", "kind").annotate(v=Sum("vials"), o=Sum("open_doses"))
    for site, kind, vials, open_doses in rows:
        name = next((column for column, kinds in _COLUMNS.items() if kind in kinds), "other")
        doses = vials * per_vial + open_doses
        found[site].found[name] += doses if name in ("came", "other") else -doses
    return list(found.values())


def uncoded(user) -> list[StockDocument]:
    """The last receipts of the user's sites whose vials have no codes yet."""
    rows = StockDocument.objects.managed_by(user).filter(kind=DocumentKind.RECEIPT, reversed_by__isnull=True)
    taken = rows.filter(lines__movement__isnull=False).annotate(
        spans=Count("codes", filter=Q(codes__withdrawn_at=None), distinct=True)
    )
    return list(taken.filter(spans=0).select_related("site").distinct().order_by("-pk")[:10])


def codes_of(lot: Lot, user) -> list[TraceSpan]:
    """The codes of the lot that came to sites the user sees."""
    rows = TraceSpan.objects.visible_to(user).standing().filter(lot=lot)
    return list(rows.select_related("document__site").order_by("pk"))
