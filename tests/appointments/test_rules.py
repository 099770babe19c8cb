"""Slots from windows, the cut-off, and when a slot takes nobody any more."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.choices import SessionState
from appointments.rules import SlotFacts, Window, cutoff, in_audience, make_slots, slot_refusal, window_fault

ZONE = ZoneInfo("Asia/Shanghai")
ON = date(2026, 11, 23)
MORNING, AFTERNOON = Window(time(8, 30), time(12)), Window(time(14), time(17, 15))


def facts(**changes) -> SlotFacts:
    given_facts = {
        "state": SessionState.OPEN,
        "on": ON,
        "starts_at": time(9),
        "ends_at": time(9, 30),
        "cutoff_at": time(16),
    }
    return SlotFacts(**given_facts | changes)


def moment(day, hour, minute=0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_slots_fill_the_windows_and_leave_the_noon_free():
    slots = make_slots([MORNING, AFTERNOON], minutes=60, stations=3, per_hour=10)
    assert [(s.starts_at.hour, s.starts_at.minute, s.capacity) for s in slots] == [
        (8, 30, 30),
        (9, 30, 30),
        (10, 30, 30),
        (11, 30, 15),
        (14, 0, 30),
        (15, 0, 30),
        (16, 0, 30),
        (17, 0, 7),
    ]
    assert slots[3].ends_at == time(12)


@given(
    start=st.integers(0, 1380),
    length=st.integers(1, 600),
    minutes=st.integers(5, 120),
    stations=st.integers(1, 40),
)
def test_slots_cover_a_window_exactly_without_gap_or_overlap(start, length, minutes, stations):
    end = min(start + length, 1439)
    window = Window(time(start // 60, start % 60), time(end // 60, end % 60))
    slots = make_slots([window], minutes=minutes, stations=stations)
    assert (slots[0].starts_at, slots[-1].ends_at) == (window.starts_at, window.ends_at)
    assert all(a.ends_at == b.starts_at for a, b in zip(slots, slots[1:], strict=False))
    assert all(slot.capacity >= 1 for slot in slots)


@pytest.mark.parametrize(
    ("windows", "word"),
    [
        ([], "至少"),
        ([Window(time(9), time(9))], "结束应晚于开始"),
        ([MORNING, Window(time(11), time(13))], "下午"),
    ],
)
def test_windows_that_cannot_be_are_named(windows, word):
    assert word in window_fault(windows)
    assert window_fault([MORNING, AFTERNOON]) is None


@pytest.mark.requirement("S41")
def test_the_list_closes_at_four_in_the_afternoon_of_the_day_before():
    assert cutoff(ON, time(16), ZONE) == moment(22, 16)
    assert slot_refusal(facts(), moment(22, 15, 59), may_be_late=False, reason="") is None
    assert slot_refusal(facts(), moment(22, 16), may_be_late=False, reason="急").code == "CUTOFF"
    assert slot_refusal(facts(), moment(22, 16), may_be_late=True, reason=" ").code == "CUTOFF_REASON"
    assert slot_refusal(facts(), moment(22, 16), may_be_late=True, reason="出差回来") is None


def test_a_slot_takes_people_until_it_ends():
    assert slot_refusal(facts(), moment(23, 9, 29), may_be_late=True, reason="现场补种") is None
    assert slot_refusal(facts(), moment(23, 9, 30), may_be_late=True, reason="现场补种").code == "SLOT_PAST"


@pytest.mark.parametrize("state", [SessionState.PLANNED, SessionState.CLOSED, SessionState.CANCELLED])
def test_only_an_open_session_takes_people(state):
    refusal = slot_refusal(facts(state=state), moment(20, 9), may_be_late=True, reason="急")
    assert refusal.code == "SESSION_NOT_OPEN"


def test_an_audience_is_a_set_of_places_and_nobody_means_everyone():
    assert in_audience(facts(), "150622002001")
    invited = facts(audience=frozenset({"150622002001"}))
    assert in_audience(invited, "150622002001")
    assert in_audience(facts(audience=frozenset({"150622002"})), "150622002200")
    assert not in_audience(invited, "150622002002")
