"""Setting the places of a session: capacity, what is kept for routine work, quotas, release in batches."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import ClinicSession, Release, Slot, SlotQuota
from appointments.place_rules import room_fault
from appointments.rooms import SlotRoom, rooms
from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock
from places.models import Place


@dataclass(frozen=True)
class Plan:
    """The wished places of one slot. ``doses``: dose number → places; ``villages``: id of a place → places."""

    capacity: int
    reserved: int = 0
    doses: Mapping[int, int] = field(default_factory=dict)
    villages: Mapping[int, int] = field(default_factory=dict)


@deed()
def set_places(*, session: ClinicSession, plans: Mapping[int, Plan], actor, now: datetime) -> int:
    """Set the places of slots (by id); all of them or none. Returns how many slots changed.

    Raises RuleBroken: SESSION_STATE, BELOW_TAKEN, RESERVED, QUOTA_SUM, QUOTA_TAKEN; the message names every slot.
    """
    held = _held(session, now, set(plans))
    villages = Place.objects.in_bulk({pk for plan in plans.values() for pk in plan.villages})
    names = {place.prefix: place.name for place in villages.values()}
    faults, changed = [], []
    for here in held:
        plan = plans[here.slot.pk]
        room = replace(
            here.room,
            capacity=plan.capacity,
            reserved=plan.reserved,
            doses=dict(plan.doses),
            villages={villages[pk].prefix: places for pk, places in plan.villages.items()},
        )
        if fault := room_fault(room, here.taken, names):
            faults.append((here.slot, fault))
        elif room != here.room:
            changed.append((here, room, plan))
    if faults:
        words = ";".join(f"{slot} {fault.message.rstrip('。')}" for slot, fault in faults)
        raise RuleBroken(faults[0][1].code, f"{words}。", faults[0][1].field if len(plans) == 1 else None)
    for here, room, plan in changed:
        _save(here, room, plan, actor, session)
    return len(changed)


def _save(here: SlotRoom, room, plan: Plan, actor, session: ClinicSession) -> None:
    slot, before = here.slot, here.room
    slot.capacity, slot.reserved = room.capacity, room.reserved
    slot.save(update_fields=["capacity", "reserved"])
    if (room.doses, room.villages) != (before.doses, before.villages):
        slot.quotas.all().delete()
        by_dose = [SlotQuota(slot=slot, dose_number=n, places=p) for n, p in plan.doses.items()]
        by_village = [SlotQuota(slot=slot, place_id=pk, places=p) for pk, p in plan.villages.items()]
        SlotQuota.objects.bulk_create(by_dose + by_village)
    audit.record(
        "slot.capacity",
        actor=actor,
        target=slot,
        place_code=session.site.place.code,
        data={"slot": str(slot), "before": _told(before), "after": _told(room)},
    )


def _told(room) -> dict:
    parts = {"places": room.capacity, "reserved": room.reserved}
    return parts | {"doses": {str(n): p for n, p in room.doses.items()}, "villages": dict(room.villages)}


@deed()
def change_capacity(*, slot: Slot, capacity: int, actor, now: datetime, reserved: int | None = None) -> Slot:
    """Set the places of one slot and leave its quotas as they are. Raises the errors of ``set_places``."""
    plan = _plan_of(lock(Slot, [slot.pk])[0], capacity, reserved)
    set_places(session=slot.session, plans={slot.pk: plan}, actor=actor, now=now)
    slot.refresh_from_db()
    return slot


def _plan_of(slot: Slot, capacity: int, reserved: int | None = None) -> Plan:
    quotas = list(slot.quotas.all())
    return Plan(
        capacity,
        slot.reserved if reserved is None else reserved,
        {quota.dose_number: quota.places for quota in quotas if quota.dose_number},
        {quota.place_id: quota.places for quota in quotas if quota.place_id},
    )


@deed()
def add_to_all(*, session: ClinicSession, places: int, actor, now: datetime) -> int:
    """Add ``places`` to every slot still to come (less than zero: cut, never below who is booked and what is reserved).

    Returns by how many places the session grew or shrank. Raises RuleBroken: SESSION_STATE, QUOTA_SUM, QUOTA_TAKEN.
    """
    local, plans, moved = timezone.localtime(now), {}, 0
    for here in _held(session, now):
        slot = here.slot
        if session.on == timezone.localdate(now) and slot.ends_at <= local.time():
            continue
        wished = max(slot.capacity + places, min(slot.capacity, here.everybody + slot.reserved))
        plans[slot.pk] = _plan_of(slot, wished)
        moved += wished - slot.capacity
    set_places(session=session, plans=plans, actor=actor, now=now)
    return moved


@deed()
def release(*, session: ClinicSession, percent: int, at: datetime, actor, now: datetime) -> Release:
    """From ``at`` (or at once) let ``percent`` of all places be booked; the first release of a session holds back the rest.

    Raises RuleBroken: SESSION_STATE, RELEASE_LESS (a batch before it, or people already booked, need more).
    """
    held = _held(session, now)
    at = max(at, now)
    before = max((batch.percent for batch in session.releases.filter(at__lte=at)), default=-1)
    if percent <= before:
        raise RuleBroken("RELEASE_LESS", f"到这时已安排放到 {before}%,新的一批要比它多。", "percent")
    if before < 0 and any(here.everybody for here in held):
        raise RuleBroken(
            "RELEASE_LESS", "已有人约上,号已全部放出,不能再改为分批放号。可以用“加减号源”。", "percent"
        )
    row = Release.objects.create(session=session, percent=percent, at=at, by=actor, made_at=now)
    data = {"percent": percent, "at": at.isoformat()}
    audit.record(
        "session.batch_released", actor=actor, target=session, place_code=session.site.place.code, data=data
    )
    return row


@deed()
def drop_release(*, batch: Release, actor, now: datetime) -> None:
    """Take back a batch whose time has not come. Raises RuleBroken: SESSION_STATE, RELEASED_ALREADY."""
    session = batch.session
    _held(session, now)
    if batch.at <= now:
        raise RuleBroken("RELEASED_ALREADY", "这一批已经放出,不能收回。可以用“加减号源”减少没约出去的号。")
    data = {"percent": batch.percent, "at": batch.at.isoformat()}
    batch.delete()
    audit.record(
        "session.batch_dropped", actor=actor, target=session, place_code=session.site.place.code, data=data
    )


def _held(session: ClinicSession, now: datetime, only: set[int] | None = None) -> list[SlotRoom]:
    """The slots of a session that still goes on, locked, with their rooms. Raises RuleBroken SESSION_STATE."""
    pks = session.slots.values_list("pk", flat=True) if only is None else only
    slots = lock(Slot, pks)
    session.refresh_from_db(fields=["state"])
    if session.state not in (SessionState.PLANNED, SessionState.OPEN):
        raise RuleBroken("SESSION_STATE", "该场次已结束或取消,不能再改号源。")
    return rooms(sorted(slots, key=lambda slot: slot.starts_at), now=now)
