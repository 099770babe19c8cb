"""No first dose is promised while its second is out of sight: the arithmetic of places and doses. Pure.

Places: whoever has begun, or is booked to begin, takes a place in the window of the own second dose; what is left in the
window is for newcomers. Doses: a newcomer needs one dose now and one that is still good in the window; the doses owed to
those who have begun are not to be had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """The days on which a dose should be given, both included."""

    start: date
    end: date


def seated(wants: Mapping[Window, int], places: Mapping[date, int]) -> int:
    """The most people who can all have a place within their own window: each day serves whose window ends first."""
    coming, waiting, served = sorted(wants.items(), reverse=True), [], 0
    for day in sorted(places):
        left = places[day]
        while coming and coming[-1][0].start <= day:
            window, people = coming.pop()
            heappush(waiting, (window.end, people))
        while waiting and left > 0:
            end, people = heappop(waiting)
            if end < day:
                continue
            taken = min(left, people)
            left, served = left - taken, served + taken
            if people > taken:
                heappush(waiting, (end, people - taken))
    return served


def inside(window: Window, places: Mapping[date, int]) -> int:
    """Places on the days of ``window``."""
    return sum(free for day, free in places.items() if window.start <= day <= window.end)


def room_for(window: Window, places: Mapping[date, int], others: Mapping[Window, int]) -> int:
    """How many more people of ``window`` find a place when as many of ``others`` find theirs as could before."""
    more = dict(others)
    more[window] = more.get(window, 0) + inside(window, places)
    return seated(more, places) - seated(others, places)


@dataclass(frozen=True, slots=True)
class Offer:
    """One product a newcomer may begin with. ``window`` of the second dose, None: one dose is the whole course.

    ``free`` places stand in the window, ``room`` of them are nobody else's; ``now`` doses are good on the day of the first
    dose, ``later`` of them still in the window; ``owed`` to those who have begun with it.
    """

    product: str
    window: Window | None
    free: int
    room: int
    now: int
    later: int
    owed: int

    @property
    def courses(self) -> int:
        """How many people may begin with the doses that are there."""
        if self.window is None:
            return max(0, self.now - self.owed)
        return max(0, min(self.later - self.owed, (self.now - self.owed) // 2))


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be had by somebody who would begin; ``promised``: first doses that are booked and still to be given."""

    offers: Sequence[Offer]
    promised: int

    @property
    def doses(self) -> int:
        """People who may still be promised a course, by the doses."""
        return max(0, sum(offer.courses for offer in self.offers) - self.promised)

    @property
    def places(self) -> int | None:
        """People who may still be promised a course, by the places; None: no second dose is needed."""
        stocked = [offer for offer in self.offers if offer.courses] or self.offers
        if not stocked or any(offer.window is None for offer in stocked):
            return None
        return max(offer.room for offer in stocked)

    @property
    def room(self) -> int:
        """How many more may begin."""
        return self.doses if self.places is None else min(self.doses, self.places)
