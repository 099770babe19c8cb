"""Pure decisions about sessions and bookings: slots from opening windows, the evening cut-off, who may still be booked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from appointments.choices import SessionState

MINUTES_CHOICES = (15, 20, 30, 60)
PER_HOUR = 10  # doses one table gives in an hour without hurry; 16 tables ≈ 1 000 a day (domain.md §4.1)


@dataclass(frozen=True, slots=True)
class Window:
    """An opening window of a session, e.g. the morning."""

    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One slot to be made, with its number of places."""

    starts_at: time
    ends_at: time
    capacity: int


def window_fault(windows: Sequence[Window]) -> str | None:
    """Why these windows cannot be planned, in words; None when they can. Windows are given in order of time."""
    if not windows:
        return "请至少填写一个开放时间(上午或下午)。"
    for window in windows:
        if window.starts_at >= window.ends_at:
            return f"开放时间 {window.starts_at:%H:%M}–{window.ends_at:%H:%M} 的结束应晚于开始。"
    for earlier, later in zip(windows, windows[1:], strict=False):
        if later.starts_at < earlier.ends_at:
            return "下午的开始应不早于上午的结束。"
    return None


def make_slots(
    windows: Iterable[Window], *, minutes: int, stations: int, per_hour: int = PER_HOUR
) -> list[PlannedSlot]:
    """Slots of ``minutes`` over all windows; each has room for ``stations`` tables at ``per_hour`` doses each.

    A rest at the end of a window that is shorter than a slot becomes a short slot with its share of places. A slot has
    at least one place.
    """
    slots = []
    for window in windows:
        at, end = _minutes(window.starts_at), _minutes(window.ends_at)
        while at < end:
            until = min(at + minutes, end)
            capacity = max(1, stations * per_hour * (until - at) // 60)
            slots.append(PlannedSlot(_time(at), _time(until), capacity))
            at = until
    return slots


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def cutoff(on: date, at: time, zone: tzinfo) -> datetime:
    """The moment the list of day ``on`` closes: ``at`` (16:00 by the town's rule, S41) of the day before."""
    return datetime.combine(on - timedelta(days=1), at, tzinfo=zone)


def is_late(on: date, at: time, now: datetime) -> bool:
    """True from the cut-off on; ``now`` is in the township's zone."""
    return now >= cutoff(on, at, now.tzinfo)


def minutes_between(slot, wanted) -> int:
    """How far apart two slots begin on the clock, whatever their days."""
    return abs(_minutes(slot.starts_at) - _minutes(wanted.starts_at))


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """What decides whether a slot still takes people. ``audience`` are code prefixes of places, ``hosts`` ids of schools
    and employers; both empty means everyone."""

    state: str
    on: date
    starts_at: time
    ends_at: time
    cutoff_at: time
    audience: frozenset[str] = frozenset()
    hosts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: the caller raises it as RuleBroken(code, message, field)."""

    code: str
    message: str
    field: str | None = None


def slot_refusal(slot: SlotFacts, now: datetime, *, may_be_late: bool, reason: str) -> Refusal | None:
    """Why nobody can be booked into ``slot`` any more, or None.

    ``may_be_late``: the actor is the office, which may add people after the cut-off when it gives a ``reason`` (S41).
    """
    if slot.state == SessionState.PLANNED:
        return Refusal("SESSION_NOT_OPEN", "该场次还在筹备,尚未开放预约。请选择已开放的场次。")
    if slot.state == SessionState.CLOSED:
        return Refusal("SESSION_NOT_OPEN", "该场次已结束,不能再预约。请选择以后的场次。")
    if slot.state == SessionState.CANCELLED:
        return Refusal("SESSION_NOT_OPEN", "该场次已取消。请选择其他场次。")
    if datetime.combine(slot.on, slot.ends_at, tzinfo=now.tzinfo) <= now:
        return Refusal(
            "SLOT_PAST", f"{slot.starts_at:%H:%M}–{slot.ends_at:%H:%M} 时段已过。请选择以后的时段。"
        )
    if is_late(slot.on, slot.cutoff_at, now):
        closed = cutoff(slot.on, slot.cutoff_at, now.tzinfo)
        when = f"{closed:%m月%d日 %H:%M}"
        if not may_be_late:
            return Refusal("CUTOFF", f"名单已于 {when} 截止。确需增加人员,请联系镇办补报,或改约以后的场次。")
        if not reason.strip():
            return Refusal("CUTOFF_REASON", f"名单已于 {when} 截止,补报须填写原因。", "reason")
    return None


def in_audience(slot: SlotFacts, village_code: str, organisations: Collection[int] = ()) -> bool:
    """True when the session is for everyone, for this village, or for one of the person's schools or employers."""
    if not slot.audience and not slot.hosts:
        return True
    here = any(village_code.startswith(prefix) for prefix in slot.audience)
    return here or not slot.hosts.isdisjoint(organisations)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A list that was handed in for a session: of a village (code prefix) or of an organisation (id)."""

    is_admitted: bool
    prefix: str = ""
    organisation: int | None = None


def list_refusal(
    lists: Iterable[HandedIn], *, village_code: str, organisations: Collection[int], sender: str, closed: str
) -> Refusal | None:
    """Why somebody who is booked may not come today (S41): none of the lists that name the person was handed in before
    ``closed`` (words) or approved. ``sender`` is who should have done it."""
    mine = [
        one
        for one in lists
        if (one.prefix and village_code.startswith(one.prefix)) or one.organisation in organisations
    ]
    if any(one.is_admitted for one in mine):
        return None
    then = "请联系镇办在“预约名单”里写明原因批准后再登记,或为此人改约。"
    if mine:
        return Refusal("LIST_LATE", f"{sender}的名单逾期上报,镇办还没有批准,今天不能接种。{then}")
    return Refusal("LIST_MISSING", f"{sender}没有在 {closed} 前上报今天的名单,今天不能接种。{then}")
