"""Thirty-two people want the last five doses of a lot at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from core.errors import Busy, RuleBroken, ShortStock
from core.locks import deed, lock_found
from inventory.choices import LotState, MovementKind
from inventory.models import Lot, StockLevel, StockMovement
from inventory.services import ledger
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.factories.stock import make_lot, make_presentation, receive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
PEOPLE = 32


@pytest.fixture
def ground():
    place = Place.objects.create(code="150622002000", name="迎泽街道", level="town")
    return Site.objects.create(code="yz-wsy", name="迎泽街道卫生院接种点", place=place)


def at_once(work, people=PEOPLE):
    """``work(number)`` in ``people`` threads that start together; returns how each ended: result or error type."""
    start = Barrier(people)

    def one(number):
        try:
            start.wait(timeout=120)
            while True:
                try:
                    return work(number)
                except Busy:  # what a person does: press again
                    continue
        except (ShortStock, IntegrityError, OperationalError) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def use(site, lot, key=None):
    return ledger.use_dose(site=site, lot=lot, actor=None, key=key or uuid4(), now=timezone.now()).pk


@pytest.mark.requirement("S22")
@pytest.mark.parametrize(("doses_per_vial", "vials"), [(1, 5), (5, 1)])
def test_the_last_five_doses_of_a_lot_are_given_exactly_once(ground, doses_per_vial, vials):
    lot = make_lot(presentation=make_presentation(doses_per_vial=doses_per_vial))
    receive(ground, lot, vials)
    ended = at_once(lambda _: use(ground, lot))
    assert ended.count(ShortStock) == PEOPLE - 5
    assert len({pk for pk in ended if isinstance(pk, int)}) == 5
    assert StockMovement.objects.filter(kind=MovementKind.USE).count() == 5
    level = StockLevel.objects.get()
    assert (level.vials, level.open_doses) == (0, 0)
    assert list(ledger_problems()) == []


def test_without_the_lock_the_same_race_breaks_the_ledger(ground, monkeypatch):
    """Proves that the test above can fail. SQLite's IMMEDIATE transactions are a lock of their own."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the transaction itself is the lock")
    lot = make_lot()
    receive(ground, lot, 5)
    start = Barrier(PEOPLE)

    def read_together(kept, model, *, key, **where):
        row = model.objects.select_related("lot__presentation").filter(**where).first()
        row.is_repeated = False
        start.wait(timeout=120)  # everybody has read the same balance before anybody writes
        return row

    monkeypatch.setattr(ledger, "lock_and_read", read_together)
    at_once(lambda _: use(ground, lot))
    assert StockMovement.objects.filter(kind=MovementKind.USE).count() > 5
    assert list(ledger_problems()) != []


def test_who_waited_for_the_level_sees_what_became_of_the_lot(ground):
    """Recalled while a dose of it waits at the lock: the lot is read after the wait, not as it was before."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite nobody reads while another writes")
    lot = make_lot()
    receive(ground, lot, 5)
    with ThreadPoolExecutor(1) as pool:
        with deed():
            lock_found(StockLevel, site=ground, lot=lot)
            waiting = pool.submit(_in_thread, lambda: use(ground, lot))
            _until_somebody_waits()
            Lot.objects.filter(pk=lot.pk).update(state=LotState.RECALLED)
        assert waiting.result(timeout=120) == "LOT_RECALLED"
    assert StockMovement.objects.filter(kind=MovementKind.USE).count() == 0


def _in_thread(work):
    try:
        return work()
    except RuleBroken as error:
        return error.code
    finally:
        connection.close()


def _until_somebody_waits():
    waiting = 0
    while not waiting:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()


def test_one_key_pressed_by_many_is_one_dose(ground):
    lot, key = make_lot(), uuid4()
    receive(ground, lot, 5)
    ended = at_once(lambda _: use(ground, lot, key), people=8)
    assert len(set(ended)) == 1
    assert StockLevel.objects.get().vials == 4


def test_first_receipts_at_the_same_moment_share_one_level(ground):
    lot = make_lot()
    at_once(lambda number: receive(ground, lot, number + 1).pk, people=8)
    assert StockLevel.objects.get().vials == 36
    assert list(ledger_problems()) == []
