"""Correcting the ledger: a movement is never changed, a second one takes it back."""

from datetime import datetime
from uuid import UUID

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.rules import open_until
from inventory.services.posting import Entry, check_repeat, locked_levels, row_key, write


@deed()
def reverse(*, movement: StockMovement, actor, reason: str, key: UUID, now: datetime) -> StockMovement:
    """Take ``movement`` back with a counter-movement of the same number of doses, and return that.

    A closed vial becomes closed again; a dose of an opened vial goes back into its vial, and the vial counts as closed
    again when nothing was taken from it. If that vial is meanwhile gone or too old, the dose is written off at once
    (WASTE_OPEN), because nobody may give it. Raises RuleBroken when the movement was reversed before or is itself a
    reversal, ShortStock when the vials of a receipt are no longer there.
    """
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明冲正的原因。", "reason")
    pair = (movement.site_id, movement.lot_id)
    levels = locked_levels({pair})
    movement = StockMovement.objects.select_related("site__place", "lot__presentation").get(pk=movement.pk)
    if row := StockMovement.objects.filter(key=key).first():
        check_repeat(row, reverses_id=movement.pk)
        return row
    _check_reversible(movement)
    entries = _counter_entries(movement, levels[pair], reason.strip(), now)
    keyed = [(row_key(key, number), entry) for number, entry in enumerate(entries)]
    row = write(levels, keyed, actor=actor, now=now)[0]
    data = {"movement": str(movement.uid), "kind": movement.kind, "reason": reason}
    audit.record("stock.reversed", actor=actor, target=row, place_code=movement.site.place.code, data=data)
    return row


def _check_reversible(movement: StockMovement) -> None:
    if movement.kind == MovementKind.REVERSAL:
        raise RuleBroken("IS_REVERSAL", "这一笔本身就是冲正,不能再冲正。需要时请重新登记正确的一笔。")
    if StockMovement.objects.filter(reverses=movement).exists():
        raise RuleBroken("ALREADY_REVERSED", "这一笔已经冲正过了,不用再做。")


def _counter_entries(movement: StockMovement, level: StockLevel, reason: str, now: datetime) -> list[Entry]:
    per_vial = movement.lot.presentation.doses_per_vial
    doses = -movement.doses

    def entry(kind=MovementKind.REVERSAL, **change) -> Entry:
        return Entry(movement.site, movement.lot, kind, **change)

    if not movement.open_doses:
        return [entry(vials=-movement.vials, note=reason, reverses=movement)]
    opened_at = _opened_at(movement)
    same_vial = level.opened_at == opened_at if level.open_doses else True
    if same_vial and level.open_doses + doses == per_vial:  # nothing was taken from it after all
        return [entry(vials=1, open_doses=doses - per_vial, note=reason, reverses=movement)]
    back = entry(open_doses=doses, opened_at=opened_at, note=reason, reverses=movement)
    fresh = now < open_until(opened_at, movement.lot.presentation.open_vial_minutes)
    if same_vial and fresh:
        return [back]
    note = "冲正退回的剂所在的一支已开启过久或已用完,作损耗"
    return [
        entry(open_doses=doses, note=reason, reverses=movement),
        entry(MovementKind.WASTE_OPEN, open_doses=-doses, note=note),
    ]


def _opened_at(movement: StockMovement) -> datetime:
    """When the vial that ``movement`` touched was opened: the last opening at or before it."""
    openings = StockMovement.objects.filter(
        site=movement.site_id,
        lot=movement.lot_id,
        kind=MovementKind.USE,
        vials__lt=0,
        pk__lte=movement.pk,
    )
    return openings.order_by("-pk").values_list("at", flat=True)[0]
