"""就近接种 (S116): people of other townships, who are served here and remain on the register of their own township.

Their register is not opened to the site: a guest is found only by the whole number of the document shown at the desk, or
by a booking at this very site, one person at a time, and each look is recorded with its purpose.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from campaigns.models import Campaign
from clinic.models import Visit
from core import audit
from core.errors import RuleBroken
from core.models import AuditEvent
from places.choices import Level
from places.models import Place, Site
from residents.models import Enrolment, Resident

PURPOSE = "外镇群众就近接种"
MOST_LOOKS, WITHIN = 30, timedelta(hours=1)  # ours: a busy desk meets people whom no register here knows
_MISSED, _FOUND = "resident.guest_missed", "resident.guest_found"
_TOWN_DIGITS = 9
_LOOKS_WHOLE = 6  # digits; what has fewer is a name, a queue number or the end of a card


def home_town(resident: Resident, site: Site) -> Place | None:
    """The township ``resident`` is registered in when it is not the one of ``site``, else None.

    A site of the county itself has everybody of the county as its own.
    """
    if resident.village_code.startswith(site.place.prefix[:_TOWN_DIGITS]):
        return None
    code = resident.village_code[:_TOWN_DIGITS].ljust(12, "0")
    return Place.objects.filter(code=code, level=Level.TOWN).first()


def by_document(text: str, *, actor, site: Site, now: datetime) -> Resident | None:
    """Who holds the document of this whole number, if ``actor`` lets people in at a desk; None for a name or a part of a
    number. Who types numbers to see whose they are is stopped: numbers that nobody has, and people who were looked up
    and not let in, are counted in the audit trail. Call outside a deed, the line there must stay. Raises RuleBroken
    GUESSING."""
    if not actor.can("visits.check_in") or sum(letter.isdigit() for letter in text) < _LOOKS_WHOLE:
        return None
    if _looks_for_nothing(actor, now) >= MOST_LOOKS:
        raise RuleBroken(
            "GUESSING",
            f"一小时内已有 {MOST_LOOKS} 次按证件号码没有查到人、或查到了没有登记到场,暂时不能再按号码查外镇群众。"
            "请核对证件原件,一小时后再查;急办的请联系镇办。",
        )
    found = list(Resident.objects.live().with_document(text)[:2])
    person = found[0] if len(found) == 1 else None
    audit.record(_FOUND if person else _MISSED, actor=actor, subject=person, place_code=site.place.code)
    return person


def _looks_for_nothing(actor, now: datetime) -> int:
    """Looks of the last hour after which nobody was let in."""
    lately = AuditEvent.objects.filter(actor=actor, at__gt=now - WITHIN)
    people = set(lately.filter(action=_FOUND).values_list("subject", flat=True))
    since = timezone.localdate(now - WITHIN)
    here = (
        Visit.objects.filter(enrolment__resident__uid__in=people, on__gte=since)
        if people
        else Visit.objects.none()
    )
    let_in = here.values("enrolment__resident").distinct().count()
    return lately.filter(action=_MISSED).count() + len(people) - let_in


def enrolment_of(resident: Resident, campaign: Campaign | None) -> Enrolment | None:
    """The guest's place in ``campaign``, or in the home township's own campaign against the same disease."""
    if campaign is None:
        return None
    same = Enrolment.objects.filter(
        resident=resident, campaign__disease=campaign.disease, campaign__season=campaign.season
    )
    return min(same.select_related("campaign"), key=lambda row: row.campaign_id != campaign.pk, default=None)
