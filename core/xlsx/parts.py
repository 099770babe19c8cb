"""Changing the finished file without reading it as a workbook: the values of formulas, and who takes it when."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, unescape

# Stands in a workbook where the one who downloads it will be named. ASCII: other letters are written as character references.
STAMP = "[[taken-by]]"
_MARK = STAMP.encode()
_SHEETS = "xl/worksheets/sheet"


def stamp(content: bytes, words: str) -> bytes:
    """The workbook with ``words`` wherever it was built with ``STAMP``: under the title and on every printed page."""
    told = escape(words)

    def change(name: str, part: bytes) -> bytes:
        body, mark, page = part.rpartition(b"<headerFooter")
        page = page.replace(_MARK, told.replace("&amp;", "&amp;&amp;").encode())  # there, & begins a code
        return body.replace(_MARK, told.encode()) + mark + page

    return _rewritten(content, change)


def filled(content: bytes, mark: str, words: str) -> bytes:
    """The workbook with ``words`` where its sheets say ``mark`` (ASCII): one workbook for several readers is written once."""
    told = escape(words).encode()
    return _rewritten(content, lambda name, part: part.replace(mark.encode(), told))


def signed(content: bytes, words: str) -> bytes:
    """The workbook with ``words`` at the top of every printed page, also where it was built without ``STAMP``."""
    told = escape(words).replace("&amp;", "&amp;&amp;").encode()

    def change(name: str, part: bytes) -> bytes:
        def with_words(found: re.Match) -> bytes:
            # On the left stands what the list is, on the right who took it before.
            left = re.split(rb"(?<!&amp;)&amp;R", found[1] or b"")[0]
            return b"<oddHeader>%b&amp;R&amp;8 %b</oddHeader>" % (left, told)

        return re.sub(rb"<oddHeader\s*(?:/>|>([^<]*)</oddHeader>)", with_words, part)

    return _rewritten(stamp(content, words), change)


def with_values(content: bytes, values: Sequence[Mapping[str, float]]) -> bytes:
    """The workbook with the value of each formula beside it, for viewers that do not compute (a telephone, a mail program).
    ``values``: for each sheet in order, formula → value ("SUM(B4:B9)" → 12)."""
    if not any(values):
        return content
    mine = {f"{_SHEETS}{at}.xml": found for at, found in enumerate(values, start=1)}

    def change(name: str, part: bytes) -> bytes:
        def with_value(found: re.Match) -> bytes:
            value = mine.get(name, {}).get(unescape(found[1].decode(), {"&quot;": '"'}))
            return found[0] if value is None else b"<f>%b</f><v>%b</v>" % (found[1], str(value).encode())

        return re.sub(rb"<f>([^<]*)</f>\s*<v\s*(?:/>|></v>)", with_value, part)

    return _rewritten(content, change)


def _rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            part = old.read(item)
            new.writestr(item, change(item.filename, part) if item.filename.startswith(_SHEETS) else part)
    return out.getvalue()
