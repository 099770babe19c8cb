"""The rules of a campaign, parsed once and kept for as long as nobody changes them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from campaigns.models import Campaign
from campaigns.rules import cohort_from_data, rules_from_data
from inventory.models import Vaccine
from residents.rules import Alike, CampaignRules

_MOST = 20  # campaigns; more are read anew


@dataclass(frozen=True)
class CampaignContext:
    """A campaign with its rules parsed, and vaccines by code; build once per deed, not per person."""

    campaign: Campaign
    rules: CampaignRules
    vaccines: dict[str, Vaccine]


# By campaign: what it said when its rules were read, and the rules. Whoever changes them, in whatever process, changes the
# stamp in the database.
_kept: dict[int, tuple[tuple, CampaignRules, dict[str, Vaccine]]] = {}


def context(campaign: Campaign) -> CampaignContext:
    """The rules of ``campaign`` as they are now (one query, or four when they have changed)."""
    stamp = Campaign.objects.filter(pk=campaign.pk).values_list("stamp", flat=True).get()
    return _of_stamp(campaign, stamp)


def context_of_read(campaign: Campaign) -> CampaignContext:
    """As ``context``, of a campaign that was read in this very request or deed, and so with its stamp (no query, mostly)."""
    return _of_stamp(campaign, campaign.stamp)


def _of_stamp(campaign: Campaign, stamp: UUID) -> CampaignContext:
    said = stamp, campaign.disease, repr(campaign.cohort), campaign.target_age_ref_date
    kept = _kept.get(campaign.pk)
    if kept is None or kept[0] != said:
        if len(_kept) >= _MOST:
            _kept.clear()
        kept = _kept[campaign.pk] = said, *_read(campaign)
    return CampaignContext(campaign, *kept[1:])


def _read(campaign: Campaign) -> tuple[CampaignRules, dict[str, Vaccine]]:
    vaccines = {vaccine.code: vaccine for vaccine in Vaccine.objects.filter(disease=campaign.disease)}
    rules = CampaignRules(
        rules=rules_from_data([rule.data for rule in campaign.rules.all()]),
        cohort=cohort_from_data(campaign.cohort),
        age_ref=campaign.target_age_ref_date,
        platforms={code: vaccine.platform for code, vaccine in vaccines.items()},
        names={code: str(vaccine) for code, vaccine in vaccines.items()},
        phases=[(p.name, cohort_from_data(p.cohort), p.is_open) for p in campaign.phases.all()],
    )
    return _unchanged(rules), vaccines


# Of the campaign that is being worked on: a large import comes in many small deeds.
_last_judged: list[Alike | None] = [None]


def alike(rules: CampaignRules, today: date) -> Alike:
    """What has been judged so far of ``rules`` on ``today``."""
    last = _last_judged[0]
    if last is None or last.rules is not rules or last.today != today:
        last = _last_judged[0] = Alike(rules, today)
    return last


def _unchanged(rules: CampaignRules) -> CampaignRules:
    """The very rules that were read last time, when they still say the same."""
    last = _last_judged[0]
    return last.rules if last is not None and last.rules == rules else rules
