"""Sessions, slots, bookings; what a day needs."""

from .day import SessionCheck, SessionStop, SiteZone, StaffPost
from .places import Release, SlotQuota
from .session import Booking, ClinicSession, RosterSubmission, Slot

__all__ = [
    "Booking",
    "ClinicSession",
    "Release",
    "RosterSubmission",
    "SessionCheck",
    "SessionStop",
    "SiteZone",
    "Slot",
    "SlotQuota",
    "StaffPost",
]
