"""Pure arithmetic of targets: who ranks where, how far one should be, how a task is shared out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Protocol, TypeVar

FORECAST_DAYS = 7  # a forecast looks back so far


class Due(Protocol):
    """Anything with a last day."""

    due_on: date


Target = TypeVar("Target", bound=Due)


def in_force(targets: Iterable[Target], day: date) -> Target | None:
    """Of several deadlines that stand beside each other the next one from ``day`` on; when all have passed, the last."""
    ordered = sorted(targets, key=lambda target: target.due_on)
    return next((target for target in ordered if target.due_on >= day), ordered[-1] if ordered else None)


def next_day(days: Sequence[date], day: date) -> date | None:
    """As ``in_force``, of bare days in their order."""
    return next((one for one in days if one >= day), days[-1] if days else None)


def forecast(missing: int, lately: int, day: date) -> date | None:
    """The day on which ``missing`` more are reached, going on from ``day`` as in the last ``FORECAST_DAYS``, in which
    ``lately`` were. None when nothing moved: then nobody can say."""
    if missing <= 0:
        return day
    return day + timedelta(days=-(-missing * FORECAST_DAYS // lately)) if lately > 0 else None


def ranks(rates: Sequence[Fraction | None]) -> list[int | None]:
    """Places by rate, the best first; equal rates share a place and the next one is left out (1, 2, 2, 4).

    None (no target) has no place. Source: domain §7.6.
    """
    best = sorted((rate for rate in rates if rate is not None), reverse=True)
    return [None if rate is None else best.index(rate) + 1 for rate in rates]


def pace_share(starts_on: date, due_on: date, day: date) -> Fraction:
    """The share (0…1) of a target due on ``due_on`` that should be done at the end of ``day``, day by day alike."""
    days = (due_on - starts_on).days + 1
    gone = (day - starts_on).days + 1
    return min(Fraction(1), max(Fraction(0), Fraction(gone, max(1, days))))


def share_out(goal: int, weights: Mapping[str, int]) -> dict[str, int]:
    """``goal`` shared in proportion to ``weights``, in whole people, adding up to ``goal`` to the last one.

    The largest remainders get the odd ones; nothing is shared when every weight is zero.
    """
    total = sum(weights.values())
    if not total:
        return {}
    shares = {code: divmod(goal * weight, total) for code, weight in weights.items()}
    left = goal - sum(whole for whole, _ in shares.values())
    lucky = set(sorted(shares, key=lambda code: (-shares[code][1], code))[:left])
    return {code: whole + (code in lucky) for code, (whole, _) in shares.items()}


def percent_of(people: int, percent: Decimal) -> int:
    """So many of ``people`` that it is ``percent`` at least: one below would miss it."""
    return ceil(people * Fraction(percent) / 100)
