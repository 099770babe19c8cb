"""Sessions and bookings for tests, made through the services."""

import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from appointments.choices import SessionState
from appointments.models import ClinicSession
from appointments.rules import Window
from appointments.services import bookings, sessions


def at(day, hour: int, minute: int = 0) -> datetime:
    """A moment of ``day`` in the township's time zone."""
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_current_timezone())


def make_session(
    campaign,
    site,
    on,
    *,
    places=2,
    is_open=True,
    windows=None,
    minutes=30,
    needs_list=False,
    started=True,
    second_reason="第2剂另有安排",
    **fields,
) -> ClinicSession:
    """A session 8:30–10:00 with three slots of ``places`` each, open for booking, planned two days before ``on``; its doors
    open that morning. Lists (S41) and second doses in sight are the matter of the tests that ask for them."""
    moment = at(on - timedelta(days=2), 9)
    session = sessions.plan_session(
        campaign=campaign,
        site=site,
        on=on,
        windows=windows or [Window(time(8, 30), time(10))],
        minutes=minutes,
        actor=None,
        key=uuid.uuid4(),
        now=moment,
        needs_list=needs_list,
        **fields,
    )
    session.started_at, session.second_reason = at(on, 8) if started else None, second_reason
    session.save(update_fields=["started_at", "second_reason"])
    session.slots.update(capacity=places)
    if is_open:
        sessions.open_session(session=session, actor=None, now=moment)
    assert session.state == (SessionState.OPEN if is_open else SessionState.PLANNED)
    return session


def make_booking(enrolment, slot, *, actor=None, now=None, key=None):
    """A booking made at nine in the morning of the day before."""
    now = now or at(slot.session.on - timedelta(days=1), 9)
    return bookings.book(enrolment=enrolment, slot=slot, actor=actor, key=key or uuid.uuid4(), now=now)
