"""The names behind a figure: the rows that it counts."""

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from campaigns.models import Campaign
from reports.cohorts import EVERYONE, Cohort
from reports.metrics.definitions import REACHED_ON, Metric
from reports.metrics.rows import dose_filters, doses_of, people_of
from residents.choices import EnrolmentStatus
from residents.models import Enrolment, VaccinationRecord


def people_behind(
    metric: Metric,
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    since: date | None,
    until: date,
    cohort: Cohort = EVERYONE,
) -> QuerySet[Enrolment]:
    """The people of ``cohort`` whom a people metric counts from ``since`` (None: ever) to ``until``."""
    column = REACHED_ON[metric.whole]
    rows = people_of(campaign, prefixes, cohort).filter(
        metric.cohort.condition(campaign), **{f"{column}__lte": until}
    )
    return rows if since is None else rows.filter(**{f"{column}__gte": since})


def unreached(
    metric: Metric, campaign: Campaign, prefixes: Collection[str], *, until: date, cohort: Cohort = EVERYONE
) -> QuerySet[Enrolment]:
    """Target persons whom ``metric`` (首剂, 全程 or 加强) does not count by ``until``: the names still to visit."""
    column = REACHED_ON[metric]
    return people_of(campaign, prefixes, cohort).filter(
        Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gt": until})
    )


def next_doses(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    until: date,
    since: date | None = None,
    cohort: Cohort = EVERYONE,
) -> QuerySet[Enrolment]:
    """Target persons with a dose who may have the next one from a day of ``since`` (None: ever) to ``until`` on, as things
    stand now, with that day as ``may_from``: the interval is over and nothing holds them back any longer."""
    waits = Q(status=EnrolmentStatus.OPEN) | Q(status=EnrolmentStatus.HOLD, hold_until__isnull=False)
    rows = people_of(campaign, prefixes, cohort).filter(waits, doses_done__gt=0, due_from__isnull=False)
    rows = rows.annotate(may_from=Greatest("due_from", Coalesce("hold_until", "due_from")))
    rows = rows.filter(may_from__lte=until)
    return rows if since is None else rows.filter(may_from__gte=since)


def doses_behind(
    metric: Metric | None,
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    since: date | None,
    until: date,
    cohort: Cohort = EVERYONE,
) -> QuerySet[VaccinationRecord]:
    """The doses that a dose metric (None: all of them) counts from ``since`` (None: ever) to ``until``."""
    rows = doses_of(campaign, prefixes, cohort).filter(given_on__lte=until)
    if since is not None:
        rows = rows.filter(given_on__gte=since)
    return rows if metric is None else rows.filter(dose_filters()[metric.code])


def of_group(rows: QuerySet, group_no: str, unit: str) -> QuerySet:
    """Those of a village's rows whose people are registered in its 组 ``group_no``; "": in none of the village, or
    elsewhere. ``unit`` names the column of the unit (``unit_code`` of people, ``unit`` of doses)."""
    here = Q(resident__village_code=F(unit))
    if group_no:
        return rows.filter(here, resident__group_no=group_no)
    return rows.filter(~here | Q(resident__group_no=""))
