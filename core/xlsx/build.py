"""Formatted workbooks of a few thousand rows: reports, rosters, templates, corrections."""

import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from .cells import FORMATS, put, safe_text
from .describe import Ratio, Sheet

_THIN = Side(style="thin", color="FF8A8A8A")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", start_color="FFE3EFEE")
_TOTAL_FILL = PatternFill("solid", start_color="FFF2F2F2")
_TINTS = {
    "good": PatternFill("solid", start_color="FFE2F0D9"),
    "warn": PatternFill("solid", start_color="FFFFF2CC"),
    "bad": PatternFill("solid", start_color="FFF8D7DA"),
}
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_BAD_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def build(sheets: Sequence[Sheet], path: str | Path | None = None) -> bytes:
    """The workbook as bytes; also written to ``path`` when given.

    Every sheet: title over all columns, subtitle line, header of one or two rows, body, totals as formulas
    over the body, footer lines; frozen header, print area, A4 fitted to the width, header on each page.
    Raises ValueError when there is no sheet or two columns share a key.
    """
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    book = Workbook()
    book.remove(book.active)
    book.calculation.fullCalcOnLoad = True  # formulas are written without values; viewers must compute them
    for sheet in sheets:
        _Writer(book, sheet).write()
    buffer = io.BytesIO()
    book.save(buffer)
    if path is not None:
        Path(path).write_bytes(buffer.getvalue())
    return buffer.getvalue()


