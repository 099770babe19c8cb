"""A locked slot while people are given its places: who may have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from appointments.invited import invitation
from appointments.models import Booking, ClinicSession, Slot
from appointments.place_rules import free_for
from appointments.rooms import SlotRoom, room_of_read, rooms
from appointments.rules import SlotFacts, in_audience, is_late, slot_refusal
from appointments.services.no_room import NoRoom
from appointments.services.promises import Promise
from core import audit, kept
from core.dates import day_zh
from core.errors import Gone, NotDue, RuleBroken
from core.kept import locked_and_read
from core.locks import lock, lock_and_read
from residents.choices import EnrolmentStatus
from residents.models import Enrolment
from residents.services.enrolments import Outlook


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


def open_desks(
    session: ClinicSession, slot_ids: Sequence[int], actor, now: datetime, reason: str
) -> list[Desk]:
    """Lock slots of ``session`` and read what decides, in order of time; slots that take nobody any more are left out.

    Raises RuleBroken SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON when that is true of all of them.
    """
    # What never changes is asked before: everybody who wants a place waits for the lock of the slot.
    invited, now = invitation(session), timezone.localtime(now)
    may_be_late = actor is None or actor.scope("sessions.manage").covers(session.site.place.code)
    desks, refusal = [], None
    for here in _locked_rooms(slot_ids, now):
        session = here.slot.session
        facts = SlotFacts(
            state=session.state,
            on=session.on,
            starts_at=here.slot.starts_at,
            ends_at=here.slot.ends_at,
            cutoff_at=session.campaign.booking_cutoff,
            audience=frozenset(invited.villages),
            hosts=frozenset(invited.hosts),
        )
        if refused := slot_refusal(facts, now, may_be_late=may_be_late, reason=reason):
            refusal = refused
            continue
        late = is_late(facts.on, facts.cutoff_at, now)
        products = frozenset(invited.products)
        desks.append(Desk(here, facts, products, actor, now, reason.strip()[:120] if late else ""))
    if not desks and refusal:
        raise RuleBroken(refusal.code, refusal.message, refusal.field)
    return desks


_SLOT = locked_and_read(
    lambda: (
        Slot.objects.select_related("session__campaign", "session__site__place")
        .only(
            *("session", "starts_at", "ends_at", "capacity", "reserved", "session__campaign__booking_cutoff"),
            *(f"session__{name}" for name in ("on", "state", "second_reason", "site__place__code")),
            "session__site__place__level",
        )
        .with_everybody()
    ),
    "pk",
)


def _locked_rooms(slot_ids: Sequence[int], now: datetime) -> list[SlotRoom]:
    """Slots, locked, with their places, in order of time."""
    if len(slot_ids) > 1:
        lock(Slot, slot_ids)
        found = Slot.objects.filter(pk__in=slot_ids).order_by("starts_at")
        return rooms(found.select_related("session__campaign", "session__site__place"), now=now)
    slot = lock_and_read(_SLOT, Slot, pk=slot_ids[0])
    if slot is None:
        raise Gone
    return [room_of_read(slot, now=now)]


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


def seat(desk: Desk, enrolment: Enrolment, view: Outlook | None, booked: dict, key) -> Booking:
    """Give ``enrolment``, locked, a place at ``desk``; ``booked`` (of ``booked_doses``) learns of it. Raises RuleBroken."""
    dose = check_person(desk, enrolment, view, booked)
    resident = enrolment.resident
    free, limit = free_for(desk.here.room, desk.here.taken, resident.village_code, dose)
    if free < 1:
        for_all = not (desk.facts.audience or desk.facts.hosts)
        raise NoRoom(desk.here, limit, resident, dose, for_all=for_all, now=desk.now)
    why = desk.promise.check(resident, view) if dose == 1 and desk.promise else ""
    booking = Booking(
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
    kept.insert(booking)
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
