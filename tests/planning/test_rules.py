"""Sharing out, without a database: never more than there is, second doses first, nothing that would expire."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.asks import Ask, need_of, share
from planning.rules import BOOSTER, Batch, people_for, propose, vials_for

DAY = date(2026, 3, 2)
PRODUCTS = ("A", "B")
counts = st.integers(0, 60)
days = st.integers(-3, 12).map(lambda n: DAY + timedelta(days=n))
by_product = st.dictionaries(st.sampled_from(PRODUCTS), counts)
batches = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), counts, st.sampled_from((1, 2, 3, 5)), days), max_size=5
).map(lambda rows: [Batch(number, *row) for number, row in enumerate(rows)])
asks = st.lists(
    st.tuples(
        by_product,
        counts,
        st.dictionaries(days.filter(lambda d: d >= DAY), counts, max_size=4),
        by_product,
        by_product,
    ),
    max_size=4,
).map(lambda rows: [Ask(f"r{number}", *row) for number, row in enumerate(rows)])


@given(st.integers(0, 100), st.dictionaries(st.integers(), st.integers(0, 50)))
def test_sharing_out_adds_up(total, wants):
    given_out = share(total, wants)
    assert sum(given_out.values()) == min(total, sum(wants.values()))
    assert all(0 < number <= wants[who] for who, number in given_out.items())
    if (wanted := sum(wants.values())) > total:
        assert all(abs(given_out.get(who, 0) - Fraction(total * n, wanted)) < 1 for who, n in wants.items())


@pytest.mark.requirement("S37")
@given(asks, batches, by_product)
def test_a_proposal_never_sends_what_is_not_there_or_cannot_be_given(asks, batches, owed):
    found = propose(asks, batches, owed_later=owed, since=DAY)
    lots, sent = {batch.lot: batch for batch in batches}, Counter()
    for (_, lot), vials in found.vials.items():
        assert vials > 0
        sent[lot] += vials
    for lot, batch in lots.items():
        assert sent[lot] + found.kept[lot] <= batch.vials
        assert not sent[lot] or batch.expires_on >= DAY
    for ask in asks:
        need = need_of(ask)
        assert need.people <= sum(ask.places.values())
        mine = {lot: n for (who, lot), n in found.people.items() if who == ask.who}
        for last in {lots[lot].expires_on for lot in mine}:
            seats = sum(n for day, n in ask.places.items() if day <= last)
            assert sum(n for lot, n in mine.items() if lots[lot].expires_on <= last) <= seats
        assert sum(mine.values()) <= need.bring
        for lot, people in mine.items():  # enough in every vial for whom it is sent
            size, vials = lots[lot].doses_per_vial, found.vials[ask.who, lot]
            assert 0 < people <= vials * size
    everybody = sum(need_of(ask).bring for ask in asks)
    assert everybody == sum(found.people.values()) + found.missing.total()


@given(asks, batches)
def test_second_doses_are_served_before_anybody_begins(asks, batches):
    """With lots that keep: whoever misses a second dose of a product, nobody begins with that product."""
    fresh = [Batch(b.lot, b.product, b.vials, b.doses_per_vial, DAY + timedelta(days=99)) for b in batches]
    all_of_it = propose(asks, fresh, owed_later={}, since=DAY)
    without = [Ask(a.who, a.seconds, 0, a.places, a.at_hand) for a in asks]
    seconds_only = propose(without, fresh, owed_later={}, since=DAY)
    for product in PRODUCTS:
        assert all_of_it.missing[product] == seconds_only.missing[product]
        if all_of_it.missing[product]:
            used = sum(n for (_, lot), n in all_of_it.vials.items() if fresh[lot].product == product)
            assert used == sum(b.vials for b in fresh if b.product == product)


def test_the_factor_follows_the_size_of_the_vial():
    assert [vials_for(100, size) for size in (1, 2, 3, 4, 5, 10)] == [105, 60, 50, 50, 50, 25]
    assert [people_for(vials, 1) for vials in (0, 1, 21, 105)] == [0, 1, 20, 100]


def test_what_would_expire_before_it_can_be_given_is_not_sent():
    """Ten places tomorrow, ninety in a week; the lot that ends tomorrow goes out for ten people only."""
    soon, later = (
        Batch("soon", "A", 200, 1, DAY + timedelta(days=1)),
        Batch("later", "A", 200, 1, DAY + timedelta(days=90)),
    )
    ask = Ask("clinic", {"A": 50}, 50, {DAY + timedelta(days=1): 10, DAY + timedelta(days=7): 90})
    found = propose([ask], [later, soon], owed_later={}, since=DAY)
    assert found.people == {("clinic", "soon"): 10, ("clinic", "later"): 90}
    assert found.vials["clinic", "soon"] == 11


def test_what_those_who_have_begun_will_need_is_kept_back():
    lot = Batch("lot", "A", 100, 1, DAY + timedelta(days=90))
    ask = Ask("clinic", {"A": 20}, 200, {DAY: 500})
    found = propose([ask], [lot], owed_later={"A": 40}, since=DAY)
    assert (found.vials["clinic", "lot"], found.kept["lot"]) == (58, 42)
    assert found.missing == {"A": 0, "": 200 - 35}


def test_what_lies_there_already_is_not_sent_again():
    ask = Ask("clinic", {"A": 30}, 10, {DAY: 100}, {"A": 35})
    need = need_of(ask)
    assert (need.people, need.bring_seconds, need.bring_firsts) == (40, {"A": 0}, 5)


def test_boosters_come_after_second_doses_and_before_first_ones():
    """Forty places: 10 second doses of A, 20 boosters after A (B may follow A), 10 of 50 who have not begun. What is kept
    for later second doses of A is given to no booster."""
    lots = [Batch(lot, lot.upper(), 30, 1, DAY + timedelta(days=90)) for lot in ("a", "b")]
    ask = Ask("clinic", {"A": 10}, 50, {DAY: 40}, {"B": 4}, {"A": 20})
    found = propose([ask], lots, owed_later={"A": 10}, since=DAY, may_follow={"A": {"A", "B"}})
    need = found.needs["clinic"]
    assert (need.people, need.bring_boosters, need.bring_firsts) == (40, {"A": 16}, 10)
    assert found.people == {("clinic", "a"): 10 + 8, ("clinic", "b"): 8 + 10}
    assert found.missing == {"A": 0, BOOSTER: 0, "": 0} and found.kept["a"] == 11
    own = propose([ask], lots, owed_later={"A": 10}, since=DAY)
    assert (
        own.missing[BOOSTER] == 12
    )  # of their own product there is not enough, and nothing else is known to follow it
