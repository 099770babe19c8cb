"""销毁 with two signatures: one asks, another one, who was there, confirms. Only then do the vials leave the books."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.errors import RuleBroken, ShortStock
from core.locks import deed, lock_one
from inventory.choices import OPENED_REASONS, DocumentKind, MovementKind, WasteReason
from inventory.models import Lot, StockDocument
from inventory.services.documents import signed_before, write_document
from inventory.services.drafts import Draft, Line
from inventory.services.posting import locked_levels
from places.models import Site


@deed()
def plan_disposal(
    *,
    site: Site,
    goods: Sequence[tuple[Lot, int, WasteReason]],
    note: str,
    actor,
    key: UUID,
    now: datetime,
) -> StockDocument:
    """Ask for closed vials (lot, vials, why) to be destroyed; ``note`` says where and how. Moves nothing yet.

    Raises RuleBroken NO_GOODS, REASON (of opened vials), REASON_MISSING; ShortStock.
    """
    if found := signed_before(key, kind=DocumentKind.PLAN, site_id=site.pk):
        return found
    if not goods or any(vials < 1 for _, vials, _ in goods):
        raise RuleBroken("NO_GOODS", "请至少填一个批号的数量(支)。", "vials")
    if any(reason in OPENED_REASONS for *_, reason in goods):
        raise RuleBroken("REASON", "已开启的余量请登记“报损”,不用申请销毁。", "reason")
    if not note.strip():
        raise RuleBroken(
            "REASON_MISSING", "请写明销毁的地点和方式,例如:镇卫生院医疗废物间,交有资质单位焚烧。", "note"
        )
    levels = locked_levels({(site.pk, lot.pk) for lot, _, _ in goods})
    for lot, vials, _ in goods:
        level = levels.get((site.pk, lot.pk))
        if level is None or level.vials < vials:
            have = level.vials if level else 0
            raise ShortStock(
                "SHORT_STOCK", f"批号 {lot.lot_no} 结存 {have} 支,不够 {vials} 支。请核对数量。", "vials"
            )
    lines = tuple(Line(lot, vials=vials, reason=reason) for lot, vials, reason in goods)
    draft = Draft(DocumentKind.PLAN, site, lines, note=note.strip())
    return write_document(draft, actor=actor, key=key, now=now)


@deed()
def confirm_disposal(
    *, plan: StockDocument, actor, key: UUID, now: datetime, note: str = ""
) -> StockDocument:
    """The second signature: the vials of ``plan`` are destroyed and leave the books.

    Raises RuleBroken SAME_HAND, ALREADY_DONE (confirmed or withdrawn); ShortStock when vials were used meanwhile.
    """
    plan = lock_one(StockDocument, plan.pk)
    if found := signed_before(key, kind=DocumentKind.DISPOSAL, answers_id=plan.pk):
        return found
    if StockDocument.objects.filter(answers=plan).exists() or hasattr(plan, "reversed_by"):
        raise RuleBroken("ALREADY_DONE", f"销毁申请 {plan.no} 已经办结或撤销了。")
    if actor is not None and actor.pk == plan.by_id:
        raise RuleBroken("SAME_HAND", "销毁要两个人签字。这张是您自己申请的,请另一位在场的人登录确认。")
    lines = tuple(
        Line(line.lot, MovementKind.DISPOSAL, vials=-line.vials, reason=line.reason)
        for line in plan.lines.select_related("lot__presentation")
    )
    words = note.strip() or plan.note
    draft = Draft(DocumentKind.DISPOSAL, plan.site, lines, answers=plan, second_by=plan.by, note=words)
    return write_document(draft, actor=actor, key=key, now=now)
