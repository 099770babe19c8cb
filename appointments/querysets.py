"""Reads of sessions and bookings."""

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from places.querysets import any_code_range

_TAKES_PLACE = ("booked", "arrived", "done", "not_done")
_BOOKABLE = F("capacity") - F("reserved")


class SessionQuerySet(QuerySet):
    """Reads of ClinicSession."""

    def visible_to(self, user):
        """Sessions of the user's sites, of the user's places, and those open to the user's villages.

        A village sees the sessions of its township; a session for named villages is seen by these only.
        """
        scope = user.scope("sessions.view")
        own = any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites)
        towns = {a.home.code[:9].ljust(12, "0") for a in user.roles() if "sessions.view" in a.actions}
        here = Q(site__place__code__in=towns)
        for_all = Q(audience__isnull=True, hosts__isnull=True)
        for_us = Q(hosts__in=scope.organisations) | any_code_range("hosts__place__code", scope.prefixes)
        for_mine = any_code_range("audience__code", scope.prefixes) | Q(
            audience__code__in={a.home.code for a in user.roles()}
        )
        return self.filter(own | (here & (for_all | for_mine | for_us))).distinct()

    def prepared_by(self, user):
        """Sessions whose staff and checklist ``user`` keeps: at the user's own sites, or of the township office."""
        scope = user.scope("sessions.prepare")
        return self.filter(any_code_range("site__place__code", scope.prefixes) | Q(site__in=scope.sites))

    def manageable_by(self, user):
        """Sessions at the sites of the user's own township office."""
        return self.filter(any_code_range("site__place__code", user.scope("sessions.manage").prefixes))

    def with_places(self):
        """Adds ``places`` (that may be booked) and ``taken``, over all slots."""
        slots = self.model.slots.rel.related_model.objects.filter(session=OuterRef("pk"))
        return self.annotate(
            places=_number(slots.order_by().values("session").annotate(n=Sum(_BOOKABLE))),
            taken=_number(
                slots.filter(bookings__state__in=_TAKES_PLACE)
                .order_by()
                .values("session")
                .annotate(n=Count("bookings"))
            ),
        )


def _number(rows) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), Value(0))


class SlotQuerySet(QuerySet):
    """Reads of Slot."""

    def with_taken(self, now):
        """Adds ``taken``, bookings that hold a place, ``percent`` released by ``now``, ``released`` places, and ``free``.

        ``free`` knows no quotas: what one village may still take is for ``place_rules.free_for``.
        """
        releases = self.model._meta.apps.get_model("appointments", "Release").objects
        batches = releases.filter(session=OuterRef("session")).order_by()
        started = batches.filter(at__lte=now).values("session").annotate(n=Max("percent")).values("n")
        unreleased = Case(When(Exists(batches), then=0), default=100, output_field=IntegerField())
        return (
            self.annotate(taken=Count("bookings", filter=Q(bookings__state__in=_TAKES_PLACE)))
            .annotate(percent=Coalesce(Subquery(started, output_field=IntegerField()), unreleased))
            .annotate(released=_BOOKABLE * F("percent") / 100)
            .annotate(free=F("released") - F("taken"))
        )

    def with_everybody(self):
        """Adds ``everybody``, how many hold a place, and ``is_shared_out``: villages or doses have places of their own, or
        places are released in batches, so that the number alone does not decide."""
        of = self.model._meta.apps.get_model
        held = of("appointments", "Booking").objects.taking_place().filter(slot=OuterRef("pk"))
        quotas = of("appointments", "SlotQuota").objects.filter(slot=OuterRef("pk"))
        batches = of("appointments", "Release").objects.filter(session=OuterRef("session"))
        return self.annotate(
            everybody=_number(held.order_by().values("slot").annotate(n=Count("pk"))),
            is_shared_out=Exists(quotas) | Exists(batches),
        )


class BookingQuerySet(QuerySet):
    """Reads of Booking."""

    def active(self):
        """Still to come, or on the floor."""
        return self.filter(state__in=("booked", "arrived"))

    def taking_place(self):
        """Bookings that use up capacity."""
        return self.filter(state__in=_TAKES_PLACE)

    def visible_to(self, user, action: str = "rosters.view"):
        """Bookings of the user's people, at the user's sites, and at the sites of whom plans sessions there.

        A cadre in whose village a site stands does not see the people of other villages who come to it.
        """
        scope, planned = user.scope(action), user.scope("sessions.manage")
        return self.filter(
            any_code_range("village_code", scope.prefixes)
            | Q(slot__session__site__in=scope.sites)
            | any_code_range("slot__session__site__place__code", planned.prefixes)
            | Q(enrolment__resident__organisation__in=scope.organisations)
        )

    def with_people(self):
        """Everything a line of a list shows, in two queries."""
        return self.select_related(
            "slot__session__site__place",
            "slot__session__campaign",
            "enrolment__resident__village",
            "enrolment__resident__organisation",
            "enrolment__last_product",
        ).prefetch_related("enrolment__resident__identifiers", "enrolment__resident__tags")
