"""报损: closed vials and opened doses that nobody will get, each with a coded reason."""

from datetime import datetime
from uuid import UUID

from core.errors import RuleBroken
from core.locks import deed
from inventory.choices import OPENED_REASONS, DocumentKind, MovementKind, WasteReason
from inventory.models import Lot, StockDocument, StockLevel
from inventory.services.documents import signed_before, write_document
from inventory.services.drafts import Draft, Line
from places.models import Site


@deed()
def waste(
    *,
    site: Site,
    lot: Lot,
    quantity: int,
    reason: WasteReason,
    actor,
    key: UUID,
    now: datetime,
    note: str = "",
) -> StockDocument:
    """Write off ``quantity`` closed vials, or doses of the opened vial when ``reason`` is one of OPENED_REASONS.

    Expired and held lots may be written off too. Raises ShortStock when there is not that much.
    """
    if quantity < 1:
        raise RuleBroken("QUANTITY", "报损数量至少为 1。", "quantity")
    opened = reason in OPENED_REASONS
    kind = MovementKind.WASTE_OPEN if opened else MovementKind.WASTE_CLOSED
    vials, doses = (0, -quantity) if opened else (-quantity, 0)
    line = Line(lot, kind, vials, doses, reason=reason, note=note.strip())
    draft = Draft(DocumentKind.WASTE, site, (line,))
    return write_document(draft, actor=actor, key=key, now=now)


@deed()
def waste_leftovers(*, site: Site, actor, key: UUID, now: datetime) -> StockDocument:
    """Write off what is left in every opened vial of ``site`` (当日结束剩余). Raises RuleBroken NOTHING_OPEN."""
    if found := signed_before(key, kind=DocumentKind.WASTE, site_id=site.pk):
        return found
    levels = StockLevel.objects.filter(site=site, open_doses__gt=0).select_related("lot__presentation")
    lines = [
        Line(level.lot, MovementKind.WASTE_OPEN, 0, -level.open_doses, reason=WasteReason.DAY_END)
        for level in levels.order_by("pk")
    ]
    if not lines:
        raise RuleBroken("NOTHING_OPEN", "现在没有已开启的余量,不用报损。")
    return write_document(Draft(DocumentKind.WASTE, site, tuple(lines)), actor=actor, key=key, now=now)
