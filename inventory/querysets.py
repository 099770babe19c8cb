"""Reads of stock."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from places.querysets import any_code_range


def _at_sites_of(user, action: str) -> Q:
    scope = user.scope(action)
    return any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites)


class StockLevelQuerySet(QuerySet):
    """Reads of StockLevel."""

    def visible_to(self, user):
        """Stock of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))

    def managed_by(self, user):
        """Stock that ``user`` keeps: deeds are for these rows only."""
        return self.filter(_at_sites_of(user, "stock.manage"))

    def in_stock(self):
        """Something is left."""
        return self.filter(Q(vials__gt=0) | Q(open_doses__gt=0))

    def usable(self, today):
        """Lots that may be given: not expired on ``today`` (the last day counts), not held, not recalled."""
        return self.filter(lot__state="usable", held_reason="", lot__expires_on__gte=today)

    def held(self):
        """Set apart: by the keeper here, or the lot everywhere."""
        return self.filter(~Q(held_reason="") | ~Q(lot__state="usable"))

    def with_doses(self):
        """Adds ``doses``: whole vials times doses per vial plus what is left in opened vials."""
        return self.annotate(doses=F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses"))

    def with_vaccine_doses(self, today):
        """Adds ``vaccine_doses``: usable doses of the row's vaccine at the row's site, over all its lots."""
        same = self.model.objects.filter(
            site=OuterRef("site"), lot__presentation__vaccine=OuterRef("lot__presentation__vaccine")
        )
        total = same.usable(today).with_doses().order_by().values("site").annotate(total=Sum("doses"))
        return self.annotate(vaccine_doses=Coalesce(Subquery(total.values("total")), 0))

    def fefo(self):
        """First expired, first out; an opened vial before a closed one; then first in, first out."""
        return self.order_by("lot__expires_on", "-open_doses", "pk")

    def usable_lots(self, site, vaccine_codes, today):
        """What the clinic may propose at ``site`` for these vaccines, best choice first, with ``doses``."""
        return (
            self.filter(site=site, lot__presentation__vaccine__code__in=vaccine_codes)
            .in_stock()
            .usable(today)
            .with_doses()
            .fefo()
            .select_related("lot__presentation__vaccine")
        )


class StockMovementQuerySet(QuerySet):
    """Reads of StockMovement."""

    def visible_to(self, user):
        """Movements of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))

    def managed_by(self, user):
        """Movements of the stock that ``user`` keeps."""
        return self.filter(_at_sites_of(user, "stock.manage"))
