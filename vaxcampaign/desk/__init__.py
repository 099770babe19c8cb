"""The work desk: for every role the numbers that say what must be done today, each opening its list.

It stands on the top floor because it reads every room. One provider per kind of role; each asks a handful of counting
queries, whatever the number of people.
"""

from collections.abc import Callable
from datetime import datetime

from accounts.choices import ORGANISATION_ROLES, Role
from accounts.models import User
from campaigns.models import Campaign
from core.choices import JobState
from core.models import Job
from vaxcampaign.desk.cards import Card, Moment
from vaxcampaign.desk.cold import keeper_cards
from vaxcampaign.desk.floor import observer_cards, registrar_cards, screener_cards, vaccinator_cards
from vaxcampaign.desk.office import office_cards
from vaxcampaign.desk.people import organisation_cards, people_cards
from vaxcampaign.desk.system import audit_cards, guard_cards, system_cards


def cards_for(user: User, campaign: Campaign | None, now: datetime) -> list[tuple[str, list[Card]]]:
    """(role in words, cards) for each kind of work the user does today."""
    moment, groups, seen = Moment(user, campaign, now), [], set()
    for assignment in user.roles():
        provider = PROVIDERS[Role(assignment.role)]
        if provider not in seen:
            seen.add(provider)
            groups.append((str(assignment), provider(moment)))
    return groups


def open_jobs(user: User) -> list[Job]:
    """The user's jobs that are still going on."""
    return list(Job.objects.filter(created_by=user, state__in=(JobState.WAITING, JobState.RUNNING))[:10])


PROVIDERS: dict[Role, Callable[[Moment], list[Card]]] = {
    Role.COUNTY: office_cards,
    Role.TOWN: office_cards,
    Role.CADRE: people_cards,
    **dict.fromkeys(ORGANISATION_ROLES, organisation_cards),
    Role.REGISTRAR: registrar_cards,
    Role.SCREENER: screener_cards,
    Role.VACCINATOR: vaccinator_cards,
    Role.OBSERVER: observer_cards,
    Role.STOCK: keeper_cards,
    Role.SYSADMIN: system_cards,
    Role.SECADMIN: guard_cards,
    Role.AUDITOR: audit_cards,
}
