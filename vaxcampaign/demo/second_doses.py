"""First doses of before the campaign, given elsewhere: second doses that are late, or will be within days."""

from datetime import date, timedelta

from campaigns.models import Campaign
from inventory.models import Vaccine
from residents.choices import RecordSource
from residents.models import Enrolment
from residents.services import records
from vaxcampaign.demo.ground import Ground

_AGO = (64, 59, 53, 51)  # days; the second dose is due by the 56th


def remember(ground: Ground, campaign: Campaign, *, today: date) -> None:
    """Four people of each of the first three villages, none of them booked."""
    vaccine = Vaccine.objects.get(code="CV-SV")
    rows = Enrolment.objects.filter(campaign=campaign, doses_done=0, next_dose=1, bookings=None, visits=None)
    for village in ground.villages[:3]:
        people = rows.filter(unit=village, resident__roster_entries=None).order_by("pk")[:4]
        for row, ago in zip(people, _AGO, strict=False):
            records.note_dose(
                enrolment=row,
                vaccine=vaccine,
                given_on=today - timedelta(days=ago),
                actor=ground.users["registrar"],
                today=today,
                place_name="鄂尔多斯市东胜区",
                source=RecordSource.ELSEWHERE,
            )
