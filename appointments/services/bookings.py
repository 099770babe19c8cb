"""Booking people into slots, moving and cancelling them, and what became of them on the day."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from appointments.choices import BookingState, SessionState
from appointments.models import Booking, Slot
from appointments.rules import SlotFacts, in_audience, is_late, slot_refusal
from core import audit
from core.dates import day_zh
from core.errors import NotDue, RuleBroken, SlotFull
from core.locks import deed, lock, lock_one
from residents.choices import EnrolmentStatus
from residents.models import Enrolment
from residents.services.enrolments import Outlook, outlook


@dataclass(frozen=True)
class Outcome:
    """What became of one person of ``book_many``: a booking, or the rule that refused it."""

    enrolment: Enrolment
    booking: Booking | None = None
    refusal: RuleBroken | None = None


@dataclass
class _Desk:
    """A locked slot while people are booked into it: its facts, free places, product codes it offers."""

    slot: Slot
    facts: SlotFacts
    products: frozenset[str]
    free: int
    actor: object
    now: datetime
    reason: str


@deed()
def book(
    *, enrolment: Enrolment, slot: Slot, actor, key: uuid.UUID, now: datetime, reason: str = ""
) -> Booking:
    """Book one person into ``slot`` for the dose due on its day; a repeat with the same ``key`` returns the first booking.

    ``actor`` None is the system. ``reason``: why the office adds somebody after the cut-off.
    Raises RuleBroken: SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON, OTHER_CAMPAIGN, NOT_INVITED, BOOKED_ALREADY,
    KEY_USED; NotDue: REMOVED, NEEDS_REVIEW, CONTRAINDICATED, NOT_ELIGIBLE, COMPLETE, ON_HOLD, NOT_YET, WRONG_PRODUCT;
    SlotFull (names the nearest free slots).
    """
    return _book([(enrolment, key)], slot, actor, now, reason, on_refusal=_raise)[0].booking


@deed()
def book_many(
    *, enrolments: Sequence[Enrolment], slot: Slot, actor, key: uuid.UUID, now: datetime, reason: str = ""
) -> list[Outcome]:
    """Book people in the order given until the slot is full; one refused person does not stop the others.

    Each person's key derives from ``key``, so a resend of the same form changes nothing. A slot that takes nobody any
    more (SESSION_NOT_OPEN, SLOT_PAST, CUTOFF, CUTOFF_REASON) is raised; refusals of single persons are in the outcomes.
    """
    keyed = [(enrolment, uuid.uuid5(key, str(enrolment.pk))) for enrolment in enrolments]
    return _book(keyed, slot, actor, now, reason, on_refusal=lambda refusal: None)


@deed()
def move(*, booking: Booking, slot: Slot, actor, key: uuid.UUID, now: datetime, reason: str = "") -> Booking:
    """Give a booked person a place in another slot; the old place is free again. Returns the new booking.

    Raises the errors of ``book`` and RuleBroken: SAME_SLOT, BOOKING_STATE. Nothing changes when it raises.
    """
    enrolment = lock_one(Enrolment, booking.enrolment_id)
    if first := Booking.objects.filter(key=key).first():
        return _same(first, enrolment, slot)
    lock(Slot, {booking.slot_id, slot.pk})
    booking.refresh_from_db()
    if booking.slot_id == slot.pk:
        raise RuleBroken("SAME_SLOT", "已经约在这个时段,请选择另一个时段。", "slot")
    _end(booking, BookingState.MOVED, "改期", now)
    new = _book([(enrolment, key)], slot, actor, now, reason, on_refusal=_raise)[0].booking
    new.moved_from = booking
    new.save(update_fields=["moved_from"])
    return new


@deed()
def cancel(*, booking: Booking, actor, reason: str, now: datetime) -> Booking:
    """Free the place of a booked person; cancelling twice changes nothing. Raises RuleBroken: REASON_MISSING, BOOKING_STATE."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明取消原因。", "reason")
    enrolment = lock_one(Enrolment, booking.enrolment_id)
    lock_one(Slot, booking.slot_id)
    booking.refresh_from_db()
    if booking.state == BookingState.CANCELLED:
        return booking
    _end(booking, BookingState.CANCELLED, reason, now)
    audit.record(
        "booking.cancelled",
        actor=actor,
        target=booking,
        subject=enrolment.resident,
        place_code=booking.village_code,
        data={"reason": reason},
    )
    return booking


