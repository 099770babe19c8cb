"""Sessions, slots, bookings."""

from .places import Release, SlotQuota
from .session import Booking, ClinicSession, RosterSubmission, Slot

__all__ = ["Booking", "ClinicSession", "Release", "RosterSubmission", "Slot", "SlotQuota"]
