"""Closes against doses at the same moment: whatever wins, the frozen line follows from the ledger."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import Busy, RuleBroken
from inventory.closing import day_lines
from inventory.closing_rules import Count, Given
from inventory.models import CloseLine, DayClose, StockMovement
from inventory.services import ledger
from inventory.services.closing import count_day, sign_day
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.factories.stock import make_lot, receive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
NURSES = 6


@pytest.mark.requirement("S22")
def test_a_dose_is_in_the_close_or_in_the_next_one_never_in_none_or_both():
    place = Place.objects.create(code="150622002000", name="迎泽街道", level="town")
    site = Site.objects.create(code="yz-wsy", name="迎泽街道卫生院接种点", place=place)
    lot, today = make_lot(), timezone.localdate()
    receive(site, lot, 60)
    start = Barrier(NURSES + 1)

    def nurse(_):
        start.wait(timeout=120)
        for _ in range(5):
            _patiently(
                lambda: ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())
            )

    def keeper(_):
        """Counts and signs until nothing moves in between."""
        start.wait(timeout=120)
        for _ in range(100):
            try:
                return _close(site, today)
            except RuleBroken as error:
                assert error.code in {"MOVED", "UNEXPLAINED"}, error.code
                DayClose.objects.filter(state="counted").update(state="withdrawn")
        raise AssertionError("the keeper never finished")

    def one(work, number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(NURSES + 1) as pool:
        for done in [*(pool.submit(one, nurse, n) for n in range(NURSES)), pool.submit(one, keeper, 0)]:
            done.result()
    line = CloseLine.objects.get(close__state="closed")
    later = StockMovement.objects.filter(pk__gt=line.through, kind="use").count()
    assert (line.used + later, line.closing_vials) == (NURSES * 5, 60 - line.used)
    (rest,) = day_lines(site, today, _given(site))
    assert (len(rest.equation.uses), rest.equation.holds) == (later, True)
    assert list(ledger_problems()) == []


def _given(site):
    """As many doses on people as movements: the clinic's half of this race has its own test (test_floor)."""
    uses = StockMovement.objects.filter(site=site, kind="use")
    return [Given(pk, lot, pk, on) for pk, lot, on in uses.values_list("pk", "lot", "on")]


def _count(site, on):
    given = _given(site)
    counts = {
        line.lot.pk: Count(line.equation.closing.vials, "并发清点") for line in day_lines(site, on, given)
    }
    return count_day(
        site=site, on=on, given=given, counts=counts, actor=None, key=uuid4(), now=timezone.now()
    )


def _close(site, on):
    close = _patiently(lambda: _count(site, on))
    return _patiently(lambda: sign_day(close=close, given=_given(site), actor=None, now=timezone.now()))


def _patiently(work):
    while True:
        try:
            return work()
        except Busy:  # what a person does: press again
            continue
