"""Reads of documents for pages: the lines of one, what waits for a second hand, where each delivery stands."""

from dataclasses import dataclass

from inventory.choices import SENDING, DocumentKind, DocumentState
from inventory.models import DocumentLine, StockDocument

# What a reader must know of a paper at one look.
_TAGS = {
    DocumentState.ACCEPTED: ("done", "接收"),
    DocumentState.HELD: ("hold", "暂存"),
    DocumentState.REFUSED: ("stop", "拒收"),
}


# They speak of a quantity and move none.
SPEAKING = {DocumentKind.HOLD, DocumentKind.RELEASE, DocumentKind.RECALL, DocumentKind.PLAN}


@dataclass(frozen=True)
class PaperLine:
    """One line as the register has it; ``kind`` is the word for the direction."""

    row: DocumentLine
    kind: str

    @property
    def verdict(self) -> str:
        """What was decided about the lot, where anything was."""
        return verdict_of(self.row)

    @property
    def balance(self):
        """Vials after it, where something moved."""
        return self.row.movement and self.row.movement.balance_vials


def verdict_of(row) -> str:
    """接收, 暂存 or 拒收 of a document or a line; "" where nothing was to be decided."""
    return "" if row.state == DocumentState.DONE else row.get_state_display()


def moves(document: StockDocument) -> bool:
    """False for a paper that only speaks of a quantity: set apart, asked for, refused."""
    return document.kind not in SPEAKING and document.state != DocumentState.REFUSED


def also_apart(document: StockDocument) -> str:
    """What must be said of lots that came in set apart and of which there was more: that lies apart now, too."""
    lines = document.lines.filter(state=DocumentState.HELD, movement__vials__gt=0)
    found = [
        f"批号 {line.lot} 原有的 {line.movement.balance_vials - line.vials} 支"
        for line in lines.select_related("lot", "movement").order_by("position")
        if line.movement.balance_vials > line.vials
    ]
    return f"同一批号分不开:{'、'.join(found)}也一起隔离了。" if found else ""


def lines_of(document: StockDocument) -> list[PaperLine]:
    """The lines of ``document`` with all that the legal columns need, in one query."""
    rows = document.lines.select_related("lot__presentation__vaccine", "movement")
    return [
        PaperLine(row, row.movement.get_kind_display() if row.movement else document.get_kind_display())
        for row in rows.order_by("position")
    ]


def tags_of(document: StockDocument) -> list[tuple[str, str]]:
    """(kind, word) tags: the verdict, still under way, undone. Needs ``with_state``."""
    tags = []
    if hasattr(document, "reversed_by"):
        tags.append(("stop", "已冲正"))
    elif document.kind in SENDING and document.other_site_id:
        tags.append(("due", f"在途 {document.left} 支") if document.left else ("done", "已签收"))
    elif document.kind == DocumentKind.PLAN:
        tags.append(("done", "已销毁") if document.answers_count else ("due", "等第二人签字"))
    elif tag := _TAGS.get(document.state):
        tags.append(("hold", "隔离") if document.kind in (DocumentKind.HOLD, DocumentKind.RECALL) else tag)
    return tags
