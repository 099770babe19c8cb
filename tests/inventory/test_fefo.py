"""First expired, first out: proposed everywhere, asked about where a keeper sends a later lot."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import RuleBroken
from inventory.fefo import check_order
from inventory.models import StockDocument, StockLevel, TraceSpan
from inventory.services.verify import ledger_problems
from tests.factories.stock import deliver, hold, make_lot, make_presentation, receive

pytestmark = pytest.mark.django_db


def asked(site, *goods, reason="") -> str:
    """The refusal of sending ``goods`` (lot, vials), "" when it is in order."""
    try:
        check_order(site=site, goods=goods, reason=reason, today=timezone.localdate())
    except RuleBroken as error:
        assert (error.code, error.field) == ("LATER_LOT", "note")
        return error.message
    return ""


@pytest.mark.requirement("S77")
def test_a_later_lot_needs_a_reason_while_an_earlier_one_stays(site):
    soon, later = make_lot(days=40, lot_no="SOON1"), make_lot(days=300, lot_no="LATER1")
    other = make_lot(days=20, presentation=make_presentation(code="CV-BJ"))
    for lot in (later, soon, other):
        receive(site, lot, 10)
    assert asked(site, (soon, 5)) == ""
    assert "SOON1" in asked(site, (later, 5))
    assert "SOON1" in asked(site, (soon, 9), (later, 5))
    assert asked(site, (soon, 10), (later, 5)) == ""
    assert asked(site, (later, 5), reason="对方只要长效期") == ""
    hold(site, soon)
    assert asked(site, (later, 5)) == ""  # what is set apart cannot go anyway
    order = [level.lot for level in StockLevel.objects.filter(site=site).choosable(timezone.localdate())]
    assert order == [other, later]


@pytest.mark.requirement("S77")
def test_the_keeper_is_asked_on_the_page_and_sees_the_tiers(site, town, cast, client_as):
    soon, later = make_lot(days=25, lot_no="SOON1"), make_lot(days=150, lot_no="LATER1")
    for lot in (soon, later):
        receive(site, lot, 10)
    twin = type(site).objects.create(code="yz-b", name="二号点", place=town.town)
    keeper, page = client_as(cast.stock), reverse("inventory:send")
    at = timezone.localtime() - timedelta(minutes=5)
    data = {
        "kind": "transfer",
        "other_site": twin.pk,
        "means": "box",
        "started_at": f"{at:%Y-%m-%dT%H:%M}",
        "start_celsius": "4.2",
        f"vials_{later.pk}": "4",
        "key": str(uuid4()),
    }
    refused = keeper.post(page, data)
    assert refused.status_code == 422 and "应先发它" in refused.content.decode()
    assert "已发出" in keeper.post(page, data | {"note": "对方要长效期"}, follow=True).content.decode()
    stock = reverse("inventory:stock")
    rows = {
        state: keeper.get(stock, {"state": state}).content.decode() for state in ("near30", "near", "near180")
    }
    assert all("SOON1" in text for text in rows.values())
    assert "LATER1" in rows["near180"] and "LATER1" not in rows["near"]
    assert "30 天内到期的批次" in keeper.get(reverse("desk")).content.decode()


def test_the_proof_finds_codes_that_stand_twice(site, cast):
    paper = deliver(site, [(make_lot(), 2)], actor=cast.stock)
    for low in (1, 2):
        lot, now = paper.lines.get().lot, timezone.now()
        TraceSpan.objects.create(
            document=paper,
            lot=lot,
            stem="8112345",
            low=low,
            high=low + 1,
            first=f"c{low}",
            last=f"c{low + 1}",
            at=now,
        )
    found = "\n".join(ledger_problems())
    assert "重复" in found and "追溯码 4 个,收下 2 支" in found
    assert StockDocument.objects.count() == 1
