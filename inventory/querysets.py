"""Reads of stock."""

from django.db.models import F, Q, QuerySet

from places.querysets import any_code_range


def _at_sites_of(user, action: str) -> Q:
    scope = user.scope(action)
    return any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites)


class StockLevelQuerySet(QuerySet):
    """Reads of StockLevel."""

    def visible_to(self, user):
        """Stock of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))

    def in_stock(self):
        """Something is left."""
        return self.filter(Q(vials__gt=0) | Q(open_doses__gt=0))

    def usable(self, today):
        """Lots that may be given: not expired on ``today`` (the last day counts), not held, not recalled."""
        return self.filter(lot__state="usable", lot__expires_on__gte=today)

    def with_doses(self):
        """Adds ``doses``: whole vials times doses per vial plus what is left in opened vials."""
        return self.annotate(doses=F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses"))

    def fefo(self):
        """First expired, first out; an opened vial before a closed one; then first in, first out."""
        return self.order_by("lot__expires_on", "-open_doses", "pk")


class StockMovementQuerySet(QuerySet):
    """Reads of StockMovement."""

    def visible_to(self, user):
        """Movements of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))
