"""任务, 任务进度表, 周排名 and what lies ahead, against the independent SQL."""

from datetime import datetime, timedelta

from django.utils import timezone

from places.models import Site
from places.querysets import code_range
from reports.choices import TargetKind
from reports.models import Target
from reports.services.ladders import ladder
from reports.services.outlook import outlook
from reports.services.standings import standings
from reports.services.weekly_publishing import ranking
from reports.stock_figures import figures
from reports.sums import villages_of
from tests.reports.agreement.pairs import Pairs, told, told_by
from tests.reports.independent import coverage, stock, tasks, weekly
from tests.reports.independent.asking import Asked

_LINE = ("quantity", "missing", "pace", "days_left", "forecast", "done", "today")
_RANKED = ("quota", "week", "week_before", "done", "before", "quota_before", "rank", "rank_before", "late")


def standing(asked: Asked, now: datetime) -> Pairs:
    """任务进度表 of every kind of task, at the end of the day."""
    pairs = {}
    for kind in TargetKind:
        rows = standings(asked.campaign, {asked.prefix}, kind=kind, now=now, until=asked.day)
        mine = {
            row.place.code: {name: getattr(row, name) for name in _LINE}
            for row in rows
            if row.quantity is not None
        }
        theirs = tasks.standings(asked, kind.value, timezone.localdate(now))
        villages = {row.place.code for row in rows}
        pairs[f"任务 {kind.label}"] = mine, {code: n for code, n in theirs.items() if code in villages}
    return pairs


def shared(place, asked: Asked, now: datetime) -> Pairs:
    """任务分解: what is shared out to the villages, the people of each, and the people of each 组 of a village."""
    found = ladder(campaign=asked.campaign, place=place, kind=TargetKind.FIRST, now=now)
    village = found.steps[0].unit.place
    below = ladder(campaign=asked.campaign, place=village, kind=TargetKind.FIRST, now=now)
    people = {step.unit.place.code: step.people for step in found.steps}
    groups = {step.unit.group_no: step.people for step in below.steps} | {"": below.rest[0]}
    return {
        "任务 分解": (
            (found.goal and found.goal.quantity, found.assigned),
            tasks.shared_out(asked, place.code, "first", found.due_on),
        ),
        "任务 各村人数": (told(people), {unit: n["target"] for unit, n in coverage.targets(asked).items()}),
        "任务 各组人数": (told(groups), tasks.groups_of(asked, village.code)),
    }


def percents(asked: Asked) -> Pairs:
    """A task that is a percentage is that percentage of the kept base, whatever became of the register since."""
    told_then = tasks.of_base(asked)
    kept = Target.objects.filter(pk__in=told_then).values_list("pk", "quantity", "base_people")
    mine = {pk: (quantity, quantity, people) for pk, quantity, people in kept}
    return {"任务 基数": (mine, told_then)}


def ranked(place, asked: Asked, now: datetime) -> Pairs:
    """周排名 of the week of the day, and of the one before."""
    pairs = {}
    for kind in (TargetKind.FIRST, TargetKind.COMPLETE):
        found = ranking(campaign=asked.campaign, place=place, kind=kind, day=asked.day, now=now)
        mine = {line.place.prefix: {name: getattr(line, name) for name in _RANKED} for line in found.lines}
        villages = [village.code for village in villages_of({place.prefix})]
        theirs = weekly.ranking(asked, kind.value, list(mine), villages, timezone.localdate(now))
        pairs[f"周排名 {place} {kind.label}"] = told_by(mine), told_by(theirs)
    return pairs


def ahead(place, asked: Asked) -> Pairs:
    """后几天: next doses that come due, how far the stock reaches."""
    last = asked.day + timedelta(days=7)
    found, due = (
        outlook(campaign=asked.campaign, place=place, today=asked.day),
        coverage.next_doses(asked, last),
    )
    sites = Site.objects.filter(code_range("place__code", place.prefix))
    wholes = [whole for whole, _ in figures(sites, since=asked.day, until=asked.day, today=asked.day)]
    return {
        "后几天 到期": (
            (found.waiting, told(found.due)),
            (
                sum(n for day, n in due.items() if day <= asked.day),
                {day: n for day, n in due.items() if day > asked.day},
            ),
        ),
        "后几天 够用": (
            {one.vaccine.code: one.cover_days for one in wholes if one.cover_days is not None},
            stock.cover(asked),
        ),
    }
