"""Counting a report of a town as it stood at its cut-off, and handing it in."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime

from accounts.models import User
from campaigns.models import Campaign
from core.errors import RuleBroken
from core.locks import deed
from places.choices import Level
from places.models import Place
from reports.choices import FiledKind, TargetKind
from reports.cohorts import EVERYONE
from reports.counted import counted_at, stood_in
from reports.filing_reasons import Reasoned, reasoned
from reports.filing_rules import PARTS, Account, Counted, account, steps
from reports.models import FiledReport
from reports.services import rollups
from reports.services.filing import Line, take_turn, write_report
from reports.services.standings import targets_in_force

Figures = dict[str, int]


@deed()
def file_progress(
    *,
    campaign: Campaign,
    place: Place,
    day: date,
    slot: str,
    cut_off: datetime,
    actor: User | None,
    key: uuid.UUID,
    now: datetime,
    note: str = "",
) -> FiledReport:
    """Hand in the progress of a township as recorded by ``cut_off`` (S113), with what changed since the report before.

    Raises RuleBroken: REPORT_PLACE (not a township), and as ``write_report``.
    """
    return count_and_write(
        kind=FiledKind.PROGRESS,
        campaign=campaign,
        place=place,
        day=day,
        slot=slot,
        cut_off=cut_off,
        actor=actor,
        key=key,
        now=now,
        note=note,
    )


@deed()
def count_and_write(
    *, more: Callable[[], Iterable[Line]] = lambda: (), with_elders: bool = False, **report
) -> FiledReport:
    """Count a report at its cut-off, account for the one before, and write it.

    ``report``: arguments of ``write_report``. ``more``: figures beside those counted one by one, by unit.
    """
    campaign, place, day, at = (report[name] for name in ("campaign", "place", "day", "cut_off"))
    if place.level != Level.TOWN:
        raise RuleBroken("REPORT_PLACE", "报告按乡镇(街道)编制,请选择乡镇。", "place")
    asked = {name: report[name] for name in ("kind", "campaign", "place", "day", "cut_off", "key", "now")}
    turn = take_turn(**asked)
    if turn.same is not None:
        return turn.same
    before = stood_in(turn.last)
    after = counted_at(campaign, {place.prefix}, at=at, day=day, with_elders=with_elders)
    of = {"campaign": campaign, "place": place, "previous": turn.last}
    changes = reasoned(steps(before, after), before=before, day=day, at=at, **of)
    figures = _figures(before, changes)
    lines = _lines(place, figures, list(more()) or _quotas(campaign, place, day))
    return write_report(**report, lines=lines, changes=changes)


def _figures(before: Counted, changes: Iterable[Reasoned]) -> dict[str, Figures]:
    """Unit code → figures: each metric's cumulative number, and its parts as ``metric.part``; zeros are left out."""
    previous: dict[tuple[str, str], int] = {}
    for item in before.values():
        where = item.unit, item.metric
        previous[where] = previous.get(where, 0) + 1
    moved: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for step, reason in changes:
        moved.setdefault((step.item.unit, step.item.metric), []).append((reason, step.sign))
    found: dict[str, Figures] = {}
    for unit, metric in previous.keys() | moved.keys():
        one = account(previous.get((unit, metric), 0), moved.get((unit, metric), ()))
        found.setdefault(unit, {}).update(_written(metric, one))
    return found


def _written(metric: str, one: Account) -> Figures:
    numbers = {metric: one.total} | {f"{metric}.{part}": getattr(one, part) for part in PARTS}
    return {name: number for name, number in numbers.items() if number}


def _lines(place: Place, figures: dict[str, Figures], more: Iterable[Line]) -> list[Line]:
    """A line for every village, and for whatever else has a figure."""
    units = {village.code: village for village in rollups.villages_of({place.prefix})}
    units |= {unit.code: unit for unit in Place.objects.filter(code__in=figures.keys() - units.keys())}
    besides = {unit.code: (numbers, words) for unit, numbers, words in more}
    units |= {unit.code: unit for unit, _, _ in more if unit.code not in units}
    nothing: tuple[Figures, dict] = {}, {}
    lines = []
    for code in sorted(units):
        numbers, words = besides.get(code, nothing)
        lines.append((units[code], figures.get(code, {}) | numbers, words))
    return lines


def _quotas(campaign: Campaign, place: Place, day: date) -> list[Line]:
    targets = targets_in_force(campaign, kind=TargetKind.FIRST, cohort=EVERYONE, day=day)
    villages = rollups.villages_of({place.prefix})
    return [(unit, {"quota": targets[unit.pk].quantity}, {}) for unit in villages if unit.pk in targets]
