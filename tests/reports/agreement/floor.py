"""Stock, the ledger, reactions, whom the doctors sent away, guests: against the independent SQL."""

from datetime import datetime, timedelta

from clinic.choices import AefiClass
from clinic.models import Visit
from places.models import Site
from places.querysets import code_range
from reports import reactions, stock_figures
from reports.choices import ReportKind
from reports.services import stock_ledger
from reports.services.exports import sheets_of
from tests.reports.agreement.pairs import Pairs, told, told_by
from tests.reports.independent import floor, stock
from tests.reports.independent.asking import Asked

_FIGURES = ("vials", "doses", "usable", "used", "wasted_open", "wasted_closed")
_SPELL = timedelta(days=30)


def stocked(place, asked: Asked, now: datetime) -> Pairs:
    """库存表 by lot, 库存分析 by vaccine and site, 出入库台账."""
    since, sites = asked.day - _SPELL, list(Site.objects.filter(code_range("place__code", place.prefix)))
    [table] = sheets_of(ReportKind.STOCK, place=place, campaign=asked.campaign, day=asked.day, now=now)
    by_lot = {(row["site"], row["lot"]): (row["vials"], row["opened"], row["doses"]) for row in table.rows}
    found = stock_figures.figures(sites, since=since, until=asked.day, today=asked.day)
    by_vaccine = {
        (one.vaccine.code, one.site.name): {name: getattr(one, name) for name in _FIGURES}
        for _, parts in found
        for one in parts
    }
    summary = stock_ledger.ledger_sheets(stock_ledger.Asked(sites, since, asked.day))[0]
    mine = {}
    for row in summary.rows:
        assert row["opening"] + row["came"] - row["went"] == row["closing"], row
        ends = row["opening"], row["closing"], row["opening_doses"], row["closing_doses"]
        mine[row["site"], row["lot"]] = ends
    return {
        "库存表": (by_lot, stock.lots(asked)),
        "库存分析": (told_by(by_vaccine), stock.by_vaccine(asked, since)),
        "出入库台账": (mine, stock.ledger(asked, since)),
    }


def reacted(place, asked: Asked, now: datetime) -> Pairs:
    """异常反应统计; 异常反应和禁忌公示 with the office's exact numbers; 就近接种."""
    since = asked.day - _SPELL
    cases, classes = sheets_of(ReportKind.AEFI, place=place, campaign=asked.campaign, day=asked.day, now=now)
    of_class = floor.cases(asked)
    words = {AefiClass(kind).label: numbers for kind, numbers in of_class.items()}
    asking = reactions.Asked(asked.campaign, place, since, asked.day)
    table, refused = reactions.reaction_table(asking), reactions.refusal_table(asking)
    mine = {
        line.code: {cell.column: cell.value for cell in line.cells[:-1]} | {"doses": line.doses}
        for line in table.lines
    }
    away = floor.sent_away(asked, since)
    total = {cell.column: cell.value for cell in refused.total.cells}
    return {
        "异常反应 个案": (len(list(cases.rows)), sum(n for n, _ in of_class.values())),
        "异常反应 分类": (
            {row["class"]: (row["cases"], row["serious"]) for row in classes.rows if row["cases"]},
            words,
        ),
        "公示 异常反应": (told_by(mine), floor.cases_by_vaccine(asked, since)),
        "公示 劝返": (
            told({"DEFER": total.get("defer", 0), "CONTRA": total[""] - total.get("defer", 0)}),
            away,
        ),
    }


def neighbours(asked: Asked, office) -> Pairs:
    """外乡镇群众接种, of the week to the day."""
    since = asked.day - timedelta(days=6)
    mine = [
        found(office).filter(on__range=(since, asked.day)).count()
        for found in (Visit.objects.guests_here, Visit.objects.guests_away)
    ]
    return {"就近接种": (tuple(mine), floor.guests(asked, since))}
