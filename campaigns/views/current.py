"""The campaign that a page is about: the one its user works in."""

from django.http import Http404
from django.utils.functional import cached_property

from campaigns.models import Campaign


class CampaignIfAnyMixin:
    """``self.campaign``; None as long as the user has none."""

    @cached_property
    def campaign(self) -> Campaign | None:
        return Campaign.objects.current_for(self.request)


class CurrentCampaignMixin:
    """``self.campaign`` for a page that makes no sense without one: 404 as long as the user has none."""

    @cached_property
    def campaign(self) -> Campaign:
        found = Campaign.objects.current_for(self.request)
        if found is None:
            raise Http404
        return found
