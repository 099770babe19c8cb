"""What the frame of every page shows: rooms, who is logged in as what, and the campaign being worked in."""

from campaigns.models import Campaign
from vaxcampaign.navigation import rooms_for


def frame(request) -> dict:
    """Rooms, role and campaign of the logged-in user; nothing for the public pages."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password:
        return {}
    return {
        "rooms": rooms_for(user),
        "role": user.main_role,
        "may_search": user.can("residents.view") or user.can("residents.find"),
        "campaign": Campaign.objects.current_for(request),
    }
