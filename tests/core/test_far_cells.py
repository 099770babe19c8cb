"""Looking through worksheets for far values: the glance says "plain" only where the XML watch would agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.far_cells import CellWatch, FarCell, Glance
from core.sheets import MAX_COLUMNS, MAX_ROWS

PROLOG = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def is_plain(content: bytes, size: int = 1 << 20) -> bool:
    glance = Glance()
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    return all(map(glance.is_plain, pieces)) and glance.ends_plain()


def is_near(content: bytes) -> bool:
    watch = CellWatch(is_sheet=True, max_columns=MAX_COLUMNS, max_rows=MAX_ROWS)
    try:
        watch.feed(content, last=True)
    except (FarCell, ValueError):
        return False
    return True


def sheet(cells: bytes) -> bytes:
    return PROLOG + b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"


def test_what_office_programs_write_is_plain():
    cells = b'<c r="A1" t="s"><v>0</v></c><c r="CZ199999" s="3" t="n"><v>1</v></c><c r="B2" s="1"/>'
    assert is_plain(sheet(cells)) and is_near(sheet(cells))


@pytest.mark.parametrize(
    "cells",
    [
        b'<c r="XFD1"><v>1</v></c>',
        b'<c r="A1048576"><v>1</v></c>',
        b'<c r="KZ1"><v>1</v></c>',
        b'<c r="DA1"><v>1</v></c>',
        b'<c t="n" r="XFD1"><v>1</v></c>',
        b'<c r="&#88;FD1"><v>1</v></c>',
        b"<c r='XFD1'><v>1</v></c>",
        b'<c\tr="XFD1"><v>1</v></c>',
        b"<c><v>1</v></c>",
        b'<x:c xmlns:x="y" r="XFD1"><x:v>1</x:v></x:c>',
        b'<a\x0b:c r="XFD1"><v>1</v></c>',  # of these the parser, more lenient than XML, takes the name for "c"
        b'<a\x0c:c r="XFD1"><v>1</v></c>',
        b'<a/:c r="XFD1"><v>1</v></c>',
        b'<a">":c r="XFD1"><v>1</v></c>',
        b"<a'> ':c r=\"XFD1\"><v>1</v></c>",
        b'<c r="A1" r="XFD1"><v>1</v></c>',
        b'<![CDATA[<c r="A1">]]><c r="XFD1"><v>1</v></c>',
        b'<!-- <c r="A1"> --><c r="XFD1"><v>1</v></c>',
    ],
)
def test_whatever_is_odd_asks_for_the_closer_look(cells):
    assert not is_plain(sheet(cells))


def test_a_wide_sheet_is_near_and_a_long_one_but_not_one_that_is_both():
    wide, long = b'<c r="KN9"><v>1</v></c>', b'<c r="A199999"><v>1</v></c>'
    assert is_near(sheet(wide)) and is_near(sheet(long))
    for both in (wide + long, long + wide, b'<c r="KN199999"><v>1</v></c>'):
        assert not is_near(sheet(both)) and not is_plain(sheet(both)), "two gigabytes of empty cells"


@pytest.mark.parametrize(
    "content",
    [
        sheet(b'<c r="A1"><v>1</v></c>').decode().encode("utf-16"),
        sheet(b"").replace(b"UTF-8", b"UTF-7"),
        PROLOG + b"<!DOCTYPE x>" + sheet(b"")[len(PROLOG) :],
        sheet(b"") + b'<c r="XFD1"',
    ],
)
def test_another_alphabet_or_a_document_type_is_never_plain(content):
    assert not is_plain(content)


TAGS = st.sampled_from(
    [
        b'<c r="A1">',
        b'<c r="XFD9">',
        b'<c r="B200001">',
        b"<c>",
        b"</c>",
        b"<v>",
        b"1",
        b"</v>",
        b"<row>",
        b"</row>",
    ]
)


@given(st.lists(TAGS, max_size=12), st.integers(1, 40))
def test_nothing_far_passes_for_plain_however_it_is_cut(tags, size):
    content = sheet(b"".join(tags))
    if (
        not is_near(content)
        and b"<c" in content
        and is_near(content.replace(b"XFD9", b"B9").replace(b"B200001", b"B2"))
    ):
        assert not is_plain(content, size), "only the distance is wrong, and it is overlooked"
    if is_plain(content):
        assert b"XFD" not in content and b"B200001" not in content
