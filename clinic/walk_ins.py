"""Somebody without a booking would begin: how far the second doses reach. A warning; who stands here is not refused."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import ClinicSession
from appointments.sight import Lookout, town_of
from appointments.sight_rules import Sight
from appointments.sight_words import sight_words
from clinic.choices import Stage
from clinic.models import Visit
from places.models import Site
from places.querysets import code_range
from residents.models import Enrolment
from residents.services.enrolments import outlook_of_read

_NO_NEEDLE_YET = (Stage.CHECKED_IN, Stage.PASSED, Stage.CONSENTED)


@dataclass(frozen=True)
class SecondDose:
    """``ahead``: others without a booking who wait for their first dose on the floors of the township. ``let``: the
    office's word for the whole session."""

    sight: Sight
    ahead: int
    let: str

    @property
    def is_in_sight(self) -> bool:
        """There is a place and a dose for one more."""
        return self.sight.room > self.ahead

    @property
    def words(self) -> str:
        """The numbers."""
        return sight_words(self.sight)


def second_of(enrolment: Enrolment, site: Site, now: datetime) -> SecondDose | None:
    """The second dose of somebody who comes to ``site`` today without a booking; None when it is no first dose.

    ``enrolment`` was just read with resident, organisation and campaign; ``now`` is local. Reads only.
    """
    today = timezone.localdate(now)
    view = outlook_of_read(enrolment, on=today)
    if view.verdict.dose_number != 1 or not view.verdict.may_be_given:
        return None
    days = ClinicSession.objects.filter(
        site=site, on=today, campaign=enrolment.campaign, state=SessionState.OPEN
    ).select_related("site__place")
    session = days.order_by(F("started_at").asc(nulls_last=True), "starts_at").first()
    lookout = Lookout(campaign_id=enrolment.campaign_id, site=site, on=today, now=now, session=session)
    products = lookout.invited[session.pk].products if session else view.products
    waiting = Visit.objects.filter(
        code_range("site__place__code", town_of(site)),
        on=today,
        booking=None,
        stage__in=_NO_NEEDLE_YET,
        enrolment__campaign=enrolment.campaign,
        enrolment__next_dose=1,
    )
    return SecondDose(
        sight=lookout.sight(view, enrolment.resident.village_code, products),
        ahead=waiting.exclude(enrolment=enrolment).count(),
        let=session.second_reason if session else "",
    )
