"""周排名 (domain §7.6): the order of the villages at the end of a week, Monday to Sunday, and how it moved."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from tests.reports.independent.asking import Asked, rows
from tests.reports.independent.coverage import between
from tests.reports.independent.tasks import given_out

Lines = dict[str, dict]  # by code of the village


def _counting(unit: str, villages: list[str], tasks: dict[str, tuple]) -> list[str]:
    """Of a town the villages that have a task: those without one are neither in the task nor in what is done."""
    mine = [village for village in villages if village.startswith(unit)]
    return [village for village in mine if village in tasks] or mine


def ranking(asked: Asked, kind: str, units: list[str], villages: list[str], today: date) -> Lines:
    """The week of the day, of the ``units`` (codes of villages, or the digits of towns): {unit: {quota, week, week_before, done,
    before, quota_before, rank, rank_before, late}}; what is not there is left out. Against the week before as it was published,
    else as it is counted now."""
    monday = asked.day - timedelta(days=asked.day.weekday())
    sunday, eve = min(monday + timedelta(days=6), today), monday - timedelta(days=1)

    @cache
    def reached(since: date | None, until: date) -> dict[str, int]:
        return {unit: n.get(kind, 0) for unit, n in between(asked, since, until).items()}

    spells = {"week": reached(monday, sunday), "week_before": reached(monday - timedelta(days=7), eve)}
    tasks, earlier = (given_out(replace(asked, day=day), kind) for day in (sunday, eve))
    lines: Lines = {}
    for unit in units:
        mine, old = (_counting(unit, villages, given) for given in (tasks, earlier))
        line = {name: sum(n.get(village, 0) for village in mine) for name, n in spells.items()}
        for name, given, until, which in (("", tasks, sunday, mine), ("_before", earlier, eve, old)):
            quotas = [given[village][0] for village in which if village in given]
            starts = {village: given[village][2] if village in given else None for village in which}
            done = sum(reached(starts[village], until).get(village, 0) for village in which)
            line |= {f"quota{name}": sum(quotas) if quotas else None, "before" if name else "done": done}
        lines[unit] = line
    _put_ranks(lines, "rank", "done", "quota")
    told = _published(asked, eve, kind)
    if told is None:
        _put_ranks(lines, "rank_before", "before", "quota_before")
    for unit, line in lines.items():
        if told and (old := told.get(unit.ljust(12, "0"))):
            line |= {
                "before": old["done"],
                "week_before": old["week"],
                "late": line["done"] - old["done"] - line["week"],
            }
            line |= {"quota_before": old.get("quota"), "rank_before": old.get("rank")}
    return {unit: {name: n for name, n in line.items() if n is not None} for unit, line in lines.items()}


def _put_ranks(lines: Lines, name: str, done: str, quota: str) -> None:
    """The best first; equal rates share a place and the next one is left out; without a task there is no place."""
    rates = {unit: Fraction(line[done], line[quota]) for unit, line in lines.items() if line[quota]}
    for unit, line in lines.items():
        line[name] = 1 + sum(one > rates[unit] for one in rates.values()) if unit in rates else None


def _published(asked: Asked, eve: date, kind: str) -> Lines | None:
    """The figures as they were published for the week that ended with ``eve``; None: not published."""
    sql = """SELECT u.code, l.figures FROM reports_filedline l JOIN reports_filedreport r ON r.id = l.report_id
            JOIN places_place u ON u.id = l.place_id JOIN places_place o ON o.id = r.place_id
        WHERE r.kind = 'weekly' AND r.campaign_id = %(campaign)s AND r.day = %(eve)s AND r.slot = %(slot)s
            AND rtrim(o.code, '0') = rtrim(%(prefix)s, '0') AND u.id <> o.id"""
    slot = {"first": "首剂人数", "complete": "全程人数", "booster": "加强人数", "doses": "接种剂次"}[kind]
    found = rows(sql, asked, eve=eve, slot=slot, prefix=asked.prefix)
    return {
        code: json.loads(figures) if isinstance(figures, str) else figures for code, figures in found
    } or None
