"""Bookings of a person who left a register: the place of who is removed is free again, others keep it under the new village."""

from django.utils import timezone

from appointments.choices import BookingState
from appointments.models import Booking, Slot
from core import audit
from core.locks import lock
from residents.services.departures import Departure


def free_places(departure: Departure) -> None:
    """Cancel the coming bookings of a removed person; of one who moved, tell them the new village."""
    resident = departure.resident
    coming = Booking.objects.filter(
        enrolment__resident=resident,
        state=BookingState.BOOKED,
        slot__session__on__gte=timezone.localdate(departure.now),
    )
    if resident.removed_on is None:
        coming.update(village_code=resident.village_code)
        return
    lock(Slot, coming.values_list("slot_id", flat=True))
    for booking in coming.order_by("pk"):
        booking.state, booking.ended_at = BookingState.CANCELLED, departure.now
        booking.end_reason = f"移出名册:{departure.reason}"[:120]
        booking.save(update_fields=["state", "ended_at", "end_reason"])
        audit.record(
            "booking.cancelled",
            actor=departure.actor,
            target=booking,
            subject=resident,
            place_code=booking.village_code,
            data={"reason": booking.end_reason},
        )
