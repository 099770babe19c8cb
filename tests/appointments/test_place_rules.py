"""Places of a slot: what is reserved, released, and whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.place_rules import Room, free_for, room_fault, shares

NORTH, SOUTH, WEST = "150622002001", "150622002002", "150622002200"


def free(room, taken=None, village=NORTH, dose=1):
    return free_for(room, taken or {}, village, dose)


@pytest.mark.requirement("S55")
def test_what_is_kept_for_routine_work_is_never_free():
    assert free(Room(20, reserved=8)) == (12, "SLOT_FULL")
    assert free(Room(20, reserved=8), {(NORTH, 1): 12})[0] == 0
    assert free(Room(20, reserved=20))[0] == 0


@pytest.mark.requirement("S57")
def test_a_batch_opens_its_part_and_says_when_more_may_come():
    assert free(Room(20, percent=50)) == (10, "NOT_RELEASED")
    assert free(Room(20, percent=0)) == (0, "NOT_RELEASED")
    assert free(Room(21, reserved=10, percent=50))[0] == 5
    assert free(Room(20, percent=100)) == (20, "SLOT_FULL")


def test_a_village_takes_its_own_places_and_no_more_and_the_rest_is_shared():
    room = Room(10, villages={NORTH: 4, SOUTH: 3})
    assert free(room, {(NORTH, 1): 4}) == (0, "VILLAGE_FULL")
    assert free(room, {(NORTH, 1): 4}, SOUTH) == (3, "VILLAGE_FULL")
    assert free(room, {(WEST, 1): 1}, WEST) == (2, "VILLAGE_FULL")
    assert free(Room(7, villages={NORTH: 4, SOUTH: 3}), {}, WEST)[0] == 0


def test_second_doses_keep_their_places_when_first_doses_press():
    room = Room(10, doses={2: 6})
    assert free(room, {(NORTH, 1): 4}) == (0, "DOSE_FULL")
    assert free(room, {(NORTH, 1): 4}, dose=2) == (6, "SLOT_FULL")
    assert free(room, {(NORTH, 2): 6}, dose=2) == (0, "DOSE_FULL")
    assert free(room, {(NORTH, 1): 4}, dose=None)[0] == 6


@pytest.mark.parametrize(
    ("room", "taken", "code"),
    [
        (Room(5, reserved=6), {}, "RESERVED"),
        (Room(5, reserved=2), {(NORTH, 1): 4}, "BELOW_TAKEN"),
        (Room(5, villages={NORTH: 3, SOUTH: 3}), {}, "QUOTA_SUM"),
        (Room(5, villages={NORTH: 2}), {(NORTH, 1): 3}, "QUOTA_TAKEN"),
        (Room(5, villages={NORTH: 4}), {(SOUTH, 1): 2}, "QUOTA_TAKEN"),
        (Room(5, doses={1: 1}), {(SOUTH, 1): 2}, "QUOTA_TAKEN"),
        (Room(5, reserved=1, villages={NORTH: 2}, doses={1: 4}), {(NORTH, 1): 2}, None),
    ],
)
def test_places_that_cannot_be_set_like_this(room, taken, code):
    fault = room_fault(room, taken, {NORTH: "曙光社区", SOUTH: "南山社区"})
    assert (fault.code if fault else None) == code
    if fault:
        assert fault.message.endswith("。")


_QUOTAS = st.dictionaries(st.sampled_from([NORTH, SOUTH]), st.integers(0, 12), max_size=2)
_DOSES = st.dictionaries(st.integers(1, 3), st.integers(0, 12), max_size=2)


@given(
    room=st.builds(
        Room, st.integers(0, 30), st.integers(0, 10), st.integers(0, 100), villages=_QUOTAS, doses=_DOSES
    ),
    wishes=st.lists(st.tuples(st.sampled_from([NORTH, SOUTH, WEST]), st.integers(1, 3)), max_size=40),
)
def test_whoever_comes_in_whatever_order_nothing_is_given_twice(room, wishes):
    taken: dict = {}
    for village, dose in wishes:
        if free_for(room, taken, village, dose)[0] > 0:
            taken[village, dose] = taken.get((village, dose), 0) + 1
    assert sum(taken.values()) <= room.released
    for prefix, places in room.villages.items():
        assert sum(n for (code, _), n in taken.items() if code == prefix) <= places
    for number, places in room.doses.items():
        assert sum(n for (_, dose), n in taken.items() if dose == number) <= places
    sums = [q for q in (room.villages, room.doses) if q]
    if room.reserved <= room.capacity and all(sum(q.values()) <= room.bookable for q in sums):
        assert room_fault(room, taken, {}) is None


@given(st.integers(0, 500), st.lists(st.integers(0, 90), min_size=1, max_size=12))
def test_shares_add_up_and_follow_the_weights(total, weights):
    parts = shares(total, weights)
    assert sum(parts) == (total if any(weights) else 0)
    assert all(
        abs(part * sum(weights) - total * weight) <= sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    )
