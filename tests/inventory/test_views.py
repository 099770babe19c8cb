"""The keeper's pages: what they show, what they refuse, and for whom."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.services.accounts import create_account
from inventory.choices import MovementKind
from inventory.models import Lot, StockLevel, StockMovement
from inventory.services import ledger
from tests.factories.stock import make_lot, make_presentation, receive, undo, waste

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(cast, client_as):
    return client_as(cast.stock)


def page(client, name, *args, status=200, **query):
    response = client.get(reverse(f"inventory:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def level_of(lot):
    return StockLevel.objects.get(lot=lot)


def delivery(site, presentation, **changes):
    return {
        "site": site.pk,
        "presentation": presentation.pk,
        "lot_no": "k2026-001",
        "expires_on": (timezone.localdate() + timedelta(days=300)).isoformat(),
        "release_no": "SPL2026-77",
        "vials": "40",
        "counterparty": "准格尔旗疾控中心",
        "paper_no": "CK-1101",
        "means": "box",
        "started_at": "2026-01-05T08:00",
        "arrived_at": "2026-01-05T10:00",
        "start_celsius": "4.2",
        "arrival_celsius": "4.6",
        "carrier": "冷链一号车",
        "key": str(uuid4()),
    } | changes


# --- what is there -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S67")
def test_stock_shows_vials_doses_tiers_and_states(keeper, site):
    triple = make_lot(presentation=make_presentation(doses_per_vial=3), lot_no="TRIPLE1", days=20)
    receive(site, triple, 40)
    ledger.use_dose(site=site, lot=triple, actor=None, key=uuid4(), now=timezone.now())
    held = make_lot(lot_no="HELD1", presentation=make_presentation(code="CV-BJ"), release_no="")
    receive(site, held, 7)
    text = page(keeper, "stock")
    for word in (
        "TRIPLE1",
        "39",
        "119",
        "30天内到期",
        "已开启",
        "前用完",
        "HELD1",
        "隔离:缺批签发",
        "119 剂",
        "偏低",
    ):
        assert word in text
    assert "HELD1" not in page(keeper, "stock", state="usable")
    assert "TRIPLE1" not in page(keeper, "stock", state="held")
    assert "TRIPLE1" in page(keeper, "stock", state="near")
    assert "TRIPLE1" not in page(keeper, "stock", q="HELD1")
    assert "没有符合条件的库存" in page(keeper, "stock", state="expired")


def test_used_up_lots_leave_the_page_but_not_the_register(keeper, site):
    lot = make_lot(lot_no="ZZ9")
    receive(site, lot, 1)
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())
    assert "ZZ9" not in page(keeper, "stock")
    assert "ZZ9" in page(keeper, "stock", state="all")
    assert "ZZ9" in page(keeper, "stock", state="low")
    assert "接种使用" in page(keeper, "movements", q="ZZ9")


def test_movements_are_searched_and_show_running_balances(keeper, site, today):
    lot = make_lot(lot_no="MOVE1")
    receive(site, lot, 1040, paper_no="CK-77", counterparty="旗疾控")
    waste(site, lot, 3)
    receive(site, make_lot(lot_no="MOVE2"), 5)
    text = page(keeper, "movements", q="MOVE1")
    for word in ("+1,040", "−3", "1037", "CK-77", "旗疾控", "运输 4.5 ℃", "破损"):
        assert word in text
    assert "MOVE2" not in text
    assert "MOVE2" not in page(keeper, "movements", q="CK-77")
    assert "MOVE1" not in page(keeper, "movements", until=(today - timedelta(days=1)).isoformat())
    assert "+1,040" not in page(keeper, "movements", kind=MovementKind.WASTE_CLOSED)


@pytest.mark.requirement("S22")
def test_the_printed_register_has_the_legal_columns(keeper, site):
    receive(site, make_lot(lot_no="MOVE1"), 40, paper_no="CK-77")
    text = page(keeper, "register", site=site.pk)
    for word in (
        "疫苗名称",
        "生产企业",
        "批签发合格证号",
        "有效期至",
        "来源/去向",
        "结存(支)",
        "运输温度",
        "经手人",
    ):
        assert word in text
    for word in (site.name, "MOVE1", "SPL2026001", "CK-77", "+40", "4.5", "康希诺"):
        assert word in text


@pytest.mark.parametrize("name", ["stock", "movements", "register"])
def test_queries_do_not_grow_with_rows(keeper, site, name):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(keeper, name)
        return len(queries)

    receive(site, make_lot(), 5)
    page(keeper, name)  # warm
    one = count()
    for number in range(12):
        lot = make_lot(presentation=make_presentation(code=f"CV-{number}", doses_per_vial=1 + number % 2))
        undo(receive(site, lot, 5).document)
        receive(site, lot, 6)
    assert count() == one <= 20


# --- receipt -----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S22")
def test_a_delivery_is_received(keeper, site):
    data = delivery(site, make_presentation())
    response = keeper.post(reverse("inventory:receive"), data, follow=True)
    assert "批号 K2026-001 已入库 40 支,现结存 40 支" in response.content.decode()
    keeper.post(reverse("inventory:receive"), data)  # pressed twice
    row = StockMovement.objects.get()
    assert (row.vials, row.transport_celsius, row.by.username) == (40, Decimal("4.6"), "stock")
    assert (row.document.carrier, row.document.paper_no) == ("冷链一号车", "CK-1101")


def test_the_next_lot_of_a_delivery_keeps_what_the_papers_share(keeper, site):
    data = delivery(site, make_presentation(), more="1", release_no="")
    response = keeper.post(reverse("inventory:receive"), data, follow=True)
    text = response.content.decode()
    assert "已隔离" in text
    assert 'value="CK-1101"' in text
    assert 'value="K2026-001"' not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arrival_celsius": ""}, "没有运输温度记录"),
        ({"arrival_celsius": "11"}, "超出 2–8 ℃"),
        ({"expires_on": "2020-01-31"}, "过期"),
        ({"vials": "0"}, "大于或等于"),
        ({"lot_no": ""}, "必填"),
    ],
)
def test_a_refused_delivery_says_why_and_loses_nothing(keeper, site, changes, words):
    data = delivery(site, make_presentation(), **changes)
    response = keeper.post(reverse("inventory:receive"), data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert 'value="CK-1101"' in text
    assert not StockMovement.objects.exists()
    assert not Lot.objects.exists()  # both or neither


def test_another_expiry_day_for_a_known_lot_is_refused(keeper, site):
    presentation = make_presentation()
    keeper.post(reverse("inventory:receive"), delivery(site, presentation))
    data = delivery(site, presentation, expires_on="2099-01-01", paper_no="CK-2")
    text = keeper.post(reverse("inventory:receive"), data).content.decode()
    assert "已登记的有效期是" in text
    assert StockMovement.objects.count() == 1


# --- waste, hold, release, reversal ---------------------------------------------------------------------------------------


def test_waste_of_closed_vials(keeper, site):
    lot = make_lot()
    receive(site, lot, 5)
    address = reverse("inventory:waste", args=[level_of(lot).pk])
    data = {"what": "closed", "quantity": "2", "reason": "broken", "note": "搬运时", "key": str(uuid4())}
    assert "现结存 3 支" in keeper.post(address, data, follow=True).content.decode()
    assert StockMovement.objects.first().note == "破损:搬运时"
    response = keeper.post(address, {**data, "quantity": "4", "key": str(uuid4())})
    assert (response.status_code, "库存不足" in response.content.decode()) == (422, True)
    assert "当日结束剩余" not in keeper.get(address).content.decode()  # nothing is open


def test_waste_of_the_opened_vial(keeper, site):
    lot = make_lot(presentation=make_presentation(doses_per_vial=3))
    receive(site, lot, 5)
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())
    address = reverse("inventory:waste", args=[level_of(lot).pk])
    assert "现有 2 剂" in keeper.get(address).content.decode()
    data = {"what": "opened", "quantity": "2", "reason": "day_end", "key": str(uuid4())}
    response = keeper.post(address, {**data, "what": "closed", "key": str(uuid4())})
    assert (response.status_code, "是已开启疫苗的原因" in response.content.decode()) == (422, True)
    assert "已报废 2 剂" in keeper.post(address, data, follow=True).content.decode()
    assert level_of(lot).open_doses == 0


def test_hold_and_release(keeper, site):
    lot = make_lot(lot_no="HELD1")
    receive(site, lot, 5)
    pk = level_of(lot).pk
    keeper.post(reverse("inventory:hold", args=[pk]), {"reason": "冰箱断电"})
    assert "隔离:冰箱断电" in page(keeper, "stock")
    response = keeper.post(reverse("inventory:hold", args=[pk]), {"reason": "再来"})
    assert response.status_code == 422
    keeper.post(reverse("inventory:release", args=[pk]), {"reason": "温度正常"})
    assert level_of(lot).held_reason == ""


def test_release_asks_for_the_missing_paper(keeper, site):
    lot = make_lot(release_no="")
    receive(site, lot, 5)
    address = reverse("inventory:release", args=[level_of(lot).pk])
    response = keeper.post(address, {"reason": "证已到"})
    assert (response.status_code, "批签发合格证号" in response.content.decode()) == (422, True)
    keeper.post(address, {"reason": "证已到", "release_no": "SPL5"})
    assert level_of(lot).held_reason == ""


def test_reversal_of_a_receipt(keeper, site):
    row = receive(site, make_lot(), 40)
    address = reverse("inventory:reverse", args=[row.uid])
    assert "+40 支" in keeper.get(address).content.decode()
    said = keeper.post(address, {"reason": "数量填错", "key": str(uuid4())}, follow=True)
    assert "已冲正" in said.content.decode()
    assert level_of(row.lot).vials == 0
    response = keeper.post(address, {"reason": "数量填错", "key": str(uuid4())})
    assert (response.status_code, "已经冲正过" in response.content.decode()) == (422, True)
    assert "已冲正" in page(keeper, "movements")


def test_a_dose_is_taken_back_on_the_floor_not_here(keeper, site):
    lot = make_lot()
    receive(site, lot, 5)
    row = ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())
    address = reverse("inventory:reverse", args=[row.uid])
    assert address not in page(keeper, "movements")
    response = keeper.post(address, {"reason": "填错", "key": str(uuid4())})
    assert (response.status_code, "接种台作废" in response.content.decode()) == (422, True)
    assert level_of(lot).vials == 4


# --- for whom ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_keeper(other_site, today):
    user, _ = create_account(
        actor=None,
        username="stock2",
        display_name="别处管理员",
        phone="",
        role=Role.STOCK,
        where=other_site,
        since=today,
        password="Vax-Test-2026",
    )
    user.must_change_password = False
    user.save()
    return user


@pytest.mark.parametrize("name", ["waste", "hold", "release"])
def test_stock_of_another_site_is_not_found_and_the_office_only_looks(
    name, site, cast, other_keeper, client_as
):
    lot = make_lot()
    movement = receive(site, lot, 5)
    address = reverse(f"inventory:{name}", args=[level_of(lot).pk])
    reversal = reverse("inventory:reverse", args=[movement.uid])
    for target in (address, reversal):
        assert client_as(other_keeper).get(target).status_code == 404
        assert client_as(cast.town).get(target).status_code == 403
        assert client_as(cast.vaccinator).get(target).status_code == 403
        assert client_as(cast.stock).get(target).status_code == 200


def test_a_keeper_of_one_site_who_sees_another_may_not_touch_it(site, cast, client_as, town, today):
    """A keeper with an office role too: sees the town's stock, keeps one site's."""
    lot, elsewhere = make_lot(), type(site).objects.create(code="yz-2", name="流动队", place=town.town)
    receive(elsewhere, lot, 5)
    cast.stock.assignments.create(role=Role.TOWN, place=town.town, since=today)
    client = client_as(cast.stock)
    assert lot.lot_no in page(client, "stock")
    assert client.get(reverse("inventory:waste", args=[level_of(lot).pk])).status_code == 403
    data = delivery(elsewhere, make_presentation())
    assert client.post(reverse("inventory:receive"), data).status_code == 422


@pytest.mark.parametrize("name", ["stock", "movements", "register"])
def test_nobody_sees_the_neighbours_stock(name, site, other_site, cast, client_as):
    receive(site, make_lot(lot_no="OURS1"), 5)
    receive(other_site, make_lot(lot_no="THEIRS1"), 5)
    for user, ours, theirs in (
        (cast.stock, True, False),
        (cast.town, True, False),
        (cast.county, True, True),
        (cast.othertown, False, True),
        (cast.vaccinator, True, False),
    ):
        text = page(client_as(user), name)
        assert ("OURS1" in text, "THEIRS1" in text) == (ours, theirs), user.username
    page(client_as(cast.cadre01), name, status=403)


def test_the_office_sees_no_deeds(cast, client_as, site):
    receive(site, lot := make_lot(), 5)
    text = page(client_as(cast.town), "stock")
    assert "入库登记" not in text
    assert reverse("inventory:waste", args=[level_of(lot).pk]) not in text
    assert reverse("inventory:waste", args=[level_of(lot).pk]) in page(client_as(cast.stock), "stock")
