"""Keeping how many people each village has to vaccinate: villages noted as changed are counted anew, the night checks all.

Read by ``reports.population``, which counts a village that is noted itself: no figure waits for this.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from campaigns.models import Campaign
from core import bulk, changes
from core.locks import alone, deed
from core.models import ChangeNote
from places.querysets import code_range
from reports import metrics
from reports.models import TargetPopulation

# A large import leaves thousands of notes about the same villages: one count settles them.
CHUNK = 20_000
# Two fillers of one village would both delete the old rows and then insert the new ones twice.
_FILLING = "population"
_COLUMNS = ("place_code", "from_age", "people")


def fill_noted(*, now: datetime) -> None:
    """Count the villages anew whose target persons changed.

    Notes are consumed in the transaction that has counted after reading them: killed in the middle it changes nothing, and
    who changes the village meanwhile leaves a note that stays.
    """
    campaigns = list(Campaign.objects.select_related("place"))
    while notes := list(_notes().order_by("pk").values_list("pk", "place_code")[:CHUNK]):
        codes = {code for _, code in notes}
        with deed():
            for campaign in campaigns:
                fill(campaign=campaign, codes=codes, now=now)
            ChangeNote.objects.filter(pk__in=[pk for pk, _ in notes]).delete()


def pending() -> int:
    """Notes that wait."""
    return _notes().count()


def _notes():
    return ChangeNote.objects.filter(topic=changes.POPULATION)


@deed()
def fill(*, campaign: Campaign, now: datetime, codes: Collection[str] | None = None) -> int:
    """Count the target persons of these units (None: all of ``campaign``) and rewrite their rows. Returns the rows written."""
    alone(_FILLING)
    old = TargetPopulation.objects.filter(campaign=campaign)
    if codes is not None:
        codes = [code for code in codes if code.startswith(campaign.place.prefix)]
        old = old.filter(place_code__in=codes)
    old.delete()
    return _write(campaign, metrics.population_rows(campaign, {campaign.place.prefix}, codes=codes), now)


@deed()
def check(*, campaign: Campaign, prefix: str, now: datetime) -> int:
    """Count every unit of a township (``rollups.towns_of``) from the register and rewrite those that are kept otherwise: what no note
    told. Returns the rows written."""
    alone(_FILLING)
    counted = set(metrics.population_rows(campaign, {prefix}))
    old = TargetPopulation.objects.filter(code_range("place_code", prefix), campaign=campaign)
    by_now = {"ages_on": campaign.target_age_ref_date}
    kept = set(old.filter(**by_now).values_list("place_code", "from_age", "people"))
    wrong = {code for code, *_ in counted ^ kept}
    wrong |= set(old.exclude(**by_now).values_list("place_code", flat=True))
    old.filter(place_code__in=wrong).delete()
    return _write(campaign, (row for row in counted if row[0] in wrong), now)


def _write(campaign: Campaign, counted: Iterable[metrics.PeopleRow], now: datetime) -> int:
    rows = list(counted)
    same = {"campaign": campaign.pk, "ages_on": campaign.target_age_ref_date, "filled_at": now}
    bulk.insert(TargetPopulation, _COLUMNS, rows, made=bulk.alike(TargetPopulation, len(rows), **same))
    return len(rows)
