"""A census file as an office sends it → rows of cells by field: the header is found, blocks are filled, totals left out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from core import sheets
from core.errors import RuleBroken
from core.sheets import Row, SheetData, SheetError
from core.text import clean
from residents.fields import BY_KEY, REASON_KEY, REQUIRED, key_of, plain_title

_HEADER_WITHIN = 20  # rows: titles, filling instructions and the unit stand above the header, never more
_NEARLY = 3  # known columns that make a row a header although name or number is called otherwise
# First words of rows that belong to the sheet, not to a person.
_FURNITURE = re.compile(
    r"(合计|总计|小计|共计|说明|注[::]|备注[::]|填表|填报|审核|负责人|制表|联系人|示例|例[::])"
)
_SHARED = {key for key, known in BY_KEY.items() if known.shared}
# What a prepared but unused line may already carry.
_PREPRINTED = _SHARED | {"serial", "residence", "id_type", "phone_owner", "age"}


class RawRow(NamedTuple):
    """One person's row: ``number`` as the user sees it in the sheet, ``cells`` by field key as the file has them."""

    sheet: str
    number: int
    cells: dict[str, object]


@dataclass(frozen=True)
class Asked:
    """A column whose header the form does not have. ``field`` is what the office said it means: a key, "" (nothing), or
    None while nobody has said anything; ``where`` is the column's letter."""

    header: str
    title: str
    where: str
    field: str | None = None


@dataclass
class Reading:
    """What was found in a file: the rows of people, headers to ask about, sheets without a header or left out."""

    rows: list[RawRow] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)  # by header
    doubled: list[str] = field(default_factory=list)
    skipped_sheets: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # required columns that no header is known to name

    @property
    def unknown_columns(self) -> list[str]:
        """Titles that nobody has assigned yet."""
        return [asked.title for asked in self.asked.values() if asked.field is None]

    @property
    def remark(self) -> str:
        """Some sentences about what was passed over; "" when nothing was."""
        parts = []
        if self.unknown_columns:
            parts.append(f"不认识的列没有导入:{'、'.join(self.unknown_columns[:12])}。")
        if self.doubled:
            parts.append(f"同一内容有两列,只导入了前一列,没有导入:{'、'.join(self.doubled[:12])}。")
        if self.skipped_sheets:
            parts.append(f"没有名单的工作表没有导入:{'、'.join(self.skipped_sheets[:12])}。")
        return "".join(parts)


@dataclass(frozen=True)
class _Header:
    first: int  # position of the first row of people in sheet.rows
    columns: dict[int, str]
    asked: list[Asked]
    doubled: list[str]

    @property
    def missing(self) -> list[str]:
        """Titles of required columns that this header does not name."""
        return [known.title for known in REQUIRED if known.key not in self.columns.values()]


Meanings = Mapping[str, str]  # header → field key, as the office has said before


def read_file(path: str | Path) -> Reading:
    """Read a file on disk. Raises RuleBroken like ``read_content``."""
    return read_content(Path(path).read_bytes())


def read_content(
    content: bytes, *, meanings: Meanings | None = None, leave_out: Iterable[str] = ()
) -> Reading:
    """Read the content of an .xlsx, .xls or .csv file, without the sheets named in ``leave_out``.

    Raises RuleBroken with the code of ``core.sheets.SheetError``, or NO_HEADER when no sheet has a header row with
    the columns of name and number. Where a row looks like a header but lacks one of them, the reading comes without
    rows, with ``missing`` and the headers to ask about.
    """
    try:
        book = sheets.read_bytes(content)
    except SheetError as error:
        raise RuleBroken(error.code, error.message, "file") from error
    return _reading([sheet for sheet in book if sheet.name not in set(leave_out)], meanings or {})


def cell_text(value: object) -> str:
    """A cell as the text that stands for it when the row is kept or handed back; never loses a digit."""
    if value.__class__ is str:
        return value.strip()
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.11E}"
    return str(value).strip()


def _reading(book: list[SheetData], meanings: Meanings) -> Reading:
    reading, nearly = Reading(), []
    for sheet in book:
        header = _find_header(sheet, meanings)
        if header is None:
            reading.skipped_sheets.append(sheet.name)
        elif header.missing:
            nearly.append(header)
            reading.skipped_sheets.append(sheet.name)
        else:
            _take(reading, header)
            reading.rows += _people(sheet, header)
    if len(reading.skipped_sheets) < len(book):
        return reading
    if not nearly:
        titles = "、".join(f"“{known.title}”" for known in REQUIRED)
        raise RuleBroken(
            "NO_HEADER",
            f"前{_HEADER_WITHIN}行里没有找到表头:表头要有{titles}两列。请下载模板对照,或检查表头文字后重新上传。",
            "file",
        )
    best = max(nearly, key=lambda header: len(header.columns))
    _take(reading, best)
    reading.missing, reading.skipped_sheets = best.missing, []
    return reading


