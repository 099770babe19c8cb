"""Where the reports and the independent SQL differ: an empty list, or the figure with both answers."""

from collections import Counter
from datetime import date, datetime

from reports import metrics
from reports.choices import TargetKind
from reports.cross import Cross, cross
from reports.services.board import board
from reports.services.daily import DailyReport, daily_report
from tests.reports import independent

DOSES = [metric.code for metric in metrics.DOSES]
PEOPLE = {"first": metrics.FIRST, "complete": metrics.COMPLETE, "booster": metrics.BOOSTER}


def _told(values: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in values.items() if number}


def _inside(place, by_unit: dict[str, dict[str, int]], name: str) -> int:
    return sum(values.get(name, 0) for unit, values in by_unit.items() if unit.startswith(place.prefix))


def _by_village(rows, what) -> dict[str, dict[str, int]]:
    found = {row.place.code: _told(what(row)) for row in rows}
    return {code: values for code, values in found.items() if values}


def _daily(report: DailyReport, asked: independent.Asked) -> dict[str, tuple]:
    rows = report.rows
    pairs = {
        "应种": (
            _by_village(
                rows, lambda r: {name: getattr(r, name) for name in ("target", "target_60", "target_80")}
            ),
            independent.targets(asked),
        ),
        "今日剂次": (
            _by_village(rows, lambda r: {code: r.day.get(code, 0) for code in DOSES}),
            independent.doses(asked, of_day=True),
        ),
        "累计剂次": (
            _by_village(rows, lambda r: {code: r.sums.get(code, 0) for code in DOSES}),
            independent.doses(asked, of_day=False),
        ),
        "补录": (_told({r.place.code: r.late for r in rows}), independent.late(asked)),
        "本点接种": ((report.given_here, report.given_to_guests), independent.given_here(asked)),
        "库存": ({site: (v, d) for site, v, d in report.stock if v or d}, independent.stock(asked)),
        "异常反应": ((report.aefi_day, report.aefi_sum), independent.reactions(asked)),
    }
    for older in (0, 60, 80):
        codes = {name: metric.code + (f"_{older}" if older else "") for name, metric in PEOPLE.items()}
        kept = {name: code for name, code in codes.items() if code in metrics.ALL}
        told = _by_village(
            rows, lambda r, kept=kept: {name: r.sums.get(code, 0) for name, code in kept.items()}
        )
        there = independent.people(asked, older=older)
        cut = {
            unit: {name: n for name, n in values.items() if name in kept} for unit, values in there.items()
        }
        pairs[f"累计人数 {older or ''}"] = (told, {unit: values for unit, values in cut.items() if values})
    return pairs


def _lists(asked: independent.Asked) -> dict[str, tuple]:
    """The lists of names behind the figures."""
    of, span = (asked.campaign, {asked.prefix}), {"since": None, "until": asked.day}
    so_far, doses = independent.people(asked), independent.doses(asked, of_day=False)
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
        sum(independent.unreached(asked).values()),
    )
    return pairs


def _cross(found: Cross) -> dict[tuple[int | None, str], int]:
    cells = {}
    for line in found.lines:
        site = line.site and line.site.pk
        cells |= {(site, one.prefix): n for one, n in zip(found.units, line.cells, strict=True)}
        cells[site, ""] = line.guests
    return _told(cells)


def disagreements(*, campaign, place, day: date, now: datetime) -> list[str]:
    """Every figure of the daily report, the board and the lists of names of ``place`` on ``day`` that is not the one of
    ``independent``, in words."""
    asked = independent.Asked(campaign, place.prefix, day)
    pairs = _daily(daily_report(campaign=campaign, place=place, day=day, now=now), asked) | _lists(asked)
    for name, kind in zip(PEOPLE, (TargetKind.FIRST, TargetKind.COMPLETE, TargetKind.BOOSTER), strict=True):
        found = board(campaign=campaign, place=place, kind=kind, day=day, now=now)
        so_far, of_day = independent.people(asked), independent.people(asked, of_day=True)
        lines = [row.standing for row in found.rows]
        pairs[f"看板 {name}"] = (
            {line.place.code: (line.done, line.today) for line in lines},
            {
                line.place.code: (_inside(line.place, so_far, name), _inside(line.place, of_day, name))
                for line in lines
            },
        )
    pairs["对账"] = _cross(cross(campaign, place, since=None, until=day)), independent.where_given(asked)
    if len(place.prefix) < 9:  # its columns are towns
        theirs = Counter()
        for (site, unit), n in pairs["对账"][1].items():
            theirs[site, unit and unit[:9]] += n
        pairs["对账"] = pairs["对账"][0], dict(theirs)
    return [f"{day} {what}: {ours} ≠ {theirs}" for what, (ours, theirs) in pairs.items() if ours != theirs]
