"""Large flat lists, written row by row so that memory does not grow with them.

openpyxl makes the frame: the head, the looks, the widths. The rows are put into its sheet as text, because a cell as an
object costs ten times what the cell itself does.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .cells import FORMATS, put
from .describe import Column
from .lines import Lines
from .page import set_up_page

_SHEET = "xl/worksheets/sheet1.xml"
_AT_ONCE = 500  # rows
# Quick rather than small: the next level makes the file a third smaller and takes half as long again.
_LEVEL = 1


def stream(
    path: str | Path | BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Mapping],
    *,
    name: str = "名单",
    heading: str = "",
    taken: str = "",
) -> int:
    """Write one header row and all ``rows`` (mappings by column key) to ``path`` (or an open file); returns how many rows.

    The header is row 1, so that the list is sorted and imported as it is; what it is (``heading``) and who took it (``taken``)
    stand above each printed page.
    """
    frame, lines = _frame(columns, name, heading, taken)
    with (
        zipfile.ZipFile(frame) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as new,
    ):
        head, end, tail = old.read(_SHEET).partition(b"</sheetData>")
        with new.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(head)
            for part in _joined(lines.of(rows)):
                sheet.write(part)
            sheet.write(end + _reaching(tail, lines.last))
        for item in old.infolist():
            if item.filename != _SHEET:
                new.writestr(item.filename, _reaching(old.read(item), lines.last))
    return lines.last - 1


def _frame(columns: Sequence[Column], name: str, heading: str, taken: str) -> tuple[io.BytesIO, Lines]:
    """The workbook with its head alone, and what writes lines for it."""
    book, frame = Workbook(write_only=True), io.BytesIO()
    ws = book.create_sheet(name[:31])
    ws.freeze_panes = "A2"
    ws.sheet_properties.pageSetUpPr.fitToPage = True
    set_up_page(ws, titles="1:1", left=heading, stamp=taken)
    for at, column in enumerate(columns, start=1):
        ws.column_dimensions[get_column_letter(at)].width = column.width
    ws.append([_head(ws, column.title) for column in columns])
    ws.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    lines = Lines(columns, {format: _look(ws, format) for format in FORMATS}, _look(ws, "text", quoted=True))
    book.save(frame)
    return frame, lines


def _head(ws, title: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(ws)
    put(cell, title, "text")
    cell.number_format, cell.font = FORMATS["text"][0], Font(bold=True)
    return cell


def _look(ws, format: str, *, quoted: bool = False) -> int:
    """The number under which the workbook knows cells of this format."""
    cell = WriteOnlyCell(ws)
    cell.number_format, cell.quotePrefix = FORMATS[format][0], quoted
    return cell.style_id


def _joined(lines: Iterator[str]) -> Iterator[bytes]:
    some = []
    for line in lines:
        some.append(line)
        if len(some) == _AT_ONCE:
            yield "".join(some).encode()
            some.clear()
    yield "".join(some).encode()


def _reaching(part: bytes, last: int) -> bytes:
    """The part of the frame with a filter that reaches to row ``last``."""
    return re.sub(rb'(<autoFilter ref="A1:[A-Z]+|!\$A\$1:\$[A-Z]+\$)1\b', rb"\g<1>%d" % last, part)


def file_name(place: str, report: str, day: date) -> str:
    """地区_报表_日期.xlsx, without characters that Windows refuses in a name."""
    parts = [re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "", part) for part in (place, report)]
    return "_".join([*(part for part in parts if part), day.isoformat()]) + ".xlsx"
