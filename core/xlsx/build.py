"""Formatted workbooks, written row by row so that memory does not grow with them: reports, rosters, templates."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from .cells import put, safe_text
from .choices import Choices
from .describe import Column, Ratio, Sheet
from .heights import LINE, height_of, lines_of, rows_of, width_for
from .looks import TINTS, Looks
from .page import set_up_page
from .parts import STAMP, with_values

SHORT = 14  # characters
LONGEST_STAMP = "字" * 50  # as it will be
NO_ROWS = "(没有记录)"
_BAD_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def build(sheets: Sequence[Sheet], path: str | Path | None = None) -> bytes:
    """The workbook as bytes; also written to ``path`` when given.

    Every sheet: title over all columns, subtitle line, header of one or two rows, body, totals as formulas
    over the body, footer lines; frozen header, print area, A4 fitted to the width, header on each page.
    Raises ValueError when there is no sheet or two columns share a key.
    """
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    book = Workbook(write_only=True)
    book.calculation.fullCalcOnLoad = True  # what computes, computes anew
    choices, values = Choices(), []
    for sheet in sheets:
        writer = _Writer(book, sheet, choices)
        writer.write()
        values.append(writer.values)
    choices.write(book)
    buffer = io.BytesIO()
    book.save(buffer)
    content = with_values(buffer.getvalue(), values)
    if path is not None:
        Path(path).write_bytes(content)
    return content


class _Writer:
    """Writes one sheet from the top down; ``self.line`` is the last row written, ``values`` what its formulas give."""

    def __init__(self, book: Workbook, sheet: Sheet, choices: Choices):
        keys = [column.key for column in sheet.columns]
        if len(set(keys)) != len(keys) or not keys:
            raise ValueError(f"columns of sheet {sheet.name!r} need distinct keys")
        self.sheet, self.choices, self.line = sheet, choices, 0
        self.values: dict[str, float] = {}
        self.ws = book.create_sheet(safe_text(sheet.name).translate(_BAD_SHEET_NAME)[:31] or "Sheet")
        self.looks = Looks(self.ws)
        self.last = get_column_letter(len(keys))
        self.letters = {key: get_column_letter(at) for at, key in enumerate(keys, start=1)}
        self.rows = list(sheet.rows)
        self.widths = [width_for(column, self.rows) for column in sheet.columns]
        self.sums = {column.key: 0 for column in sheet.columns if column.total == "sum"}
        self.shares = {c.total: [0, 0] for c in sheet.columns if isinstance(c.total, Ratio)}

    def write(self) -> None:
        above = [heading for heading in self._headings() if heading[0]]
        head_top = len(above) + 1
        body_top = head_top + (2 if self.sheet.has_groups else 1)
        self._before_rows(body_top)
        for heading in above:
            self._wide_line(*heading)
        self._header()
        for row in self.rows:
            for shown in rows_of(row, self.sheet.columns, self.widths):
                self._append(list(self._body_cells(row, shown)), wraps=True)
        body_end = self.line
        if self.sheet.has_totals:
            self._append(list(self._totals(body_top, body_end)))
        if not self.rows and not self.sheet.blank_rows:
            self._wide_line(NO_ROWS, 11, "center", 24)
        for text in self.sheet.footer_lines:
            self._wide_line(text, 11, "left", 20)
        self._drop_downs(body_top, body_end)
        set_up_page(
            self.ws,
            titles=f"{head_top}:{body_top - 1}",
            area=f"A1:{self.last}{self.line}",
            portrait=self.sheet.portrait,
            stamp=self.sheet.stamp,
        )
        for _ in range(self.sheet.blank_rows):  # blank text cells keep an identity number whole
            self._append([self.looks.cell("blank", column.format) for column in self.sheet.columns])

    def _append(self, cells: list, *, wraps: bool = False) -> None:
        self.line += 1
        if wraps and (height := height_of((c.value, w) for c, w in zip(cells, self.widths, strict=True))):
            self.ws.row_dimensions[self.line].height = height
        self.ws.append(cells)

    def _before_rows(self, body_top: int) -> None:
        """What stands in the file before the first row."""
        for letter, width in zip(self.letters.values(), self.widths, strict=True):
            self.ws.column_dimensions[letter].width = width
        self.ws.freeze_panes = f"{get_column_letter(self.sheet.freeze_columns + 1)}{body_top}"
        self.ws.sheet_properties.pageSetUpPr.fitToPage = True

    def _headings(self) -> Iterator[tuple[str, float, str, float]]:
        yield self.sheet.title, 16, "center", 28
        yield self.sheet.subtitle, 10, "left", 18
        yield self.sheet.stamp, 10, "left", 18

    def _wide_line(self, text: str, size: float, align: str, height: float) -> None:
        cell = self.looks.cell("line", align, size=size)
        put(cell, text, "text")
        room = sum(self.widths) * 11 / size
        long = LONGEST_STAMP if text == STAMP else text
        self.ws.row_dimensions[self.line + 1].height = height * lines_of(long, room)
        if len(self.letters) > 1:
            self.ws.merged_cells.add(f"A{self.line + 1}:{self.last}{self.line + 1}")
        self._append([cell])

    def _header(self) -> None:
        columns, top = self.sheet.columns, self.line + 1
        if not self.sheet.has_groups:
            self._append([self._head(column.title, column.note) for column in columns], wraps=True)
            return
        upper, lower = [], []
        for at, (column, before) in enumerate(zip(columns, [None, *columns], strict=False), start=1):
            if not column.group:
                self._merge(top, at, top + 1, at)
            is_first = before is None or before.group != column.group
            title = column.group if is_first else ""
            upper.append(self._head(title) if column.group else self._head(column.title, column.note))
            lower.append(self._head(column.title, column.note) if column.group else self._head(""))
        groups = [run for run in _runs([column.group for column in columns]) if run[0]]
        for _, first, last in groups:
            if last > first:
                self._merge(top, first, top, last)
        # A title that stands over both rows has the room of both, and a group the room of its columns.
        heads = [
            (column.group, (column.title, width)) for column, width in zip(columns, self.widths, strict=True)
        ]
        low = height_of(head for group, head in heads if group)
        both = height_of(head for group, head in heads if not group) or LINE
        high = height_of((group, sum(self.widths[first - 1 : last])) for group, first, last in groups) or LINE
        self.ws.row_dimensions[top].height = high
        self.ws.row_dimensions[top + 1].height = max(low or LINE, both - high)
        self._append(upper)
        self._append(lower)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.ws.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")

    def _head(self, title: str, note: str = ""):
        cell = self.looks.cell("head")
        put(cell, title, "text")
        if note:
            cell.comment = Comment(safe_text(note), "系统")
        return cell

    def _body_cells(self, row: Mapping, shown: Mapping) -> Iterator:
        tint = _tint(self.sheet.highlight(row)) if self.sheet.highlight else ""
        for ratio, share in self.shares.items():
            if ratio.counts(shown):
                share[0] += shown.get(ratio.num) or 0
                share[1] += shown.get(ratio.den) or 0
        for column in self.sheet.columns:
            mine = self.sheet.cell_highlight and self.sheet.cell_highlight(row, column.key)
            cell = self.looks.cell("body", _look_of(column), _tint(mine) or tint)
            value = shown.get(column.key)
            put(cell, value, column.format)
            if column.key in self.sums and value:
                self.sums[column.key] += value
            if self.sheet.note and (words := self.sheet.note(row, column.key)):
                cell.comment = Comment(safe_text(words), "系统")
            yield cell

    def _totals(self, body_top: int, body_end: int) -> Iterator:
        for at, column in enumerate(self.sheet.columns):
            cell = self.looks.cell("total", column.format if at else "text")
            if not at:
                put(cell, self.sheet.totals_label, "text")
            elif column.total == "sum":
                cell.value = self._sum(column, body_top, body_end)
            elif isinstance(column.total, Ratio):
                cell.value = self._ratio(column.total, body_top, body_end)
            yield cell

    def _sum(self, column: Column, body_top: int, body_end: int) -> str | int:
        # An empty body still has a total; a range that ran upwards would count the total itself.
        if body_end < body_top:
            return 0
        letter = self.letters[column.key]
        return self._formula(f"SUM({letter}{body_top}:{letter}{body_end})", self.sums[column.key])

    def _ratio(self, ratio: Ratio, body_top: int, body_end: int) -> str:
        above, below = (self.letters[key] for key in (ratio.num, ratio.den))
        num, den = (f"{letter}{self.line + 1}" for letter in (above, below))
        if ratio.only_with and body_end >= body_top:
            num = f'SUMIF({below}{body_top}:{below}{body_end},">0",{above}{body_top}:{above}{body_end})'
        over, under = self.shares[ratio]
        return self._formula(f'IF({den}=0,"",{num}/{den})', over / under if under else None)

    def _formula(self, text: str, value: float | None) -> str:
        if value is not None:
            self.values[text] = value
        return f"={text}"

    def _drop_downs(self, body_top: int, body_end: int) -> None:
        end = max(body_end, body_top) + self.sheet.blank_rows
        for column in self.sheet.columns:
            if column.choices:
                letter = self.letters[column.key]
                self.choices.offer(self.ws, f"{letter}{body_top}:{letter}{end}", column.choices)


def _look_of(column: Column) -> str:
    """Short texts stand in the middle, so that none leans on the number before it; long ones are read from the left."""
    return "word" if column.format == "text" and column.width <= SHORT else column.format


def _tint(word: str | None) -> str:
    return word if word in TINTS else ""


def _runs(groups: list[str]) -> list[tuple[str, int, int]]:
    """Neighbouring equal groups as (group, first column, last column), 1-based."""
    runs: list[tuple[str, int, int]] = []
    for at, group in enumerate(groups, start=1):
        if runs and runs[-1][0] == group:
            runs[-1] = (group, runs[-1][1], at)
        else:
            runs.append((group, at, at))
    return runs
