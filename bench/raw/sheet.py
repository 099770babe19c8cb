"""The raw limit of a flat export: the rows of one sheet as text by one pattern per row, with references and styles, compressed quickly."""

import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

_ZERO = date(1899, 12, 30).toordinal()
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CELLS = {
    "text": '<c r="{at}%d" t="inlineStr"><is><t>%s</t></is></c>',
    "int": '<c r="{at}%d" s="1"><v>%d</v></c>',
    "date": '<c r="{at}%d" s="2"><v>%d</v></c>',
}
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default'
    ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override'
    ' PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
    f' Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2"'
    f' Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="3"/><xf numFmtId="164"/></cellXfs>'
    "</styleSheet>",
}


def write(path: Path, formats: list[str], titles: list[str], rows: Iterable[tuple]) -> int:
    """How many rows; ``formats`` are text, int and date. Text is escaped, nothing else is looked at."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(formats)]
    cells = "".join(_CELLS[format].format(at=at) for at, format in zip(letters, formats, strict=True))
    pattern, number = f'<row r="%d">{cells}</row>', 1
    turned = [{"text": escape, "int": int, "date": _day}[format] for format in formats]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            head = "".join(
                _CELLS["text"].format(at=at) % (1, title) for at, title in zip(letters, titles, strict=True)
            )
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">{head}</row>'.encode())
            some = []
            for number, row in enumerate(rows, start=2):
                values = [number]
                for turn, value in zip(turned, row, strict=True):
                    values += (number, turn(value))
                some.append(pattern % tuple(values))
                if len(some) == 500:
                    sheet.write("".join(some).encode())
                    some.clear()
            sheet.write("".join(some).encode() + b"</sheetData></worksheet>")
    return number - 1


def _day(value: date) -> int:
    return value.toordinal() - _ZERO
