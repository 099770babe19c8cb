"""隔离与解除: lots set apart at a site stay counted and are not given. By lot or the whole place at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.errors import RuleBroken
from core.locks import deed
from inventory.choices import DocumentKind, DocumentState, LotState
from inventory.models import Lot, StockDocument, StockLevel
from inventory.services.documents import signed_before, write_document
from inventory.services.drafts import Draft, Line
from inventory.services.lots import fill_release_no
from inventory.services.posting import locked_levels
from inventory.services.receipts import recalled_at
from places.models import Site


@deed()
def hold(*, site: Site, lots: Sequence[Lot], reason: str, actor, key: UUID, now: datetime) -> StockDocument:
    """Set ``lots`` apart at ``site``; an empty list means everything that lies there and is not apart yet.

    Raises RuleBroken REASON_MISSING, LOT_NOT_HERE, ALREADY_HELD (naming the lots), NOTHING_TO_HOLD.
    """
    if found := signed_before(key, kind=DocumentKind.HOLD, site_id=site.pk):
        return found
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明隔离的原因。", "reason")
    levels = _locked(site, lots) if lots else [one for one in _all(site) if not one.held_reason]
    if not levels:
        raise RuleBroken("NOTHING_TO_HOLD", f"{site}没有需要隔离的疫苗(没有库存,或都已隔离)。")
    if apart := [level for level in levels if level.held_reason]:
        said = "、".join(f"{level.lot.lot_no}({level.held_reason})" for level in apart)
        raise RuleBroken("ALREADY_HELD", f"批号 {said} 已在隔离中,不用再隔离。")
    lines = [_apart(level, reason.strip()[:120]) for level in levels]
    draft = Draft(DocumentKind.HOLD, site, tuple(lines), state=DocumentState.HELD, note=reason.strip())
    return write_document(draft, actor=actor, key=key, now=now)


@deed()
def release(
    *, site: Site, lot: Lot, reason: str, actor, key: UUID, now: datetime, release_no: str = ""
) -> StockDocument:
    """End the hold at ``site``; ``release_no`` fills in a 批签发 number that was missing until now.

    Raises RuleBroken NOT_HELD, LOT_STATE (held or recalled everywhere), EXCURSION_OPEN (a time out of range waits for its
    decision), or RELEASE_NO_MISSING as long as the 批签发 number is not known.
    """
    if found := signed_before(key, kind=DocumentKind.RELEASE, site_id=site.pk):
        return found
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明解除隔离的依据。", "reason")
    (level,) = _locked(site, [lot])
    lot = level.lot
    if not level.held_reason:
        raise RuleBroken("NOT_HELD", f"批号 {lot.lot_no} 没有在本点隔离,不需要解除。")
    if lot.pk in recalled_at(site):
        raise RuleBroken(
            "LOT_RECALLED", f"批号 {lot.lot_no} 正在召回,不能解除。请按召回的要求退回或销毁,或等召回撤销。"
        )
    if lot.state != LotState.USABLE:
        raise RuleBroken(
            "LOT_STATE", f"批号 {lot.lot_no} 全部{lot.get_state_display()},不能在本点单独解除。请等上级通知。"
        )
    if level.excursions.waiting().exists():
        raise RuleBroken(
            "EXCURSION_OPEN",
            f"批号 {lot.lot_no} 遇到过一次冷链异常,还没有结论。请到“冷链温度”页对那次异常作出结论,疫苗随结论一并解除。",
        )
    if not lot.release_no:
        if not release_no.strip():
            raise RuleBroken(
                "RELEASE_NO_MISSING",
                "还没有批签发合格证号,不能解除。请向供货单位补要,填上号码再解除。",
                "release_no",
            )
        fill_release_no(lot, release_no.strip(), actor)
    line = Line(lot, vials=level.vials, open_doses=level.open_doses, note=level.held_reason, hold="")
    draft = Draft(DocumentKind.RELEASE, site, (line,), note=reason.strip())
    return write_document(draft, actor=actor, key=key, now=now)


def _apart(level: StockLevel, reason: str) -> Line:
    state = DocumentState.HELD
    return Line(level.lot, vials=level.vials, open_doses=level.open_doses, state=state, hold=reason)


def _locked(site: Site, lots: Sequence[Lot]) -> list[StockLevel]:
    """The levels of ``lots`` at ``site``, locked, with their lots freshly read."""
    levels = locked_levels({(site.pk, lot.pk) for lot in lots})
    if missing := [lot.lot_no for lot in lots if (site.pk, lot.pk) not in levels]:
        raise RuleBroken("LOT_NOT_HERE", f"{site}没有批号 {'、'.join(missing)} 的库存。")
    fresh = Lot.objects.select_related("presentation").in_bulk([lot.pk for lot in lots])
    for level in levels.values():
        level.lot = fresh[level.lot_id]
    return sorted(levels.values(), key=lambda level: level.pk)


def _all(site: Site) -> list[StockLevel]:
    there = StockLevel.objects.filter(site=site).in_stock().select_related("lot")
    lots = [level.lot for level in there]
    return _locked(site, lots) if lots else []
