"""Stock-take: what was counted against the books of the moment at which it was counted. Pure."""

from typing import NamedTuple

from core.errors import RuleBroken
from inventory.choices import MovementKind


class Quantity(NamedTuple):
    """Closed vials, and doses left in the opened vial."""

    vials: int
    open_doses: int


def check_count(lot, counted: Quantity, doses_per_vial: int) -> None:
    """Refuse a count that cannot be: less than nothing, or an opened vial as full as a closed one."""
    if counted.vials < 0 or counted.open_doses < 0:
        raise RuleBroken("COUNT_NEGATIVE", f"批号 {lot}:实点数不能小于 0。没有的请填 0。")
    if counted.open_doses >= doses_per_vial:
        most = doses_per_vial - 1
        raise RuleBroken(
            "COUNT_OPEN",
            f"批号 {lot}:已开启的一支最多还剩 {most} 剂。没开启的按整支填在“支”里;没有已开启的填 0。",
        )


def variance(counted: Quantity, book: Quantity) -> Quantity:
    """Counted less booked."""
    return Quantity(counted.vials - book.vials, counted.open_doses - book.open_doses)


def doses(quantity: Quantity, doses_per_vial: int) -> int:
    """A quantity in doses."""
    return quantity.vials * doses_per_vial + quantity.open_doses


def posting_kind(found: Quantity, doses_per_vial: int) -> MovementKind | None:
    """盘盈 or 盘亏 by the doses; None when nothing differs. Vials and opened doses that differ never cancel out, because an
    opened vial holds less than a full one."""
    total = doses(found, doses_per_vial)
    if not total:
        return None
    return MovementKind.GAIN if total > 0 else MovementKind.LOSS
