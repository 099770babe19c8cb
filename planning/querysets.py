"""Reads of plans."""

from django.db.models import Q, QuerySet

from places.querysets import any_code_range


class PlanQuerySet(QuerySet):
    """Reads of AllocationPlan."""

    def visible_to(self, user, action: str = "allocation.view"):
        """Plans of the user's places, and those that take from a store the user keeps."""
        scope = user.scope(action)
        return self.filter(any_code_range("place__code", scope.prefixes) | Q(source__in=scope.sites))

    def open(self):
        """Still to be decided or to be sent."""
        return self.filter(state__in=("draft", "approved"))
