"""盘点: blind, resumable, measured at the moment of the count, posted by two people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inventory.choices import DocumentKind, MovementKind, TakeState
from inventory.models import StockDocument, StockLevel, StockTake
from inventory.services import ledger
from inventory.services.stocktakes import (
    cancel_take,
    enter_counts,
    finish_count,
    reopen_count,
    sign_take,
    start_take,
)
from inventory.services.verify import ledger_problems
from inventory.take_rules import Quantity, doses, posting_kind, variance
from tests.factories.clinic import refused
from tests.factories.stock import make_lot, make_presentation, receive, undo


@given(st.integers(2, 10), st.data())
def test_what_is_posted_brings_the_books_to_the_count(size, data):
    vials, opened = st.integers(0, 50), st.integers(0, size - 1)
    book, counted = (Quantity(data.draw(vials), data.draw(opened)) for _ in range(2))
    found = variance(counted, book)
    assert doses(book, size) + doses(found, size) == doses(counted, size)
    assert (posting_kind(found, size) is None) == (book == counted)
    if kind := posting_kind(found, size):
        assert (kind == MovementKind.GAIN) == (doses(counted, size) > doses(book, size))


@pytest.fixture
def stock(site):
    """Ten vials of three doses, five of one; and a lot that was used up."""
    triple = make_lot(presentation=make_presentation(doses_per_vial=3), lot_no="TRI")
    single = make_lot(presentation=make_presentation(code="T-1"), lot_no="ONE")
    for lot, vials in ((triple, 10), (single, 5)):
        receive(site, lot, vials, now=timezone.now() - timedelta(hours=3))
    return triple, single


def use(site, lot):
    return ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())


def start(site, cast, **fields):
    values = {"site": site, "reason": "月末", "actor": cast.stock, "key": uuid4(), "now": timezone.now()}
    return start_take(**(values | fields))


@pytest.mark.requirement("S66")
def test_the_clinic_goes_on_and_the_difference_is_that_of_the_moment(site, cast, stock):
    triple, single = stock
    me = {"actor": cast.stock, "now": timezone.now()}
    take = start(site, cast)
    with refused("TAKE_OPEN"):
        start(site, cast)
    use(site, triple)  # after the freeze, before the count: 9 vials, 2 doses
    enter_counts(take=take, counts={triple.pk: Quantity(9, 1)}, **me)
    use(site, triple)  # after the count
    line = take.lines.get(lot=triple)
    assert ((line.frozen_vials, line.frozen_open), line.book, line.variance) == ((10, 0), (9, 2), (0, -1))
    with refused("COUNT_OPEN"):
        enter_counts(take=take, counts={triple.pk: Quantity(9, 3)}, **me)
    with refused("COUNT_MISSING"):
        finish_count(take=take, reasons={}, **me)
    enter_counts(take=take, counts={single.pk: Quantity(4, 0)}, **me)
    enter_counts(take=take, counts={single.pk: Quantity(6, 0)}, **me)  # counted again
    with refused("REASON_MISSING"):
        finish_count(take=take, reasons={triple.pk: "少抽一剂"}, **me)
    reasons = {triple.pk: "少抽一剂", single.pk: "上次多记报废"}
    finish_count(take=take, reasons=reasons, **me)
    with refused("NOT_COUNTING"):
        enter_counts(take=take, counts={single.pk: Quantity(5, 0)}, **me)
    reopen_count(take=take, actor=cast.stock)
    finish_count(take=take, reasons=reasons, **me)
    with refused("SAME_PERSON"):
        sign_take(take=take, **me)
    take = sign_take(take=take, actor=cast.screener, now=timezone.now())
    assert (take.document.kind, take.state) == (DocumentKind.STOCKTAKE, TakeState.POSTED)
    posted = {row.lot_id: (row.kind, row.vials, row.open_doses) for row in take.document.movements.all()}
    assert posted == {triple.pk: (MovementKind.LOSS, 0, -1), single.pk: (MovementKind.GAIN, 1, 0)}
    level = StockLevel.objects.get(lot=triple)
    assert (level.vials, level.open_doses) == (9, 0)
    assert take.lines.get(lot=single).times == 2
    assert list(ledger_problems()) == []
    undo(take.document)  # and it can be taken back as any document
    assert StockLevel.objects.get(lot=single).vials == 5


def test_a_count_overtaken_by_another_vial_is_counted_again_and_a_cancelled_one_posts_nothing(
    site, cast, stock
):
    triple, single = stock
    me = {"actor": cast.stock, "now": timezone.now()}
    take = start(site, cast)
    enter_counts(take=take, counts={triple.pk: Quantity(10, 2), single.pk: Quantity(5, 0)}, **me)
    finish_count(take=take, reasons={triple.pk: "有一支已开启没有登记"}, **me)
    use(site, triple)  # opens a vial: two doses are left in it; two more cannot be in the same one
    with refused("VIAL_CHANGED"):
        sign_take(take=take, actor=cast.screener, now=timezone.now())
    cancel_take(take=take, actor=cast.stock)
    with refused("NOT_OPEN"):
        cancel_take(take=take, actor=cast.stock)
    assert StockLevel.objects.get(lot=single).vials == 5
    assert start(site, cast).pk != take.pk


def test_pages_hide_the_books_until_the_count_is_entered(site, cast, stock, client_as):
    triple, single = stock
    keeper, nurse, office = client_as(cast.stock), client_as(cast.vaccinator), client_as(cast.town)
    keeper.post(reverse("takes:start"), {"site": site.pk, "reason": "交接", "key": str(uuid4())})
    take = StockTake.objects.get()
    where = take.get_absolute_url()
    text = keeper.get(where).content.decode()
    assert "还没数" in text
    assert "10支" not in text
    assert "10支" not in office.get(where).content.decode()
    assert keeper.post(where, {"save": ""}).status_code == 422
    keeper.post(where, {f"vials_{triple.pk}": "8", "save": ""})
    keeper.post(where, {f"reason_{triple.pk}": "碰碎两支", "save": ""})  # kept without a count beside it
    assert take.lines.get(lot=triple).reason == "碰碎两支"
    text = keeper.get(where).content.decode()
    assert "10支" in text
    assert "-2支" in text
    keeper.post(where, {f"vials_{single.pk}": "5", "save": ""})
    response = keeper.post(where, {"finish": ""})
    assert (response.status_code, "请写明原因" in response.content.decode()) == (422, True)
    keeper.post(where, {"finish": "", f"reason_{triple.pk}": "破损未登记"})
    assert "盘点等我复核" in nurse.get("/").content.decode()
    assert office.post(where, {}).status_code == 403
    assert client_as(cast.othertown).get(where).status_code == 404
    sign = reverse("takes:sign", args=[take.uid])
    assert keeper.post(sign).status_code == 409
    text = nurse.post(sign, follow=True).content.decode()
    take.refresh_from_db()
    for word in ("疫苗盘点表", take.document.no, "破损未登记", "-2支", "相符"):
        assert word in text
    assert take.document.no in keeper.get(reverse("takes:list")).content.decode()
    # the list of papers says what the stock-take changed, not what it counted
    paper = StockDocument.objects.with_amounts().get(pk=take.document_id)
    assert (paper.lots, paper.vials, paper.doses) == (2, -2, -6)
    assert not StockLevel.objects.filter(open_doses__gt=0).exists()
