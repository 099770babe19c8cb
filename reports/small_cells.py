"""Small numbers in published tables: a cell that could point at a person is not printed, nor can it be worked out. Pure."""

from collections.abc import Sequence

SMALLEST = 5  # ours, as statistical offices do: 1 to 4 people in a township can be recognised

Cell = tuple[int, int]


def hidden_cells(table: Sequence[Sequence[int]], smallest: int = SMALLEST) -> set[Cell]:
    """(row, column) of the cells of ``table`` that must not be printed. The last row and the last column are totals.

    First every cell from 1 to ``smallest`` - 1. Then, because a row or column tells the one cell that is missing in it,
    partners are hidden until each line misses none or at least two whose sum is no small number either. Zeros are
    printed unless no other partner is left. All hidden cells get the same sign, so nobody sees which is which.
    """
    rows, columns = len(table), len(table[0]) if table else 0
    hidden = {(r, c) for r in range(rows) for c in range(columns) if 0 < table[r][c] < smallest}
    lines = [[(r, c) for c in range(columns)] for r in range(rows)]
    lines += [[(r, c) for r in range(rows)] for c in range(columns)]
    changed = True
    while changed:
        changed = False
        for line in lines:
            partner = _partner(table, line, hidden, smallest)
            if partner is not None:
                hidden.add(partner)
                changed = True
    return hidden


def _partner(table, line: list[Cell], hidden: set[Cell], smallest: int) -> Cell | None:
    """The cell to hide besides, when the line gives one of its hidden cells away; None when it does not."""
    missing = [cell for cell in line if cell in hidden]
    if not missing:
        return None
    shown = [cell for cell in line if cell not in hidden]
    total = line[-1]
    tells_sum = total not in hidden
    is_safe = len(missing) > 1 and (
        not tells_sum or sum(table[r][c] for r, c in missing) >= smallest or len(shown) == 1
    )
    if is_safe or not shown:
        return None
    body = [cell for cell in shown if cell != total]
    counted = [cell for cell in body if table[cell[0]][cell[1]]]
    if counted:
        return min(counted, key=lambda cell: table[cell[0]][cell[1]])
    return total if tells_sum else body[0]
