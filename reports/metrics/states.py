"""States of the moment in the daily report, and what was entered late or given at the sites: each counted and named here."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from campaigns.models import Campaign
from clinic.models import Dose
from places.querysets import any_code_range
from reports.metrics.rows import people_of
from residents.choices import AWAY, EnrolmentStatus, NotVaccinatedReason
from residents.models import Consent, Enrolment, Resident, VaccinationRecord

CONTRA, HOLD, REFUSED, AWAY_NOW = "contra", "hold", "refused", "away"
STATE_WORDS = {CONTRA: "禁忌", HOLD: "暂缓", REFUSED: "拒绝"}


def state_filters(day: date) -> dict[str, Q]:
    """Which target persons each state counts, as things stand now; a deferral counts while it lasts beyond ``day``."""
    # Few say no: who did is found once, not asked of everybody; nor is everybody's row of the register looked at.
    said_no = Consent.objects.current().filter(given=False, dose_number=F("enrolment__next_dose"))
    of_them = Resident.objects.filter(not_vaccinated_reason=NotVaccinatedReason.REFUSED)
    by_reason = Q(doses_done=0, resident__in=of_them.values("pk"))
    return {
        CONTRA: Q(status=EnrolmentStatus.CONTRA),
        HOLD: Q(status=EnrolmentStatus.HOLD, hold_until__gt=day),
        REFUSED: Q(pk__in=said_no.values("enrolment")) | by_reason,
    }


def in_state(state: str, campaign: Campaign, prefixes: Collection[str], *, day: date) -> QuerySet[Enrolment]:
    """The people of one state."""
    return people_of(campaign, prefixes).filter(state_filters(day)[state])


def away_now(prefixes: Collection[str]) -> QuerySet[Resident]:
    """Who is on the registers of the places and away."""
    return Resident.objects.live().filter(any_code_range("village_code", prefixes), residence__in=AWAY)


def entered_late(
    campaign: Campaign, prefixes: Collection[str], *, day: date, start: datetime, end: datetime
) -> QuerySet[VaccinationRecord]:
    """Counted doses recorded between two moments of ``day`` and given on a day before, with ``unit`` beside each.

    Those of ``doses_of``, asked the other way round: of the few that were recorded then, whose person is counted here.
    """
    mine = any_code_range("unit_code", prefixes)
    here = Enrolment.objects.filter(mine, campaign=campaign, resident=OuterRef("resident"))
    rows = VaccinationRecord.objects.counted().filter(
        Exists(here),
        disease=campaign.disease,
        season=campaign.season,
        recorded_at__gte=start,
        recorded_at__lt=end,
        given_on__lt=day,
    )
    return rows.annotate(unit=Subquery(here.values("unit_code")))


def given_at_sites(prefixes: Collection[str], *, start: datetime, end: datetime) -> QuerySet[Dose]:
    """Doses given between two moments at the sites of the places, whoever received them."""
    here = any_code_range("site__place__code", prefixes)
    return Dose.objects.counted().filter(here, given_at__gte=start, given_at__lt=end)


def to_guests(prefixes: Collection[str]) -> Q:
    """Of ``given_at_sites``: people registered elsewhere."""
    return ~any_code_range("record__resident__village_code", prefixes)


def worked_at_sites(
    campaign: Campaign, prefixes: Collection[str], *, since: date | None, until: date
) -> QuerySet[VaccinationRecord]:
    """Counted doses of the campaign given at the sites of the places on days from ``since`` (None: ever) to ``until``."""
    rows = VaccinationRecord.objects.counted().filter(
        any_code_range("dose__site__place__code", prefixes),
        disease=campaign.disease,
        season=campaign.season,
        given_on__lte=until,
    )
    return rows if since is None else rows.filter(given_on__gte=since)
