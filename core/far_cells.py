"""Looking through a worksheet's XML for values that no list has, before the real parser sees it.

A value far outside makes that parser allocate every cell up to it, which ends the process: one small file would stop the
whole service. So the file is read as XML, not as text that looks like what Excel writes.
"""

import re
from xml.parsers import expat

# What every office program writes: cells up to CZ199999 (not more in all than MAX_CELLS), each with its address first. The
# address of a cell is looked at even where the cell is blank.
_NEAR_CELL = rb'c r="[A-C]?[A-Z](?:[1-9]\d{0,4}|1\d{5})"(?: [st]="\w+")*+/?>'
_CELL = rb"c[\s/>]"
# Declarations, comments and prefixed names: whatever could make these bytes mean something else. For the parser that reads
# the workbook a name ends at a blank of XML only: a form feed, a slash or something quoted may stand before the colon.
_STRANGE = rb"[!?]|[^ \t\r\n>]*[:\"']"
_NOT_PLAIN = re.compile(
    rb"<(?!" + _NEAR_CELL + rb"|/c>|/?(?:v|is|t)>|(?!" + _CELL + rb"|" + _STRANGE + rb"))"
)
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml [^<>]*?encoding=[\"']UTF-8[\"'][^<>]*\?>\s*(?=<)", re.IGNORECASE
)
_LONGEST_TAG = 64 * 1024  # bytes
# Up to the last row and column with a value; each takes 32 bytes, also where nothing stands.
MAX_CELLS = 21_000_000


class FarCell(Exception):
    """A value stands beyond the last column or row a list may have, or spans more cells than there is memory for."""


class Glance:
    """Fed with a member piece by piece; tells whether it is so plain that every cell of it is near.

    Ten times as fast as ``CellWatch``, and right about ordinary files only: what is not plain has to be watched.
    """

    def __init__(self):
        self._held: bytes | None = None  # from the last "<" on: a tag may go on in the next piece

    def is_plain(self, chunk: bytes) -> bool:
        """Whether nothing up to and with this piece asks for a closer look."""
        if self._held is None:
            prolog = _PROLOG.match(chunk)
            if not prolog and not re.match(rb"<\w", chunk):
                return False
            chunk, self._held = chunk[prolog.end() if prolog else 0 :], b""
        piece = self._held + chunk
        whole = max(piece.rfind(b"<"), 0)
        self._held = piece[whole:]
        piece = piece[:whole]
        return len(self._held) <= max(_LONGEST_TAG, len(chunk)) and not _NOT_PLAIN.search(piece)

    def ends_plain(self) -> bool:
        """Whether what was held back is plain, too: nothing of a document stands behind its last tag."""
        return not self._held or bool(re.fullmatch(rb"</\w+>\s*|<\w+/>\s*", self._held))


class CellWatch:
    """Fed with a member of a workbook piece by piece; raises FarCell, or ValueError for a sheet that is no clean XML.

    Members that are no sheet (pictures, drawings of old versions) may be anything. Blank cells that only carry a format
    do no harm and may stand anywhere.
    """

    def __init__(self, *, is_sheet: bool, max_columns: int, max_rows: int):
        self.is_sheet, self.max_columns, self.max_rows = is_sheet, max_columns, max_rows
        self._row = self._nameless = self._last_row = self._last_column = 0
        self._address: str | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._is_xml, self._tail = True, b""

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """The next piece of the member."""
        if self._is_xml:
            try:
                self._parser.Parse(chunk, last)
                return
            except expat.ExpatError:
                self._is_xml = False
        # Not clean for us may still be clean enough for a lenient parser.
        if self.is_sheet or b"sheetData" in self._tail + chunk:
            raise ValueError("not XML")
        self._tail = chunk[-10:]

    def _doctype(self, *_) -> None:
        raise ValueError("a workbook has no document type: entities are an attack")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._address = attributes.get("r")
            self._nameless += self._address is None
        elif name in ("v", "is", "f") and self.is_sheet:
            self._check()
        elif name == "row":
            self._row = _number(attributes.get("r")) or self._row + 1
            self._nameless = 0
        elif name == "sheetData":  # the workbook may call any member a sheet
            self.is_sheet = True

    def _check(self) -> None:
        column, row = self._nameless, self._row
        if self._address is not None:
            letters = self._address.rstrip("0123456789")
            column, row = _column(letters), _number(self._address[len(letters) :])
        self._last_column, self._last_row = max(column, self._last_column), max(row, self._last_row)
        if column > self.max_columns or row > self.max_rows or self._last_column * self._last_row > MAX_CELLS:
            raise FarCell


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,20}", text) else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number
