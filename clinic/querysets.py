"""Reads of the floor."""

from django.db.models import Q, QuerySet

from places.querysets import any_code_range


class VisitQuerySet(QuerySet):
    """Reads of Visit."""

    def visible_to(self, user, action: str = "clinic.view"):
        """Visits at the user's sites, and at the sites of the user's places."""
        scope = user.scope(action)
        return self.filter(any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites))

    def on_floor(self):
        """Neither left nor sent away."""
        return self.filter(stage__in=("checked_in", "passed", "consented", "observing"))


class DoseQuerySet(QuerySet):
    """Reads of Dose."""

    def counted(self):
        """Not voided; the record below holds the void."""
        return self.filter(record__voided_at__isnull=True)
