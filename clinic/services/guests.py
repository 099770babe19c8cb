"""就近接种 (S116): people of other townships, who are served here and remain on the register of their own township.

Their register is not opened to the site: a guest is found only by the whole number of the document shown at the desk, or
by a booking at this very site, one person at a time, and each look is recorded with its purpose.
"""

from campaigns.models import Campaign
from places.choices import Level
from places.models import Place, Site
from residents.models import Enrolment, Resident

PURPOSE = "外镇群众就近接种"
_TOWN_DIGITS = 9


def home_town(resident: Resident, site: Site) -> Place | None:
    """The township ``resident`` is registered in when it is not the one of ``site``, else None.

    A site of the county itself has everybody of the county as its own.
    """
    if resident.village_code.startswith(site.place.prefix[:_TOWN_DIGITS]):
        return None
    code = resident.village_code[:_TOWN_DIGITS].ljust(12, "0")
    return Place.objects.filter(code=code, level=Level.TOWN).first()


def by_document(text: str, user) -> Resident | None:
    """Who holds the document of this whole number, if the user lets people in at a desk. Does not write."""
    if not user.can("visits.check_in"):
        return None
    found = list(Resident.objects.live().with_document(text)[:2])
    return found[0] if len(found) == 1 else None


def enrolment_of(resident: Resident, campaign: Campaign | None) -> Enrolment | None:
    """The guest's place in ``campaign``, or in the home township's own campaign against the same disease."""
    if campaign is None:
        return None
    same = Enrolment.objects.filter(
        resident=resident, campaign__disease=campaign.disease, campaign__season=campaign.season
    )
    return min(same.select_related("campaign"), key=lambda row: row.campaign_id != campaign.pk, default=None)
