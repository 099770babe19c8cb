"""Reads of documents and recalls."""

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from inventory.choices import SENDING, DocumentKind
from inventory.querysets import site_of
from places.querysets import any_code_range


def _sum_of(rows):
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


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

    def with_state(self):
        """Adds ``left``, the vials of a delivery that are under way, and ``answers_count``, the papers that answer it."""
        line = self.model._meta.get_field("lines").related_model.objects.order_by()
        own = line.filter(document=OuterRef("pk")).values("document").annotate(n=Sum("transit")).values("n")
        answered = line.filter(document__answers=OuterRef("pk")).values("document__answers")
        answers = self.model.objects.filter(answers=OuterRef("pk")).order_by().values("answers")
        return self.annotate(
            left=_sum_of(own) + _sum_of(answered.annotate(n=Sum("transit")).values("n")),
            answers_count=_sum_of(answers.annotate(n=Count("pk")).values("n")),
        )

    def with_amounts(self):
        """Adds ``lots``, ``vials`` and ``doses`` of the lines; of a stock-take only what it booked, since its other lines say what lay there."""
        line = self.model._meta.get_field("lines").related_model.objects.order_by()
        own = line.filter(document=OuterRef("pk")).values("document")
        amounts = own.exclude(document__kind=DocumentKind.STOCKTAKE, movement__isnull=True)
        doses = F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses")
        return self.annotate(
            lots=_sum_of(own.annotate(n=Count("lot", distinct=True)).values("n")),
            vials=_sum_of(amounts.annotate(n=Sum("vials")).values("n")),
            doses=_sum_of(amounts.annotate(n=Sum(doses)).values("n")),
        )

    def sent(self):
        """Deliveries between two of our sites."""
        return self.filter(kind__in=SENDING, other_site__isnull=False)

    def under_way(self):
        """Deliveries of which something is neither received nor called back."""
        return self.sent().with_state().filter(left__gt=0)

    def expected(self):
        """Deliveries that their receiver has not signed for yet."""
        return self.under_way().filter(~self._signed_for())

    def turned_back(self):
        """Deliveries of which the receiver has refused something: the sender must call it back."""
        return self.under_way().filter(self._signed_for())

    def _signed_for(self):
        arrivals = self.model.objects.filter(kind=DocumentKind.ARRIVAL, reversed_by__isnull=True)
        return Exists(arrivals.filter(answers=OuterRef("pk")).order_by())

    def unsigned_disposals(self):
        """Disposals that were asked for and wait for the second person."""
        return self.filter(kind=DocumentKind.PLAN, reversed_by__isnull=True, answered_by__isnull=True)

    def signable_by(self, user):
        """``unsigned_disposals`` of others, for the second hand of ``user``."""
        return self.filter(site_of(user, "stock.countersign", "site__")).unsigned_disposals().exclude(by=user)

    def coming_to(self, user):
        """Deliveries to the sites that ``user`` keeps."""
        return self.filter(site_of(user, "stock.manage", "other_site__"))


class LotRecallQuerySet(QuerySet):
    """Reads of LotRecall."""

    def in_force(self):
        """Orders that nobody has lifted."""
        return self.filter(lifts__isnull=True, lifted_by__isnull=True)

    def over(self, site):
        """Orders of the offices that ``site`` stands under. Needs the site's place."""
        code = site.place.code
        return self.filter(place__code__in={code} | {code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9)})

    def visible_to(self, user):
        """Orders over the user's places and sites, and those inside the user's places."""
        scope = user.scope("stock.view")
        over = {prefix[:digits].ljust(12, "0") for prefix in scope.town_prefixes for digits in (2, 4, 6, 9)}
        return self.filter(any_code_range("place__code", scope.prefixes) | Q(place__code__in=over))

    def made_by(self, user):
        """Orders that ``user`` may end: of the user's own places."""
        return self.filter(any_code_range("place__code", user.scope("stock.recall").prefixes))
