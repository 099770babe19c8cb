"""Reads of stock."""

from datetime import timedelta

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from inventory.choices import StockState
from inventory.rules import LOW_DOSES, NEAR_DAYS
from inventory.supply_choices import SYRINGES
from inventory.supply_rules import INJECTED
from places.querysets import any_code_range


def _at_sites_of(user, action: str) -> Q:
    scope = user.scope(action)
    return any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites)


def site_of(user, action: str, at: str = "") -> Q:
    """A Site where ``user`` may do ``action`` ("stock.view", "stock.manage"); ``at`` is the way to it ("site__")."""
    scope = user.scope(action)
    return any_code_range(f"{at}place__code", scope.prefixes) | Q(**{f"{at}pk__in": scope.sites})


# How far ahead the tiers of the stock page look; each holds the nearer ones.
_TIER_DAYS = {StockState.NEAR_30.value: 30, StockState.NEAR.value: NEAR_DAYS, StockState.NEAR_180.value: 180}


def _usable(today) -> Q:
    return Q(lot__state="usable", held_reason="", lot__expires_on__gte=today)


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
        return self.filter(_usable(today))

    def with_usable(self, today):
        """Adds ``is_usable``: the rule of ``usable``, for a page that also names what must not be given."""
        return self.annotate(is_usable=ExpressionWrapper(_usable(today), BooleanField()))

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

    def in_state(self, state, today):
        """Rows of one ``StockState``; the empty state is what is there. Needs ``with_vaccine_doses`` for LOW."""
        if state == StockState.ALL:
            return self
        if state == StockState.LOW:  # also the lots just used up: that is when it matters
            return self.filter(vaccine_doses__lt=LOW_DOSES, lot__expires_on__gte=today)
        there = self.in_stock()
        if state == StockState.USABLE:
            return there.usable(today)
        if state in _TIER_DAYS:
            return there.usable(today).filter(lot__expires_on__lte=today + timedelta(days=_TIER_DAYS[state]))
        if state == StockState.EXPIRED:
            return there.filter(lot__expires_on__lt=today)
        return there.held() if state == StockState.HELD else there

    def summary(self, today) -> dict:
        """Figures over the rows: usable ``vials`` and ``doses``, lots ``near30``, ``near``, ``near180``,
        ``expired`` and ``held``."""
        there = self.in_stock().with_doses()
        usable = _usable(today)
        return there.order_by().aggregate(
            vials=Coalesce(Sum("vials", filter=usable), 0),
            usable_doses=Coalesce(Sum("doses", filter=usable), 0),
            **{
                state: Count("pk", filter=usable & Q(lot__expires_on__lte=today + timedelta(days=days)))
                for state, days in _TIER_DAYS.items()
            },
            expired=Count("pk", filter=Q(lot__expires_on__lt=today)),
            held=Count("pk", filter=~Q(held_reason="") | ~Q(lot__state="usable")),
        )

    def low_vaccines(self, today) -> int:
        """How many vaccines run low, counted per site."""
        low = self.with_vaccine_doses(today).in_state(StockState.LOW, today)
        return low.order_by().values("site", "lot__presentation__vaccine").distinct().count()

    def choosable(self, today):
        """What may leave the site or go into an arm, in the order in which it should."""
        return self.in_stock().usable(today).fefo()

    def fefo(self):
        """First expired, first out; an opened vial before a closed one; then first in, first out."""
        return self.order_by("lot__expires_on", "-open_doses", "pk")


class StockMovementQuerySet(QuerySet):
    """Reads of StockMovement."""

    def visible_to(self, user):
        """Movements of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))

    def managed_by(self, user):
        """Movements of the stock that ``user`` keeps."""
        return self.filter(_at_sites_of(user, "stock.manage"))

    def with_deed(self):
        """Adds ``deed``: the kind; of a movement that takes another one back the kind of that one."""
        return self.annotate(deed=Coalesce("reverses__kind", "kind"))

    def sums(self) -> dict:
        """The changes of all rows together: ``all_vials``, ``all_open`` and, both together, ``all_doses``."""
        doses = F("vials") * F("lot__presentation__doses_per_vial") + F("open_doses")
        return self.order_by().aggregate(
            all_vials=Coalesce(Sum("vials"), 0),
            all_open=Coalesce(Sum("open_doses"), 0),
            all_doses=Coalesce(Sum(doses), 0),
        )

    def injections(self, site, on) -> int:
        """Doses given with a syringe at ``site`` on a day; what was taken back does not count."""
        route = {"lot__presentation__vaccine__route__in": INJECTED}
        return self.filter(site=site, on=on, kind="use", reversed_by__isnull=True, **route).count()


class SupplyMovementQuerySet(QuerySet):
    """Reads of SupplyMovement."""

    def visible_to(self, user):
        """Syringes and diluent of the user's sites and places."""
        return self.filter(_at_sites_of(user, "stock.view"))

    def managed_by(self, user):
        """Of the stock that ``user`` keeps."""
        return self.filter(_at_sites_of(user, "stock.manage"))

    def latest(self):
        """The last movement of each lot at each site: its balance is what lies there now."""
        later = self.model.objects.filter(
            site=OuterRef("site"), lot=OuterRef("lot"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))

    def latest_of(self, site, lot):
        """The last movement of ``lot`` at ``site``, or None."""
        return self.filter(site=site, lot=lot).order_by("-number").first()

    def in_stock(self):
        """``latest`` with something left, first expired first."""
        return self.latest().filter(balance__gt=0).order_by("lot__expires_on", "lot__lot_no", "pk")

    def syringes(self):
        """Without diluent."""
        return self.filter(lot__item__kind__in=SYRINGES)

    def standing(self):
        """Neither taken back nor taking back."""
        return self.filter(reversed_by__isnull=True).exclude(kind="reversal")
