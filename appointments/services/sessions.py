"""Planning, opening, closing and cancelling a day at a site."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from appointments.choices import BookingState, SessionKind, SessionState
from appointments.models import Booking, ClinicSession, Slot
from appointments.rules import PER_HOUR, Window, make_slots, window_fault
from campaigns.models import Campaign
from core import audit
from core.dates import day_zh
from core.errors import RuleBroken
from core.locks import deed, lock
from core.repeats import same
from inventory.models import Vaccine
from places.models import Organisation, Place, Site


@deed()
def plan_session(
    *,
    campaign: Campaign,
    site: Site,
    on: date,
    windows: Sequence[Window],
    actor,
    key: uuid.UUID,
    now: datetime,
    kind: str = SessionKind.OPEN,
    stations: int = 2,
    minutes: int = 30,
    per_hour: int = PER_HOUR,
    products: Iterable[Vaccine] = (),
    audience: Iterable[Place] = (),
    hosts: Iterable[Organisation] = (),
    needs_list: bool = True,
    title: str = "",
    note: str = "",
) -> ClinicSession:
    """Plan a session with its slots; a repeat with the same ``key`` returns the first one.

    ``windows`` in order of time; ``per_hour`` doses per table; no ``products`` means all of the campaign, neither
    ``audience`` nor ``hosts`` (schools, employers) means everybody; ``needs_list``: who is booked is admitted only when the
    list was handed in (S41). Raises RuleBroken: WINDOWS, DAY_PAST, DAY_OUTSIDE_CAMPAIGN, SITE_CLOSED, PRODUCT_OUTSIDE_CAMPAIGN.
    """
    if first := ClinicSession.objects.filter(key=key).first():
        return same(first, site_id=site.pk, on=on, campaign_id=campaign.pk)
    products, audience = list(products), list(audience)
    _check_plan(campaign, site, on, windows, products, timezone.localdate(now))
    session, is_new = ClinicSession.objects.get_or_create(
        key=key,
        defaults={
            "campaign": campaign,
            "site": site,
            "kind": kind,
            "title": title.strip(),
            "on": on,
            "starts_at": windows[0].starts_at,
            "ends_at": windows[-1].ends_at,
            "stations": stations,
            "needs_list": needs_list,
            "note": note.strip(),
            "created_by": actor,
        },
    )
    if not is_new:  # the same form, sent twice at once
        return session
    session.products.set(products)
    session.audience.set(audience)
    session.hosts.set(hosts)
    planned = make_slots(windows, minutes=minutes, stations=stations, per_hour=per_hour)
    Slot.objects.bulk_create(
        Slot(session=session, starts_at=s.starts_at, ends_at=s.ends_at, capacity=s.capacity) for s in planned
    )
    data = {"on": on.isoformat(), "slots": len(planned), "places": sum(s.capacity for s in planned)}
    audit.record("session.planned", actor=actor, target=session, place_code=site.place.code, data=data)
    return session


def _check_plan(campaign, site, on, windows, products, today) -> None:
    if fault := window_fault(windows):
        raise RuleBroken("WINDOWS", fault)
    if on < today:
        raise RuleBroken("DAY_PAST", "日期不能早于今天。", "on")
    if not campaign.starts_on <= on <= campaign.ends_on:
        dates = f"{campaign.starts_on} 至 {campaign.ends_on}"
        raise RuleBroken("DAY_OUTSIDE_CAMPAIGN", f"日期不在接种活动期间({dates})。", "on")
    if not site.is_active:
        raise RuleBroken("SITE_CLOSED", f"{site} 已停用,请选择其他接种点。", "site")
    offered = set(campaign.products.values_list("pk", flat=True))
    if others := [str(product) for product in products if product.pk not in offered]:
        raise RuleBroken("PRODUCT_OUTSIDE_CAMPAIGN", f"{'、'.join(others)} 不在本次接种活动中。", "products")


@deed()
def open_session(*, session: ClinicSession, actor, now: datetime) -> None:
    """Let people be booked. Raises RuleBroken: SESSION_STATE, DAY_PAST."""
    if session.on < timezone.localdate(now):
        raise RuleBroken("DAY_PAST", f"{day_zh(session.on)} 已过,不能再开放预约。")
    _turn(session, {SessionState.PLANNED}, SessionState.OPEN, "session.opened", actor)


@deed()
def close_session(*, session: ClinicSession, actor, now: datetime) -> int:
    """End the day: who is still only booked did not come. Returns how many.

    Raises RuleBroken: SESSION_STATE, SESSION_NOT_YET (before its day), PEOPLE_ON_FLOOR (somebody has arrived and is
    neither vaccinated nor sent home).
    """
    if session.on > timezone.localdate(now):
        raise RuleBroken("SESSION_NOT_YET", f"{day_zh(session.on)} 还没到。不办了请用“取消场次”。")
    _lock_slots(session)
    bookings = Booking.objects.filter(slot__session=session)
    if waiting := bookings.filter(state=BookingState.ARRIVED).count():
        raise RuleBroken("PEOPLE_ON_FLOOR", f"还有 {waiting} 人在现场没有结果,请先在接种现场办完。")
    _turn(session, {SessionState.OPEN}, SessionState.CLOSED, "session.closed", actor)
    return bookings.filter(state=BookingState.BOOKED).update(state=BookingState.NO_SHOW, ended_at=now)


@deed()
def cancel_session(*, session: ClinicSession, actor, reason: str, now: datetime) -> list[Booking]:
    """Call the day off. All who were booked lose their place; they are returned, to be told.

    Raises RuleBroken: REASON_MISSING, SESSION_STATE, PEOPLE_ON_FLOOR.
    """
    reason = reason.strip()
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明取消原因,村里要据此通知群众。", "reason")
    _lock_slots(session)
    bookings = Booking.objects.filter(slot__session=session)
    if bookings.filter(state=BookingState.ARRIVED).exists():
        raise RuleBroken("PEOPLE_ON_FLOOR", "已有人到场,不能取消整场。请办完已到场的人,再结束本场。")
    _turn(
        session, {SessionState.PLANNED, SessionState.OPEN}, SessionState.CANCELLED, "session.cancelled", actor
    )
    ids = list(bookings.filter(state=BookingState.BOOKED).values_list("pk", flat=True))
    words = f"场次取消:{reason}"[:120]
    Booking.objects.filter(pk__in=ids).update(state=BookingState.CALLED_OFF, ended_at=now, end_reason=words)
    told = Booking.objects.filter(pk__in=ids).select_related("enrolment__resident", "slot")
    return list(told.order_by("village_code", "slot__starts_at", "pk"))


def close_day(*, on: date, now: datetime) -> int:
    """After the day: end every open session of ``on`` or earlier on behalf of the system. Returns how many did not come.

    Sessions with people still on the floor are left for the site to finish.
    """
    missed = 0
    for session in ClinicSession.objects.filter(state=SessionState.OPEN, on__lte=on).order_by("pk"):
        try:
            missed += close_session(session=session, actor=None, now=now)
        except RuleBroken:
            continue
    return missed


def _lock_slots(session: ClinicSession) -> list[Slot]:
    return lock(Slot, session.slots.values_list("pk", flat=True))


def _turn(session: ClinicSession, allowed: set, to: str, action: str, actor) -> None:
    _lock_slots(session)
    if not ClinicSession.objects.filter(pk=session.pk, state__in=allowed).update(state=to):
        session.refresh_from_db()
        raise RuleBroken("SESSION_STATE", f"该场次目前是“{session.get_state_display()}”,不能这样做。")
    session.state = to
    audit.record(action, actor=actor, target=session, place_code=session.site.place.code)
