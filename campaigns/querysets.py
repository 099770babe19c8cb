"""Reads of campaigns."""

from django.db.models import Q, QuerySet


class CampaignQuerySet(QuerySet):
    """Reads of Campaign."""

    def running(self):
        """Campaigns in progress."""
        return self.filter(state="running")

    def current_for(self, request):
        """The campaign the user works in: the one chosen in this log-in, else the newest running one. Read once."""
        if not hasattr(request, "_campaign"):
            mine = self.visible_to(request.user).order_by("-starts_on", "pk")
            chosen = request.session.get("campaign")
            request._campaign = (
                (mine.filter(code=chosen).first() if chosen else None)
                or mine.running().first()
                or mine.first()
            )
        return request._campaign

    def visible_to(self, user):
        """Campaigns of a place above, at or below one of the user's places."""
        query = Q(pk__in=[])
        for prefix in user.scope().town_prefixes | _organisation_prefixes(user):
            codes = [prefix[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12) if digits <= len(prefix)]
            query |= Q(place__code__in=codes) | Q(place__code__startswith=prefix)
        return self.filter(query)


def _organisation_prefixes(user) -> set[str]:
    return {a.organisation.place.prefix for a in user.roles() if a.organisation_id}
