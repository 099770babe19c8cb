"""Every count and rate is defined here once, in words and in one query; screens, roll-ups and workbooks read it.

A count belongs to an accounting unit (village) and a day. People metrics count target persons on the day they reached
the state; dose metrics count every dose in a person whom the unit counts, whoever gave it (coverage, not workload).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from campaigns.models import Campaign
from core.dates import add_months
from places.querysets import any_code_range
from residents.models import Enrolment, VaccinationRecord


@dataclass(frozen=True)
class Metric:
    """One count: code, column title, and in words what is counted and from which rows."""

    code: str
    title: str
    source: str


FIRST = Metric("first_people", "首剂人数", "目标人群中在这一天接种首剂的人(Enrolment.first_dose_on)")
COMPLETE = Metric(
    "complete_people", "全程人数", "目标人群中在这一天完成基础免疫的人(Enrolment.primary_complete_on)"
)
BOOSTER = Metric("booster_people", "加强人数", "目标人群中在这一天接种第一剂加强的人(Enrolment.booster_on)")
FIRST_60 = Metric("first_people_60", "60岁及以上首剂", "同首剂人数,按活动年龄基准日满60周岁")
FIRST_80 = Metric("first_people_80", "80岁及以上首剂", "同首剂人数,按活动年龄基准日满80周岁")
COMPLETE_60 = Metric("complete_people_60", "60岁及以上全程", "同全程人数,按活动年龄基准日满60周岁")
COMPLETE_80 = Metric("complete_people_80", "80岁及以上全程", "同全程人数,按活动年龄基准日满80周岁")
DOSE_1 = Metric("dose_1", "第一剂", "计入单位的人在这一天的有效接种记录,基础免疫第1剂(剂)")
DOSE_2 = Metric("dose_2", "第二剂", "同上,基础免疫第2剂(剂)")
DOSE_3 = Metric("dose_3", "第三剂", "同上,基础免疫第3剂(剂)")
BOOSTER_1 = Metric("booster_1", "加强1", "同上,完成基础免疫后的第1剂(剂)")
BOOSTER_2 = Metric("booster_2", "加强2", "同上,完成基础免疫后的第2剂及以后(剂)")

PEOPLE = (FIRST, COMPLETE, BOOSTER, FIRST_60, FIRST_80, COMPLETE_60, COMPLETE_80)
DOSES = (DOSE_1, DOSE_2, DOSE_3, BOOSTER_1, BOOSTER_2)
EVERY = (*PEOPLE, *DOSES)
ALL = {metric.code: metric for metric in EVERY}

_REACHED_ON = {FIRST: "first_dose_on", COMPLETE: "primary_complete_on", BOOSTER: "booster_on"}
_AGED = {
    FIRST: ((60, FIRST_60), (80, FIRST_80)),
    COMPLETE: ((60, COMPLETE_60), (80, COMPLETE_80)),
    BOOSTER: (),
}
# Every people metric as (the one it is a part of, youngest age).
_PART_OF = {metric: (metric, None) for metric in _REACHED_ON} | {
    part: (whole, age) for whole, parts in _AGED.items() for age, part in parts
}

Counts = dict[tuple[str, date], dict[str, int]]


def born_until(campaign: Campaign, age: int) -> date:
    """The latest birthday of those who are ``age`` years old on the campaign's reference day."""
    return add_months(campaign.target_age_ref_date, -12 * age)


def people_of(campaign: Campaign, prefixes: Collection[str]):
    """Target persons counted in the places ``prefixes``: the denominator, and the names behind people metrics."""
    return Enrolment.objects.filter(any_code_range("unit_code", prefixes), campaign=campaign).on_target()


def doses_of(campaign: Campaign, prefixes: Collection[str]):
    """Counted doses in people counted in the places ``prefixes``, with ``unit`` and ``is_booster`` beside each."""
    mine = {
        "resident__enrolments__campaign": campaign,
        "disease": campaign.disease,
        "season": campaign.season,
    }
    return (
        VaccinationRecord.objects.counted()
        .filter(any_code_range("resident__enrolments__unit_code", prefixes), **mine)
        .annotate(
            unit=F("resident__enrolments__unit_code"),
            complete_on=F("resident__enrolments__primary_complete_on"),
            booster_on=F("resident__enrolments__booster_on"),
        )
    )


def _dose_filters() -> dict[str, Q]:
    after = Q(complete_on__isnull=False, given_on__gt=F("complete_on"))
    primary = {
        metric.code: ~after & Q(dose_number=n) for n, metric in enumerate((DOSE_1, DOSE_2, DOSE_3), start=1)
    }
    first = after & Q(given_on=F("booster_on"))
    return primary | {BOOSTER_1.code: first, BOOSTER_2.code: after & ~Q(given_on=F("booster_on"))}


