"""Planning and ending a day: once per key, nothing impossible, nobody forgotten on the floor."""

import uuid
from datetime import time, timedelta

import pytest

from appointments.models import ClinicSession
from appointments.rules import Window
from appointments.services import bookings, places, sessions
from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.models import Vaccine
from tests.factories.appointments import at, make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
DAY = [Window(time(8, 30), time(12)), Window(time(14), time(17))]


@pytest.fixture
def plan(campaign, site, today):
    """What ``plan_session`` needs, for a day three days ahead."""
    return {
        "campaign": campaign,
        "site": site,
        "on": today + timedelta(days=3),
        "windows": DAY,
        "actor": None,
        "key": uuid.uuid4(),
        "now": at(today, 9),
    }


def test_a_planned_session_has_its_slots_and_is_made_once(plan):
    first = sessions.plan_session(**plan, stations=3, minutes=60)
    assert sessions.plan_session(**plan, stations=9) == first
    assert ClinicSession.objects.count() == 1
    assert (first.starts_at, first.ends_at, first.state) == (time(8, 30), time(17), "planned")
    assert [slot.capacity for slot in first.slots.all()] == [30, 30, 30, 15, 30, 30, 30]
    assert AuditEvent.objects.get(action="session.planned").data["places"] == 195


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"days": -1}, "DAY_PAST"),
        ({"days": 400}, "DAY_OUTSIDE_CAMPAIGN"),
        ({"windows": []}, "WINDOWS"),
        ({"products": ["HPV9"]}, "PRODUCT_OUTSIDE_CAMPAIGN"),
        ({"closed": True}, "SITE_CLOSED"),
    ],
)
def test_what_cannot_be_planned(plan, today, change, code):
    if "days" in change:
        plan["on"] = today + timedelta(days=change["days"])
    if "windows" in change:
        plan["windows"] = change["windows"]
    if "products" in change:
        plan["products"] = Vaccine.objects.filter(disease="HPV")[:1]
    plan["site"].is_active = not change.get("closed")
    with pytest.raises(RuleBroken) as refused:
        sessions.plan_session(**plan)
    assert refused.value.code == code
    assert not ClinicSession.objects.exists()


def test_cancelling_returns_everybody_who_must_be_told(campaign, site, town, today):
    session = make_session(campaign, site, today + timedelta(days=3))
    booked = [
        make_booking(make_enrolled(village, campaign, today), session.slots.last())
        for village in town.villages[:2]
    ]
    kept = bookings.cancel(booking=booked[0], actor=None, reason="外出", now=at(today, 10))
    told = sessions.cancel_session(session=session, actor=None, reason="停电", now=at(today, 10))
    assert told == booked[1:]
    kept.refresh_from_db()
    assert (kept.end_reason, told[0].end_reason, told[0].state) == (
        "外出",
        "场次取消:停电",
        "called_off",
    )
    with pytest.raises(RuleBroken) as refused:
        sessions.open_session(session=session, actor=None, now=at(today, 10))
    assert refused.value.code == "SESSION_STATE"


def test_a_day_with_somebody_on_the_floor_is_neither_cancelled_nor_closed(campaign, site, town, today):
    on = today + timedelta(days=3)
    session = make_session(campaign, site, on)
    booking = make_booking(make_enrolled(town.village, campaign, today), session.slots.first())
    bookings.mark_arrived(booking=booking, now=at(on, 8, 35))
    for deed, more in ((sessions.cancel_session, {"reason": "停电"}), (sessions.close_session, {})):
        with pytest.raises(RuleBroken) as refused:
            deed(session=session, actor=None, now=at(on, 18), **more)
        assert refused.value.code == "PEOPLE_ON_FLOOR"
    session.refresh_from_db()
    assert session.state == "open"


def test_places_are_added_and_cut_but_never_below_the_booked(campaign, site, town, today):
    session = make_session(campaign, site, today + timedelta(days=3), places=2)
    slot = session.slots.first()
    for _ in range(2):
        make_booking(make_enrolled(town.village, campaign, today), slot)
    assert places.change_capacity(slot=slot, capacity=5, actor=None, now=at(today, 9)).capacity == 5
    with pytest.raises(RuleBroken) as refused:
        places.change_capacity(slot=slot, capacity=1, actor=None, now=at(today, 9))
    assert refused.value.code == "BELOW_TAKEN"
    slot.refresh_from_db()
    assert slot.capacity == 5
