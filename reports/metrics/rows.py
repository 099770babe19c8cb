"""The rows that are counted: target persons, and doses in people whom a place counts."""

from collections.abc import Collection

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from campaigns.models import Campaign
from places.querysets import any_code_range
from reports.cohorts import EVERYONE, Cohort
from reports.metrics.definitions import BOOSTER_1, BOOSTER_2, DOSE_1, DOSE_2, DOSE_3
from residents.models import Enrolment, VaccinationRecord


def people_of(
    campaign: Campaign, prefixes: Collection[str], cohort: Cohort = EVERYONE
) -> QuerySet[Enrolment]:
    """Target persons counted in the places ``prefixes``: the denominator, and the names behind people metrics."""
    rows = Enrolment.objects.filter(any_code_range("unit_code", prefixes), campaign=campaign).on_target()
    return rows.filter(cohort.condition(campaign))


def doses_of(
    campaign: Campaign, prefixes: Collection[str], cohort: Cohort = EVERYONE
) -> QuerySet[VaccinationRecord]:
    """Counted doses in people counted in the places ``prefixes``, with ``unit`` and the course's days beside each."""
    mine = {
        "resident__enrolments__campaign": campaign,
        "disease": campaign.disease,
        "season": campaign.season,
    }
    return (
        VaccinationRecord.objects.counted()
        .filter(
            any_code_range("resident__enrolments__unit_code", prefixes), cohort.condition(campaign), **mine
        )
        .annotate(
            unit=F("resident__enrolments__unit_code"),
            complete_on=F("resident__enrolments__primary_complete_on"),
            booster_on=F("resident__enrolments__booster_on"),
        )
    )


def dose_filters() -> dict[str, Q]:
    """Which of ``doses_of`` each dose metric counts."""
    after = Q(complete_on__isnull=False, given_on__gt=F("complete_on"))
    first = after & Q(given_on=F("booster_on"))
    return {
        DOSE_1.code: ~after & Q(dose_number=1),
        DOSE_2.code: ~after & Q(dose_number=2),
        DOSE_3.code: ~after & Q(dose_number__gte=3),
        BOOSTER_1.code: first,
        BOOSTER_2.code: after & ~Q(given_on=F("booster_on")),
    }


def dose_metric() -> Case:
    """The code of the dose metric that counts one of ``doses_of``, as a column; None for one that none counts."""
    cases = [When(condition, then=Value(code)) for code, condition in dose_filters().items()]
    return Case(*cases, default=None, output_field=CharField())
