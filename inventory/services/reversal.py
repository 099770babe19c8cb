"""Taking movements back: none is ever changed, a second one of the same number of doses stands against it."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from inventory.choices import DocumentKind, MovementKind, WasteReason
from inventory.models import StockLevel, StockMovement, TakeLine
from inventory.rules import open_until
from inventory.services.documents import write_document
from inventory.services.drafts import Draft, Line
from inventory.services.posting import Entry, locked_levels, row_key, write

_COUNTED = (MovementKind.GAIN, MovementKind.LOSS)


@deed()
def reverse(*, movement: StockMovement, actor, reason: str, key: UUID, now: datetime) -> StockMovement:
    """Take a dose of the floor back and return the counter-movement. Documents are undone by ``undoing.undo``.

    A dose of an opened vial goes back into its vial, and the vial counts as closed again when nothing was taken from it. If
    that vial is meanwhile gone or too old, the dose is written off at once, because nobody may give it. Raises RuleBroken
    when the movement was reversed before, is itself a reversal, or stands on a document.
    """
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明冲正的原因。", "reason")
    pair = (movement.site_id, movement.lot_id)
    levels = locked_levels({pair})
    movement = StockMovement.objects.select_related("site__place", "lot__presentation").get(pk=movement.pk)
    if row := StockMovement.objects.filter(key=key).first():
        return same(row, reverses_id=movement.pk)
    _check_reversible(movement)
    back, *rest = counter_lines(movement, levels[pair], reason.strip(), now)
    entry = Entry(
        site=movement.site,
        lot=movement.lot,
        kind=back.kind,
        vials=back.vials,
        open_doses=back.open_doses,
        opened_at=back.opened_at,
        note=back.note,
        reverses=movement,
    )
    row = write(levels, [(key, entry)], actor=actor, now=now)[0]
    if rest:
        draft = Draft(DocumentKind.WASTE, movement.site, tuple(rest))
        write_document(draft, actor=actor, key=row_key(key, 1), now=now)
    data = {"movement": str(movement.uid), "kind": movement.kind, "reason": reason}
    audit.record("stock.reversed", actor=actor, target=row, place_code=movement.site.place.code, data=data)
    return row


def _check_reversible(movement: StockMovement) -> None:
    if movement.kind == MovementKind.REVERSAL:
        raise RuleBroken("IS_REVERSAL", "这一笔本身就是冲正,不能再冲正。需要时请重新登记正确的一笔。")
    if movement.document_id:
        raise RuleBroken("HAS_DOCUMENT", "这一笔是单据上的,请打开那张单据冲正整张单据。")
    if StockMovement.objects.filter(reverses=movement).exists():
        raise RuleBroken("ALREADY_REVERSED", "这一笔已经冲正过了,不用再做。")


def counter_lines(movement: StockMovement, level: StockLevel, reason: str, now: datetime) -> list[Line]:
    """The line against ``movement``, and one that writes its doses off where their vial is gone or too old.

    ``movement`` comes with its lot and presentation, ``level`` as it stands before.
    """
    lot, doses = movement.lot, -movement.doses

    def against(**change) -> Line:
        return Line(lot, MovementKind.REVERSAL, note=reason, reverses=movement, **change)

    if not movement.open_doses:
        return [against(vials=-movement.vials)]
    if movement.kind in _COUNTED and movement.open_doses > 0:  # a vial was taken for an opened one
        return [against(vials=-movement.vials, open_doses=-movement.open_doses)]
    opened_at = _opened_at(movement)
    same_vial = level.opened_at == opened_at if level.open_doses else True
    per_vial = lot.presentation.doses_per_vial
    if same_vial and level.open_doses + doses == per_vial:  # nothing was taken from it after all
        return [against(vials=1, open_doses=doses - per_vial)]
    fresh = now < open_until(opened_at, lot.presentation.open_vial_minutes)
    if same_vial and fresh:
        return [against(open_doses=doses, opened_at=opened_at)]
    gone = WasteReason.OPENED_TOO_LONG
    note = "冲正退回的剂所在的一支已开启过久或已用完"
    return [
        against(open_doses=doses),
        Line(lot, MovementKind.WASTE_OPEN, open_doses=-doses, reason=gone, note=note),
    ]


def _opened_at(movement: StockMovement) -> datetime:
    """When the vial that ``movement`` touched was opened: the last opening at or before it. A stock-take that found an
    opened vial which nobody knew of has opened it in the books, when it was counted."""
    used = Q(kind=MovementKind.USE, vials__lt=0)
    found = Q(kind__in=_COUNTED, open_doses__gt=0, balance_open=F("open_doses"))
    rows = StockMovement.objects.filter(used | found, site=movement.site_id, lot=movement.lot_id)
    opening = rows.filter(pk__lte=movement.pk).order_by("-pk")[0]
    if opening.kind == MovementKind.USE:
        return opening.at
    return TakeLine.objects.get(take__document=opening.document_id, lot=opening.lot_id).counted_at
