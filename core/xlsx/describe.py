"""What a workbook of ours looks like, described without openpyxl."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .cells import FORMATS


@dataclass(frozen=True)
class Ratio:
    """A total that is not a sum: column ``num`` over column ``den``, by their keys. ``only_with``: of ``num`` the rows whose
    ``den`` is more than nothing.
    """

    num: str
    den: str
    only_with: bool = False

    def counts(self, row: Mapping) -> bool:
        """Whether ``row`` stands in it."""
        return not self.only_with or bool(row.get(self.den))


@dataclass(frozen=True)
class Column:
    """One column: ``key`` into the rows, ``title``, ``group`` title above it (neighbours with the same group
    are merged under it), ``width`` in characters, ``format`` (int, percent, date, datetime, text, decimal,
    general; serial: a number that is not counted, in the middle; word: a text in the middle), ``total`` ("sum", a Ratio,
    or None), ``choices`` for a drop-down in templates, ``note`` on the header.
    """

    key: str
    title: str
    group: str = ""
    width: float = 12
    format: str = "text"
    total: str | Ratio | None = None
    choices: Sequence[str] = ()
    note: str = ""

    def __post_init__(self):
        if self.format not in FORMATS:
            raise ValueError(f"unknown format {self.format!r} of column {self.key!r}")


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows`` are mappings by column key; a missing key is an empty cell.

    ``title`` heads the sheet; under it stand ``unit`` (计量单位), ``cut_off`` (截止时间) and ``filled_by``
    (填报单位), each left out when empty; ``footer_lines`` stand below the table (sign-off lines).
    ``stamp`` says who took it and when, under the subtitle and on every printed page (``STAMP``: said at the download).
    ``totals_label`` names the totals row ("合计"), which is written when any column has a total.
    ``highlight(row)`` returns "good", "warn", "bad" or None and tints the whole row, ``cell_highlight(row, key)`` one cell;
    ``note(row, key)`` returns the text of a cell comment or None. ``blank_rows`` extends drop-downs below the rows.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping]
    title: str = ""
    unit: str = ""
    cut_off: str = ""
    filled_by: str = ""
    footer_lines: Sequence[str] = ()
    stamp: str = ""
    totals_label: str = "合计"
    highlight: Callable[[Mapping], str | None] | None = None
    cell_highlight: Callable[[Mapping, str], str | None] | None = None
    note: Callable[[Mapping, str], str | None] | None = None
    blank_rows: int = 0
    portrait: bool = False
    freeze_columns: int = field(default=1)

    @property
    def has_totals(self) -> bool:
        return any(column.total for column in self.columns)

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    @property
    def subtitle(self) -> str:
        """The line under the title: who filled it, until when it counts, in which unit."""
        parts = [("填报单位", self.filled_by), ("截止时间", self.cut_off), ("单位", self.unit)]
        return "    ".join(f"{label}:{value}" for label, value in parts if value)
