"""Sharing out vaccine and syringes, decided without the database (domain.md §6).

Second doses come first, then boosters, then first doses, never more than the receiver has places for, than there is, or
than can be given before it expires. A vaccine is shared out in whole vials, first expired first; what those who have begun
will need after the period is kept back before anybody gets a booster or begins.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil

from planning.asks import ANY_OWN, Ask, MayFollow, Need, need_of, share

# Vials to plan for one dose given, by doses per vial: the more doses a vial holds, the more of it is thrown away.
WASTAGE = {1: Fraction(105, 100), 2: Fraction(12, 10), 3: Fraction(15, 10), 4: Fraction(2)}
WASTAGE_LARGE = Fraction(25, 10)  # five doses and more
BOOSTER = "booster"  # among what is missing, beside the codes of products


def wastage(doses_per_vial: int) -> Fraction:
    """The factor for a vial of this size."""
    return WASTAGE.get(doses_per_vial, WASTAGE_LARGE)


def vials_for(people: int, doses_per_vial: int) -> int:
    """Whole vials to have ready for ``people`` doses, wastage included."""
    return ceil(max(0, people) * wastage(doses_per_vial) / doses_per_vial)


def people_for(vials: int, doses_per_vial: int) -> int:
    """How many people ``vials`` are planned for; a single vial serves at least one."""
    return max(1, int(vials * doses_per_vial / wastage(doses_per_vial))) if vials > 0 else 0


@dataclass(frozen=True)
class Batch:
    """Closed vials of a lot that may be sent."""

    lot: Hashable
    product: str
    vials: int
    doses_per_vial: int
    expires_on: date


@dataclass
class Proposal:
    """``vials`` by (receiver, lot), the people they are for, the ``needs`` behind them, what is ``missing`` (people by
    product, "" first doses, BOOSTER), and vials ``kept`` by lot for second doses after the period."""

    needs: dict[Hashable, Need]
    vials: Counter = field(default_factory=Counter)
    people: Counter = field(default_factory=Counter)
    missing: Counter = field(default_factory=Counter)
    kept: Counter = field(default_factory=Counter)


def propose(
    asks: Collection[Ask],
    batches: Iterable[Batch],
    *,
    owed_later: Mapping[str, int],
    since: date,
    may_follow: MayFollow = ANY_OWN,
) -> Proposal:
    """Share ``batches`` out to ``asks``; ``owed_later``: second doses by product that fall due after the period;
    ``may_follow``: as of ``need_of``."""
    found = Proposal({ask.who: need_of(ask, may_follow) for ask in asks})
    table = _Table(asks, sorted(batches, key=lambda batch: (batch.expires_on, str(batch.lot))), since, found)
    for product in sorted({product for ask in asks for product in ask.seconds}):
        wants = {who: need.bring_seconds.get(product, 0) for who, need in found.needs.items()}
        found.missing[product] = table.serve(wants, {product})
    for product, people in owed_later.items():
        table.keep(product, people)
    for product in sorted({product for ask in asks for product in ask.boosters}):
        wants = {who: need.bring_boosters.get(product, 0) for who, need in found.needs.items()}
        found.missing[BOOSTER] += table.serve(wants, may_follow.get(product, {product}))
    wants = {who: need.bring_firsts for who, need in found.needs.items()}
    found.missing[""] = table.serve(wants, None)
    return found


class _Table:
    """What is left of the lots, and of the places of each receiver, while they are handed round."""

    def __init__(self, asks: Collection[Ask], batches: list[Batch], since: date, found: Proposal):
        self.batches = [batch for batch in batches if batch.expires_on >= since]
        self.left = {batch.lot: batch.vials for batch in self.batches}
        self.places = {ask.who: ask.places for ask in asks}
        self.seated = {
            who: need.people - need.bring for who, need in found.needs.items()
        }  # by what is at hand
        self.found = found

    def serve(self, wants: dict, products: Collection[str] | None) -> int:
        """Hand round lots of ``products`` (None: any) to people; returns how many get nothing."""
        wants = dict(wants)
        for batch in self.batches:
            if products is None or batch.product in products:
                self._hand_round(batch, wants)
        return sum(wants.values())

    def _hand_round(self, batch: Batch, wants: dict) -> None:
        """One lot: whole vials for as many as have a place by its last day, rounded up once for each receiver."""
        size, lot = batch.doses_per_vial, batch.lot
        vials, people = self.found.vials, self.found.people
        asked = {who: min(n, self._room(who, batch.expires_on)) for who, n in wants.items()}
        asked = {who: n for who, n in asked.items() if n > 0}
        more = {who: vials_for(people[who, lot] + n, size) - vials[who, lot] for who, n in asked.items()}
        given = share(self.left[lot], more)
        for who, n in asked.items():
            got = given.get(who, 0)
            enough = got >= more[who]
            served = n if enough else people_for(vials[who, lot] + got, size) - people[who, lot]
            self.left[lot] -= got
            if got:
                vials[who, lot] += got
            if served > 0:
                people[who, lot] += served
                self.seated[who] += served
                wants[who] -= served

    def _room(self, who: Hashable, expires_on: date) -> int:
        """Places up to the lot's last day that nobody sits on yet."""
        seats = sum(n for day, n in self.places[who].items() if day <= expires_on)
        return max(0, seats - self.seated[who])

    def keep(self, product: str, people: int) -> None:
        """Set vials aside, those that keep longest."""
        for batch in reversed(self.batches):
            if batch.product == product and people > 0:
                kept = min(self.left[batch.lot], vials_for(people, batch.doses_per_vial))
                self.left[batch.lot] -= kept
                self.found.kept[batch.lot] += kept
                people -= people_for(kept, batch.doses_per_vial)
