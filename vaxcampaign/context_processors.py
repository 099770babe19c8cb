"""What the frame of every page shows: rooms, who is logged in as what, the place, and the campaign being worked in."""

from django.utils.functional import SimpleLazyObject

from accounts.middleware import first_thing
from campaigns.models import Campaign
from core.addresses import address
from places.models import Place
from vaxcampaign.navigation import groups_of, rooms_for, tabs_beside, tabs_for


def frame(request) -> dict:
    """Rooms, roles, place path and campaigns of the logged-in user; nothing for the public pages."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or first_thing(request):
        return {}
    if not hasattr(request, "_frame"):  # a page is rendered from several templates with the same request
        request._frame = _frame(request, user)
    return request._frame


def _frame(request, user) -> dict:
    role, tabs = user.main_role, tabs_for(user, request.path)
    may_search = user.can("residents.view") or user.can("residents.find")
    return {
        "rooms": rooms_for(user, request.path),
        "tab_groups": groups_of(tabs),
        "room_tabs": tabs_beside(tabs),
        "role": role,
        "other_roles": user.roles()[1:],
        "find_url": address("residents:find") if may_search else "",
        # Asked for only by pages without a path of their own.
        "place_path": SimpleLazyObject(lambda: Place.objects.path_of(role.home) if role else []),
        "campaign": (working := Campaign.objects.current_for(request)),
        "working_campaign": working,  # a page about another campaign may call that one ``campaign``
        "campaigns": Campaign.objects.choices_for(request),
    }
