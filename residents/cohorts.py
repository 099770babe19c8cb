"""A cohort as a question to the database: the same judgement as ``campaigns.rules.in_cohort`` (a test holds them together)."""

import calendar
from datetime import date

from django.db.models import Exists, OuterRef, Q

from campaigns.rules import Cohort
from core.dates import add_months
from residents.models import Resident


def of_cohort(cohort: Cohort, ref_date: date) -> Q:
    """Which enrolments are of people who belong to ``cohort``, judged at ``ref_date``."""
    asked = Q()
    for is_least, last_day in _bounds(cohort, ref_date):
        asked &= Q(resident__birth_date__lte=last_day) if is_least else Q(resident__birth_date__gt=last_day)
    if cohort.born_from:
        asked &= Q(resident__birth_date__gte=cohort.born_from)
    if cohort.born_to:
        asked &= Q(resident__birth_date__lte=cohort.born_to)
    for column, values in {
        "sex": {cohort.sex} - {""},
        "residence": cohort.residence_statuses,
        "organisation__kind": cohort.organisation_kinds,
        "school_class": cohort.grades,
    }.items():
        if values:
            asked &= Q(**{f"resident__{column}__in": values})
    if cohort.groups_any:
        carriers = Resident.objects.filter(priority_groups__code__in=cohort.groups_any)
        asked &= Q(Exists(carriers.filter(pk=OuterRef("resident_id"))))
    return asked


def _bounds(cohort: Cohort, ref: date):
    """(at least so old?, the latest birthday of those who are so old) for each bound of age."""
    if cohort.age_min is not None:
        yield True, add_months(ref, -12 * cohort.age_min)
    if cohort.age_max is not None:
        yield False, add_months(ref, -12 * (cohort.age_max + 1))
    if cohort.age_months_min is not None:
        yield True, _months_before(ref, cohort.age_months_min)
    if cohort.age_months_max is not None:
        yield False, _months_before(ref, cohort.age_months_max + 1)


def _months_before(ref: date, months: int) -> date:
    """The latest birthday of who is ``months`` old: on the last of a month, all who were born late in theirs are."""
    day = add_months(ref, -months)
    month_end = calendar.monthrange(ref.year, ref.month)[1] == ref.day
    return day.replace(day=calendar.monthrange(day.year, day.month)[1]) if month_end else day
