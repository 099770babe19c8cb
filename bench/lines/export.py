"""P5: a flat list of 100 000 rows and 15 columns as a workbook, beside the same sheet written by hand and by openpyxl."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import openpyxl
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook

from bench import crowd
from bench.measure import Line, apart, say
from bench.raw import sheet as raw
from core.idnumbers import mask
from core.xlsx import Column, stream

MOST_OF_RAW, LEAST_OF_PEER, MOST_MB = 1.3, 7, 150
COLUMNS = (
    Column("serial", "序号", format="int"),
    Column("county", "旗县"),
    Column("town", "乡镇"),
    Column("village", "村(社区)"),
    Column("group", "组"),
    Column("name", "姓名"),
    Column("sex", "性别"),
    Column("number", "证件号码"),
    Column("birth", "出生日期", format="date"),
    Column("age", "年龄", format="int"),
    Column("phone", "电话"),
    Column("residence", "人员类别"),
    Column("doses", "已种剂次", format="int"),
    Column("last", "最近接种", format="date"),
    Column("status", "接种状态"),
)
_DIFFERENT = 5_000  # people, taken in turn, so that making them up is not what is measured


def lines(setup) -> Iterator[Line]:
    """One line; the database is not asked."""
    file, rows = str(setup.work / "flat.xlsx"), setup.rows
    contenders = {"ours": _ours, "raw: XML by hand": _raw, "peer: openpyxl write_only": _peer}
    line = Line("P5", setup.engine, f"flat list of {rows} × {len(COLUMNS)} as a workbook", "s", {})
    peaks, held = {}, {}
    for number in range(setup.rounds):
        for name, work in contenders.items():
            if work is _peer and number >= setup.peer_rounds:
                continue
            outcome = apart(work, file=file, count=rows)
            line.figures.setdefault(name, []).append(outcome["result"])
            peaks[name] = max(peaks.get(name, 0), outcome["peak_mb"])
            if number == 0:
                held[name] = _content(file)
            say(f"{name} {outcome['result']:.1f} s, {outcome['peak_mb']:.0f} MB")
    Path(file).unlink()
    line.at_most("of raw", line.median("ours") / line.median("raw: XML by hand"), MOST_OF_RAW, " ×")
    line.at_least(
        "peer / ours", line.median("peer: openpyxl write_only") / line.median("ours"), LEAST_OF_PEER
    )
    line.at_most("peak memory", peaks["ours"], MOST_MB, " MB")
    line.holds("all three hold the same cells", len({repr(cells) for cells in held.values()}) == 1)
    line.notes.append("peak MB: " + ", ".join(f"{name} {mb:.0f}" for name, mb in peaks.items()))
    yield line


def _people() -> list[tuple]:
    last, people = date(2026, 5, 1), []
    for n, person in enumerate(crowd.people(_DIFFERENT, seed=5)):
        where = ("准格尔旗", f"第{n % 15}镇", f"{n % 20}号村", f"{n % 12 + 1}组")
        who = (person.name, "男" if person.sex == "M" else "女", mask(person.number), person.birth_date)
        rest = (2026 - person.birth_date.year, person.phone, "户籍常住", n % 3, last, "已完成 <全程>")
        people.append((n, *where, *who, *rest))
    return people


def _rows(count: int) -> Iterator[tuple]:
    return islice(cycle(_people()), count)


def _timed(write) -> float:
    began = perf_counter()
    write()
    return perf_counter() - began


def _ours(file: str, count: int) -> float:
    keys = [column.key for column in COLUMNS]
    people = [dict(zip(keys, row, strict=True)) for row in _people()]
    return _timed(lambda: stream(file, COLUMNS, islice(cycle(people), count)))


def _raw(file: str, count: int) -> float:
    formats, titles = [column.format for column in COLUMNS], [column.title for column in COLUMNS]
    rows = _rows(count)
    return _timed(lambda: raw.write(Path(file), formats, titles, rows))


def _peer(file: str, count: int) -> float:
    rows = _rows(count)

    def write() -> None:
        book = openpyxl.Workbook(write_only=True)
        ws = book.create_sheet("名单")
        ws.append([column.title for column in COLUMNS])
        formats = [{"int": "#,##0", "date": "yyyy-mm-dd"}.get(column.format) for column in COLUMNS]
        for row in rows:
            ws.append([_styled(ws, value, format) for value, format in zip(row, formats, strict=True)])
        book.save(file)

    return _timed(write)


def _styled(ws, value: object, format: str | None) -> object:
    if format is None:
        return value
    cell = WriteOnlyCell(ws, value)
    cell.number_format = format
    return cell


def _content(file: str) -> list:
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    return [len(rows), rows[0], rows[1:200], rows[-1]]
