"""What a receiver needs, decided without the database: of the people who are due, those for whom there are places, and of
their doses, those that are not there yet."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

# The products that may be the booster of somebody whose last dose was of a product; one that is not named: its own.
MayFollow = Mapping[str, Collection[str]]
ANY_OWN: MayFollow = {}


def share(total: int, wants: Mapping[Hashable, int]) -> dict:
    """``total`` shared out by what is wanted: everybody all of it when there is enough, else in proportion, the largest
    rests first. Nobody gets more than wanted, and nothing is left while somebody wants."""
    wanted = sum(wants.values())
    if wanted <= total:
        return {who: number for who, number in wants.items() if number > 0}
    exact = {who: Fraction(total * number, wanted) for who, number in wants.items()}
    given = {who: int(part) for who, part in exact.items()}
    rest = total - sum(given.values())
    for who in sorted(exact, key=lambda who: given[who] - exact[who])[:rest]:
        given[who] += 1
    return {who: number for who, number in given.items() if number > 0}


@dataclass(frozen=True)
class Ask:
    """What one receiver needs in the period, as the registers and sessions say.

    ``seconds`` due by product, ``boosters`` due by the product of the last dose, ``firsts`` people who have none yet;
    ``places`` by day; ``at_hand`` doses by product that lie there or are on the way.
    """

    who: Hashable
    seconds: Mapping[str, int]
    firsts: int
    places: Mapping[date, int]
    at_hand: Mapping[str, int] = field(default_factory=dict)
    boosters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """What of an ``Ask`` the places allow, and what of that must be brought, in people."""

    seconds: Mapping[str, int]
    boosters: Mapping[str, int]
    firsts: int
    bring_seconds: Mapping[str, int]
    bring_boosters: Mapping[str, int]
    bring_firsts: int

    @property
    def people(self) -> int:
        """Doses to be given in the period."""
        return sum(self.seconds.values()) + sum(self.boosters.values()) + self.firsts

    @property
    def bring(self) -> int:
        """Doses that are not there yet."""
        return sum(self.bring_seconds.values()) + sum(self.bring_boosters.values()) + self.bring_firsts


def need_of(ask: Ask, may_follow: MayFollow = ANY_OWN) -> Need:
    """Second doses take the places first, then boosters; what is at hand serves second doses of its product, then the
    boosters that it ``may_follow``, then first doses."""
    places = sum(ask.places.values())
    seconds = share(places, ask.seconds)
    places -= sum(seconds.values())
    boosters = share(places, ask.boosters)
    firsts = max(0, min(ask.firsts, places - sum(boosters.values())))
    over = Counter({product: max(0, n - seconds.get(product, 0)) for product, n in ask.at_hand.items()})
    bring = {product: max(0, n - ask.at_hand.get(product, 0)) for product, n in seconds.items()}
    again = {product: _short(n, over, may_follow.get(product, {product})) for product, n in boosters.items()}
    return Need(seconds, boosters, firsts, bring, again, max(0, firsts - over.total()))


def _short(people: int, over: Counter, products: Collection[str]) -> int:
    """Take doses of ``products`` for ``people`` out of ``over``; returns for how many there is none."""
    for product in sorted(products):
        taken = min(people, over[product])
        over[product] -= taken
        people -= taken
    return people
