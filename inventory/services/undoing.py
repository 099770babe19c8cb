"""冲正: a document is undone by a counter-document that names it. Nothing is edited, no number is left out."""

from datetime import datetime
from uuid import UUID

from core.errors import RuleBroken, ShortStock
from core.locks import deed, lock
from inventory.choices import SENDING, DocumentKind
from inventory.models import StockDocument, StockLevel
from inventory.services.documents import signed_before, write_document
from inventory.services.drafts import Draft, Line
from inventory.services.posting import locked_levels
from inventory.services.reversal import counter_lines

# What is undone by a deed of its own, and by which.
_OTHERWISE = {
    DocumentKind.COUNTER: "这张单据本身就是冲正,不能再冲正。需要时请重新登记正确的一张。",
    DocumentKind.CALL_BACK: "撤回的疫苗已经在库,不能冲正。需要时请重新发一次。",
    DocumentKind.CLOSE: "已日结的日子不改。登记错的在当天冲正,会在下一次日结中列为“更正前日”。",
    DocumentKind.HOLD: "隔离不用冲正:请办理“解除隔离”,写明依据。",
    DocumentKind.RELEASE: "解除隔离不用冲正:需要时请再办“隔离”。",
    DocumentKind.RECALL: "召回封存不能由接种点冲正。误发的召回请由发出的单位撤销。",
    DocumentKind.DISPOSAL: "两人已签字销毁,不能冲正。数量有误请做盘点,把差异写明。",
}


@deed()
def undo(*, document: StockDocument, reason: str, actor, key: UUID, now: datetime) -> StockDocument:
    """Sign the counter-document of ``document``: every movement is taken back, every vial is again where it was.

    Raises RuleBroken NOT_REVERSIBLE (with the deed that undoes this kind), ALREADY_REVERSED, ANSWERED (somebody has
    received or confirmed it); ShortStock when its vials were used further.
    """
    if found := signed_before(key, kind=DocumentKind.COUNTER, reverses_id=document.pk):
        return found
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明冲正的原因。", "reason")
    # With the delivery it answers: what is under way is decided by one at a time.
    documents = {row.pk: row for row in lock(StockDocument, {document.pk, document.answers_id} - {None})}
    document = documents[document.pk]
    check_undoable(document)
    rows = list(
        document.lines.select_related("movement__lot__presentation", "lot__presentation").order_by("position")
    )
    levels = locked_levels({(document.site_id, row.lot_id) for row in rows if row.movement_id})
    lines = [line for row in rows for line in _against(row, levels, reason.strip(), now)]
    lines.sort(
        key=lambda line: line.vials < 0
    )  # what comes back first, so that no balance falls below zero between
    draft = Draft(
        DocumentKind.COUNTER,
        document.site,
        tuple(lines),
        other_site=document.other_site,
        counterparty=document.counterparty,
        paper_no=document.paper_no,
        answers=document.answers,
        reverses=document,
        note=reason.strip(),
    )
    try:
        return write_document(draft, actor=actor, key=key, now=now)
    except ShortStock as error:
        raise ShortStock(
            "USED_FURTHER",
            f"单据 {document.no} 的疫苗已经用出或发出一部分,不能再冲正。{error.message.split('。')[1]}。"
            "请改为登记实际发生的:退回、报损,或盘点后写明差异。",
        ) from error


def can_be_undone(document: StockDocument) -> bool:
    """Whether a page should offer it; whether the vials are still there is seen when it is done."""
    try:
        check_undoable(document)
    except RuleBroken:
        return False
    return True


def check_undoable(document: StockDocument) -> None:
    """Refuse what cannot be undone by a counter-document, naming the deed that does it."""
    if words := _OTHERWISE.get(document.kind):
        raise RuleBroken("NOT_REVERSIBLE", words)
    if document.kind in SENDING and document.other_site_id:
        raise RuleBroken(
            "NOT_REVERSIBLE", "发往其他接种点的单据不用冲正:对方签收以前可以“撤回在途”,签收以后请对方退回。"
        )
    if StockDocument.objects.filter(reverses=document).exists():
        raise RuleBroken("ALREADY_REVERSED", f"单据 {document.no} 已经冲正过了,不用再做。")
    still = StockDocument.objects.filter(answers=document, reversed_by__isnull=True)
    if answer := still.exclude(kind=DocumentKind.COUNTER).first():
        raise RuleBroken("ANSWERED", f"单据 {document.no} 已由 {answer.no} 办结,不能再冲正。")


def _against(row, levels: dict[tuple[int, int], StockLevel], reason: str, now: datetime) -> list[Line]:
    if row.movement is None:
        return [Line(row.lot, vials=-row.vials, open_doses=-row.open_doses, state=row.state, note=reason)]
    level = levels[row.movement.site_id, row.movement.lot_id]
    back, *rest = counter_lines(row.movement, level, reason, now)
    if row.transit:
        back = Line(**{**vars(back), "transit": -row.transit})
    return [back, *rest]
