"""The pages of syringes and diluent as the keeper uses them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.sheets import read_bytes
from inventory.models import SupplyMovement
from inventory.services import ledger
from tests.factories.stock import make_lot, make_presentation, receive, receive_supply

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(cast, client_as):
    return client_as(cast.stock)


def test_the_keeper_receives_uses_hands_over_and_prints(keeper, site, other_site, today):
    box = {
        "site": site.pk,
        "kind": "single_use",
        "spec": "0.5",
        "maker": "山东威高",
        "programme": "2",
        "approval_no": "国械注准1",
        "lot_no": "z9",
        "expires_on": (today + timedelta(days=300)).isoformat(),
        "quantity": "20",
        "counterparty": "旗疾控",
        "other_hand": "王送货",
        "key": str(uuid4()),
    }
    for _ in range(2):  # a double click
        assert keeper.post(reverse("inventory:supply_receive"), box).status_code == 302
    lot = SupplyMovement.objects.get().lot
    vaccine = make_lot(presentation=make_presentation(code="T-IM"))
    receive(site, vaccine, 40)
    for _ in range(3):
        ledger.use_dose(site=site, lot=vaccine, actor=None, key=uuid4(), now=timezone.now())
    assert "还差 21 支" in keeper.get(reverse("inventory:supplies")).content.decode()  # 37 doses: 41 syringes
    use = keeper.get(reverse("inventory:supply_use"))
    assert use.context["form"].fields[f"lot_{lot.pk}"].initial == 3
    taken = {f"lot_{lot.pk}": "2", "key": str(uuid4())}
    refused = keeper.post(reverse("inventory:supply_use"), taken)
    assert refused.status_code == 422
    assert "少 1 支" in refused.content.decode()
    assert keeper.post(reverse("inventory:supply_use"), taken | {f"lot_{lot.pk}": "4"}).status_code == 302
    away = {
        "kind": "transfer_out",
        "quantity": "6",
        "other_hand": "李收",
        "note": "蓝天缺货",
        "key": str(uuid4()),
    }
    page = reverse("inventory:supply_hand_over", args=[site.pk, lot.pk])
    assert keeper.post(page, away).status_code == 422  # nobody chosen
    assert keeper.post(page, away | {"other_site": other_site.pk}).status_code == 302
    counted = {"counted": "10", "other_hand": "赵复核", "key": str(uuid4())}
    assert keeper.post(reverse("inventory:supply_count", args=[site.pk, lot.pk]), counted).status_code == 302
    paper = keeper.get(reverse("inventory:supply_ledger"), {"site": site.pk}).content.decode()
    assert all(word in paper for word in ("王送货", "国械注准1", "当日注射 3 剂", "盘点相符", "李收"))
    book = keeper.get(reverse("inventory:supply_file"), {"site": site.pk})
    cells = [cell for row in read_bytes(book.content)[0].rows for cell in row.cells]
    assert "国械注准1" in cells
    assert SupplyMovement.objects.filter(site=other_site).get().balance == 6


def test_a_mistake_is_taken_back_but_not_another_keepers(keeper, site, other_site, cast, client_as):
    row = receive_supply(site, 5)
    theirs = receive_supply(other_site, 5)
    page = reverse("inventory:supply_reverse", args=[row.uid])
    assert keeper.post(page, {"reason": "多写了", "key": str(uuid4())}).status_code == 302
    assert SupplyMovement.objects.filter(site=site).latest().get().balance == 0
    assert keeper.get(reverse("inventory:supply_reverse", args=[theirs.uid])).status_code == 404
    assert client_as(cast.town).post(page, {"reason": "x"}).status_code == 403
    neighbours = client_as(cast.othertown).get(reverse("inventory:supply_ledger")).content.decode()
    assert site.name not in neighbours
    assert other_site.name in neighbours


def test_the_desk_says_where_syringes_are_missing(keeper, site):
    receive(site, make_lot(), 4)
    assert "注射器不够的接种点" in keeper.get("/").content.decode()
    receive_supply(site, 5)
    assert "注射器不够的接种点" not in keeper.get("/").content.decode()
