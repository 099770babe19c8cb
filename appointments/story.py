"""What this room knows of a person's story."""

from appointments.choices import BookingState
from appointments.models import Booking
from core.dates import day_zh
from core.timeline import Event

_ENDED = {
    BookingState.CANCELLED: "取消预约",
    BookingState.CALLED_OFF: "场次取消",
    BookingState.NO_SHOW: "未到",
    BookingState.NOT_DONE: "到场未种",
}


def bookings_of(resident) -> list[Event]:
    """Bookings of ``resident`` and how those that came to nothing ended (core.timeline provider)."""
    rows = Booking.objects.filter(enrolment__resident=resident).select_related(
        "slot__session__site", "booked_by", "moved_from"
    )
    found = []
    for row in rows:
        session = row.slot.session
        when = f"{day_zh(session.on)} {row.slot} {session.site} 第{row.dose_number}剂"
        word = "改期" if row.moved_from_id else "预约"
        page = {"url": session.get_absolute_url(), "needs": "sessions.view"}
        found.append(Event(row.booked_at, word, f"{when},{row.booked_by or '系统'}办理", **page))
        if row.ended_at and (ended := _ENDED.get(row.state)):
            reason = f",{row.end_reason}" if row.end_reason else ""
            found.append(Event(row.ended_at, ended, when + reason, **page))
    return found
