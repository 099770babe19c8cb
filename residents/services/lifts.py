"""Rides to the site: asked for with the person's own yes, given a car, done or called off."""

from datetime import date, time
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.phones import check as check_phone
from core.repeats import same
from residents.choices import LiftState
from residents.models import LiftRequest, Resident

_OPEN = (LiftState.ASKED, LiftState.ARRANGED)


@deed()
def ask(
    *,
    resident: Resident,
    actor: User,
    on: date,
    pick_up: str,
    agreed_by: str,
    agreed_on: date,
    key: UUID,
    today: date,
    at: time | None = None,
    companion: str = "",
) -> LiftRequest:
    """Ask for a ride on ``on``. ``agreed_by`` is who said yes to being fetched: the person, or the family.

    A repeat of ``key`` returns the first row. Raises RuleBroken: LIFT_PAST, AGREED_FUTURE, LIFT_TWICE, KEY_USED.
    """
    if repeated := _repeated(key, resident, on):
        return repeated
    if on < today:
        raise RuleBroken("LIFT_PAST", "接送日期不能早于今天。", "on")
    if agreed_on > today:
        raise RuleBroken("AGREED_FUTURE", "同意的日期不能晚于今天。", "agreed_on")
    try:
        with transaction.atomic():
            lift = LiftRequest.objects.create(
                key=key,
                resident=resident,
                on=on,
                at=at,
                pick_up=pick_up.strip(),
                companion=companion.strip(),
                agreed_by=agreed_by.strip(),
                agreed_on=agreed_on,
                created_by=actor,
            )
    except IntegrityError:
        if repeated := _repeated(key, resident, on):  # the second of two clicks
            return repeated
        raise RuleBroken("LIFT_TWICE", f"{resident.name}在{on}已经有接送安排。", "on") from None
    _note("lift.requested", actor, lift, {"on": on.isoformat(), "agreed_on": agreed_on.isoformat()})
    return lift


def _repeated(key: UUID, resident: Resident, on: date) -> LiftRequest | None:
    first = LiftRequest.objects.filter(key=key).first()
    return first and same(first, resident_id=resident.pk, on=on)


@deed()
def arrange(
    *,
    lift: LiftRequest,
    actor: User,
    driver_name: str,
    driver_phone: str,
    plate: str,
    at: time | None,
    companion: str,
) -> None:
    """Give the ride a driver, or another one. Raises RuleBroken: LIFT_OVER, LIFT_DRIVER, PHONE."""
    if not driver_name.strip():
        raise RuleBroken("LIFT_DRIVER", "请填写司机姓名。", "driver_name")
    try:
        phone = check_phone(driver_phone)
    except ValueError as error:
        raise RuleBroken("PHONE", str(error), "driver_phone") from error
    _switch(
        lift,
        _OPEN,
        state=LiftState.ARRANGED,
        driver_name=driver_name.strip(),
        driver_phone=phone,
        plate=plate.strip(),
        at=at,
        companion=companion.strip(),
    )
    _note("lift.arranged", actor, lift, {"driver": lift.driver_name, "plate": lift.plate})


@deed()
def finish(*, lift: LiftRequest, actor: User, today: date) -> None:
    """The person was fetched and brought home. Raises RuleBroken: LIFT_EARLY, LIFT_OVER."""
    if lift.on > today:
        raise RuleBroken("LIFT_EARLY", "还没到接送日期,不能记为已接送。")
    _switch(lift, (LiftState.ARRANGED,), state=LiftState.DONE)
    _note("lift.finished", actor, lift, {})


@deed()
def cancel(*, lift: LiftRequest, actor: User, reason: str) -> None:
    """Call the ride off. Raises RuleBroken: REASON_MISSING, LIFT_OVER."""
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明取消的原因。", "reason")
    _switch(lift, _OPEN, state=LiftState.CANCELLED, end_reason=reason.strip()[:120])
    _note("lift.cancelled", actor, lift, {"reason": lift.end_reason})


def _switch(lift: LiftRequest, allowed, **values) -> None:
    if not LiftRequest.objects.filter(pk=lift.pk, state__in=allowed).update(**values):
        lift.refresh_from_db()
        raise RuleBroken("LIFT_OVER", f"这次接送是“{lift.get_state_display()}”,不能这样办理。")
    for name, value in values.items():
        setattr(lift, name, value)


def _note(action: str, actor: User, lift: LiftRequest, data: dict) -> None:
    person = lift.resident
    audit.record(action, actor=actor, target=lift, subject=person, place_code=person.village_code, data=data)
