"""How many people there are to vaccinate: as kept by village and band of age, and counted where the register has moved since.

Kept by ``reports.services.population``.
"""

from collections.abc import Collection, Iterator

from django.db.models import DateField, IntegerField, Value
from django.db.models.functions import Cast

from campaigns.models import Campaign
from core import changes
from core.models import ChangeNote
from places.querysets import any_code_range
from reports import metrics
from reports.cohorts import EVERYONE, Cohort
from reports.models import TargetPopulation


def denominators(
    campaign: Campaign, prefixes: Collection[str], cohort: Cohort = EVERYONE
) -> dict[str, dict[str, int]]:
    """What ``metrics.denominators`` returns, at most two queries. A cohort that is no matter of age is counted as a whole."""
    if cohort.ages is None:
        return metrics.denominators(campaign, prefixes, cohort)
    return metrics.population_sums(_rows(campaign, prefixes), cohort)


def _rows(campaign: Campaign, prefixes: Collection[str]) -> Iterator[metrics.PeopleRow]:
    rows = _kept_and_noted(campaign, prefixes)
    moved = {code for code, ages_on, *_ in rows if ages_on != campaign.target_age_ref_date}
    yield from ((code, age, people) for code, _, age, people in rows if code not in moved)
    if moved:
        yield from metrics.population_rows(campaign, prefixes, codes=moved)


def _kept_and_noted(campaign: Campaign, prefixes: Collection[str]) -> list[tuple]:
    """(unit code, reference day, band, people) as kept, and the codes that were noted since, without the rest. One statement, so
    that nobody refills a village between the two."""
    here = any_code_range("place_code", prefixes)
    kept = TargetPopulation.objects.filter(here, campaign=campaign)
    noted = ChangeNote.objects.filter(here, topic=changes.POPULATION).distinct()
    # PostgreSQL takes a plain NULL for a text.
    day, number = Cast(Value(None), DateField()), Cast(Value(None), IntegerField())
    noted = noted.values_list("place_code", day, number, number)
    return list(kept.values_list("place_code", "ages_on", "from_age", "people").union(noted, all=True))