def _take(reading: Reading, header: _Header) -> None:
    reading.asked |= {asked.header: asked for asked in header.asked if asked.header not in reading.asked}
    reading.doubled += [title for title in header.doubled if title not in reading.doubled]


def _find_header(sheet: SheetData, meanings: Meanings) -> _Header | None:
    """The row (or two merged rows) that names the most columns: name and number among them, where there is such a row."""
    best: _Header | None = None
    for at in range(min(_HEADER_WITHIN, len(sheet.rows))):
        for height in (1, 2):
            found = _header_at(sheet, at, height, meanings)
            if found and (best is None or _worth(found) > _worth(best)):
                best = found
    return best


def _worth(header: _Header) -> tuple[bool, int]:
    return not header.missing, len(header.columns)


def _header_at(sheet: SheetData, at: int, height: int, meanings: Meanings) -> _Header | None:
    top = _across(sheet, sheet.rows[at])
    if height == 2:
        if at + 1 >= len(sheet.rows) or sheet.rows[at + 1].number != sheet.rows[at].number + 1:
            return None
        titles = _two_rows(top, sheet.rows[at + 1].cells)
    else:
        titles = [clean(cell) for cell in top]
    header = _named(titles, at + height, meanings)
    if header.missing and len(header.columns) < _NEARLY:
        return None
    if height == 2 and _is_person(sheet.rows[at + 1], header.columns):
        return None
    return header


def _named(titles: list[str], first: int, meanings: Meanings) -> _Header:
    """Which field each title names; what the office has said comes before what the form knows."""
    columns: dict[int, str] = {}
    asked, doubled = [], []
    for column, title in enumerate(titles):
        header = plain_title(title)[:120]
        if not header:
            continue
        said = meanings.get(header)
        key = key_of(title) if said is None else said
        if header in meanings or key is None:
            asked.append(Asked(header, title[:120], _letter(column), said))
        if key and key in columns.values():
            doubled.append(title)
        elif key:
            columns[column] = key
    return _Header(first, columns, asked, doubled)


def _letter(column: int) -> str:
    high, low = divmod(column, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def _two_rows(top: list[object], below: list[object]) -> list[str]:
    """第1针 over 日期 and 地点 reads 第1针日期, 第1针地点; a title without anything below stands alone."""
    width = max(len(top), len(below))
    upper = [clean(cell) for cell in top] + [""] * (width - len(top))
    lower = [clean(cell) for cell in below] + [""] * (width - len(below))
    titles, group = [], ""
    for high, low in zip(upper, lower, strict=True):
        group = high or (group if low else "")  # in a .csv a merged title stands in its first cell only
        titles.append(f"{group}{low}" if low and low != group else group if high else low)
    return titles


def _is_person(row: Row, columns: dict[int, str]) -> bool:
    """True when the second of two header rows already is data: it has a name or a number of its own."""
    at = {key: column for column, key in columns.items()}
    required = [at[known.key] for known in REQUIRED if known.key in at]
    below = [row.cells[column] if column < len(row.cells) else "" for column in required]
    return any(clean(cell) and key_of(cell) is None for cell in below)


def _across(sheet: SheetData, row: Row) -> list[object]:
    """The cells of a header row with titles merged over several columns written into each of them."""
    cells = list(row.cells)
    for (top, left), (bottom, right) in sheet.merged:
        if (
            top + 1 <= row.number <= bottom + 1
            and right > left
            and top + 1 == row.number
            and left < len(cells)
        ):
            width = min(right, sheets.MAX_COLUMNS - 1) + 1
            cells += [""] * (width - len(cells))
            cells[left:width] = [cells[left]] * (width - left)
    return cells


def _people(sheet: SheetData, header: _Header) -> Iterator[RawRow]:
    below = sheet.rows[header.first].number if header.first < len(sheet.rows) else 0
    merged = [block for block in sheet.merged if block[0][0] + 1 >= below]
    shared = {column for column, key in header.columns.items() if key in _SHARED}
    SheetData(sheet.name, sheet.rows, merged).fill_merged(shared)
    columns = [(column, key) for column, key in header.columns.items() if key != REASON_KEY]
    for row in sheet.rows[header.first :]:
        have = row.cells
        cells = {
            key: have[column] for column, key in columns if column < len(have) and not _is_blank(have[column])
        }
        if cells and not _is_furniture(row, cells):
            yield RawRow(sheet.name, row.number, cells)


def _is_blank(cell: object) -> bool:
    if cell.__class__ is str:  # most are letters and digits, or nothing
        return not cell or not (cell.isalnum() or clean(cell))
    return cell is None


def _is_furniture(row: Row, cells: dict[str, object]) -> bool:
    name = cells.get("name")
    # The header again, on every printed page; all its words for a name have this character.
    if name and "名" in str(name) and key_of(name) == "name":
        return True
    if cells.get("serial") and clean(cells["serial"]) in ("示例", "例"):  # the template's own
        return True
    if "number" in cells:
        return False
    first = next(clean(cell) for cell in row.cells if clean(cell))
    return bool(_FURNITURE.match(first)) or not cells.keys() - _PREPRINTED
