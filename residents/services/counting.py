"""Reading off the rows at hand what the rules of counting ask, and the answer; nothing is written here."""

from django.db.models import Prefetch

from campaigns.choices import InflowPolicy, InternalPolicy
from campaigns.models import Campaign
from places.choices import Level, OrganisationKind
from places.models import Organisation
from residents.models import Enrolment, Resident, RosterEntry
from residents.rules import CountingRules, Placing, Standing, accounting_unit
from residents.services.persons import PersonValues

# Whose inflow people may be counted where the organisation stands (S13).
_HOUSING = {OrganisationKind.ENTERPRISE, OrganisationKind.CONSTRUCTION}


def counting_rules(campaign: Campaign) -> CountingRules:
    """The settings of ``campaign`` that decide where people are counted."""
    return CountingRules(
        movers_at_hukou=campaign.county_internal_policy == InternalPolicy.HUKOU,
        inflow_at_work=campaign.inflow_policy == InflowPolicy.WORK,
    )


def rosters_lookup(path: str) -> Prefetch:
    """What to prefetch along ``path`` (to the roster entries of a person) so that the rules see the current ones."""
    return Prefetch(path, RosterEntry.objects.filter(until=None).select_related("organisation__place"))


def standing(enrolment: Enrolment, campaign: Campaign) -> Standing:
    """What the registers and the office say of one person; facts prefetched as for ``facts_of``."""
    resident = enrolment.resident
    classes = [entry for entry in resident.roster_entries.all() if entry.organisation.is_school]
    classes = [entry for entry in classes if entry.class_word]  # teachers are on it, too
    decided = list(enrolment.unit_choices.all())[-1:] if enrolment.pk else []
    settled = [choice.unit.code if choice.unit else "" for choice in decided if not choice.by_rule]
    return Standing(
        residence=resident.residence,
        village=resident.village_code,
        removed=resident.removed_on is not None,
        is_pupil=bool(classes) or _is_shown_as_pupil(resident),
        lives_outside=any(entry.home_county for entry in classes),
        work_village=_work_village(_organisations(resident), campaign),
        settled=settled[0] if settled else None,
    )


def _is_shown_as_pupil(person: Resident | PersonValues) -> bool:
    """The register's own columns say so: somebody whom no roster lists yet."""
    organisation = person.organisation
    return organisation is not None and organisation.is_school and bool(person.school_class)


def _organisations(resident: Resident) -> list[Organisation]:
    """All whose rosters list the person, in the order of coming there; then the one that the register names. The order
    does not depend on which of them is shown first."""
    entries = sorted(resident.roster_entries.all(), key=lambda entry: (entry.since, entry.organisation_id))
    named = [resident.organisation] if resident.organisation else []
    return [entry.organisation for entry in entries] + named


def _work_village(organisations: list[Organisation], campaign: Campaign) -> str:
    """The village of the first enterprise or building site inside the campaign's place: it may count who lives there
    (S13)."""
    for organisation in organisations:
        place = organisation.place
        is_inside = place.level == Level.VILLAGE and place.code.startswith(campaign.place.prefix)
        if organisation.kind in _HOUSING and is_inside:
            return place.code
    return ""


def newcomer_placing(values: PersonValues, campaign: Campaign) -> Placing:
    """``placing`` of somebody who is not on the register yet : the office has settled nothing so far."""
    said = Standing(
        residence=values.residence,
        village=values.village.code,
        removed=False,
        is_pupil=_is_shown_as_pupil(values),
        work_village=_work_village([values.organisation] if values.organisation else [], campaign),
        settled=None,
    )
    return accounting_unit(said, counting_rules(campaign))


def placing(enrolment: Enrolment, campaign: Campaign) -> Placing:
    """Where the rules and the office put one person."""
    return accounting_unit(standing(enrolment, campaign), counting_rules(campaign))


def unit_id(enrolment: Enrolment, code: str) -> int | None:
    """The key of the unit ``code``, which is one of the places already at hand."""
    resident = enrolment.resident
    at_hand = [resident.village, *(organisation.place for organisation in _organisations(resident))]
    if enrolment.pk:
        at_hand += [choice.unit for choice in enrolment.unit_choices.all()]
    return next((place.pk for place in at_hand if place is not None and place.code == code), None)
