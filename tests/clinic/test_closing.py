"""The close of a day through the services: what stops it, who signs it, what is frozen, and what comes later."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from clinic.closing import doses_behind, given_on
from clinic.services.verify import floor_problems
from inventory.choices import CloseState, DocumentKind, Part
from inventory.closing import day_lines, days_without_close
from inventory.closing_rules import Count
from inventory.models import CloseLine, DayClose
from inventory.services import closing, ledger, losses
from inventory.services.verify import ledger_problems
from places.models import Site
from tests.factories.appointments import at
from tests.factories.clinic import Floor, lot_of, refused
from tests.factories.stock import receive


@pytest.fixture
def floor(site, campaign, town, cast, today):
    """Yesterday at ten: 50 vials of one dose, and 5 of two doses."""
    now = at(today - timedelta(days=1), 10)
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast, now=now)
    floor.lot, floor.double = lot_of("CV-SV"), lot_of("CV-BJ", doses_per_vial=2)
    for lot, vials in ((floor.lot, 50), (floor.double, 5)):
        receive(site, lot, vials, now=now)
    return floor


def count(floor, *, counts=None, reasons=None, actor=None, on=None, now=None, key=None):
    """The keeper counts what the books say, but for ``counts``."""
    on = on or floor.today
    given = given_on(floor.site, on)
    lines = day_lines(floor.site, on, given)
    found = {
        line.lot.pk: Count(
            (counts or {}).get(line.lot, line.equation.closing.vials), (reasons or {}).get(line.lot, "")
        )
        for line in lines
    }
    return closing.count_day(
        site=floor.site,
        on=on,
        given=given,
        counts=found,
        actor=actor or floor.cast.stock,
        key=key or uuid4(),
        now=now or floor.now,
    )


def sign(floor, close, actor=None, now=None):
    given = given_on(close.site, close.on)
    return closing.sign_day(
        close=close, given=given, actor=actor or floor.cast.screener, now=now or floor.now
    )


def problems():
    return [*ledger_problems(), *floor_problems()]


@pytest.mark.requirement("S22")
def test_a_day_is_closed_by_two_and_a_later_correction_shows_on_the_next(floor, cast, site, today):
    first, sites = floor.observed().doses.get(), Site.objects.filter(pk=site.pk)
    floor.observed()
    visit = floor.ready()
    floor.dose(visit, lot=floor.double)
    assert days_without_close(sites, today) == [(site.pk, floor.today)]
    with refused("LEFT_OPEN"):
        count(floor)
    losses.waste_leftovers(site=site, actor=cast.stock, key=uuid4(), now=floor.now + timedelta(hours=8))
    with refused("UNEXPLAINED"):
        count(floor, counts={floor.lot: 47})
    key = uuid4()
    close = count(floor, counts={floor.lot: 47}, reasons={floor.lot: "疑似破损未登记,明天盘点"}, key=key)
    assert count(floor, counts={floor.lot: 47}, key=key) == close  # pressed twice
    with refused("SAME_PERSON"):
        sign(floor, close, actor=cast.stock)
    close = sign(floor, close)
    assert sign(floor, close) == close
    assert (close.document.kind, close.document.second_by) == (DocumentKind.CLOSE, cast.stock)
    single, double = close.lines.get(lot=floor.lot), close.lines.get(lot=floor.double)
    assert (single.used, single.given, single.difference, single.closing) == (2, 2, -1, (48, 48))
    assert double.parts == {Part.RECEIVED: [5, 10], Part.USED: [-1, -1], Part.WASTED_OPEN: [0, -1]}
    assert days_without_close(sites, today) == []
    with refused("CLOSED_ALREADY"):
        count(floor)
    with pytest.raises(DatabaseError), transaction.atomic():
        CloseLine.objects.filter(pk=single.pk).update(used=3)

    # The dose after the close belongs to the next one, and so does what is found wrong later.
    floor.now += timedelta(hours=9)
    floor.observed()
    floor.now += timedelta(hours=15)  # today
    floor.correct(first)
    floor.observed()
    line = next(line for line in day_lines(site, today, given_on(site, today)) if line.lot == floor.lot)
    assert line.equation.parts == {Part.USED: (-2, -2), Part.CORRECTED: (1, 1)}
    assert (line.match.used, line.match.given, line.match.late, line.is_off) == (2, 2, 1, False)
    assert doses_behind(site, today, floor.lot).count() == 2
    assert doses_behind(site, close.on, floor.lot).count() == 2  # the frozen day still counts what it counted
    close = sign(floor, count(floor, on=today))
    assert (close.document.number, problems()) == (close.document.number, [])
    DayClose.objects.filter(pk=close.pk).update(on=today - timedelta(days=9))
    assert any("期初" in words for words in problems())  # out of order: the chain is broken


@pytest.mark.requirement("S22")
def test_what_belongs_to_nothing_is_named_and_blocks_the_close_not_the_clinic(floor, site, cast):
    dose = floor.observed().doses.get()
    stray = ledger.use_dose(site=site, lot=floor.lot, actor=cast.vaccinator, key=uuid4(), now=floor.now)
    type(dose).objects.filter(pk=dose.pk).update(movement=None)
    line = next(
        one for one in day_lines(site, floor.today, given_on(site, floor.today)) if one.lot == floor.lot
    )
    assert set(line.match.without_dose) == {stray.pk, dose.movement_id}
    assert line.match.without_use == (dose.pk,)
    with refused("UNEXPLAINED"):
        count(floor)
    floor.observed()  # the clinic goes on
    close = count(floor, reasons={floor.lot: "系统补录时出错,已报告"})
    ledger.use_dose(site=site, lot=floor.lot, actor=cast.vaccinator, key=uuid4(), now=floor.now)
    with refused("MOVED"):
        sign(floor, close)
    closing.withdraw_count(close=close, actor=cast.stock)
    with refused("NOT_WAITING"):
        sign(floor, close)
    again = count(floor, reasons={floor.lot: "系统补录时出错,已报告"})
    assert sign(floor, again).state == CloseState.CLOSED


def test_days_are_closed_in_order_and_late_ones_without_a_count(floor, site, cast, today):
    floor.observed()
    close = sign(floor, count(floor))  # yesterday
    floor.now += timedelta(days=1)
    floor.observed()
    tomorrow = today + timedelta(days=1)
    with refused("NOT_YET"):
        count(floor, on=tomorrow)
    receive(site, floor.lot, 3, now=floor.now + timedelta(days=1))
    later = floor.now + timedelta(days=1)
    with refused("EARLIER_OPEN"):
        count(floor, on=tomorrow, now=later)
    late = count(floor, on=today, now=later)
    line = late.lines.get(lot=floor.lot)
    assert (line.opening, line.counted_vials) == (close.lines.get(lot=floor.lot).closing, None)
    with refused("WAITING"):
        count(floor, on=tomorrow, now=later)
