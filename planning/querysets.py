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


class ClearOutQuerySet(QuerySet):
    """Reads of ClearOut."""

    def running(self):
        """Not ended yet."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user, action: str = "clearout.view"):
        """Pushes of the user's places, of the places above them (their people are called too), and of the user's sites."""
        scope = user.scope(action)
        above = {
            prefix[:digits].ljust(12, "0")
            for prefix in scope.prefixes
            for digits in (6, 9)
            if len(prefix) > digits
        }
        mine = any_code_range("place__code", scope.prefixes) | Q(place__code__in=above)
        return self.filter(mine | Q(pk__in=self.model.objects.filter(sites__in=scope.sites).values("pk")))

    def kept_by(self, user):
        """Pushes of the places where the user may begin and end them."""
        return self.filter(any_code_range("place__code", user.scope("clearout.manage").prefixes))
