"""What somebody is told who found a slot full: why, and where else there is room."""

from datetime import datetime
from functools import cached_property

from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import Release, Slot
from appointments.rooms import SlotRoom, rooms
from appointments.rules import minutes_between
from core.dates import day_zh
from core.errors import SlotFull

_NEAR = 3  # slots named


class NoRoom(SlotFull):
    """A slot has no place for ``resident`` and this dose (``limit`` of ``free_for``). Its words are looked up when somebody reads
    them: after the deed, not while everybody waits for the slot.

    ``for_all``: the session is for everybody; another one may not invite the village that this one invites.
    """

    def __init__(self, here: SlotRoom, limit: str, resident, dose: int, *, for_all: bool, now: datetime):
        super().__init__(limit, limit, "slot")
        self._about = here, limit, resident, dose, for_all, now
        del self.message  # until it is read

    @cached_property
    def message(self) -> str:
        """Why, and the nearest slots with room."""
        return _words(*self._about)

    def __str__(self) -> str:
        return self.message


def _words(here: SlotRoom, limit: str, resident, dose: int, for_all: bool, now: datetime) -> str:
    slot, room = f"{day_zh(here.slot.session.on)} {here.slot}", here.room
    if limit == "NOT_RELEASED":
        coming = Release.objects.filter(session=here.slot.session_id, at__gt=now).first()
        when = (
            f"下一批 {timezone.localtime(coming.at):%m月%d日 %H:%M} 放号。"
            if coming
            else "以后的号由镇办放出。"
        )
        why = f"已放出的号约满,{when}"
    elif limit == "VILLAGE_FULL":
        own = room.village_key(resident.village_code)
        why = (
            f"{resident.village} 的 {room.villages[own]} 个名额已用完。"
            if own
            else f"其余号已留给有名额的村(社区),{resident.village} 没有单列名额。"
        )
    elif limit == "DOSE_FULL":
        why = (
            f"第{dose}剂的 {room.doses[dose]} 个号已约满。"
            if dose in room.doses
            else "其余号已留给别的剂次。"
        )
    else:
        why = "已约满。"
    return f"{slot} {why}{_nearest_free(here.slot, resident.village_code, dose, for_all, now)}"


def _nearest_free(full: Slot, village_code: str, dose: int, for_all: bool, now: datetime) -> str:
    """The slots nearest to the full one with a place for this village and dose, same day first; in words."""
    session, today = full.session, timezone.localdate(now)
    slots = (
        Slot.objects.filter(
            session__site=session.site,
            session__campaign=session.campaign,
            session__state=SessionState.OPEN,
            session__on__gte=max(session.on, today),
        )
        .with_taken(now)
        .filter(free__gt=0)
        .select_related("session")
        .order_by("session__on", "starts_at")[:40]
    )
    if not for_all:
        slots = [slot for slot in slots if slot.session_id == session.pk]
    free = {here.slot.pk: here.free(village_code, dose) for here in rooms(slots, now=now)}
    near = sorted((slot for slot in slots if free[slot.pk] > 0), key=lambda s: _distance(s, full))[:_NEAR]
    if not near:
        return "近期没有空余时段,请联系镇办增加号源。"
    words = [
        f"{day_zh(s.session.on) + ' ' if s.session_id != session.pk else ''}{s}(余{free[s.pk]})" for s in near
    ]
    return f"最近有号的时段:{'、'.join(words)}。"


def _distance(slot: Slot, wanted: Slot) -> tuple:
    return slot.session.on, minutes_between(slot, wanted), slot.starts_at