class _Writer:
    """Writes one sheet from the top down; ``self.line`` is the last row written."""

    def __init__(self, book: Workbook, sheet: Sheet):
        keys = [column.key for column in sheet.columns]
        if len(set(keys)) != len(keys) or not keys:
            raise ValueError(f"columns of sheet {sheet.name!r} need distinct keys")
        self.book, self.sheet, self.line = book, sheet, 0
        self.ws = book.create_sheet(safe_text(sheet.name).translate(_BAD_SHEET_NAME)[:31] or "Sheet")
        self.last = get_column_letter(len(keys))
        self.letters = {key: get_column_letter(at) for at, key in enumerate(keys, start=1)}

    def write(self) -> None:
        self._headings()
        head_top = self.line + 1
        self._header()
        body_top = self.line + 1
        self._body()
        self._drop_downs(body_top)
        if self.sheet.has_totals:
            self._totals(body_top)
        for text in self.sheet.footer_lines:
            self._wide_line(text, Font(size=11), "left")
        self._page(head_top, body_top)

    def _headings(self) -> None:
        if self.sheet.title:
            self._wide_line(self.sheet.title, Font(size=16, bold=True), "center", height=28)
        if self.sheet.subtitle:
            self._wide_line(self.sheet.subtitle, Font(size=10), "left", height=18)

    def _wide_line(self, text: str, font: Font, align: str, height: float = 20) -> None:
        self.line += 1
        cell = self.ws.cell(self.line, 1)
        put(cell, text, "text")
        cell.font, cell.alignment = font, Alignment(horizontal=align, vertical="center")
        self.ws.row_dimensions[self.line].height = height
        if len(self.letters) > 1:
            self.ws.merge_cells(f"A{self.line}:{self.last}{self.line}")

    def _header(self) -> None:
        top = self.line + 1
        self.line += 2 if self.sheet.has_groups else 1
        for at, column in enumerate(self.sheet.columns, start=1):
            for row in range(top, self.line + 1):
                cell = self.ws.cell(row, at)
                cell.font, cell.fill, cell.border, cell.alignment = (
                    Font(bold=True),
                    _HEAD_FILL,
                    _BORDER,
                    _CENTRE,
                )
            head = self.ws.cell(self.line if column.group else top, at)
            put(head, column.title, "text")
            if column.note:
                head.comment = Comment(safe_text(column.note), "系统")
            self.ws.column_dimensions[get_column_letter(at)].width = column.width
            if self.sheet.has_groups and not column.group:
                self.ws.merge_cells(start_row=top, end_row=self.line, start_column=at, end_column=at)
        for group, first, last in _runs([column.group for column in self.sheet.columns]):
            if group:
                put(self.ws.cell(top, first), group, "text")
                if last > first:
                    self.ws.merge_cells(start_row=top, end_row=top, start_column=first, end_column=last)

    def _body(self) -> None:
        looks = [FORMATS[column.format] for column in self.sheet.columns]
        aligned = [Alignment(horizontal=look[1], vertical="center", wrap_text=True) for look in looks]
        for row in self.sheet.rows:
            self.line += 1
            tint = _TINTS.get(self.sheet.highlight(row) or "") if self.sheet.highlight else None
            for at, column in enumerate(self.sheet.columns, start=1):
                cell = self.ws.cell(self.line, at)
                put(cell, row.get(column.key), column.format)
                cell.number_format, cell.alignment, cell.border = looks[at - 1][0], aligned[at - 1], _BORDER
                mine = self.sheet.cell_highlight and self.sheet.cell_highlight(row, column.key)
                if fill := _TINTS.get(mine or "") or tint:
                    cell.fill = fill
                if self.sheet.note and (words := self.sheet.note(row, column.key)):
                    cell.comment = Comment(safe_text(words), "系统")

    def _totals(self, body_top: int) -> None:
        body_end = self.line
        self.line += 1
        for at, column in enumerate(self.sheet.columns, start=1):
            cell = self.ws.cell(self.line, at)
            if at == 1:
                put(cell, self.sheet.totals_label, "text")
            elif column.total == "sum":
                letter = self.letters[column.key]
                # An empty body still has a total; a range that ran upwards would count the total itself.
                cell.value = f"=SUM({letter}{body_top}:{letter}{body_end})" if body_end >= body_top else 0
            elif isinstance(column.total, Ratio):
                num, den = (f"{self.letters[key]}{self.line}" for key in (column.total.num, column.total.den))
                cell.value = f'=IF({den}=0,"",{num}/{den})'
            number_format, align = FORMATS[column.format]
            cell.number_format = number_format if at > 1 else "@"
            cell.font, cell.fill, cell.border = Font(bold=True), _TOTAL_FILL, _BORDER
            cell.alignment = Alignment(horizontal=align if at > 1 else "center", vertical="center")

    def _drop_downs(self, body_top: int) -> None:
        end = max(self.line, body_top) + self.sheet.blank_rows
        for column in self.sheet.columns:
            letter = self.letters[column.key]
            if column.choices:
                rule = DataValidation(type="list", formula1=self._choices(column.choices), allow_blank=True)
                rule.error, rule.errorTitle, rule.showErrorMessage = (
                    "请从下拉列表中选择。",
                    "不在列表中",
                    True,
                )
                rule.add(f"{letter}{body_top}:{letter}{end}")
                self.ws.add_data_validation(rule)
            for row in range(self.line + 1, self.line + 1 + self.sheet.blank_rows):
                # Blank text cells keep an identity number whole when it is typed in.
                self.ws[f"{letter}{row}"].number_format = FORMATS[column.format][0]

    def _choices(self, choices: Sequence[str]) -> str:
        """Short lists stand in the rule itself; longer ones (over 255 characters) on a hidden sheet."""
        inline = ",".join(safe_text(choice).replace('"', '""') for choice in choices)
        if len(inline) <= 250 and not any("," in choice for choice in choices):
            return f'"{inline}"'
        if "选项" not in self.book.sheetnames:
            self.book.create_sheet("选项").sheet_state = "hidden"
        lists = self.book["选项"]
        at = lists.max_column + 1 if lists["A1"].value is not None else 1
        for row, choice in enumerate(choices, start=1):
            put(lists.cell(row, at), choice, "text")
        letter = get_column_letter(at)
        return f"{quote_sheetname('选项')}!${letter}$1:${letter}${len(choices)}"

    def _page(self, head_top: int, body_top: int) -> None:
        ws = self.ws
        # By name: under an empty body the cell may be part of a merged one.
        ws.freeze_panes = f"{get_column_letter(self.sheet.freeze_columns + 1)}{body_top}"
        ws.print_area = f"A1:{self.last}{self.line}"
        ws.print_title_rows = f"{head_top}:{body_top - 1}"
        ws.page_setup.paperSize = ws.PAPERSIZE_A4
        ws.page_setup.orientation = "portrait" if self.sheet.portrait else "landscape"
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
        ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        ws.page_margins = PageMargins(
            left=0.3, right=0.3, top=0.5, bottom=0.6, header=0.2, footer=0.3
        )  # inches
        ws.print_options.horizontalCentered = True
        ws.oddFooter.center.text = "第 &P 页 共 &N 页"
        ws.oddFooter.right.text = "打印时间 &D &T"


def _runs(groups: list[str]) -> list[tuple[str, int, int]]:
    """Neighbouring equal groups as (group, first column, last column), 1-based."""
    runs: list[tuple[str, int, int]] = []
    for at, group in enumerate(groups, start=1):
        if runs and runs[-1][0] == group:
            runs[-1] = (group, runs[-1][1], at)
        else:
            runs.append((group, at, at))
    return runs
