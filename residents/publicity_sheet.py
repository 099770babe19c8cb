"""The weekly sheet of publicity: villages × kinds, for the page, for paper and for the workbook."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from core.xlsx import Column, Sheet
from places.models import Place
from residents.choices import PublicityKind
from residents.models import PublicityCount


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of ``day``."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def weekly(villages: Iterable[Place], counts: Iterable[PublicityCount]) -> list[dict]:
    """One row per village with a number per kind; villages that counted nothing stand there with zeros."""
    rows = {place.pk: {"village": place.name} | dict.fromkeys(PublicityKind.values, 0) for place in villages}
    for row in counts:
        if row.place_id in rows:
            rows[row.place_id][row.kind] += row.count
    return list(rows.values())


def totals(rows: Iterable[dict]) -> list[int]:
    """The sum of each kind, in the order of the columns."""
    rows = list(rows)
    return [sum(row[kind] for row in rows) for kind in PublicityKind.values]


def sheet(rows: list[dict], *, monday: date, where: str, now: datetime) -> Sheet:
    """The same table as a sheet."""
    columns = [Column("village", "村(社区)", width=18)]
    columns += [
        Column(kind, word, width=11, format="int", total="sum") for kind, word in PublicityKind.choices
    ]
    return Sheet(
        "宣传统计周报",
        columns,
        rows,
        title=f"{where}疫苗接种宣传工作周报({monday:%m月%d日}至{monday + timedelta(days=6):%m月%d日})",
        unit="见表头",
        filled_by=where,
        cut_off=f"{now:%Y-%m-%d %H:%M}",
        footer_lines=["填表人:                审核人:                日期:"],
    )
