"""The rows of a flat list as the text of a sheet."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from .cells import RISKY, stored
from .describe import Column

# A text without any of these stands in the sheet as it is.
_CARE = re.compile("^$|[\x00-\x1f&<>\ud800-\udfff\ufffe\uffff]|^[ =+@-]| $")
_LONGEST = 32_767


_DAY_ZERO = date(1899, 12, 30).toordinal()  # right from March 1900 on


class Lines:
    """Writes lines below the head; ``last`` is the number of the last row. ``looks``: the style of each format,
    ``quoted``: of a text that some program would read as a formula."""

    def __init__(self, columns: Sequence[Column], looks: Mapping[str, int], quoted: int):
        self.last = 1
        self._quoted = f' s="{quoted}"'
        self._columns = [
            (column.key, column.format, f'<c r="{get_column_letter(at)}', f' s="{looks[column.format]}"')
            for at, column in enumerate(columns, start=1)
        ]

    def of(self, rows: Iterable[Mapping]) -> Iterator[str]:
        """Each row as text. What most cells hold takes a short way: a plain text, a number, a day."""
        columns, care, special = self._columns, _CARE.search, self._cell
        for number, row in enumerate(rows, start=2):
            self.last = number
            get, plain = row.get, f'{number}" t="inlineStr"><is><t>'
            line = f'<row r="{number}">'
            for key, format, place, look in columns:
                value = get(key)
                kind = type(value)
                if kind is str:
                    if (value.isalnum() or not care(value)) and len(value) <= _LONGEST:
                        line += f"{place}{plain}{value}</t></is></c>"
                    elif value:
                        line += special(f"{place}{number}", look, stored(value, format))
                elif value is None:
                    continue
                elif kind is int and format != "text":
                    line += f'{place}{number}"{look}><v>{value}</v></c>'
                elif kind is date and format == "date" and value.year > 1900:
                    line += f'{place}{number}"{look}><v>{value.toordinal() - _DAY_ZERO}</v></c>'
                else:
                    line += special(f"{place}{number}", look, stored(value, format))
            yield line + "</row>"

    def _cell(self, place: str, look: str, value: object) -> str:
        if isinstance(value, str) or (isinstance(value, float) and not isfinite(value)):
            value = str(value)
            quoted = self._quoted if value[:1] in RISKY else ""
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            # A carriage return would come back as a line feed.
            words = escape(value, {"\r": "&#13;"})
            return f'{place}"{quoted} t="inlineStr"><is><t{space}>{words}</t></is></c>'
        if isinstance(value, bool):
            return f'{place}"{look} t="b"><v>{value:d}</v></c>'
        return f'{place}"{look}><v>{to_excel(value) if isinstance(value, date) else value}</v></c>'
