"""A described sheet (``core.xlsx.Sheet``) as the cells of a page: what is printed is what the workbook holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from core.templatetags.vax import number, percent
from core.xlsx import Column, Ratio, Sheet

_NUMBERS = {"int": number, "percent": percent}


@dataclass(frozen=True)
class Head:
    """One cell of the header."""

    title: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Paper:
    """``heads``: one or two rows of the header; ``rows``: (text, class of the page) of every cell."""

    sheet: Sheet
    heads: list[list[Head]]
    rows: list[list[tuple[str, str]]]


def paper(sheet: Sheet) -> Paper:
    """The cells of ``sheet`` as text; a column with a total gets its sum in a last row."""
    rows = [[_cell(column, row.get(column.key)) for column in sheet.columns] for row in sheet.rows]
    if sheet.has_totals:
        rows.append(_sums(sheet))
    return Paper(sheet, heads(sheet.columns), rows)


def _cell(column: Column, value: object) -> tuple[str, str]:
    """Numbers, dates and codes stay on one line; Chinese words may break anywhere."""
    if column.format in _NUMBERS:
        return ("" if value is None else _NUMBERS[column.format](value)), "num"
    text = _text(value)
    return text, "one-line" if text.isascii() else ""


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def heads(columns: Sequence[Column]) -> list[list[Head]]:
    """One or two rows of header over ``columns``."""
    if not any(column.group for column in columns):
        return [[Head(column.title) for column in columns]]
    upper: list[Head] = []
    for group, members in groupby(columns, key=lambda column: column.group):
        inside = list(members)
        upper += [Head(group, columns=len(inside))] if group else [Head(c.title, rows=2) for c in inside]
    return [upper, [Head(column.title) for column in columns if column.group]]


def _sums(sheet: Sheet) -> list[tuple[str, str]]:
    sums = {c.key: sum(row.get(c.key) or 0 for row in sheet.rows) for c in sheet.columns if c.total == "sum"}
    cells = [(sheet.totals_label, "")]
    for column in sheet.columns[1:]:
        value = sums.get(column.key)
        if isinstance(column.total, Ratio) and sums.get(column.total.den):
            done = sum(row.get(column.total.num) or 0 for row in sheet.rows if column.total.counts(row))
            value = done / sums[column.total.den]
        cells.append(("", "") if value is None else _cell(column, value))
    return cells
