"""Second doses in sight: places by windows against every possible seating, and doses against what is owed."""

from datetime import date, timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.sight_rules import Offer, Sight, Window, room_for, seated

DAY = date(2026, 6, 1)


def day(n):
    return DAY + timedelta(days=n)


def window(start, end):
    return Window(day(start), day(end))


def by_trying(wants, places):
    """Every choice of people, every order of seats."""
    people = [one for one, n in wants.items() for _ in range(n)]
    seats = [when for when, n in places.items() for _ in range(n)]
    for size in range(min(len(people), len(seats)), 0, -1):
        for group in combinations(people, size):
            for order in permutations(seats, size):
                if all(one.start <= seat <= one.end for one, seat in zip(group, order, strict=True)):
                    return size
    return 0


windows = st.tuples(st.integers(0, 4), st.integers(0, 3)).map(lambda w: window(w[0], w[0] + w[1]))


@given(
    st.dictionaries(windows, st.integers(1, 2), max_size=3),
    st.dictionaries(st.integers(0, 6).map(day), st.integers(0, 2), max_size=3),
)
def test_nobody_could_seat_more(wants, places):
    assert seated(wants, places) == by_trying(wants, places)


@pytest.mark.parametrize(
    ("places", "others", "room"),
    [
        ({}, {}, 0),
        ({21: 10}, {}, 10),
        ({20: 10, 57: 10}, {}, 0),  # before and after the window
        ({21: 10}, {(15, 50): 4}, 6),  # they need a place of these days too
        ({16: 4, 21: 10}, {(15, 50): 4}, 10),  # and may go earlier
        ({21: 10}, {(0, 20): 8}, 10),  # their window is over before ours begins
        ({21: 10}, {(15, 50): 30}, 0),
    ],
)
def test_what_others_leave(places, others, room):
    found = room_for(
        window(21, 56),
        {day(n): free for n, free in places.items()},
        {window(*w): n for w, n in others.items()},
    )
    assert found == room


def offer(**more):
    two = {"product": "CV-SV", "window": window(21, 56), "free": 50, "room": 50}
    return Offer(**(two | {"now": 100, "later": 100, "owed": 0} | more))


ONE = {"product": "CV-KX", "window": None, "free": 0, "room": 0}


@pytest.mark.parametrize(
    ("offers", "promised", "room"),
    [
        ([offer()], 0, 50),  # two doses each
        ([offer()], 20, 30),
        ([offer(owed=60)], 0, 20),
        ([offer(owed=99)], 0, 0),  # one dose left is no course
        ([offer(owed=120)], 0, 0),
        ([offer(later=30, owed=10)], 0, 20),  # the others expire before the window
        ([offer(room=7)], 0, 7),
        ([offer(now=0, later=0), offer(**ONE, now=9, later=0)], 0, 9),  # one dose is the whole course
        ([offer(room=7), offer(product="CV-BJ", room=9, now=4, later=4)], 0, 9),
        ([offer(room=0), offer(product="CV-BJ", now=0, later=0)], 0, 0),
        ([], 0, 0),
    ],
)
def test_how_many_may_begin(offers, promised, room):
    assert Sight(offers, promised).room == room