def count(
    campaign: Campaign,
    prefixes: Collection[str],
    days: Iterable[date] | None = None,
    *,
    of: Collection[Metric] = EVERY,
) -> Counts:
    """The metrics ``of`` by (unit code, day), from the facts; ``days`` None = every day. Absent means zero.

    A metric may bring those that the same query counts with it.
    """
    found: Counts = {}

    def add(code: str, day: date, metric: str, value: int) -> None:
        if value:
            found.setdefault((code, day), {})[metric] = value

    days = None if days is None else sorted(days)
    if days is not None and len(days) == 1 and not set(PEOPLE).isdisjoint(of):
        for code, metric, value in _people_on(days[0], campaign, prefixes):
            add(code, days[0], metric, value)
        of = [metric for metric in of if metric in DOSES]
    for metric, column in _REACHED_ON.items():
        if {metric, *(part for _, part in _AGED[metric])}.isdisjoint(of):
            continue
        rows = people_of(campaign, prefixes).filter(**{f"{column}__isnull": False})
        rows = rows if days is None else rows.filter(**{f"{column}__in": days})
        aged = {
            aged_metric.code: Count("id", filter=Q(resident__birth_date__lte=born_until(campaign, age)))
            for age, aged_metric in _AGED[metric]
        }
        for row in rows.values("unit_code", column).annotate(n=Count("id"), **aged).order_by():
            add(row["unit_code"], row[column], metric.code, row["n"])
            for code in aged:
                add(row["unit_code"], row[column], code, row[code])
    if set(DOSES).isdisjoint(of):
        return found
    doses = doses_of(campaign, prefixes)
    doses = doses if days is None else doses.filter(given_on__in=days)
    counts = {code: Count("id", filter=condition) for code, condition in _dose_filters().items()}
    for row in doses.values("unit", "given_on").annotate(**counts).order_by():
        for code in counts:
            add(row["unit"], row["given_on"], code, row[code])
    return found


def _people_on(day: date, campaign: Campaign, prefixes: Collection[str]):
    """(unit, code, people) of all people metrics on one day: one query instead of one a column."""
    counts, anything = {}, Q()
    for metric, (whole, age) in _PART_OF.items():
        reached = Q(**{_REACHED_ON[whole]: day})
        anything |= reached
        if age is not None:
            reached &= Q(resident__birth_date__lte=born_until(campaign, age))
        counts[metric.code] = Count("id", filter=reached)
    rows = people_of(campaign, prefixes).filter(anything).values("unit_code").annotate(**counts).order_by()
    return [(row["unit_code"], code, row[code]) for row in rows for code in counts]


def denominators(campaign: Campaign, prefixes: Collection[str]) -> dict[str, dict[str, int]]:
    """Target persons now by unit code: ``{"target": n, "target_60": n, "target_80": n}``."""
    rows = people_of(campaign, prefixes).values("unit_code").annotate(**denominator_counts(campaign))
    return {row.pop("unit_code"): row for row in rows.order_by()}


def denominator_counts(campaign: Campaign) -> dict[str, Count]:
    """What ``denominators`` counts, for a query over ``people_of`` that counts more."""
    over = {age: Q(resident__birth_date__lte=born_until(campaign, age)) for age in (60, 80)}
    return {"target": Count("id")} | {f"target_{age}": Count("id", filter=born) for age, born in over.items()}


def people_behind(
    metric: Metric, campaign: Campaign, prefixes: Collection[str], *, since: date | None, until: date
):
    """The people that a people metric counts from ``since`` (None: ever) to ``until``, as enrolments."""
    whole, age = _PART_OF[metric]
    column = _REACHED_ON[whole]
    rows = people_of(campaign, prefixes).filter(**{f"{column}__lte": until})
    if since is not None:
        rows = rows.filter(**{f"{column}__gte": since})
    return rows if age is None else rows.filter(resident__birth_date__lte=born_until(campaign, age))


def unreached(metric: Metric, campaign: Campaign, prefixes: Collection[str], *, until: date):
    """Target persons whom ``metric`` (首剂, 全程 or 加强) does not count by ``until``: the names still to visit."""
    column = _REACHED_ON[metric]
    return people_of(campaign, prefixes).filter(
        Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gt": until})
    )


def doses_behind(
    metric: Metric | None, campaign: Campaign, prefixes: Collection[str], *, since: date | None, until: date
):
    """The doses that a dose metric (None: all of them) counts from ``since`` (None: ever) to ``until``."""
    rows = doses_of(campaign, prefixes).filter(given_on__lte=until)
    if since is not None:
        rows = rows.filter(given_on__gte=since)
    return rows if metric is None else rows.filter(_dose_filters()[metric.code])
