"""What the roll-ups say: stored days and today counted live, summed by unit or by day, for everyone or a cohort."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from campaigns.models import Campaign
from places.models import Place
from places.querysets import any_code_range
from reports import metrics
from reports.cohorts import AGES, EVERYONE, Cohort
from reports.models import Rollup

Sums = dict[str, dict[str, int]]  # unit code → metric code → people or doses


def totals(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    until: date,
    now: datetime,
    since: date | None = None,
    of: Collection[metrics.Metric] = metrics.EVERY,
    cohort: Cohort = EVERYONE,
) -> Sums:
    """Sums of the metrics ``of`` by unit code from ``since`` (None: ever) to ``until`` inclusive: stored days, and today
    counted live. A cohort that is no matter of age is counted live as a whole."""
    rows = _rows(campaign, prefixes, since=since, until=until, now=now, of=of, cohort=cohort)
    return _summed(((code, metric, age, n) for code, _, metric, age, n in rows), of, cohort)


def by_cohort(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    until: date,
    now: datetime,
    of: Collection[metrics.Metric] = metrics.EVERY,
) -> dict[str, Sums]:
    """``totals`` of every cohort of age by its code, in one reading of the stored days."""
    rows = list(_rows(campaign, prefixes, since=None, until=until, now=now, of=of, cohort=EVERYONE))
    rows = [(code, metric, age, n) for code, _, metric, age, n in rows]
    return {cohort.code: _summed(rows, of, cohort) for cohort in AGES}


def day_and_sums(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    day: date,
    now: datetime,
    of: Collection[metrics.Metric] = metrics.EVERY,
    cohort: Cohort = EVERYONE,
) -> tuple[Sums, Sums]:
    """(``day`` alone, ever until ``day``) by unit code, counting the live day once."""
    asked = {"now": now, "of": of, "cohort": cohort}
    of_day = totals(campaign, prefixes, since=day, until=day, **asked)
    sums = totals(campaign, prefixes, until=day - timedelta(days=1), **asked)
    for code, values in of_day.items():
        mine = sums.setdefault(code, {})
        for metric, value in values.items():
            mine[metric] = mine.get(metric, 0) + value
    return of_day, sums


def by_day(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    since: date,
    until: date,
    now: datetime,
    cohort: Cohort = EVERYONE,
) -> dict[date, dict[str, int]]:
    """Sums of all units by day, for the chart of doses per day."""
    rows = _rows(
        campaign,
        prefixes,
        since=since,
        until=until,
        now=now,
        of=metrics.EVERY,
        cohort=cohort,
        columns=("day",),
    )
    return _summed(((day, metric, age, n) for _, day, metric, age, n in rows), metrics.EVERY, cohort)


def _rows(
    campaign: Campaign, prefixes: Collection[str], *, since, until, now, of, cohort, columns=("place_code",)
) -> Iterator[tuple]:
    """(unit, day, whole metric, band, number) of the span; of ``columns`` those that are not asked for are None."""
    today, live = timezone.localdate(now), None
    if cohort.ages is None:
        counted = metrics.count_rows(campaign, prefixes, of=of, cohort=cohort)
        live = (row for row in counted if row[1] <= until and (since is None or row[1] >= since))
    else:
        yield from _stored(campaign, prefixes, since, min(until, today - timedelta(days=1)), of, columns)
        if until >= today and (since is None or since <= today):
            live = metrics.count_rows(campaign, prefixes, [today], of=of)
    for code, day, age, metric, number in live or ():
        yield code, day, metric, age, number


def _stored(campaign, prefixes, since, until, of, columns) -> Iterator[tuple]:
    rows = Rollup.objects.filter(any_code_range("place_code", prefixes), campaign=campaign, day__lte=until)
    if of is not metrics.EVERY:
        rows = rows.filter(metric__in={metric.whole.code for metric in of})
    if since is not None:
        if since > until:
            return
        rows = rows.filter(day__gte=since)
    for row in rows.values(*columns, "metric", "from_age").annotate(n=Sum("value")).order_by():
        yield row.get("place_code"), row.get("day"), row["metric"], row["from_age"], row["n"]


def _summed(rows: Iterable[tuple], of: Collection[metrics.Metric], cohort: Cohort) -> dict:
    """Key → metric code → sum, of (key, whole metric, band, number)."""
    table, found = metrics.read_as(of, cohort), {}
    for key, metric, age, number in rows:
        for code in table.get((metric, age), ()):
            mine = found.setdefault(key, {})
            mine[code] = mine.get(code, 0) + number
    return found


def villages_of(prefixes: Collection[str]) -> list[Place]:
    """The villages whose rows a sheet of these places shows, in code order."""
    return list(Place.objects.current().villages().filter(any_code_range("code", prefixes)))
