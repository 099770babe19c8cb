"""召回: an office stops a lot at every site below it, at once. What becomes of the vials is said in the order."""

from datetime import datetime
from uuid import UUID

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same
from inventory.choices import DocumentKind, DocumentState, RecallRest
from inventory.models import Lot, LotRecall, StockLevel
from inventory.services.documents import write_documents
from inventory.services.drafts import Draft, Line
from inventory.services.posting import locked_levels, row_key
from places.models import Place
from places.querysets import code_range


@deed()
def recall(
    *,
    lot: Lot,
    place: Place,
    reason: str,
    authority: str,
    paper_no: str,
    rest: RecallRest,
    actor,
    key: UUID,
    now: datetime,
) -> LotRecall:
    """Recall ``lot`` everywhere below ``place``: set apart where it lies, with a paper at each site; refused where it comes.

    Raises RuleBroken REASON_MISSING, RECALLED_ALREADY.
    """
    alone(f"lot:{lot.pk}")  # whoever receives the lot just now is finished before, or finds the order
    if found := LotRecall.objects.filter(key=key).first():
        return same(found, lot_id=lot.pk, place_id=place.pk)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明召回的原因。", "reason")
    if LotRecall.objects.in_force().filter(lot=lot, place=place).exists():
        raise RuleBroken("RECALLED_ALREADY", f"批号 {lot.lot_no} 已在{place}召回,不用再发。")
    order = LotRecall.objects.create(
        key=key,
        lot=lot,
        place=place,
        reason=reason.strip(),
        authority=authority.strip(),
        paper_no=paper_no.strip(),
        rest=rest,
        at=now,
        by=actor,
    )
    _set_apart_everywhere(order, actor=actor, now=now)
    data = {"lot": lot.lot_no, "reason": order.reason, "rest": rest}
    audit.record("lot.recalled", actor=actor, target=order, place_code=place.code, data=data)
    return order


@deed()
def lift_recall(*, order: LotRecall, reason: str, actor, key: UUID, now: datetime) -> LotRecall:
    """End ``order``. The vials stay apart until each keeper releases them. Raises RuleBroken when it is not in force."""
    alone(f"lot:{order.lot_id}")
    if found := LotRecall.objects.filter(key=key).first():
        return same(found, lifts_id=order.pk)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明撤销召回的依据。", "reason")
    if not LotRecall.objects.in_force().filter(pk=order.pk).exists():
        raise RuleBroken("NOT_IN_FORCE", "这次召回已经撤销了。")
    end = LotRecall.objects.create(
        key=key, lot=order.lot, place=order.place, reason=reason.strip(), lifts=order, at=now, by=actor
    )
    data = {"lot": order.lot.lot_no, "reason": end.reason}
    audit.record("lot.recall_lifted", actor=actor, target=end, place_code=order.place.code, data=data)
    return end


def _set_apart_everywhere(order: LotRecall, *, actor, now: datetime) -> None:
    levels = StockLevel.objects.filter(code_range("site__place__code", order.place.prefix), lot=order.lot)
    locked_levels(set(levels.values_list("site", "lot")))  # the papers say what lies there when it is stopped
    papers = []
    for level in levels.select_related("site__place", "lot__presentation").order_by("pk"):
        line = Line(
            level.lot,
            vials=level.vials,
            open_doses=level.open_doses,
            state=DocumentState.HELD,
            hold=f"召回:{order.reason}",
        )
        draft = Draft(
            DocumentKind.RECALL,
            level.site,
            (line,),
            state=DocumentState.HELD,
            counterparty=order.authority or str(order.place),
            paper_no=order.paper_no,
            note=f"{order.reason};余下的疫苗:{RecallRest(order.rest).label}",
        )
        papers.append((row_key(order.key, level.site_id), draft))
    if papers:
        write_documents(papers, actor=actor, now=now)
