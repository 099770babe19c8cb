"""Figures about stock: each rule once, then one story whose numbers page, list of movements and workbook share."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from inventory.choices import WasteReason
from inventory.models import StockLevel
from inventory.services import ledger
from places.models import Site
from reports.services.stock_ledger import COLUMNS
from reports.stock_figures import figures
from reports.stock_rules import Figure, LotDays, empty_days, last_open_days
from tests.factories.appointments import make_session
from tests.factories.stock import make_lot, make_presentation, receive, undo, waste

DAY = date(2026, 3, 1)


def days(*numbers):
    return [DAY + timedelta(days=n) for n in numbers]


# --- rules --------------------------------------------------------------------------------------------------------------


def test_pace_and_cover_come_from_the_last_seven_open_days():
    used = dict.fromkeys(days(*range(20)), 10) | {days(20)[0]: 0, days(21)[0]: -1}
    assert last_open_days(used) == days(*range(19, 12, -1))
    one = Figure(None, usable=69, paced=70, open_days=days(*range(7)))
    assert (one.pace, one.cover_days) == (10, 6)
    assert Figure(None, usable=69).cover_days is None
    assert Figure(None, usable=69, paced=0, open_days=days(1)).cover_days is None


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_rates_are_shares_of_what_was_used_and_wasted(used, opened, closed):
    one = Figure(None, used=used, wasted_open=opened, wasted_closed=closed)
    if used + opened + closed == 0:
        assert one.open_rate is one.closed_rate is None
    else:
        assert 0 <= one.open_rate + one.closed_rate <= 1
        assert round((one.open_rate + one.closed_rate) * one.taken) == opened + closed


def test_a_day_is_empty_when_nothing_was_there_and_nothing_came():
    # Three doses from day 2, used up on day 3; nothing on 4; two more come on day 5 and expire after day 6.
    first = LotDays(DAY + timedelta(days=99), days(2)[0])
    first.days = dict(zip(days(2, 3), [(3, 3), (-3, 0)], strict=True))
    second = LotDays(days(6)[0], days(5)[0])
    second.days = {days(5)[0]: (2, 2)}
    assert empty_days([first, second], days(*range(9))) == days(4, 7, 8)
    assert empty_days([], days(1)) == []


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=12))
def test_at_hand_is_the_running_balance_of_the_morning_and_what_comes(changes):
    lot = LotDays(DAY + timedelta(days=99), DAY, opening=50)
    lot.days = {DAY + timedelta(days=n): (change, max(change, 0)) for n, change in enumerate(changes)}
    balance = 50
    for n, change in enumerate(changes):
        assert lot.at_hand(DAY + timedelta(days=n)) == balance + max(change, 0)
        balance += change


# --- the story ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def story(site, campaign, today):
    """Ten vials of two doses five days ago; doses on two days, an opened rest, a broken vial, one taken back; then none."""
    now, lot = timezone.now(), make_lot(presentation=make_presentation(doses_per_vial=2), lot_no="FIG1")
    spent = make_lot(presentation=make_presentation(code="T-OLD"), lot_no="OLD1")
    receive(site, lot, 10, now=now - timedelta(days=5))
    receive(site, spent, 1, now=now - timedelta(days=4))
    more = {"site": site, "actor": None}
    ledger.use_dose(lot=spent, key=uuid4(), now=now - timedelta(days=3), **more)
    for ago, doses in ((3, 4), (2, 3)):
        for _ in range(doses):
            ledger.use_dose(lot=lot, key=uuid4(), now=now - timedelta(days=ago), **more)
    waste(site, lot, 1, WasteReason.DAY_END, now=now - timedelta(days=2))
    waste(site, lot, 1, now=now - timedelta(days=2))
    wrong = waste(site, lot, 2, now=now - timedelta(days=2))
    undo(wrong, reason="填错", now=now - timedelta(days=1))
    for ago in (3, 1):
        make_session(site=site, campaign=campaign, on=today - timedelta(days=ago))
    return lot


def of(vaccine, site, today):
    groups = figures([site], since=today - timedelta(days=29), until=today, today=today)
    return next(whole for whole, _ in groups if whole.vaccine == vaccine)


@pytest.mark.requirement("S67")
def test_figures_of_a_site(story, site, today):
    one = of(story.presentation.vaccine, site, today)
    assert (one.vials, one.doses, one.usable, one.apart) == (5, 10, 10, 0)
    assert (one.used, one.wasted_open, one.wasted_closed) == (7, 1, 2)
    assert (one.open_rate, one.closed_rate) == (0.1, 0.2)
    assert (one.pace, one.cover_days, one.outs) == (3.5, 2, [])
    gone = next(
        w
        for w, _ in figures([site], since=today - timedelta(days=29), until=today, today=today)
        if w.used == 1
    )
    assert [day for day, _ in gone.outs] == [
        today - timedelta(days=1)
    ]  # used up on the first session day, gone on the second
    StockLevel.objects.filter(lot=story).update(held_reason="查验")
    assert of(story.presentation.vaccine, site, today).apart == 10


@pytest.mark.requirement("S67")
def test_page_list_and_workbook_tell_the_same(story, site, cast, client_as, town, today):
    elsewhere = Site.objects.create(code="yz-2", name="流动接种队", place=town.town)
    receive(elsewhere, story, 3)
    client, vaccine = client_as(cast.town), story.presentation.vaccine.pk
    text = client.get(reverse("stock:figures")).content.decode()
    for word in ("流动接种队", "10.0%", "20.0%", "断苗"):
        assert word in text
    moves = reverse("inventory:movements")
    since = today - timedelta(days=29)
    link = f"{moves}?kind=closed_loss&amp;vaccine={vaccine}&amp;site={site.pk}&amp;since={since}&amp;until={today}"
    assert link in text
    behind = client.get(link.replace("&amp;", "&")).content.decode()
    assert (
        "−2</td>" in behind.partition("<tfoot>")[2]
    )  # broken 1 × 2 doses; the wrong one and its reversal cancel out
    response = client.get(reverse("stock:ledger"), {"site": site.pk, "q": "fig1"})
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["汇总", "FIG1"]
    summary = [cell.value for cell in book["汇总"][5]]
    assert summary[5:] == [0, 12, 7, 5, 0, 10]
    lines = [[cell.value for cell in row] for row in book["FIG1"].iter_rows(min_row=5)]
    assert all(
        word in book["FIG1"]["A2"].value for word in ("属性:", "剂型:", "规格:2 剂/支", "批准文号:", "批签发")
    )
    at = {column.key: number for number, column in enumerate(COLUMNS)}
    assert lines[0][at["kind"]] == "期初结存"
    received, *_, last = [line for line in lines[1:] if isinstance(line[at["vials"]], int)]
    assert [last[at[key]] for key in ("vials", "open_left", "doses")] == [5, 0, 10]
    assert received[at["carrier"]] == "冷链一号车"
    number = received[at["document"]]
    assert number == site.documents.get(lines__lot=story, kind="receipt").no
    found = client.get(moves, {"q": number.lower()}).content.decode()
    assert "共 <strong>1</strong> 条" in found
    assert "+20" in found.partition("<tfoot>")[2]
    assert "共 <strong>0</strong> 条" in client.get(moves, {"by": "查无此人"}).content.decode()


def test_each_sees_the_sites_of_the_own_scope_only(story, site, cast, client_as):
    address = reverse("stock:figures")
    assert "FIG1" not in client_as(cast.othertown).get(address).content.decode()
    assert client_as(cast.othertown).get(address, {"site": site.pk}).status_code == 404
    assert client_as(cast.othertown).get(reverse("stock:ledger"), {"site": site.pk}).status_code == 404
    assert site.name in client_as(cast.county).get(address).content.decode()


def test_questions_do_not_grow(story, site, cast, client_as, town):
    def count():
        client = client_as(cast.town)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    address = reverse("stock:figures")
    one = count()
    for n in range(4):
        receive(
            Site.objects.create(code=f"x{n}", name=f"点{n}", place=town.town),
            make_lot(presentation=make_presentation(code=f"Q{n}")),
            3,
        )
    assert count() <= one + 2 <= 20
