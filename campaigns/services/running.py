"""Changing, closing and taking up again a campaign that was opened."""

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.rules import cohort_from_data
from campaigns.services.setup import check_dates, check_observation, may_run
from core import audit
from core.errors import RuleBroken
from core.locks import deed

FIELDS = (
    "name",
    "starts_on",
    "ends_on",
    "cohort",
    "target_age_ref_date",
    "observation_minutes",
    "booking_cutoff",
    "county_internal_policy",
    "inflow_policy",
)
# Of these, what moves people into or out of the base: the register must be judged anew.
COUNTED = frozenset({"cohort", "target_age_ref_date", "county_internal_policy", "inflow_policy"})


@deed()
def change_campaign(*, actor, campaign: Campaign, **values) -> list[str]:
    """Write the given ``FIELDS``; returns the names of those that changed. The audit row tells old and new.

    When one of ``COUNTED`` is among them, the caller has the register told (``residents.tasks.rebase_campaign``). Raises NotAllowed,
    BadRuleData, RuleBroken: CAMPAIGN_TWICE, CAMPAIGN_DATES, OBSERVATION_SHORT.
    """
    may_run(actor, campaign.place)
    changes = {
        key: [getattr(campaign, key), values[key]]
        for key in FIELDS
        if key in values and getattr(campaign, key) != values[key]
    }
    for key, (_, new) in changes.items():
        setattr(campaign, key, new)
    cohort_from_data(campaign.cohort)
    check_dates(campaign.starts_on, campaign.ends_on)
    check_observation(campaign.observation_minutes)
    twins = Campaign.objects.filter(place=campaign.place, name=campaign.name).exclude(pk=campaign.pk)
    if "name" in changes and twins.exists():
        raise RuleBroken("CAMPAIGN_TWICE", f"已有名为“{campaign}”的接种活动,请换一个名称。", "name")
    if changes:
        campaign.save(update_fields=list(changes))
        data = {
            key: [item if isinstance(item, dict | int) else str(item) for item in pair]
            for key, pair in changes.items()
        }
        _note("campaign.edited", actor, campaign, {"changes": data})
    return list(changes)


@deed()
def close_campaign(*, actor, campaign: Campaign, reason: str) -> None:
    """End a campaign; everything recorded in it stays. Raises NotAllowed, RuleBroken CAMPAIGN_CLOSED."""
    may_run(actor, campaign.place)
    open_ones = Campaign.objects.filter(pk=campaign.pk).exclude(state=CampaignState.CLOSED)
    if not open_ones.update(state=CampaignState.CLOSED):
        raise RuleBroken("CAMPAIGN_CLOSED", "这个活动已经结束。")
    campaign.state = CampaignState.CLOSED
    _note("campaign.closed", actor, campaign, {"reason": reason})


@deed()
def reopen_campaign(*, actor, campaign: Campaign) -> None:
    """Take up a campaign that was closed; one that is running stays as it is. Raises NotAllowed.

    Who was registered meanwhile is not enrolled yet: the caller has it done (``residents.tasks.enrol_campaign``).
    """
    may_run(actor, campaign.place)
    if Campaign.objects.filter(pk=campaign.pk, state=CampaignState.CLOSED).update(
        state=CampaignState.RUNNING
    ):
        campaign.state = CampaignState.RUNNING
        _note("campaign.restored", actor, campaign, {})


def _note(action: str, actor, campaign: Campaign, data: dict) -> None:
    audit.record(action, actor=actor, target=campaign, place_code=campaign.place.code, data=data)
