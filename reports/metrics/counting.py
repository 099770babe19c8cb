"""The counts from the facts, by unit, day and band of age."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from django.db.models import CharField, Count, Q, QuerySet, Value

from campaigns.models import Campaign
from reports.cohorts import BANDS, EVERYONE, Cohort, band
from reports.metrics.definitions import ALL, DOSES, EVERY, POPULATION, REACHED_ON, TARGET, Metric
from reports.metrics.rows import dose_metric, doses_of, people_of

Counts = dict[tuple[str, date], dict[str, int]]
Row = tuple[
    str, date, int, str, int
]  # unit code, day, youngest age of the band, metric code, people or doses
PeopleRow = tuple[str, int, int]  # unit code, youngest age of the band, people


def count(
    campaign: Campaign,
    prefixes: Collection[str],
    days: Iterable[date] | None = None,
    *,
    of: Collection[Metric] = EVERY,
    cohort: Cohort = EVERYONE,
) -> Counts:
    """The metrics ``of`` by (unit code, day), from the facts; ``days`` None = every day. Absent means zero."""
    found: Counts = {}
    table = read_as(of, cohort)
    for unit, day, age, metric, number in count_rows(campaign, prefixes, days, of=of, cohort=cohort):
        for code in table.get((metric, age), ()):
            mine = found.setdefault((unit, day), {})
            mine[code] = mine.get(code, 0) + number
    return found


def read_as(of: Collection[Metric], cohort: Cohort) -> dict[tuple[str, int], list[str]]:
    """(code of a whole metric, band) → the metrics ``of`` to which its number belongs when ``cohort`` is asked for."""
    ages = BANDS if cohort.ages is None else cohort.ages
    table: dict[tuple[str, int], list[str]] = {}
    for metric in of:
        for age in metric.cohort.ages & set(ages):
            table.setdefault((metric.whole.code, age), []).append(metric.code)
    return table


def count_rows(
    campaign: Campaign,
    prefixes: Collection[str],
    days: Iterable[date] | None = None,
    *,
    of: Collection[Metric] = EVERY,
    cohort: Cohort = EVERYONE,
) -> Iterator[Row]:
    """What ``count`` sums up and the roll-ups store: each whole metric once for every band. Zeros are left out."""
    days = None if days is None else sorted(days)
    if days is not None and len(days) == 1:
        yield from _people_on(days[0], campaign, prefixes, of, cohort)
        of = [metric for metric in of if metric in DOSES]
    for rows in row_queries(campaign, prefixes, {} if days is None else {"in": days}, of=of, cohort=cohort):
        yield from rows


def row_queries(
    campaign: Campaign,
    prefixes: Collection[str],
    when: Mapping[str, object],
    *,
    of: Collection[Metric] = EVERY,
    cohort: Cohort = EVERYONE,
) -> Iterator[QuerySet]:
    """The queries whose rows ``count_rows`` returns: one for each people metric, one for all doses. ``when``: lookups of the day,
    ``{"lt": today}``; none means every day."""
    people = people_of(campaign, prefixes, cohort).annotate(band=band(campaign))
    for metric, column in _reached_on(of).items():
        code = Value(metric.code, output_field=CharField())
        days = {f"{column}__{lookup}": value for lookup, value in ({"isnull": False} | when).items()}
        rows = people.filter(**days).annotate(metric=code)
        yield rows.values_list("unit_code", column, "band", "metric").annotate(n=Count("id")).order_by()
    if not set(DOSES).isdisjoint(of):
        doses = doses_of(campaign, prefixes, cohort).annotate(band=band(campaign), metric=dose_metric())
        days = {f"given_on__{lookup}": value for lookup, value in when.items()}
        rows = doses.filter(metric__isnull=False, **days)
        yield rows.values_list("unit", "given_on", "band", "metric").annotate(n=Count("id")).order_by()


def _reached_on(of: Collection[Metric]) -> dict[Metric, str]:
    codes = dict.fromkeys(metric.whole.code for metric in of if metric not in DOSES)
    return {ALL[code]: REACHED_ON[ALL[code]] for code in codes}


def _people_on(day: date, campaign, prefixes, of: Collection[Metric], cohort: Cohort) -> Iterator[Row]:
    """All people metrics on one day: one query instead of one a column."""
    reached = {metric.code: Q(**{column: day}) for metric, column in _reached_on(of).items()}
    if not reached:
        return
    anything = Q()
    for condition in reached.values():
        anything |= condition
    counts = {code: Count("id", filter=condition) for code, condition in reached.items()}
    people = people_of(campaign, prefixes, cohort).annotate(band=band(campaign))
    for row in people.filter(anything).values("unit_code", "band").annotate(**counts).order_by():
        for code in counts:
            if row[code]:
                yield row["unit_code"], day, row["band"], code, row[code]


def population_rows(
    campaign: Campaign,
    prefixes: Collection[str],
    cohort: Cohort = EVERYONE,
    *,
    codes: Collection[str] | None = None,
) -> Iterator[PeopleRow]:
    """The target persons of ``cohort`` now, from the register; of the units ``codes`` only. Zeros are left out."""
    rows = people_of(campaign, prefixes, cohort).annotate(band=band(campaign))
    rows = rows if codes is None else rows.filter(unit_code__in=codes)
    yield from rows.values_list("unit_code", "band").annotate(n=Count("id")).order_by()


def denominators(
    campaign: Campaign, prefixes: Collection[str], cohort: Cohort = EVERYONE
) -> dict[str, dict[str, int]]:
    """Target persons of ``cohort`` now by unit code, from the register: ``{"target": n, "target_60": n, "target_80": n}``. Absent
    means zero. What a page shows is ``reports.population.denominators``, the same from the stored sums."""
    return population_sums(population_rows(campaign, prefixes, cohort), cohort)


def population_sums(rows: Iterable[PeopleRow], cohort: Cohort) -> dict[str, dict[str, int]]:
    """What ``denominators`` returns, of the rows of ``population_rows`` for everyone or for ``cohort``."""
    table, found = read_as(POPULATION, cohort), {}
    for unit, age, number in rows:
        for code in table.get((TARGET.code, age), ()):
            mine = found.setdefault(unit, {})
            mine[code] = mine.get(code, 0) + number
    return found
