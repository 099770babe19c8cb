"""The places of slots as they stand: what the rules of ``place_rules`` decide on, read in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from appointments.models import Booking, Release, Slot, SlotQuota
from appointments.place_rules import Room, free_for


@dataclass
class SlotRoom:
    """One slot with its room and who has taken places. Exact while the slot is locked."""

    slot: Slot
    room: Room
    taken: Counter = field(default_factory=Counter)  # (village code, dose number) → people

    @property
    def everybody(self) -> int:
        """People who hold a place."""
        return self.taken.total()

    def free(self, village_code: str, dose: int | None = None) -> int:
        """Places left for this village and dose now; never less than nothing."""
        return max(0, free_for(self.room, self.taken, village_code, dose)[0])


def rooms(slots: Iterable[Slot], *, now: datetime) -> list[SlotRoom]:
    """``slots`` with their rooms, in the order given."""
    slots = list(slots)
    unread = {slot.session_id for slot in slots if not hasattr(slot, "percent")}  # with_taken has read it
    released = _released(unread, now) if unread else {}
    villages: dict[int, dict[str, int]] = {}
    doses: dict[int, dict[int, int]] = {}
    for quota in SlotQuota.objects.filter(slot__in=slots).select_related("place"):
        if quota.place:
            villages.setdefault(quota.slot_id, {})[quota.place.prefix] = quota.places
        else:
            doses.setdefault(quota.slot_id, {})[quota.dose_number] = quota.places
    taken: dict[int, Counter] = {slot.pk: Counter() for slot in slots}
    held = Booking.objects.filter(slot__in=slots).taking_place().order_by()
    for slot_id, village, dose, people in held.values_list("slot_id", "village_code", "dose_number").annotate(
        Count("pk")
    ):
        taken[slot_id][village, dose] = people
    return [
        SlotRoom(
            slot,
            Room(
                capacity=slot.capacity,
                reserved=slot.reserved,
                percent=getattr(slot, "percent", released.get(slot.session_id, 100)),
                villages=villages.get(slot.pk, {}),
                doses=doses.get(slot.pk, {}),
            ),
            taken[slot.pk],
        )
        for slot in slots
    ]


def room_of_read(slot: Slot, *, now: datetime) -> SlotRoom:
    """As ``rooms``, of one slot read ``with_everybody``: where nobody has places of their own, it asks nothing more."""
    if slot.is_shared_out:
        return rooms([slot], now=now)[0]
    # How many there are decides, not of which village or for which dose.
    return SlotRoom(slot, Room(slot.capacity, slot.reserved), Counter({("", 0): slot.everybody}))


def _released(session_ids: set[int], now: datetime) -> dict[int, int]:
    """Percent of the places that are released now, for sessions that release in batches."""
    found: dict[int, int] = {}
    for batch in Release.objects.filter(session__in=session_ids):
        percent = batch.percent if batch.at <= now else 0
        found[batch.session_id] = max(found.get(batch.session_id, 0), percent)
    return found
