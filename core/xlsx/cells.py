"""Values as cells store them: numbers stay numbers, text is never a formula."""

import re
from datetime import date, datetime

from django.utils import timezone
from openpyxl.cell.cell import TYPE_STRING

# format → (Excel number format, horizontal alignment)
FORMATS = {
    "general": ("General", None),
    "text": ("@", "left"),
    "word": ("@", "center"),
    "serial": ("0", "center"),
    "int": ("#,##0", "right"),
    "decimal": ("#,##0.00", "right"),
    "percent": ("0.0%", "right"),
    "date": ("yyyy-mm-dd", "center"),
    "datetime": ("yyyy-mm-dd hh:mm", "center"),
}
# A text that begins so is read as a formula by some program.
RISKY = frozenset("=+-@")
_MAX_TEXT = 32_767
# XML 1.0 cannot hold these; lone surrogates would stop the writer.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_text(value: object) -> str:
    """Text without characters a workbook cannot hold, cut to the length of a cell."""
    return _FORBIDDEN.sub("", str(value))[:_MAX_TEXT]


def stored(value: object, format: str) -> object:
    """The value openpyxl should store for this format: text as str, aware times as local naive times."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if format in ("text", "word") or not isinstance(value, bool | int | float | date | datetime):
        return safe_text(value)
    return value


def put(cell, value: object, format: str) -> None:
    """Write one cell. A text that begins with = + - @ stays a text, also when the file is opened again."""
    value = stored(value, format)
    if isinstance(value, str):
        cell.value = value
        # openpyxl guesses a formula from a leading "="; the type is set after the value, so the guess loses.
        cell.data_type = TYPE_STRING
        if value[:1] in RISKY:
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
