"""What the cells of our workbooks look like: each look is described once and stamped on as many cells as there are."""

from copy import copy

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from .cells import FORMATS

_FONT = "宋体"  # every Windows and WPS of an office has it
_BOLD = Font(name=_FONT, size=11, bold=True)
_THIN = Side(style="thin", color="FF8A8A8A")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", start_color="FFE3EFEE")
_TOTAL_FILL = PatternFill("solid", start_color="FFF2F2F2")
_TINTS = {
    "good": PatternFill("solid", start_color="FFE2F0D9"),
    "warn": PatternFill("solid", start_color="FFFFF2CC"),
    "bad": PatternFill("solid", start_color="FFF8D7DA"),
}
TINTS = frozenset(_TINTS)


class Looks:
    """Cells of one sheet by look. Styling a cell anew each time makes a list of 100 000 rows several times slower."""

    def __init__(self, ws):
        self.ws = ws
        self._made: dict[tuple, object] = {}

    def cell(self, *look: str, size: float = 0) -> WriteOnlyCell:
        """An empty cell: ("line", alignment), ("head",), ("body", format, tint or ""), ("total", format) or
        ("blank", format); ``size`` of the letters of a line, 0 = as usual, above 14 bold."""
        key = (*look, size)
        if key not in self._made:
            self._made[key] = self._make(
                look, size
            )._style  # openpyxl's own way to share a style between cells
        cell = WriteOnlyCell(self.ws)
        cell._style = copy(self._made[key])
        return cell

    def _make(self, look: tuple[str, ...], size: float) -> WriteOnlyCell:
        kind, *more = look
        cell = WriteOnlyCell(self.ws)
        if kind == "line":
            cell.font = Font(name=_FONT, size=size or 11, bold=size > 14)
            cell.alignment = Alignment(horizontal=more[0], vertical="center", wrap_text=True)
            return cell
        if kind == "head":
            cell.font, cell.fill, cell.border = _BOLD, _HEAD_FILL, _BORDER
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            return cell
        number_format, align = FORMATS[more[0]]
        cell.number_format = number_format
        cell.font = Font(name=_FONT, size=11)
        if kind == "body":
            cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
            cell.border = _BORDER
            if more[1]:
                cell.fill = _TINTS[more[1]]
        elif kind == "total":
            cell.font, cell.fill, cell.border = _BOLD, _TOTAL_FILL, _BORDER
            cell.alignment = Alignment(horizontal=align, vertical="center")
        return cell
