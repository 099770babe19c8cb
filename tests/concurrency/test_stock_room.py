"""The stock room under many hands: syringes, a plan sent twice, a close beside a correction, one opened vial at two tables."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.utils import timezone

from clinic.closing import given_on
from clinic.models import Dose
from clinic.services import corrections
from clinic.services.verify import floor_problems
from inventory.choices import WasteReason
from inventory.closing import day_lines
from inventory.closing_rules import Count
from inventory.models import DocumentLine, StockDocument, StockLevel, SupplyMovement
from inventory.services import ledger, supplies
from inventory.services.closing import count_day, sign_day
from inventory.services.verify import ledger_problems
from inventory.services.verify_supplies import supply_problems
from inventory.supply_choices import SupplyMove
from places.models import Site
from planning.models import AllocationLine
from planning.services import allocation, sending
from tests.concurrency.test_floor import at_once
from tests.factories.clinic import lot_of
from tests.factories.planning import make_plan
from tests.factories.stock import make_lot, make_presentation, receive, receive_supply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races, pytest.mark.requirement("S22")]
WORKERS = 8


@pytest.fixture
def sites(floor):
    mobile = Site.objects.create(code="yz-ld", name="迎泽流动接种队", kind="mobile", place=floor.site.place)
    return [floor.site, mobile]


def signed(actor=None):
    return {"actor": actor, "now": timezone.now()}


def test_syringes_handed_over_wasted_and_counted_at_once(sites):
    """Both ways between two sites; every deed is sent twice with its key."""
    for site in sites:
        receive_supply(site, 30)
    lot = SupplyMovement.objects.first().lot
    keys = [uuid4() for _ in range(WORKERS // 2)]

    def work(number):
        key, here, there = keys[number // 2], sites[number // 2 % 2], sites[1 - number // 2 % 2]
        if number >= WORKERS - 2:
            done = supplies.waste_supply(site=here, lot=lot, quantity=6, reason="破损", key=key, **signed())
        else:
            how = {"kind": SupplyMove.TRANSFER_OUT, "other_site": there, "other_hand": "李收", "note": "调拨"}
            done = supplies.hand_over(site=here, lot=lot, quantity=5, key=key, **how, **signed())
        return done.pk

    ended = at_once(work, people=WORKERS)
    assert len(set(ended)) == len(keys) and SupplyMovement.objects.count() == 2 + 3 * 2 + 1
    assert SupplyMovement.objects.aggregate(n=Sum("quantity"))["n"] == 54
    assert list(supply_problems()) == []


def test_a_plan_sent_by_many_leaves_the_store_once(floor, sites):
    lot = lot_of("CV-SV")
    receive(floor.site, lot, 10)
    plan = make_plan(floor.campaign, floor.site.place, floor.site)
    line = AllocationLine.objects.get(share__plan=plan, share__site=sites[1], lot=lot)
    allocation.adjust_plan(plan=plan, quantities={line.pk: 4}, reason="先备苗", **signed())
    allocation.approve_plan(plan=plan, **signed())
    ended = at_once(lambda _: sending.send_plan(plan=plan, **signed()).pk, people=WORKERS)
    assert ended.count("PLAN_STATE") == WORKERS - 1
    assert StockLevel.objects.get(site=floor.site, lot=lot).vials == 6
    assert DocumentLine.objects.aggregate(n=Sum("transit"))["n"] == 4
    assert list(ledger_problems()) == []


def test_a_close_signed_while_a_correction_is_confirmed_takes_all_of_it_or_nothing(floor):
    """The frozen sheet shows the day before the correction, or is refused; the equation of what is left holds either way."""
    other, site, on = lot_of("CV-SV"), floor.site, floor.today
    receive(site, other, 5)
    row = floor.propose(floor.observed().doses.get(), "lot", lot=other)
    counts = {
        line.lot.pk: Count(line.equation.closing.vials) for line in day_lines(site, on, given_on(site, on))
    }
    day = {"site": site, "on": on, "given": given_on(site, on), "counts": counts, "key": uuid4()}
    close = count_day(**day, **signed(floor.cast.observer))
    deeds = [
        lambda: sign_day(close=close, given=given_on(site, on), **signed(floor.cast.screener)).pk,
        lambda: corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now).pk,
    ]
    ended = at_once(lambda n: deeds[n](), people=2)
    assert ended[0] in (close.pk, "MOVED") and ended[1] == row.pk
    rest = day_lines(site, on, given_on(site, on))
    assert [str(line.lot) for line in rest if line.is_off] == []
    assert [*ledger_problems(), *floor_problems()] == []


def test_an_opened_vial_past_its_time_is_written_off_once_by_whoever_comes_first(floor):
    lot = make_lot(presentation=make_presentation(doses_per_vial=3, open_vial_minutes=30))
    receive(floor.site, lot, 3)
    use = {"site": floor.site, "lot": lot, "actor": None}
    ledger.use_dose(key=uuid4(), now=floor.now - timedelta(minutes=40), **use)
    at_once(lambda _: ledger.use_dose(key=uuid4(), now=floor.now, **use).pk, people=4)
    level = StockLevel.objects.get(lot=lot)
    assert (level.vials, level.open_doses) == (0, 2)
    paper = StockDocument.objects.get(kind="waste")
    assert [(line.open_doses, line.reason) for line in paper.lines.all()] == [
        (-2, WasteReason.OPENED_TOO_LONG)
    ]
    assert list(ledger_problems()) == []


def test_one_code_scanned_at_two_tables_goes_into_one_arm(floor):
    visits = [floor.ready(), floor.ready()]
    code = "81123450000000017777"
    ended = at_once(lambda n: floor.dose(visits[n], trace_code=code).pk, people=2)
    assert ended.count("CODE_USED") == 1 and Dose.objects.count() == 1
    assert [*ledger_problems(), *floor_problems()] == []
