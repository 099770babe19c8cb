"""A workbook with two tables of contents: what is looked through must be what is read."""

import io
import struct
import zipfile

import openpyxl
import pytest

from core import sheets, zip_directories


def book(cell: str) -> bytes:
    made, buffer = openpyxl.Workbook(), io.BytesIO()
    made.active["A1"], made.active[cell] = "村名", "王家村"
    made.save(buffer)
    return buffer.getvalue()


def table(content: bytes) -> tuple[bytes, bytes, int]:
    """(what is packed, table of contents, entries) of a workbook."""
    count, size, start = struct.unpack("<H2I", content[-12:-2])
    return content[:start], content[start : start + size], count


def end(count, size, start, disk=0) -> bytes:
    return struct.pack("<4s4H2IH", b"PK\x05\x06", 0, disk, count, count, size, start, 0)


def long_end(count, size, start) -> bytes:
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)


FAR, (NEAR, NEAR_TABLE, COUNT) = book("KZ9"), table(book("B2"))
FAR_PACKED, FAR_TABLE, FAR_COUNT = table(FAR)


def moved(entries: bytes, by: int) -> bytes:
    """``entries`` of a table for members that stand ``by`` bytes later."""
    found, at = bytearray(entries), 0
    while at < len(found):
        (start,) = struct.unpack_from("<I", found, at + 42)
        struct.pack_into("<I", found, at + 42, start + by)
        at += 46 + sum(struct.unpack_from("<3H", found, at + 28))
    return bytes(found)


# The far book stands first; the near one, which a check might look at, behind it.
BOTH = FAR_PACKED + NEAR
NEAR_MOVED = moved(NEAR_TABLE, len(FAR_PACKED))
TABLES = BOTH + FAR_TABLE + NEAR_MOVED
FAR_END = end(FAR_COUNT, len(FAR_TABLE), len(BOTH))
WITH_FAR_END = BOTH + FAR_TABLE + FAR_END + NEAR_MOVED


@pytest.mark.parametrize(
    "content",
    [
        TABLES + long_end(COUNT, len(NEAR_MOVED), len(BOTH + FAR_TABLE)) + FAR_END,
        WITH_FAR_END + end(COUNT, len(NEAR_MOVED), len(BOTH + FAR_TABLE + FAR_END), disk=1),
        WITH_FAR_END + end(COUNT, len(NEAR_MOVED), len(BOTH + FAR_TABLE + FAR_END)),
        FAR[:-2] + struct.pack("<H", 3) + b"abc",
    ],
)
def test_a_file_that_may_be_read_in_two_ways_is_not_read(content):
    with pytest.raises(sheets.SheetError) as caught:
        sheets.read_bytes(content)
    assert caught.value.code == "UNREADABLE"


@pytest.mark.parametrize("said", [(COUNT, len(NEAR_TABLE), len(NEAR)), (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)])
def test_the_end_record_of_large_archives_is_welcome_when_it_says_the_same(said):
    content = NEAR + NEAR_TABLE + long_end(COUNT, len(NEAR_TABLE), len(NEAR)) + end(*said)
    (sheet,) = sheets.read_bytes(content)
    assert sheet.rows[1].cells == ["", "王家村"]


def test_four_bytes_by_chance_are_no_end_record():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("picture", b"..PK\x05\x06\x01\x02\x03\x04..")
    assert zip_directories.is_plain(buffer.getvalue(), zipfile.ZipFile(buffer))
