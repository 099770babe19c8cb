"""Bookings when two records of one person are merged: one place per dose, and none for a dose that was given."""

from django.db.models import Model
from django.utils import timezone

from appointments.choices import BookingState
from appointments.models import Booking, Slot
from core.dates import day_zh
from core.locks import lock
from residents.services.merge_log import MergeLog
from residents.services.merge_rooms import Pair, Room

LABEL = "appointments.Booking.enrolment"


class BookingRoom(Room):
    """Ends what is booked twice (the earlier session stays) or no longer needed."""

    def join(self, pair: Pair, log: MergeLog) -> None:
        for both in pair.enrolments:
            seen: set[int] = set()
            for booking in _active([enrolment.pk for enrolment in both]):
                if booking.dose_number in seen and booking.state == BookingState.BOOKED:
                    _end(booking, "合并重复档案:同一剂约了两次", pair, log)
                seen.add(booking.dose_number)

    def settle(self, pair: Pair, log: MergeLog) -> None:
        today = timezone.localdate(pair.now)
        for kept, _ in pair.enrolments:
            kept.refresh_from_db()
            for booking in _active([kept.pk]).filter(
                state=BookingState.BOOKED, slot__session__on__gte=today, dose_number__lte=kept.doses_done
            ):
                _end(booking, "合并重复档案:这一剂已经接种", pair, log)

    def why_not_restored(self, row: Model) -> str:
        slot = Slot.objects.select_related("session").get(pk=lock(Slot, [row.slot_id])[0].pk)
        when = f"{day_zh(slot.session.on)} {slot}的预约"
        if slot.session.on < timezone.localdate():
            return f"{when}(已过期)"
        if slot.bookings.taking_place().count() >= slot.bookable:
            return f"{when}(名额已给别人,请重新预约)"
        return ""


def _active(enrolment_ids: list[int]):
    """Active bookings in the order in which they win: who has come first, then the earlier session."""
    rows = Booking.objects.active().filter(enrolment__in=enrolment_ids).select_related("slot__session")
    return rows.order_by("state", "slot__session__on", "slot__starts_at", "pk")  # "arrived" before "booked"


def _end(booking: Booking, reason: str, pair: Pair, log: MergeLog) -> None:
    lock(Slot, [booking.slot_id])
    log.change(booking, state=BookingState.CANCELLED, ended_at=pair.now, end_reason=reason)
    slot = booking.slot
    log.words.append(f"取消 {day_zh(slot.session.on)} {slot} 第{booking.dose_number}剂的预约({reason[7:]})")
