"""Sessions, slots, bookings."""

from .session import Booking, ClinicSession, RosterSubmission, Slot

__all__ = ["Booking", "ClinicSession", "RosterSubmission", "Slot"]
