"""Eight keepers and receivers at the same moment: no deadlock, no lost movement, no number twice, nothing received twice."""

from random import Random
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import RuleBroken
from inventory.choices import DocumentKind, DocumentState, WasteReason
from inventory.models import StockDocument, StockLevel, StockMovement
from inventory.services import arrivals, consignments, disposals, ledger
from inventory.services.consignments import Consignment
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.concurrency.test_stock import at_once
from tests.factories.stock import deliver, make_lot, transport, waste

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races, pytest.mark.requirement("S22")]
WORKERS, EACH = 8, 12


@pytest.fixture
def sites():
    place = Place.objects.create(code="150622002000", name="迎泽街道", level="town")
    return [Site.objects.create(code=f"yz-{n}", name=f"接种点{n}", place=place) for n in (1, 2)]


@pytest.mark.parametrize("lots", [1, 30])
def test_documents_and_doses_of_many_lots_at_once(sites, lots):
    lots = [make_lot() for _ in range(lots)]
    deliver(sites[0], [(lot, 200) for lot in lots])

    def work(number):
        choose = Random(number)
        for _ in range(EACH):
            some = choose.sample(lots, min(3, len(lots)))
            deed = choose.choice(["use", "use", "waste", "send"])
            if deed == "use":
                ledger.use_dose(site=sites[0], lot=some[0], actor=None, key=uuid4(), now=timezone.now())
            elif deed == "waste":
                waste(sites[0], some[0], 1)
            else:
                goods = tuple((lot, 1) for lot in some)
                one = Consignment(DocumentKind.TRANSFER, sites[0], goods, other_site=sites[1])
                sent = consignments.send(one, actor=None, key=uuid4(), now=timezone.now())
                arrive(sent)
        return number

    assert sorted(at_once(work, WORKERS)) == list(range(WORKERS))
    assert list(ledger_problems()) == []
    numbers = StockDocument.objects.filter(site=sites[0]).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    used = StockMovement.objects.filter(site=sites[0], vials=-1).count()
    assert (
        sum(StockLevel.objects.filter(site=sites[0]).values_list("vials", flat=True))
        == 200 * len(lots) - used
    )


def arrive(delivery):
    return arrivals.arrive(
        delivery=delivery, counts={}, transport=transport(), actor=None, key=uuid4(), now=timezone.now()
    )


def test_one_delivery_is_received_or_called_back_once(sites):
    lot = make_lot()
    deliver(sites[0], [(lot, 10)])
    one = Consignment(DocumentKind.TRANSFER, sites[0], ((lot, 4),), other_site=sites[1])
    delivery = consignments.send(one, actor=None, key=uuid4(), now=timezone.now())

    def work(number):
        try:
            if number % 2:
                return arrive(delivery).kind
            signed = {"actor": None, "key": uuid4(), "now": timezone.now()}
            return consignments.call_back(delivery=delivery, reason="没发成", **signed).kind
        except RuleBroken as error:
            if error.code == "BUSY":
                raise
            return error.code

    ended = at_once(work, WORKERS)
    assert ended.count("NOTHING_UNDER_WAY") == WORKERS - 1
    assert sum(level.vials for level in StockLevel.objects.all()) == 10
    assert list(ledger_problems()) == []


def test_signing_at_once_signs_once(sites):
    """A paper that moves nothing (all refused) with one key, and one disposal confirmed by several people."""
    lot, key = make_lot(), uuid4()
    deliver(sites[0], [(lot, 10)])
    goods = [(lot, 4, WasteReason.BROKEN)]
    plan = disposals.plan_disposal(
        site=sites[0], goods=goods, note="医疗废物间", actor=None, key=uuid4(), now=timezone.now()
    )

    def work(number):
        signed = {"actor": None, "now": timezone.now()}
        if number % 2:
            refused = {"verdict": DocumentState.REFUSED, "reason": "超温", "key": key}
            return deliver(sites[1], [(lot, 5)], **refused).no
        try:
            return disposals.confirm_disposal(plan=plan, key=uuid4(), **signed).kind
        except RuleBroken as error:
            return error.code

    ended = at_once(work, WORKERS)
    assert ended.count("ALREADY_DONE") == WORKERS // 2 - 1 and len(set(ended)) == 3
    assert StockLevel.objects.get(site=sites[0]).vials == 6
    assert StockDocument.objects.filter(site=sites[1]).count() == 1
    assert list(ledger_problems()) == []
