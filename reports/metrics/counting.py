"""The counts from the facts, by unit, day and band of age."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.db.models import Count, Q

from campaigns.models import Campaign
from reports.cohorts import BANDS, EVERYONE, OVER_60, OVER_80, Cohort, band
from reports.metrics.definitions import ALL, DOSES, EVERY, REACHED_ON, Metric
from reports.metrics.rows import dose_filters, doses_of, people_of

Counts = dict[tuple[str, date], dict[str, int]]
Row = tuple[
    str, date, int, str, int
]  # unit code, day, youngest age of the band, metric code, people or doses


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
    columns = {
        ALL[code]: REACHED_ON[ALL[code]] for code in dict.fromkeys(m.whole.code for m in of if m not in DOSES)
    }
    people = people_of(campaign, prefixes, cohort).annotate(band=band(campaign))
    if days is not None and len(days) == 1:
        yield from _people_on(days[0], people, columns)
    else:
        for metric, column in columns.items():
            rows = people.filter(**{f"{column}__isnull": False} if days is None else {f"{column}__in": days})
            for row in rows.values_list("unit_code", column, "band").annotate(n=Count("id")).order_by():
                yield *row[:3], metric.code, row[3]
    if not set(DOSES).isdisjoint(of):
        yield from _doses(campaign, prefixes, days, cohort)


def _people_on(day: date, people, columns: dict[Metric, str]) -> Iterator[Row]:
    """All people metrics on one day: one query instead of one a column."""
    if not columns:
        return
    reached = {metric.code: Q(**{column: day}) for metric, column in columns.items()}
    anything = Q()
    for condition in reached.values():
        anything |= condition
    counts = {code: Count("id", filter=condition) for code, condition in reached.items()}
    for row in people.filter(anything).values("unit_code", "band").annotate(**counts).order_by():
        for code in counts:
            if row[code]:
                yield row["unit_code"], day, row["band"], code, row[code]


def _doses(
    campaign: Campaign, prefixes: Collection[str], days: list[date] | None, cohort: Cohort
) -> Iterator[Row]:
    doses = doses_of(campaign, prefixes, cohort).annotate(band=band(campaign))
    doses = doses if days is None else doses.filter(given_on__in=days)
    counts = {code: Count("id", filter=condition) for code, condition in dose_filters().items()}
    for row in doses.values("unit", "given_on", "band").annotate(**counts).order_by():
        for code in counts:
            if row[code]:
                yield row["unit"], row["given_on"], row["band"], code, row[code]


def denominators(
    campaign: Campaign, prefixes: Collection[str], cohort: Cohort = EVERYONE
) -> dict[str, dict[str, int]]:
    """Target persons of ``cohort`` now by unit code: ``{"target": n, "target_60": n, "target_80": n}``."""
    rows = people_of(campaign, prefixes, cohort).values("unit_code").annotate(**denominator_counts(campaign))
    return {row.pop("unit_code"): row for row in rows.order_by()}


def denominator_counts(campaign: Campaign) -> dict[str, Count]:
    """What ``denominators`` counts, for a query over ``people_of`` that counts more."""
    parts = {f"target_{c.code}": Count("id", filter=c.condition(campaign)) for c in (OVER_60, OVER_80)}
    return {"target": Count("id")} | parts
