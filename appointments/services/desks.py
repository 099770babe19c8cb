"""A locked slot while people are given its places: who may have one, and where else there is room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import Booking, Release, Slot
from appointments.place_rules import free_for
from appointments.rooms import SlotRoom, rooms
from appointments.rules import SlotFacts, in_audience, is_late, slot_refusal
from appointments.services.promises import Promise
from core import audit
from core.dates import day_zh
from core.errors import NotDue, RuleBroken, SlotFull
from core.locks import lock
from residents.choices import EnrolmentStatus
from residents.models import Enrolment
from residents.services.enrolments import Outlook

NEAR = 3  # slots named to somebody who found the wanted one full


@dataclass
class Desk:
    """A locked slot with its facts, its places, and the product codes it offers."""

    here: SlotRoom
    facts: SlotFacts
    products: frozenset[str]
    actor: object
    now: datetime
    reason: str
    promise: Promise | None = None  # of second doses; None: first doses are booked without asking for them

    @property
    def slot(self) -> Slot:
        """The locked slot."""
        return self.here.slot


def open_desks(slot_ids: Iterable[int], actor, now: datetime, reason: str) -> list[Desk]:
    """Lock slots of one session and read what decides, in order of time; slots that take nobody any more are left out.

    Raises RuleBroken SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON when that is true of all of them.
    """
    lock(Slot, slot_ids)
    found = Slot.objects.filter(pk__in=slot_ids).select_related("session__campaign", "session__site__place")
    found = list(found.order_by("starts_at"))
    session, now = found[0].session, timezone.localtime(now)
    may_be_late = actor is None or actor.scope("sessions.manage").covers(session.site.place.code)
    products = frozenset(p.code for p in session.products.all() or session.campaign.products.all())
    audience = frozenset(place.prefix for place in session.audience.all())
    hosts = frozenset(session.hosts.values_list("pk", flat=True))
    desks, refusal = [], None
    for here in rooms(found, now=now):
        facts = SlotFacts(
            state=session.state,
            on=session.on,
            starts_at=here.slot.starts_at,
            ends_at=here.slot.ends_at,
            cutoff_at=session.campaign.booking_cutoff,
            audience=audience,
            hosts=hosts,
        )
        if refused := slot_refusal(facts, now, may_be_late=may_be_late, reason=reason):
            refusal = refused
            continue
        late = is_late(facts.on, facts.cutoff_at, now)
        desks.append(Desk(here, facts, products, actor, now, reason.strip()[:120] if late else ""))
    if not desks and refusal:
        raise RuleBroken(refusal.code, refusal.message, refusal.field)
    return desks


def ask_for_seconds(desks: list[Desk], second_reason: str) -> None:
    """First doses at ``desks``, of one session, ask for their second ones, unless the system books or the office has let
    the session. ``second_reason``: how the second ones are provided for; it counts from the office only."""
    desk = desks[0]
    session, actor = desk.slot.session, desk.actor
    if actor is None or session.second_reason:
        return
    office = actor.scope("sessions.manage").covers(session.site.place.code)
    promise = Promise(session, desk.products, reason=second_reason if office else "", now=desk.now)
    for one in desks:
        one.promise = promise


def organisations_of(resident) -> set[int]:
    """Ids of the schools and employers on whose rosters the person stands today."""
    listed = resident.roster_entries.filter(until__isnull=True).values_list("organisation", flat=True)
    return {*listed, resident.organisation_id} - {None}


def booked_doses(enrolment_ids: Iterable[int]) -> dict[tuple[int, int], Booking]:
    """Bookings still to come of these people, by enrolment and dose number."""
    active = Booking.objects.filter(enrolment__in=enrolment_ids).active().select_related("slot__session")
    return {(booking.enrolment_id, booking.dose_number): booking for booking in active}


def seat(desk: Desk, enrolment: Enrolment, view: Outlook | None, booked: dict, key) -> Booking:
    """Give ``enrolment``, locked, a place at ``desk``; ``booked`` (of ``booked_doses``) learns of it. Raises RuleBroken."""
    dose = check_person(desk, enrolment, view, booked)
    resident = enrolment.resident
    free, limit = free_for(desk.here.room, desk.here.taken, resident.village_code, dose)
    if free < 1:
        raise SlotFull(limit, _full_words(desk, limit, resident, dose), "slot")
    why = desk.promise.check(resident, view) if dose == 1 and desk.promise else ""
    booking = Booking.objects.create(
        key=key,
        enrolment=enrolment,
        slot=desk.slot,
        dose_number=dose,
        village_code=resident.village_code,
        booked_at=desk.now,
        booked_by=desk.actor,
        late_reason=desk.reason,
        second_reason=why,
    )
    desk.here.taken[resident.village_code, dose] += 1
    booked[enrolment.pk, dose] = booking
    audit.record(
        "booking.made",
        actor=desk.actor,
        target=booking,
        subject=resident,
        place_code=resident.village_code,
        data={
            "on": desk.facts.on.isoformat(),
            "slot": str(desk.slot),
            "dose": dose,
            "late": desk.reason,
            "second": why,
        },
    )
    return booking


def check_person(desk: Desk, enrolment: Enrolment, view: Outlook | None, booked: dict) -> int:
    """The dose number this person may be booked for on the day of ``desk``. Raises RuleBroken and NotDue of ``book``."""
    resident = enrolment.resident
    if view is None:
        raise RuleBroken("OTHER_CAMPAIGN", f"{resident.name} 没有登记到这个场次的接种活动。")
    members = organisations_of(resident) if desk.facts.hosts else ()
    if not in_audience(desk.facts, resident.village_code, members):
        whom = "单位(学校)" if desk.facts.hosts else "村(社区)"
        raise RuleBroken("NOT_INVITED", f"本场次不面向 {resident.name} 所在的{whom},请选择其他场次。")
    _check_due(resident.name, view, desk)
    dose = view.verdict.dose_number
    if other := booked.get((enrolment.pk, dose)):
        when = f"{day_zh(other.slot.session.on)} {other.slot}"
        raise RuleBroken("BOOKED_ALREADY", f"{resident.name} 已约 {when},不必重复预约;换时间请用“改期”。")
    return dose


_REFUSED = {
    EnrolmentStatus.OUT: ("REMOVED", "已移出名册,不能预约。"),
    EnrolmentStatus.REVIEW: ("NEEDS_REVIEW", "需先核实:{reason}"),
    EnrolmentStatus.CONTRA: ("CONTRAINDICATED", "有接种禁忌({reason}),不能预约。"),
    EnrolmentStatus.INELIGIBLE: ("NOT_ELIGIBLE", "不在接种范围:{reason}"),
    EnrolmentStatus.COMPLETE: ("COMPLETE", "已完成接种,不必预约。"),
    EnrolmentStatus.HOLD: ("ON_HOLD", "暂缓接种({reason}),{until}起才可预约。"),
}


def _check_due(name: str, view: Outlook, desk: Desk) -> None:
    """Raise NotDue unless a dose this session offers may be given to the person on its day."""
    if refused := _REFUSED.get(view.status):
        code, words = refused
        until = day_zh(view.hold_until) if view.hold_until else "医生解除后"
        raise NotDue(code, f"{name} {words.format(reason=view.reason.rstrip('。'), until=until)}")
    verdict = view.verdict
    if not verdict.may_be_given:
        since = day_zh(verdict.due_from) if verdict.due_from else "以后"
        raise NotDue("NOT_YET", f"{name} 第{verdict.dose_number}剂 {since} 起才可接种,请选这天或以后的场次。")
    if not desk.products & set(view.products):
        raise NotDue(
            "WRONG_PRODUCT", f"本场次的疫苗不能用于 {name} 的第{verdict.dose_number}剂,请选有对应疫苗的场次。"
        )


def _full_words(desk: Desk, limit: str, resident, dose: int) -> str:
    slot, room = f"{day_zh(desk.facts.on)} {desk.slot}", desk.here.room
    if limit == "NOT_RELEASED":
        coming = Release.objects.filter(session=desk.slot.session_id, at__gt=desk.now).first()
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
    return f"{slot} {why}{_nearest_free(desk, resident.village_code, dose)}"


def _nearest_free(desk: Desk, village_code: str, dose: int) -> str:
    """The slots nearest to the full one with a place for this village and dose, same day first; in words."""
    session, today = desk.slot.session, timezone.localdate(desk.now)
    slots = (
        Slot.objects.filter(
            session__site=session.site,
            session__campaign=session.campaign,
            session__state=SessionState.OPEN,
            session__on__gte=max(session.on, today),
        )
        .with_taken(desk.now)
        .filter(free__gt=0)
        .select_related("session")
        .order_by("session__on", "starts_at")[:40]
    )
    if (
        desk.facts.audience or desk.facts.hosts
    ):  # another session may not invite this village; stay with the same one
        slots = [slot for slot in slots if slot.session_id == session.pk]
    free = {here.slot.pk: here.free(village_code, dose) for here in rooms(slots, now=desk.now)}
    near = sorted((slot for slot in slots if free[slot.pk] > 0), key=lambda s: _distance(s, desk.slot))[:NEAR]
    if not near:
        return "近期没有空余时段,请联系镇办增加号源。"
    words = [
        f"{day_zh(s.session.on) + ' ' if s.session_id != session.pk else ''}{s}(余{free[s.pk]})" for s in near
    ]
    return f"最近有号的时段:{'、'.join(words)}。"


def _distance(slot: Slot, wanted: Slot) -> tuple:
    return slot.session.on, minutes_between(slot, wanted), slot.starts_at


def minutes_between(slot: Slot, wanted: Slot) -> int:
    """How far apart two slots begin on the clock, whatever their days."""
    here, there = slot.starts_at, wanted.starts_at
    return abs((here.hour - there.hour) * 60 + here.minute - there.minute)