@deed()
def mark_arrived(*, booking: Booking, now: datetime) -> None:
    """The booked person is on the floor; a repeat changes nothing. Raises RuleBroken: OTHER_DAY, BOOKING_STATE."""
    on = booking.slot.session.on
    if on != timezone.localdate(now):
        raise RuleBroken("OTHER_DAY", f"预约的是 {day_zh(on)} {booking.slot},不是今天。今天接种请先改期。")
    _pass(booking, {BookingState.BOOKED}, BookingState.ARRIVED, arrived_at=now)


@deed()
def mark_done(*, booking: Booking, now: datetime | None = None) -> None:
    """The dose was given; a repeat changes nothing. Raises RuleBroken: BOOKING_STATE."""
    here = {BookingState.BOOKED, BookingState.ARRIVED, BookingState.NOT_DONE}
    _pass(booking, here, BookingState.DONE, ended_at=now or timezone.now(), end_reason="")


@deed()
def mark_not_done(*, booking: Booking, reason: str, now: datetime | None = None) -> None:
    """The person came and was sent home without a dose; may be booked again. Raises RuleBroken: BOOKING_STATE."""
    here = {BookingState.BOOKED, BookingState.ARRIVED}
    _pass(booking, here, BookingState.NOT_DONE, ended_at=now or timezone.now(), end_reason=reason[:120])


def _book(keyed, slot: Slot, actor, now: datetime, reason: str, *, on_refusal) -> list[Outcome]:
    """Lock people, then the slot; then decide each person. ``on_refusal`` may raise to give up the whole deed."""
    people = {row.pk: row for row in lock(Enrolment, [enrolment.pk for enrolment, _ in keyed])}
    prefetch_related_objects(list(people.values()), "resident")
    firsts = {b.key: b for b in Booking.objects.filter(key__in=[key for _, key in keyed])}
    wanted = [enrolment.pk for enrolment, key in keyed if key not in firsts]
    desk = _open_desk(slot, actor, now, reason) if wanted else None
    views = outlook(wanted, campaign=desk.slot.session.campaign, on=desk.facts.on) if wanted else {}
    booked = _booked_doses(wanted)
    outcomes = []
    for enrolment, key in keyed:
        row = people[enrolment.pk]
        try:
            if first := firsts.get(key):
                outcomes.append(Outcome(enrolment, booking=_same(first, row, slot)))
                continue
            booking = _book_one(desk, row, views.get(row.pk), booked, key)
            outcomes.append(Outcome(enrolment, booking=booking))
        except RuleBroken as refusal:
            on_refusal(refusal)
            outcomes.append(Outcome(enrolment, refusal=refusal))
    return outcomes


def _open_desk(slot: Slot, actor, now: datetime, reason: str) -> _Desk:
    """Lock the slot and read what decides; raises when it takes nobody any more."""
    lock_one(Slot, slot.pk)
    slot = Slot.objects.select_related("session__campaign", "session__site__place").get(pk=slot.pk)
    session, now = slot.session, timezone.localtime(now)
    facts = SlotFacts(
        state=session.state,
        on=session.on,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        cutoff_at=session.campaign.booking_cutoff,
        audience=frozenset(place.prefix for place in session.audience.all()),
    )
    refusal = slot_refusal(facts, now, may_be_late=_is_office(actor, session), reason=reason)
    if refusal:
        raise RuleBroken(refusal.code, refusal.message, refusal.field)
    products = session.products.all() or session.campaign.products.all()
    return _Desk(
        slot=slot,
        facts=facts,
        products=frozenset(product.code for product in products),
        free=slot.capacity - slot.bookings.taking_place().count(),
        actor=actor,
        now=now,
        reason=reason.strip()[:120] if is_late(facts.on, facts.cutoff_at, now) else "",
    )


def _is_office(actor, session) -> bool:
    return actor is None or actor.scope("sessions.manage").covers(session.site.place.code)


def _booked_doses(enrolment_ids: Iterable[int]) -> dict[tuple[int, int], Booking]:
    active = Booking.objects.filter(enrolment__in=enrolment_ids).active().select_related("slot__session")
    return {(booking.enrolment_id, booking.dose_number): booking for booking in active}


