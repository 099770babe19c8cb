"""Lines of the printed register: a day's doses of one lot are one line, as the paper register has always had it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from inventory.choices import MovementKind


@dataclass
class Line:
    """One line; figures in vials and opened doses. ``first`` gives the facts that all its movements share."""

    first: object
    vials: int
    open_doses: int
    balance_vials: int
    balance_open: int
    doses_given: int = 0
    hands: list[str] = field(default_factory=list)

    @property
    def by(self) -> str:
        """Who did it; a whole team is counted instead of listed."""
        return "、".join(self.hands) if len(self.hands) <= 2 else f"{self.hands[0]}等{len(self.hands)}人"


def register_lines(movements: Iterable) -> list[Line]:
    """Lines for ``movements`` (oldest first), each balance following from the line of the same lot before it.

    Only uses that follow each other on one day at one site are put together: a receipt or a waste between two doses
    starts a new line, so that the arithmetic of the paper holds.
    """
    lines: list[Line] = []
    running: dict[tuple, Line] = {}
    for row in movements:
        pair = (row.site_id, row.lot_id)
        line = running.get(pair)
        if line is None or row.kind != MovementKind.USE or line.first.on != row.on:
            line = Line(row, 0, 0, 0, 0)
            lines.append(line)
            running.pop(pair, None)
            if row.kind == MovementKind.USE:
                running[pair] = line
        line.vials += row.vials
        line.open_doses += row.open_doses
        line.balance_vials, line.balance_open = row.balance_vials, row.balance_open
        line.doses_given += row.kind == MovementKind.USE
        hand = str(row.by or "系统")
        if hand not in line.hands:
            line.hands.append(hand)
    return lines
