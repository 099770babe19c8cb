"""Reads of what one person counts and another one signs: closes of a day, stock-takes."""

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from places.querysets import any_code_range


class _SignedByTwoQuerySet(QuerySet):
    """Reads of what happens at a site and needs two people."""

    def in_reach(self, user, action: str):
        """Of the sites where ``user`` may do ``action``."""
        scope = user.scope(action)
        return self.filter(any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites))

    def visible_to(self, user):
        """Of the user's sites and places."""
        return self.in_reach(user, "stock.view")

    def managed_by(self, user):
        """Of the stock that ``user`` keeps."""
        return self.in_reach(user, "stock.manage")

    def signable_by(self, user):
        """Counts that wait for a second person, who may be ``user``."""
        return self.in_reach(user, "stock.countersign").filter(state="counted").exclude(counted_by=user)


class DayCloseQuerySet(_SignedByTwoQuerySet):
    """Reads of DayClose."""

    def with_sums(self):
        """Adds ``used`` (doses) and ``off`` (lots that were closed with an explanation), newest first."""
        off = ~Q(lines__reason="")
        rows = self.annotate(used=Coalesce(Sum("lines__used"), 0), off=Count("lines", filter=off))
        return rows.order_by("-on", "-pk")


class StockTakeQuerySet(_SignedByTwoQuerySet):
    """Reads of StockTake."""

    def with_sums(self):
        """Adds ``lots`` and ``off``: how many were listed, and how many differ with a reason; newest first."""
        off = ~Q(lines__reason="")
        return self.annotate(lots=Count("lines"), off=Count("lines", filter=off)).order_by("-pk")
