"""Bookings that nobody came to are not kept for good."""

from datetime import date, timedelta

from django.db.models import Q

from appointments.models import Booking
from core.locks import breathe, deed

KEEP_BOOKINGS_DAYS = 365
_CHUNK = 500


def old_bookings(today: date):
    """Bookings of days more than a year ago that no visit came from. A visit keeps its booking as long as itself."""
    before = today - timedelta(days=KEEP_BOOKINGS_DAYS)
    return Booking.objects.filter(slot__session__on__lt=before, visits=None).exclude(
        Q(moved_to__slot__session__on__gte=before) | Q(moved_to__visits__isnull=False)
    )


def remove_old_bookings(*, today: date) -> int:
    """Delete ``old_bookings``, a moved one after the one that it was moved to. Returns how many."""
    removed = 0
    while keys := list(
        old_bookings(today).filter(moved_to=None).order_by("pk").values_list("pk", flat=True)[:_CHUNK]
    ):
        with deed():
            removed += Booking.objects.filter(pk__in=keys).delete()[0]
        breathe()
    return removed
