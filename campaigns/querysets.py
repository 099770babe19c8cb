"""Reads of campaigns."""

from django.db.models import Q, QuerySet


class CampaignQuerySet(QuerySet):
    """Reads of Campaign."""

    def running(self):
        """Campaigns in progress."""
        return self.filter(state="running")

    def choices_for(self, request) -> list:
        """The campaigns the user may work in, newest first. Read once per request."""
        if not hasattr(request, "_campaigns"):
            request._campaigns = list(self.visible_to(request.user).order_by("-starts_on", "pk"))
        return request._campaigns

    def covering(self, code: str):
        """Campaigns whose place is, or lies above, the place with this 12-digit ``code``."""
        return self.filter(place__code__in={code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12)})

    def current_for(self, request):
        """The campaign the user works in: the one chosen in this log-in, else the newest running one; or None."""
        mine, chosen = self.choices_for(request), request.session.get("campaign")
        running = [campaign for campaign in mine if campaign.state == "running"]
        return next((c for c in mine if c.code == chosen), None) or next(iter(running + mine), None)

    def visible_to(self, user):
        """Campaigns of a place above, at or below one of the user's places."""
        query = Q(pk__in=[])
        for prefix in user.scope().town_prefixes | _organisation_prefixes(user):
            codes = [prefix[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12) if digits <= len(prefix)]
            query |= Q(place__code__in=codes) | Q(place__code__startswith=prefix)
        return self.filter(query)


def _organisation_prefixes(user) -> set[str]:
    return {a.organisation.place.prefix for a in user.roles() if a.organisation_id}
