"""Read .xlsx, .xls and .csv files as people send them: raw cells with their sheet and row number.

What a file is, is decided by its first bytes, never by its name. A file from outside is untrusted:
size, unpacked size, rows and macros are checked before a parser sees it.
"""

import csv
import io
import re
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from core import zip_directories
from core.far_cells import CellWatch, FarCell, Glance

MAX_BYTES = 30 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200  # real workbooks compress 5 to 30 times, the worst (all cells alike) about 100
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_MERGED = 5_000_000  # cells in merged blocks; in a real sheet no two blocks overlap

TRIAL_SECONDS = 60
TRIAL_MEMORY = 800 * 1024 * 1024

_CHUNK = 1024 * 1024
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # pictures and programs have them, lists do not
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class SheetError(Exception):
    """A file that cannot be read; ``code`` is stable, ``message`` says in Chinese what to do."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class Row(NamedTuple):
    """One row: its 1-based ``number`` as Excel shows it, and its raw cells.

    Cells are str (text cells, and all of a .csv), float or int (number cells), bool, date, datetime, time,
    timedelta, or "" when empty. A str is never made of a number here, so that the caller can tell an identity
    number kept as text from one that Excel has rounded.
    """

    number: int
    cells: list


@dataclass(frozen=True)
class SheetData:
    """One visible sheet. ``merged`` holds ((first row, first column), (last row, last column)), 0-based."""

    name: str
    rows: list[Row]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def fill_merged(self, columns: set[int] | None = None) -> None:
        """Write the value of each merged block into all its cells (only of these 0-based columns, if given).

        A 村 or 户 column merged over several rows then carries its value in every row.
        """
        by_number = {row.number: row.cells for row in self.rows}
        for (top, left), (bottom, right) in self.merged:
            head = by_number.get(top + 1, [])
            if left >= len(head):
                continue
            for number in range(top + 1, bottom + 2):
                cells = by_number.get(number)
                if cells is None:
                    continue
                for column in range(left, right + 1):
                    if columns is None or column in columns:
                        cells.extend([""] * (column + 1 - len(cells)))
                        cells[column] = head[left]


def read(path: str | Path, *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> list[SheetData]:
    """All visible, non-empty sheets of a file on disk. See ``read_bytes``."""
    if Path(path).stat().st_size > max_bytes:
        raise _too_large(max_bytes)
    return read_bytes(Path(path).read_bytes(), max_bytes=max_bytes, max_rows=max_rows)


def read_bytes(content: bytes, *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> list[SheetData]:
    """All visible, non-empty sheets of a file's content. Rows without any value are left out.

    Raises SheetError: EMPTY, TOO_LARGE, ZIP_BOMB, TOO_MANY_ROWS, TOO_WIDE, TOO_MERGED, MACROS, PASSWORD, NOT_A_SHEET,
    UNREADABLE, ENCODING.
    """
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    if not content.strip():
        raise SheetError("EMPTY", "文件是空的,请重新选择文件。")
    if content.startswith(_ZIP):
        _check_zip(content)
        sheets = read_excel(content, max_rows)
    elif content.startswith(_OLE):
        _try_elsewhere(content)
        sheets = read_excel(content, max_rows)
    else:
        sheets = [SheetData("CSV", _read_csv(content, max_rows))]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise SheetError("EMPTY", "文件里没有数据,请确认名单在可见的工作表中。")
    return sheets


def _too_large(max_bytes: int) -> SheetError:
    return SheetError("TOO_LARGE", f"文件超过{max_bytes // 1024 // 1024}MB,请按村拆成几个文件再上传。")


def _too_many(max_rows: int) -> SheetError:
    return SheetError("TOO_MANY_ROWS", f"行数超过{max_rows}行,请按村拆成几个文件再上传。")


def _check_zip(content: bytes) -> None:
    """Refuse macros, archives that are no workbook, and archives that unpack to far more than they hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if not zip_directories.is_plain(content, archive):
                raise zipfile.BadZipFile
            _check_members(archive.infolist())
            _check_unpacked(archive, budget=min(MAX_UNPACKED, max(len(content) * MAX_RATIO, 10 * _CHUNK)))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):
        raise SheetError("UNREADABLE", "文件已损坏,请用Excel或WPS打开后另存为.xlsx再上传。") from None


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower() for member in members]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise SheetError("MACROS", "文件含有宏,为安全不能导入,请另存为“Excel工作簿(.xlsx)”再上传。")
    if "xl/workbook.bin" in names:  # its cells cannot be looked through beforehand
        raise SheetError("UNREADABLE", "这是二进制工作簿(.xlsb),请用Excel或WPS另存为.xlsx再上传。")
    if "xl/workbook.xml" not in names:
        raise SheetError("NOT_A_SHEET", "这不是Excel表格,请上传.xlsx、.xls或.csv文件。")
    if sum(member.file_size for member in members) > MAX_UNPACKED or len(members) > 5000:
        raise _bomb()


