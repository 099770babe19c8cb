"""What the lists of names can be asked for beside the metrics: each code with its heading and the rows it means."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from campaigns.models import Campaign
from places.models import Place
from reports import cross, metrics, reactions
from reports.days import day_bounds
from reports.metrics import states
from residents.models import VaccinationRecord

LATE, GIVEN, WORK, CASE_DOSES = "late", "given", "work", "case_doses"
DOSE_WORDS = {
    LATE: "补录的接种记录",
    GIVEN: "接种点当日接种",
    WORK: "接种点接种(工作量)",
    CASE_DOSES: "接种点接种的剂次",
}
GUESTS = "外乡镇居民"


@dataclass(frozen=True)
class Asked:
    """Of which campaign and place, from which day (None: ever) to which."""

    campaign: Campaign
    place: Place
    since: date | None
    until: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The moments between which the last day lies."""
        return day_bounds(self.until)


def doses(code: str, asked: Asked, *, guests: bool = False, vaccine: str = "") -> QuerySet[VaccinationRecord]:
    """The doses of one code of ``DOSE_WORDS``. ``guests``: of the work of sites those of people counted elsewhere;
    ``vaccine``: of ``CASE_DOSES`` those of one product."""
    prefixes, (start, end) = {asked.place.prefix}, asked.bounds
    if code == LATE:
        return states.entered_late(asked.campaign, prefixes, day=asked.until, start=start, end=end)
    if code == GIVEN:
        given = states.given_at_sites(prefixes, start=start, end=end)
        given = given.filter(states.to_guests(prefixes)) if guests else given
        return VaccinationRecord.objects.filter(pk__in=given.values("record"))
    if code == CASE_DOSES:
        since = asked.since or asked.campaign.starts_on
        found = reactions.doses_of(reactions.Asked(asked.campaign, asked.place, since, asked.until))
        found = found.filter(lot__presentation__vaccine__code=vaccine) if vaccine else found
        return VaccinationRecord.objects.filter(pk__in=found.values("record"))
    span = {"since": asked.since, "until": asked.until}
    if guests:
        return cross.guests_of(asked.campaign, asked.place, **span)
    return metrics.worked_at_sites(asked.campaign, prefixes, **span)
