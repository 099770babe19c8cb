"""Reading files from outside: Excel, CSV, and everything that only pretends to be one."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from core import sheets


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, **extra: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, body in extra.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def refused(content, **limits):
    with pytest.raises(sheets.SheetError) as caught:
        sheets.read_bytes(content, **limits)
    assert "请" in caught.value.message
    return caught.value.code


def test_text_and_number_cells_stay_apart_and_rows_keep_excels_numbers():
    def fill(book):
        sheet = book.active
        sheet.title = "摸排表"
        sheet["B3"], sheet["C3"] = "身份证号", "日期"
        sheet["B4"], sheet["C4"] = "110105194912310021", date(2021, 6, 1)
        sheet["B6"], sheet["C6"] = 150622199001011000, datetime(2021, 6, 1, 8, 30)

    (sheet,) = sheets.read_bytes(workbook(fill))
    assert sheet.name == "摸排表"
    assert [row.number for row in sheet.rows] == [3, 4, 6]
    assert sheet.rows[1].cells == ["", "110105194912310021", date(2021, 6, 1)]
    assert isinstance(sheet.rows[2].cells[1], float)
    assert sheet.rows[2].cells[2] == datetime(2021, 6, 1, 8, 30)


def test_merged_cells_can_be_filled_down():
    def fill(book):
        sheet = book.active
        for row in [["村名登记"], ["村", "姓名"], ["甲村", "王伟"], ["", "李娜"], ["乙村", "张三"]]:
            sheet.append(row)
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("A3:A4")

    (sheet,) = sheets.read_bytes(workbook(fill))
    sheet.fill_merged()
    assert [row.cells for row in sheet.rows] == [
        ["村名登记", "村名登记"],
        ["村", "姓名"],
        ["甲村", "王伟"],
        ["甲村", "李娜"],
        ["乙村", "张三"],
    ]


def test_merged_cells_can_be_filled_in_chosen_columns_and_below_an_offset():
    def fill(book):
        sheet = book.active
        sheet["B3"], sheet["C3"], sheet["C4"], sheet["D3"] = "甲村", "王伟", "李娜", "同意"
        sheet.merge_cells("B3:B4")
        sheet.merge_cells("D3:D4")

    (sheet,) = sheets.read_bytes(workbook(fill))
    sheet.fill_merged({1})
    assert [row.cells for row in sheet.rows] == [["", "甲村", "王伟", "同意"], ["", "甲村", "李娜", ""]]


def test_old_xls_from_a_county_system_reads_like_xlsx():
    """The file was written once in the BIFF8 format: merged title and 村 column, a hidden sheet."""
    (sheet,) = sheets.read(Path(__file__).parent / "data" / "census.xls")
    sheet.fill_merged({0})
    assert [row.number for row in sheet.rows] == [1, 2, 3, 4]
    assert sheet.rows[2].cells == ["甲村", "王伟", "110105194912310021", date(2021, 6, 1)]
    assert sheet.rows[3].cells[0] == "甲村"
    assert isinstance(sheet.rows[3].cells[2], float)
    assert sheet.rows[3].cells[3] == 44348


def test_hidden_and_empty_sheets_are_left_out():
    def fill(book):
        book.active.append(["姓名"])
        hidden = book.create_sheet("字典")
        hidden.append(["不要"])
        hidden.sheet_state = "hidden"
        book.create_sheet("空表")

    assert [sheet.name for sheet in sheets.read_bytes(workbook(fill))] == ["Sheet"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_usual_encoding(encoding, delimiter):
    text = f'姓名{delimiter}备注\r\n\r\n王伟{delimiter}"两行\n的备注"\r\n𠮷野{delimiter}001\r\n'
    (sheet,) = sheets.read_bytes(text.encode(encoding))
    assert [row.cells for row in sheet.rows] == [["姓名", "备注"], ["王伟", "两行\n的备注"], ["𠮷野", "001"]]
    assert sheet.rows[1].number == 3


def test_reading_from_disk_goes_by_content_not_by_name(tmp_path):
    path = tmp_path / "名单.xls"
    path.write_bytes(workbook(lambda book: book.active.append(["姓名"])))
    assert sheets.read(path)[0].rows[0].cells == ["姓名"]
    path.write_bytes("姓名,电话\n".encode("gb18030"))
    assert sheets.read(path)[0].rows[0].cells == ["姓名", "电话"]
    with pytest.raises(sheets.SheetError, match="请按村拆"):
        sheets.read(path, max_bytes=3)


def test_what_is_no_sheet_is_refused():
    plain = workbook(lambda book: book.active.append(["姓名"]))
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(b"") == "EMPTY"
    assert refused(b"\n\n,,\n") == "EMPTY"
    assert refused(workbook(lambda book: None)) == "EMPTY"
    assert refused(word.getvalue()) == "NOT_A_SHEET"
    assert refused(b"%PDF-1.7 abc") == "NOT_A_SHEET"
    assert refused(b"<html><table></table></html>") == "NOT_A_SHEET"
    assert refused(b"\x00\x01\x02") == "NOT_A_SHEET"
    assert refused(b"\xff\xff\x80abc") == "ENCODING"
    assert refused(plain[: len(plain) // 2]) == "UNREADABLE"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600) == "UNREADABLE"
    assert refused(repacked(plain, **{"xl/vbaProject.bin": b"x"})) == "MACROS"


def test_limits_of_rows_size_and_width():
    plain = workbook(lambda book: [book.active.append([number]) for number in range(12)])
    assert refused(plain, max_rows=11) == "TOO_MANY_ROWS"
    assert refused(b"a\n" * 12, max_rows=11) == "TOO_MANY_ROWS"
    assert refused(plain, max_bytes=100) == "TOO_LARGE"
    assert len(sheets.read_bytes(plain, max_rows=12)[0].rows) == 12

    def far(book):
        book.active["A1"], book.active["XFD1048576"] = 1, 2

    assert refused(workbook(far)) == "TOO_WIDE"


def test_zip_bombs_are_refused_also_when_the_directory_lies(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_RATIO", 20)
    bomb = repacked(workbook(lambda book: book.active.append(["姓名"])), **{"xl/media/a": b"0" * 20_000_000})
    assert refused(bomb) == "ZIP_BOMB"
    lying = bomb.replace((20_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    assert refused(lying) == "ZIP_BOMB"
