"""Small workbooks that would make the parser allocate a whole sheet and end the process: refused before it sees them."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from core import sheets
from core.sheets import SheetError, read_bytes

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VALUE = "<v>1</v></c>"


def relation(kind: str, target: str) -> str:
    one = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'


def workbook(sheet: str, *, at: str = "worksheets/sheet1.xml", **more: str) -> bytes:
    file = BytesIO()
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>')
        archive.writestr("_rels/.rels", relation("officeDocument", "xl/workbook.xml"))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{sheets}</workbook>'
        )
        archive.writestr("xl/_rels/workbook.xml.rels", relation("worksheet", at))
        archive.writestr(f"xl/{at}", sheet)
        for name, content in more.items():
            archive.writestr(f"xl/{name}", content)
    return file.getvalue()


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def refused(content: bytes) -> str:
    with pytest.raises(SheetError) as error:
        read_bytes(content)
    return error.value.code


FAR = {
    "as Excel writes it": f'<row r="1048576"><c r="XFD1048576">{_VALUE}</row>',
    "single quotes": f"<row r='1'><c r='XFD1048576'>{_VALUE}</row>",
    "blanks around the sign": f'<row r="1"><c r = "XFD9">{_VALUE}</row>',
    "small letters": f'<row r="1"><c r="xfd9">{_VALUE}</row>',
    "leading zeros": f'<row r="1"><c r="A0001048576">{_VALUE}</row>',
    "a sign in an attribute": f'<row r="1"><c a="/>" r="XFD9" b="/>">{_VALUE}</row>',
    "an entity": f'<row r="1"><c r="XF&#68;9">{_VALUE}</row>',
    "the row's address only": f'<row r="1048576"><c>{_VALUE}</row>',
    "cells without address": f'<row r="1">{f"<c>{_VALUE}" * 301}</row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR.keys())
def test_a_value_far_outside_is_refused_however_it_is_written(rows):
    assert refused(workbook(sheet(rows))) == "TOO_WIDE"


def test_also_with_a_name_space_and_in_a_member_of_another_name():
    named = (
        f'<x:worksheet xmlns:x="{_MAIN}"><x:sheetData><x:row r="1"><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>'
    )
    assert refused(workbook(f"{named}</x:sheetData></x:worksheet>")) == "TOO_WIDE"
    assert refused(workbook(sheet(FAR["single quotes"]), at="pictures/a.png")) == "TOO_WIDE"
    lenient = sheet(FAR["single quotes"]).replace("<sheetData>", "<sheetPr a=1/><sheetData>")
    assert refused(workbook(lenient)) == "UNREADABLE"
    assert refused(workbook(lenient, at="pictures/a.png")) == "UNREADABLE"


def test_entities_are_refused():
    declared = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert refused(workbook(declared + sheet(f'<row r="1"><c r="A1">{_VALUE}</row>'))) == "UNREADABLE"


def test_merged_blocks_over_each_other_do_not_keep_the_reader_busy_for_ever():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + '<row r="150000"><c r="A150000"><v>1</v></c></row>'
    whole = '<mergeCell ref="A1:XFD1048576"/>'
    merged = sheet(rows).replace("</sheetData>", f"</sheetData><mergeCells>{whole * 1000}</mergeCells>")
    assert refused(workbook(merged)) == "TOO_MERGED"
    once = sheet(rows).replace(
        "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    )
    (read,) = read_bytes(workbook(once))
    assert read.merged == [((0, 0), (1, 1))]


def test_a_binary_workbook_is_refused():
    content = workbook(sheet(f'<row r="1"><c r="A1">{_VALUE}</row>'), **{"workbook.bin": "x"})
    assert refused(content) == "UNREADABLE"


def test_what_offices_really_send_is_read():
    formats = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576" hidden="1"/>'
    (read,) = read_bytes(workbook(sheet(formats), **{"drawings/vml.vml": "<xml><br></xml>"}))
    assert [row.number for row in read.rows] == [1]
    widest = f"<row>{f'<c>{_VALUE}' * 300}</row>" * 3 + f'<row r="69999"><c r="KN69999">{_VALUE}</row>'
    (read,) = read_bytes(workbook(sheet(widest)))
    assert [len(row.cells) for row in read.rows] == [300] * 4


OLD = (Path(__file__).parent.parent / "core" / "data" / "census.xls").read_bytes()
_STREAM = 512  # where the records of this small file begin
_DIMENSIONS, _CELLS = 0x200, {0x203, 0x27E, 0xFD, 0x204}


def old_workbook(kinds: set[int], data: bytes) -> bytes:
    """The old .xls with the first record of ``kinds`` beginning with ``data`` instead."""
    at = _STREAM
    while True:
        kind, length = struct.unpack_from("<HH", OLD, at)
        if kind in kinds:
            return OLD[: at + 4] + data + OLD[at + 4 + len(data) :]
        at += 4 + length


def test_an_old_workbook_that_claims_more_cells_than_there_is_memory_ends_no_service():
    assert (
        refused(old_workbook({_DIMENSIONS}, struct.pack("<IIHH", 0, 2**32 - 1, 0, 2**16 - 1))) == "UNREADABLE"
    )


def test_one_far_value_in_an_old_workbook_does_not_fill_the_memory():
    assert refused(old_workbook(_CELLS, struct.pack("<HH", 65535, 255))) == "UNREADABLE"


def test_an_old_workbook_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(sheets, "TRIAL_SECONDS", 0.001)
    assert refused(OLD) == "UNREADABLE"


def test_an_honest_old_workbook_is_read():
    assert old_workbook(_CELLS, b"") == OLD
    assert [len(sheet.rows) for sheet in read_bytes(OLD)] == [4]
