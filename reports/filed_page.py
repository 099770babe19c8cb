"""The tables of a filed report, as the page prints them and the workbook holds them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from core import xlsx
from core.xlsx import Column, Ratio, Sheet
from reports.choices import FiledKind
from reports.counted import PEOPLE
from reports.filed import ALL_DOSES, FIGURES, SHOWN, Row, adjusted_of, total_of
from reports.filing_rules import ADJUSTED, LATE, NEW, PREVIOUS, TOTAL, VOIDED
from reports.models import FiledReport

HEADS = {
    TOTAL: ("本次累计", "上次累计 + 新增 + 补录 − 作废 ± 转入转出"),
    PREVIOUS: ("上次累计", "上一次报告的累计;第一次报告时是报告日以前的累计"),
    NEW: ("新增", "上次报告以后录入的"),
    LATE: ("补录", "上次报告以后录入、接种日期在已经报过的日子"),
    VOIDED: ("作废", "上次报过、以后作废的,从累计中减去"),
    ADJUSTED: ("转入转出", "计入单位变动、合并档案、剂次调整、退出目标人群,有正有负"),
}
BY_VILLAGE = (PEOPLE[0], ALL_DOSES)


@dataclass(frozen=True)
class Cell:
    """One number with what its names are asked for by; ``place`` is a code."""

    part: str
    number: int
    metric: str
    place: str
    has_names: bool

    @property
    def text(self) -> str:
        """Parts that add or take away say so."""
        return f"{self.number:+,}" if self.part == ADJUSTED and self.number else f"{self.number:,}"


@dataclass(frozen=True)
class Line:
    """One unit or one figure with its parts."""

    word: str
    cells: list[Cell]
    row: Row
    with_task: bool = False


@dataclass(frozen=True)
class Table:
    """``lines`` under ``title``; ``total`` is None where rows are different figures."""

    title: str
    first: str
    lines: list[Line]
    total: Line | None = None
    with_task: bool = False


def _line(word: str, row: Row, code: str, moved: set[tuple[str, str]], *, with_task: bool = False) -> Line:
    """``moved``: (metric, unit) of what moved in or out; a balance of none may hide as many in as out."""
    one, where = row.account(code), row.place
    is_moved = any(
        metric in FIGURES[code].metrics and unit.startswith(where.prefix) for metric, unit in moved
    )
    cells = []
    for part in HEADS:
        number = getattr(one, part)
        has_names = bool(number) or (part == ADJUSTED and is_moved)
        cells.append(Cell(part, number, code, where.code, has_names))
    return Line(word, cells, row, with_task)


def tables(report: FiledReport, rows: list[Row]) -> list[Table]:
    """The whole place by figure, then first doses and all doses by village."""
    whole, moved = total_of(report.place, rows), adjusted_of(report)
    found = [
        Table(
            f"{report.place}汇总",
            "指标",
            [_line(f"{one.title}({one.unit})", whole, one.code, moved) for one in SHOWN],
        )
    ]
    for code in BY_VILLAGE:
        figure, with_task = FIGURES[code], code == PEOPLE[0]
        lines = [_line(row.place.name, row, code, moved, with_task=with_task) for row in rows]
        total = _line("合计", whole, code, moved, with_task=with_task)
        found.append(Table(f"各村{figure.title}({figure.unit})", "村(社区)", lines, total, with_task))
    return found


def heading(report: FiledReport) -> str:
    """As the sheet is called."""
    slot = report.slot if report.kind == FiledKind.PROGRESS else ""
    return f"{report.place}{report.campaign}{slot}{report.get_kind_display()}"


def workbook(report: FiledReport, rows: list[Row]) -> bytes:
    """The report as .xlsx: one sheet for the whole place, one for each figure by village."""
    cut_off = f"{timezone.localtime(report.cut_off):%Y-%m-%d %H:%M}"
    filed = f"报送:{report.filed_by or '系统'} {timezone.localtime(report.filed_at):%Y-%m-%d %H:%M}"
    before = report.previous
    since = f"上次报告截止:{timezone.localtime(before.cut_off):%Y-%m-%d %H:%M}" if before else "第一次报告"
    heads = {
        "cut_off": cut_off,
        "filled_by": report.place.name,
        "footer_lines": [f"{since}。本次累计 = 上次累计 + 新增 + 补录 − 作废 ± 转入转出。", filed],
    }
    whole = total_of(report.place, rows)
    lines = [{"word": f"{one.title}({one.unit})"} | _cells(whole, one.code) for one in SHOWN]
    sheets = [
        Sheet("汇总", _columns("指标", totals=False), lines, title=heading(report), unit="见指标", **heads)
    ]
    for code in (*PEOPLE, ALL_DOSES):
        figure = FIGURES[code]
        lines = [{"word": row.place.name} | _cells(row, code, with_task=code == PEOPLE[0]) for row in rows]
        columns = _columns("村(社区)", totals=True, with_task=code == PEOPLE[0])
        title = f"{heading(report)} {figure.title}"
        sheets.append(Sheet(figure.title, columns, lines, title=title, unit=figure.unit, **heads))
    return xlsx.build(sheets)


def _cells(row: Row, code: str, *, with_task: bool = False) -> dict[str, int | float | None]:
    one = row.account(code)
    cells: dict[str, int | float | None] = {part: getattr(one, part) for part in HEADS}
    if with_task:
        done, quota = row.share
        cells |= {"quota": quota, "rate": done / quota if quota else None}
    return cells


def _columns(first: str, *, totals: bool, with_task: bool = False) -> Iterable[Column]:
    total = "sum" if totals else None
    columns = [Column("word", first, width=18)]
    if with_task:
        columns.append(Column("quota", "任务数", format="int", total=total, width=10))
    heads = [
        Column(part, word, format="int", total=total, width=12, note=note)
        for part, (word, note) in HEADS.items()
    ]
    if with_task:
        rate = Column(
            "rate", "完成率", format="percent", total=Ratio(TOTAL, "quota", only_with=True), width=10
        )
        return [*columns, heads[0], rate, *heads[1:]]
    return columns + heads
