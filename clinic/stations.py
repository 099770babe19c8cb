"""工位: where a member of staff works today. Picked once, kept with the log-in; calls name it."""

from clinic.choices import Stage

# The step a desk works on, by right, the most particular first; and what the desks are called and numbered.
_STEPS = (
    ("visits.screen", Stage.CHECKED_IN),
    ("doses.record", Stage.CONSENTED),
    ("visits.check_in", Stage.PASSED),
    ("visits.observe", Stage.OBSERVING),
)
_DESKS = {
    Stage.CHECKED_IN: ("预检台", [str(n) for n in range(1, 9)]),
    Stage.PASSED: ("登记台", list("ABCDEF")),
    Stage.CONSENTED: ("接种台", [str(n) for n in range(1, 25)]),  # domain.md §4.1: up to 24 tables
}
_SESSION = "station"


def own_stage(user) -> Stage | None:
    """The step this user's desk works on: screening, needle, signatures, observation."""
    return next((stage for action, stage in _STEPS if user.can(action)), None)


def stations_for(user) -> list[str]:
    """The desks this user may sit at: 接种台1, 接种台2 …; [] for who has none (observation)."""
    word, names = _DESKS.get(own_stage(user), ("", []))
    return [f"{word}{name}" for name in names]


def may_call(user) -> bool:
    """Whether people are called to this user's desk (to the chairs of the observation nobody is)."""
    return own_stage(user) in _DESKS


def station_of(request) -> str:
    """The desk picked in this log-in, "" when none (or one of a role the user no longer has)."""
    chosen = request.session.get(_SESSION, "")
    return chosen if chosen in stations_for(request.user) else ""


def sit_at(request, station: str) -> bool:
    """Keep the desk for this log-in ("" leaves it); False when it is none of the user's."""
    if station and station not in stations_for(request.user):
        return False
    request.session[_SESSION] = station
    return True
