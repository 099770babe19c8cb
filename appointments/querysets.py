"""Reads of sessions and bookings."""

from django.db.models import Count, Q, QuerySet

from places.querysets import any_code_range

_TAKES_PLACE = ("booked", "arrived", "done", "not_done")


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
        for_all = Q(audience__isnull=True)
        for_mine = any_code_range("audience__code", scope.prefixes) | Q(
            audience__code__in={a.home.code for a in user.roles()}
        )
        return self.filter(own | (here & (for_all | for_mine))).distinct()


class SlotQuerySet(QuerySet):
    """Reads of Slot."""

    def with_taken(self):
        """Adds ``taken``: bookings that hold a place."""
        return self.annotate(taken=Count("bookings", filter=Q(bookings__state__in=_TAKES_PLACE)))


class BookingQuerySet(QuerySet):
    """Reads of Booking."""

    def active(self):
        """Still to come, or on the floor."""
        return self.filter(state__in=("booked", "arrived"))

    def taking_place(self):
        """Bookings that use up capacity."""
        return self.filter(state__in=_TAKES_PLACE)

    def visible_to(self, user):
        """Bookings of the user's people, and those at the user's sites."""
        scope = user.scope("sessions.view")
        return self.filter(
            any_code_range("village_code", scope.prefixes)
            | Q(slot__session__site__in=scope.sites)
            | any_code_range("slot__session__site__place__code", scope.prefixes)
            | Q(enrolment__resident__organisation__in=scope.organisations)
        )