def _book_one(desk: _Desk, enrolment: Enrolment, view: Outlook | None, booked: dict, key) -> Booking:
    resident = enrolment.resident
    if view is None:
        raise RuleBroken("OTHER_CAMPAIGN", f"{resident.name} 没有登记到这个场次的接种活动。")
    if not in_audience(desk.facts, resident.village_code):
        raise RuleBroken("NOT_INVITED", f"本场次不面向 {resident.name} 所在的村(社区),请选择其他场次。")
    _check_due(resident.name, view, desk)
    dose = view.verdict.dose_number
    if other := booked.get((enrolment.pk, dose)):
        when = f"{day_zh(other.slot.session.on)} {other.slot}"
        raise RuleBroken("BOOKED_ALREADY", f"{resident.name} 已约 {when},不必重复预约;换时间请用“改期”。")
    if desk.free < 1:
        raise SlotFull(
            "SLOT_FULL", f"{day_zh(desk.facts.on)} {desk.slot} 已约满。{_nearest_free(desk)}", "slot"
        )
    booking = Booking.objects.create(
        key=key,
        enrolment=enrolment,
        slot=desk.slot,
        dose_number=dose,
        village_code=resident.village_code,
        booked_at=desk.now,
        booked_by=desk.actor,
        late_reason=desk.reason,
    )
    desk.free -= 1
    booked[enrolment.pk, dose] = booking
    audit.record(
        "booking.made",
        actor=desk.actor,
        target=booking,
        subject=resident,
        place_code=resident.village_code,
        data={"on": desk.facts.on.isoformat(), "slot": str(desk.slot), "dose": dose, "late": desk.reason},
    )
    return booking


_REFUSED = {
    EnrolmentStatus.OUT: ("REMOVED", "已移出名册,不能预约。"),
    EnrolmentStatus.REVIEW: ("NEEDS_REVIEW", "需先核实:{reason}"),
    EnrolmentStatus.CONTRA: ("CONTRAINDICATED", "有接种禁忌({reason}),不能预约。"),
    EnrolmentStatus.INELIGIBLE: ("NOT_ELIGIBLE", "不在接种范围:{reason}"),
    EnrolmentStatus.COMPLETE: ("COMPLETE", "已完成接种,不必预约。"),
    EnrolmentStatus.HOLD: ("ON_HOLD", "暂缓接种({reason}),{until}起才可预约。"),
}


def _check_due(name: str, view: Outlook, desk: _Desk) -> None:
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


def _nearest_free(desk: _Desk) -> str:
    """The free slots nearest to the full one, same site and campaign, same day first; in words."""
    session, today = desk.slot.session, timezone.localdate(desk.now)
    slots = (
        Slot.objects.filter(
            session__site=session.site,
            session__campaign=session.campaign,
            session__state=SessionState.OPEN,
            session__on__gte=max(session.on, today),
        )
        .with_taken()
        .filter(taken__lt=F("capacity"))
        .select_related("session")
        .order_by("session__on", "starts_at")[:40]
    )
    if desk.facts.audience:  # another session may not invite this village; stay with the same one
        slots = [slot for slot in slots if slot.session_id == session.pk]
    here = desk.slot.starts_at

    def distance(slot: Slot) -> tuple:
        gap = abs((slot.starts_at.hour - here.hour) * 60 + slot.starts_at.minute - here.minute)
        return slot.session.on, gap, slot.starts_at

    near = sorted(slots, key=distance)[:3]
    if not near:
        return "近期没有空余时段,请联系镇办增加号源。"
    words = [
        f"{day_zh(s.session.on) + ' ' if s.session_id != session.pk else ''}{s}(余{s.capacity - s.taken})"
        for s in near
    ]
    return f"最近有号的时段:{'、'.join(words)}。"


def _same(first: Booking, enrolment: Enrolment, slot: Slot) -> Booking:
    if (first.enrolment_id, first.slot_id) != (enrolment.pk, slot.pk):
        raise RuleBroken("KEY_USED", "这张表单已经提交过,请刷新页面后重新选择。")
    return first


def _end(booking: Booking, state: str, reason: str, now: datetime) -> None:
    """Take a booking out of its slot. Its enrolment and slot are locked by the caller."""
    if booking.state != BookingState.BOOKED:
        raise RuleBroken("BOOKING_STATE", f"这条预约目前是“{booking.get_state_display()}”,不能取消或改期。")
    booking.state, booking.ended_at, booking.end_reason = state, now, reason[:120]
    booking.save(update_fields=["state", "ended_at", "end_reason"])


def _pass(booking: Booking, allowed: set, to: str, **columns) -> None:
    """Move a booking on the day; one UPDATE decides, so two desks cannot both win with different outcomes."""
    if not Booking.objects.filter(pk=booking.pk, state__in=allowed).update(state=to, **columns):
        booking.refresh_from_db()
        if booking.state != to:
            raise RuleBroken("BOOKING_STATE", f"这条预约目前是“{booking.get_state_display()}”,不能这样登记。")
        return
    booking.refresh_from_db()


def _raise(refusal: RuleBroken) -> None:
    raise refusal
