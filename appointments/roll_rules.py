"""The roll call, decided without the database: what a booking's state says about its person, and sums that must agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from appointments.choices import BookingState, Part

# Every state of somebody who is expected stands in exactly one of these.
STATES: dict[str, tuple[str, ...]] = {
    Part.FLOOR: (BookingState.ARRIVED,),
    Part.DONE: (BookingState.DONE,),
    Part.HOME: (BookingState.NOT_DONE,),
    Part.ABSENT: (BookingState.BOOKED, BookingState.NO_SHOW),
}
STATES[Part.ARRIVED] = STATES[Part.FLOOR] + STATES[Part.DONE] + STATES[Part.HOME]
EXPECTED = STATES[Part.ARRIVED] + STATES[Part.ABSENT]  # cancelled, moved and called-off people are not


@dataclass
class Line:
    """The numbers of one slot, village or person who answers. ``query`` finds the names behind them."""

    name: str
    query: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    states: dict[str, int] = field(default_factory=dict)

    def add(self, state: str, people: int) -> None:
        """Count ``people`` more in ``state``."""
        self.states[state] = self.states.get(state, 0) + people

    def of(self, part: str = "") -> int:
        """People of one part; all who are expected when it is ""."""
        return sum(self.states.get(state, 0) for state in (STATES[part] if part else EXPECTED))

    @property
    def cells(self) -> list[tuple[str, int]]:
        """(part, people): expected first, who has not come last."""
        return [(part, self.of(part)) for part in ("", *Part.values)]
