"""The stock of another township: no address opens it, no form writes it, no quantity that is none is booked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.choices import WasteReason
from inventory.models import Excursion, StockDocument, StockLevel, SupplyMovement, TemperatureReading
from inventory.services import disposals
from inventory.services.stocktakes import start_take
from tests.factories.cold import make_device, read
from tests.factories.stock import make_lot, receive, receive_supply

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S22")]


@pytest.fixture
def theirs(other_site) -> dict[str, tuple]:
    """Addresses of what lies in the other township: name → arguments."""
    signed = {"actor": None, "key": uuid4(), "now": timezone.now()}
    lot = make_lot()
    paper = receive(other_site, lot, 10).document.uid
    goods = [(lot, 1, WasteReason.BROKEN)]
    plan = disposals.plan_disposal(site=other_site, goods=goods, note="焚烧", **signed).uid
    take = start_take(site=other_site, reason="", **signed).uid
    device = make_device(other_site)
    read(device, 12, at=timezone.now() - timedelta(hours=2), action="报告")
    receive_supply(other_site, 100)
    supply = SupplyMovement.objects.get()
    level, piece, day = (
        StockLevel.objects.get().pk,
        (other_site.pk, supply.lot_id),
        (other_site.pk, "2026-11-20"),
    )
    return {
        **{f"inventory:{name}": (level,) for name in ("waste", "hold", "release")},
        **{f"inventory:{name}": (paper,) for name in ("document", "arrive", "call_back", "undo", "codes")},
        "inventory:confirm": (plan,),
        **{f"takes:{name}": (take,) for name in ("take", "sign", "reopen", "cancel")},
        **{f"inventory:cold_{name}": (device.uid,) for name in ("device", "import", "month", "sheet")},
        "inventory:cold_correct": (TemperatureReading.objects.get().key,),
        "inventory:cold_excursion": (Excursion.objects.get().uid,),
        **{f"inventory:supply_{name}": piece for name in ("hand_over", "waste", "count")},
        "inventory:supply_reverse": (supply.uid,),
        **{f"closing:{name}": day for name in ("day", "leftovers", "doses")},
        "trace:lot": (lot.pk,),
    }


def told() -> list[int]:
    kinds = (StockDocument, SupplyMovement, TemperatureReading)
    return [kind.objects.count() for kind in kinds]


@pytest.mark.parametrize("who", ["stock", "town"])
def test_their_addresses_open_for_nobody_here(theirs, cast, client_as, who):
    client, before = client_as(getattr(cast, who)), told()
    for name, args in theirs.items():
        page = reverse(name, args=args)
        for answer in (client.get(page), client.post(page, {"key": uuid4(), "reason": "x", "note": "x"})):
            assert answer.status_code in (403, 404, 405), (name, answer.status_code)
    assert told() == before


def test_forms_do_not_write_to_their_site_and_take_whole_vials_only(
    theirs, site, other_site, cast, client_as
):
    lot = make_lot()
    receive(site, lot, 10)
    level = StockLevel.objects.get(site=site)
    forms = [
        ("takes:start", (), {"site": other_site.pk}),
        ("inventory:receive", (), {"site": other_site.pk}),
        (
            "inventory:recall",
            (),
            {"lot": lot.pk, "place": other_site.place_id, "reason": "x", "rest": "keep"},
        ),
    ]
    for wrong in ("-1", "0", "1.5", "1e9", "9" * 20, "NaN", "²", "11"):
        goods = {f"vials_{lot.pk}": wrong, f"reason_{lot.pk}": "broken", "note": "镇里安排"}
        way = {"kind": "transfer", "other_site": other_site.pk, "start_celsius": "4"}
        forms += [
            ("inventory:waste", (level.pk,), {"what": "closed", "quantity": wrong, "reason": "broken"}),
            ("inventory:send", (), goods | way),
            ("inventory:dispose", (), goods),
        ]
    before = told()
    for name, args, form in forms:
        who = cast.town if name == "inventory:recall" else cast.stock
        answer = client_as(who).post(reverse(name, args=args), {"key": uuid4(), **form})
        assert answer.status_code == 422, (name, form, answer.status_code)
    assert told() == before
