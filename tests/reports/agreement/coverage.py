"""Daily report, board, lists of names and cross table of any day, against the independent SQL."""

from collections import Counter
from datetime import datetime

from reports import metrics
from reports.choices import TARGETS_OF_PEOPLE, TargetKind
from reports.cohorts import EVERYONE, OVER_60
from reports.cross import cross
from reports.services.board import board
from reports.services.daily import DailyReport, daily_report
from tests.reports.agreement.pairs import Pairs, inside, told, told_by
from tests.reports.independent import coverage, floor, stock
from tests.reports.independent.asking import Asked

DOSES = [metric.code for metric in metrics.DOSES]
PEOPLE = {"first": metrics.FIRST, "complete": metrics.COMPLETE, "booster": metrics.BOOSTER}
_HEADS = ("target", "target_60", "target_80")
_STATES = ("contra", "hold", "refused")


def _by_village(rows, what) -> dict[str, dict[str, int]]:
    return told_by({row.place.code: what(row) for row in rows})


def daily(place, asked: Asked, now: datetime) -> Pairs:
    """日报, counted now."""
    return daily_pairs(daily_report(campaign=asked.campaign, place=place, day=asked.day, now=now), asked)


def daily_pairs(report: DailyReport, asked: Asked) -> Pairs:
    """Every number of ``report``; the sums of a report are what its page adds up."""
    rows = report.rows
    pairs = {
        "日报 应种": (
            _by_village(rows, lambda r: {name: getattr(r, name) for name in _HEADS}),
            coverage.targets(asked),
        ),
        "日报 今日剂次": (
            _by_village(rows, lambda r: {code: r.day.get(code, 0) for code in DOSES}),
            coverage.doses(asked, of_day=True),
        ),
        "日报 累计剂次": (
            _by_village(rows, lambda r: {code: r.sums.get(code, 0) for code in DOSES}),
            coverage.doses(asked, of_day=False),
        ),
        "日报 禁忌暂缓拒绝": (
            _by_village(rows, lambda r: {name: getattr(r, name) for name in _STATES}),
            coverage.states(asked),
        ),
        "日报 外出": (told({r.place.code: r.away for r in rows}), coverage.away(asked)),
        "日报 补录": (told({r.place.code: r.late for r in rows}), coverage.late(asked)),
        "日报 本点接种": ((report.given_here, report.given_to_guests), floor.given_here(asked)),
        "日报 库存": ({site: (v, d) for site, v, d in report.stock if v or d}, stock.stock(asked)),
        "日报 异常反应": ((report.aefi_day, report.aefi_sum), floor.reactions(asked)),
    }
    for older in (0, 60, 80):
        codes = {name: metric.code + (f"_{older}" if older else "") for name, metric in PEOPLE.items()}
        kept = {name: code for name, code in codes.items() if code in metrics.ALL}
        mine = _by_village(
            rows, lambda r, kept=kept: {name: r.sums.get(code, 0) for name, code in kept.items()}
        )
        there = coverage.people(asked, older=older)
        cut = {
            unit: {name: n for name, n in values.items() if name in kept} for unit, values in there.items()
        }
        pairs[f"日报 累计人数 {older or ''}"] = mine, told_by(cut)
    return pairs


def names(asked: Asked) -> Pairs:
    """The lists of names behind the figures."""
    of, span = (asked.campaign, {asked.prefix}), {"since": None, "until": asked.day}
    so_far, doses = coverage.people(asked), coverage.doses(asked, of_day=False)
    pairs = {
        f"名单 {metric.title}": (
            metrics.people_behind(metric, *of, **span).count(),
            sum(values.get(name, 0) for values in so_far.values()),
        )
        for name, metric in PEOPLE.items()
    }
    pairs |= {
        f"名单 {metric.title}": (
            metrics.doses_behind(metric, *of, **span).count(),
            sum(values.get(metric.code, 0) for values in doses.values()),
        )
        for metric in metrics.DOSES
    }
    pairs["名单 未首剂"] = (
        metrics.unreached(metrics.FIRST, *of, until=asked.day).count(),
        sum(coverage.unreached(asked).values()),
    )
    return pairs


def boards(place, asked: Asked, now: datetime) -> Pairs:
    """进度总览: done and today of every line."""
    pairs = {}
    asks = [(name, kind, EVERYONE, 0) for name, kind in zip(PEOPLE, TARGETS_OF_PEOPLE, strict=True)]
    for name, kind, cohort, older in (*asks, ("complete", TargetKind.COMPLETE, OVER_60, 60)):
        so_far = coverage.people(asked, older=older)
        of_day = coverage.people(asked, of_day=True, older=older)
        asking = {"place": place, "kind": kind, "day": asked.day, "now": now, "cohort": cohort}
        lines = [row.standing for row in board(campaign=asked.campaign, **asking).rows]
        pairs[f"看板 {name} {cohort.title}"] = (
            {line.place.code: (line.done, line.today) for line in lines},
            {
                line.place.code: (inside(line.place, so_far, name), inside(line.place, of_day, name))
                for line in lines
            },
        )
    return pairs


def crossed(place, asked: Asked) -> Pairs:
    """对账: where doses were given and where they count."""
    cells = {}
    for line in (found := cross(asked.campaign, place, since=None, until=asked.day)).lines:
        site = line.site and line.site.pk
        cells |= {(site, one.prefix): n for one, n in zip(found.units, line.cells, strict=True)}
        cells[site, ""] = line.guests
    theirs = floor.where_given(asked)
    if len(place.prefix) < 9:  # its columns are towns
        towns: Counter = Counter()
        for (site, unit), n in theirs.items():
            towns[site, unit and unit[:9]] += n
        theirs = dict(towns)
    return {"对账": (told(cells), theirs)}
