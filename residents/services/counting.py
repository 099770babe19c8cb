"""Reading off the rows at hand what the rules of counting ask, and the answer; nothing is written here."""

from campaigns.choices import InflowPolicy, InternalPolicy
from campaigns.models import Campaign
from places.choices import Level, OrganisationKind
from residents.models import Enrolment
from residents.rules import CountingRules, Placing, Standing, accounting_unit

# Whose inflow people may be counted where the organisation stands (S13).
_HOUSING = {OrganisationKind.ENTERPRISE, OrganisationKind.CONSTRUCTION}


def counting_rules(campaign: Campaign) -> CountingRules:
    """The settings of ``campaign`` that decide where people are counted."""
    return CountingRules(
        movers_at_hukou=campaign.county_internal_policy == InternalPolicy.HUKOU,
        inflow_at_work=campaign.inflow_policy == InflowPolicy.WORK,
    )


def standing(enrolment: Enrolment, campaign: Campaign) -> Standing:
    """What the registers and the office say of one person; facts prefetched as for ``facts_of``."""
    resident = enrolment.resident
    organisation = resident.organisation
    is_school = organisation is not None and organisation.kind == OrganisationKind.SCHOOL
    decided = list(enrolment.unit_choices.all())[-1:] if enrolment.pk else []
    settled = [choice.unit.code if choice.unit else "" for choice in decided if not choice.by_rule]
    return Standing(
        residence=resident.residence,
        village=resident.village_code,
        removed=resident.removed_on is not None,
        is_pupil=is_school and bool(resident.school_class),
        work_village=_work_village(organisation, campaign),
        settled=settled[0] if settled else None,
    )


def _work_village(organisation, campaign: Campaign) -> str:
    """The village of an enterprise or building site inside the campaign's place: it may count who lives there (S13)."""
    if organisation is None or organisation.kind not in _HOUSING or organisation.place.level != Level.VILLAGE:
        return ""
    code = organisation.place.code
    return code if code.startswith(campaign.place.prefix) else ""


def newcomer_placing(values, campaign: Campaign) -> Placing:
    """``placing`` of somebody who is not on the register yet (PersonValues): the office has settled nothing so far."""
    organisation = values.organisation
    is_school = organisation is not None and organisation.kind == OrganisationKind.SCHOOL
    said = Standing(
        residence=values.residence,
        village=values.village.code,
        removed=False,
        is_pupil=is_school and bool(values.school_class),
        work_village=_work_village(organisation, campaign),
        settled=None,
    )
    return accounting_unit(said, counting_rules(campaign))


def placing(enrolment: Enrolment, campaign: Campaign) -> Placing:
    """Where the rules and the office put one person."""
    return accounting_unit(standing(enrolment, campaign), counting_rules(campaign))


def unit_id(enrolment: Enrolment, code: str) -> int | None:
    """The key of the unit ``code``, which is one of the places already at hand."""
    resident = enrolment.resident
    at_hand = [resident.village, getattr(resident.organisation, "place", None)]
    if enrolment.pk:
        at_hand += [choice.unit for choice in enrolment.unit_choices.all()]
    return next((place.pk for place in at_hand if place is not None and place.code == code), None)
