"""A described sheet (``core.xlsx.Sheet``) as the cells of a page: what is printed is what the workbook holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from core.xlsx import Column, Sheet


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
    text = _text(value)
    return text, "num" if column.format == "int" else "one-line" if text.isascii() else ""


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
    sums = [
        (str(sum(row.get(column.key) or 0 for row in sheet.rows)), "num") if column.total else ("", "")
        for column in sheet.columns
    ]
    return [(sheet.totals_label, ""), *sums[1:]]
