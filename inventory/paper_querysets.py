"""Reads of documents and recalls."""

from django.db.models import QuerySet

from inventory.querysets import site_of


class StockDocumentQuerySet(QuerySet):
    """Reads of StockDocument."""

    def visible_to(self, user):
        """Papers of the user's sites and places, and deliveries that are on their way to them."""
        return self.filter(
            site_of(user, "stock.view", "site__") | site_of(user, "stock.view", "other_site__")
        )

    def managed_by(self, user):
        """Papers of the sites that ``user`` keeps."""
        return self.filter(site_of(user, "stock.manage", "site__"))


class LotRecallQuerySet(QuerySet):
    """Reads of LotRecall."""

    def in_force(self):
        """Orders that nobody has lifted."""
        return self.filter(lifts__isnull=True, lifted_by__isnull=True)

    def over(self, site):
        """Orders of the offices that ``site`` stands under. Needs the site's place."""
        code = site.place.code
        return self.filter(place__code__in={code} | {code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9)})