def _check_unpacked(archive: zipfile.ZipFile, budget: int) -> None:
    # The sizes in the directory are the sender's claim; so the members are really unpacked, and counted.
    for member in archive.infolist():
        member.file_size = MAX_UNPACKED + 1  # else zipfile stops quietly at the claimed size
        glance, plain = Glance(), True
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                budget -= len(chunk)
                if budget < 0:
                    raise _bomb()
                plain = plain and glance.is_plain(chunk)
        if not (plain and glance.ends_plain()):
            _watch(archive, member)


def _watch(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    is_sheet = member.filename.lower().startswith("xl/worksheets/") and member.filename.endswith(".xml")
    watch = CellWatch(is_sheet=is_sheet, max_columns=MAX_COLUMNS, max_rows=MAX_ROWS)
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            try:
                watch.feed(chunk)
            except FarCell:
                raise SheetError(
                    "TOO_WIDE",
                    "表格右边或下面很远的地方还有内容(第104列以后的请特别留意),请删除后另存为.xlsx再上传。",
                ) from None


def _bomb() -> SheetError:
    return SheetError("ZIP_BOMB", "文件解压后过大,请删除空白行列、图片后另存为.xlsx再上传。")


def _try_elsewhere(content: bytes) -> None:
    """An old .xls cannot be looked through like XML, and a few bytes in it make the parser end the process or allocate
    every cell up to a far one. So a process of its own opens it first, which may die, run out of memory or of time."""
    trial = [sys.executable, "-m", "core.sheet_trial"]
    root = Path(__file__).parent.parent
    try:
        subprocess.run(  # noqa: S603 ourselves
            trial, input=content, cwd=root, timeout=TRIAL_SECONDS, check=True, capture_output=True
        )
    except subprocess.SubprocessError:
        raise _unreadable() from None


def _unreadable() -> SheetError:
    return SheetError("UNREADABLE", "文件打不开,请用Excel或WPS打开后另存为.xlsx再上传。")


def read_excel(content: bytes, max_rows: int) -> list[SheetData]:
    """The visible worksheets of a workbook that has been looked through. Raises SheetError."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            metadata = book.sheets_metadata
            if any("MACRO" in str(meta.typ).upper() or "VBA" in str(meta.typ).upper() for meta in metadata):
                raise SheetError("MACROS", "文件含有宏,为安全不能导入,请另存为“Excel工作簿(.xlsx)”再上传。")
            return [
                _read_sheet(book.get_sheet_by_name(meta.name), max_rows)
                for meta in metadata
                if meta.visible == SheetVisibleEnum.Visible and "WorkSheet" in str(meta.typ)
            ]
    except PasswordError:
        raise SheetError("PASSWORD", "文件有打开密码,请去掉密码后另存再上传。") from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise _unreadable() from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the parser; no Exception, and no class to import
            raise _unreadable() from None
        raise


def _read_sheet(sheet, max_rows: int) -> SheetData:
    if sheet.end and sheet.height > max_rows:
        raise _too_many(max_rows)
    # Leading empty rows and columns are kept by hand: row numbers must be those which Excel shows.
    first_row, first_column = sheet.start or (0, 0)
    pad = [""] * first_column
    rows = [
        Row(first_row + offset + 1, pad + cells[:MAX_COLUMNS])
        for offset, cells in enumerate(sheet.to_python(skip_empty_area=True))
        if cells.count("") < len(cells)
    ]
    last = rows[-1].number if rows else 0
    merged = [_inside(block, last) for block in sheet.merged_cell_ranges or []]
    if sum((bottom - top + 1) * (right - left + 1) for (top, left), (bottom, right) in merged) > MAX_MERGED:
        raise SheetError("TOO_MERGED", "合并的单元格太多,请取消合并后另存为.xlsx再上传。")
    return SheetData(sheet.name, rows, merged)


def _inside(block, last: int):
    """A merged block as far as there are rows (up to number ``last``) and columns."""
    (top, left), (bottom, right) = block
    return (top, left), (max(top, min(bottom, last - 1)), max(left, min(right, MAX_COLUMNS)))


def _read_csv(content: bytes, max_rows: int) -> list[Row]:
    text = _decode(content)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
        rows = []
        for number, cells in enumerate(reader, start=1):
            if number > max_rows:
                raise _too_many(max_rows)
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, cells[:MAX_COLUMNS]))
    except csv.Error:
        raise SheetError("UNREADABLE", "CSV文件格式有误,请用Excel打开后另存为.xlsx再上传。") from None
    return rows


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # "Unicode text" of Excel
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT.search(text.rstrip("\x1a")) or text.lstrip()[:1] in {"<", "{"} or text.startswith("%PDF"):
            raise SheetError("NOT_A_SHEET", "这不是Excel表格,请上传.xlsx、.xls或.csv文件。")
        return text
    raise SheetError("ENCODING", "文件的文字编码认不出来,请用Excel打开后另存为.xlsx再上传。")


def _delimiter(text: str) -> str:
    """The separator that the first lines use most; a comma when there is none."""
    head = "\n".join(text.splitlines()[:20])
    return max(",;\t", key=head.count)
