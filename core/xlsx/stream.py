"""Large flat lists, written row by row so that memory does not grow with them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .cells import FORMATS, RISKY, put, stored
from .describe import Column


def stream(
    path: str | Path | BinaryIO, columns: Sequence[Column], rows: Iterable[Mapping], *, name: str = "名单"
) -> int:
    """Write one header row and all ``rows`` (mappings by column key) to ``path`` (or an open file); returns how many rows."""
    book = Workbook(write_only=True)
    ws = book.create_sheet(name[:31])
    ws.freeze_panes = "A2"
    for at, column in enumerate(columns, start=1):
        ws.column_dimensions[get_column_letter(at)].width = column.width
    ws.append([_head(ws, column.title) for column in columns])
    count = 0
    for row in rows:
        ws.append([_value(ws, row.get(column.key), column.format) for column in columns])
        count += 1
    ws.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    book.save(path)
    return count


def file_name(place: str, report: str, day: date) -> str:
    """地区_报表_日期.xlsx, without characters that Windows refuses in a name."""
    parts = [re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "", part) for part in (place, report)]
    return "_".join([*(part for part in parts if part), day.isoformat()]) + ".xlsx"


def _head(ws, title: str) -> Cell:
    cell = _cell(ws, title, "text")
    cell.font = Font(bold=True)
    return cell


def _value(ws, value: object, format: str) -> object:
    """A bare text where that is enough: styled cells make a list of 100 000 rows twice as slow."""
    value = stored(value, format)
    return value if isinstance(value, str) and value[:1] not in RISKY else _cell(ws, value, format)


def _cell(ws, value: object, format: str) -> Cell | None:
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(ws)
    put(cell, value, format)
    cell.number_format = FORMATS[format][0]
    return cell
