"""The ranking of a week, counted now and held against the week before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from campaigns.choices import GroupKind
from campaigns.models import Campaign, WorkGroupMember
from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from reports.choices import FiledKind, TargetKind
from reports.models import FiledReport
from reports.services import rollups
from reports.services.standings import METRIC_OF, Standing, standings, summed
from reports.weekly import Line, Ranking, ranked
from residents.publicity_sheet import week_of

People = dict[str, int]  # by code of the unit


def published(campaign: Campaign, place: Place):
    """The published rankings of a place, the latest last."""
    return FiledReport.objects.chain(kind=FiledKind.WEEKLY, campaign=campaign, place=place)


def counted(*, campaign: Campaign, place: Place, kind: TargetKind, day: date, now: datetime) -> Ranking:
    """Counted now: doses of the week by their dates, everything recorded by ``now``."""
    monday, sunday = week_of(day)
    until, eve = min(sunday, timezone.localdate(now)), monday - timedelta(days=1)
    of = {"campaign": campaign, "place": place, "kind": kind, "now": now}
    before = _people(since=None, until=eve, **of)
    week = _people(since=monday, until=until, **of)
    week_before = _people(since=monday - timedelta(days=7), until=eve, **of)
    rows = _standings(_added(before, week), until=until, **of)
    earlier = _standings(before, until=eve, **of)
    units = _towns(place) or [row.place for row in rows]
    names = secretaries(campaign, units)
    spells = (week, week_before)
    lines = [_line(unit, names.get(unit.pk, ""), rows, earlier, spells) for unit in units]
    lines = _since_publication(lines, published(campaign, place).filter(day=eve, slot=kind.label).first())
    return Ranking(
        place=place,
        campaign=campaign,
        kind=kind,
        monday=monday,
        sunday=sunday,
        cut_off=now,
        lines=ranked(lines),
        total=_total(place, [line for line in lines if line.quota is not None]),
        due_on=summed(rows, place).due_on,
    )


def _towns(place: Place) -> list[Place]:
    """The units of a place above the township; none where the villages are ranked."""
    if len(place.prefix) >= PREFIX_DIGITS[Level.TOWN]:
        return []
    return list(Place.objects.current().inside({place.prefix}).filter(level=Level.TOWN).order_by("code"))


def _standings(
    people: People, *, campaign: Campaign, place: Place, kind: TargetKind, until: date, now: datetime
) -> list[Standing]:
    """Where the villages stand with these ``people``."""
    code = METRIC_OF[kind].code
    sums = {unit: {code: number} for unit, number in people.items()}
    return standings(campaign, {place.prefix}, kind=kind, now=now, until=until, counted=({}, sums))


def _counted_in(unit: Place, rows: list[Standing]) -> list[Standing]:
    """The villages that count for ``unit``: of a town those that have a task, as on the board; all where none has one."""
    mine = [row for row in rows if row.place.code.startswith(unit.prefix)]
    return [row for row in mine if row.quantity is not None] or mine


def _line(
    unit: Place, secretary: str, rows: list[Standing], earlier: list[Standing], spells: tuple[People, People]
) -> Line:
    """Of ``rows`` and, a week before, ``earlier``; ``spells``: people of the week and of the one before it."""
    mine, old = _counted_in(unit, rows), _counted_in(unit, earlier)
    week, week_before = (sum(people.get(row.place.code, 0) for row in mine) for people in spells)
    return Line(
        place=unit,
        secretary=secretary,
        quota=_quota(mine),
        week=week,
        week_before=week_before,
        done=sum(row.done for row in mine),
        before=sum(row.done for row in old),
        quota_before=_quota(old),
    )


def _quota(rows: list[Standing]) -> int | None:
    quantities = [row.quantity for row in rows if row.quantity is not None]
    return sum(quantities) if quantities else None


def _people(
    *, campaign: Campaign, place: Place, kind: TargetKind, since: date | None, until: date, now: datetime
) -> People:
    metric = METRIC_OF[kind]
    found = rollups.totals(campaign, {place.prefix}, since=since, until=until, now=now, of=(metric,))
    return {code: values.get(metric.code, 0) for code, values in found.items()}


def _added(one: People, other: People) -> People:
    return {code: one.get(code, 0) + other.get(code, 0) for code in one.keys() | other.keys()}


def _since_publication(lines: list[Line], last: FiledReport | None) -> list[Line]:
    """Held against the ranking of the week before: as it was published, else in the order of what was done by then."""
    if last is None:
        order = ranked([replace(line, done=line.before, quota=line.quota_before) for line in lines])
        places = {line.place.pk: line.rank for line in order}
        return [replace(line, rank_before=places[line.place.pk]) for line in lines]
    old = {row.place_id: row.figures for row in last.lines.all()}
    return [_against(line, old.get(line.place.pk)) for line in lines]


def _against(line: Line, old: dict | None) -> Line:
    if old is None:
        return line
    told = {"before": old["done"], "quota_before": old.get("quota"), "rank_before": old.get("rank")}
    return replace(line, **told, week_before=old["week"], late=line.done - old["done"] - line.week)


def _total(place: Place, lines: list[Line]) -> Line:
    def added(name: str) -> int | None:
        known = [value for line in lines if (value := getattr(line, name)) is not None]
        return sum(known) if known else None

    sums = {name: added(name) for name in ("quota", "quota_before")}
    sums |= {name: added(name) or 0 for name in ("week", "week_before", "done", "before", "late")}
    return Line(place=place, secretary="", **sums)


def secretaries(campaign: Campaign, places: Iterable[Place]) -> dict[int, str]:
    """Who answers for each place by the directory: the secretary, else who leads its group; by id of the place."""
    kinds = (GroupKind.VILLAGE, GroupKind.LEADING)
    members = WorkGroupMember.objects.current().filter(
        group__campaign=campaign, group__place__in=list(places), group__kind__in=kinds, group__ended_on=None
    )
    found: dict[int, str] = {}
    heads: dict[int, str] = {}
    for place, name, post in members.order_by("role", "order", "pk").values_list(
        "group__place", "name", "post"
    ):
        heads.setdefault(place, name)
        if "书记" in post and "副书记" not in post:
            found.setdefault(place, name)
    return heads | found
