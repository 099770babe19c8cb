"""The keeper's pages: what they show, what they refuse, and for whom."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from inventory.choices import MovementKind
from inventory.models import Lot, LotRecall, StockDocument, StockLevel, StockMovement
from inventory.services import ledger
from places.models import Site
from tests.factories.stock import make_lot, make_presentation, receive, transport, undo, waste

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


def delivery(site, *boxes, **changes):
    """A delivery note with ``boxes``; one good lot when none is given."""
    data = {
        "site": site.pk,
        "counterparty": "准格尔旗疾控中心",
        "paper_no": "CK-1101",
        "second_name": "赵永胜",
        "carrier": "冷链一号车",
        "means": "box",
        "started_at": "2026-01-05T08:00",
        "arrived_at": "2026-01-05T10:00",
        "start_celsius": "4.2",
        "arrival_celsius": "4.6",
        "verdict": "accepted",
        "key": str(uuid4()),
        "box-TOTAL_FORMS": "8",
        "box-INITIAL_FORMS": "0",
    }
    for number, box in enumerate(boxes):
        data |= {f"box-{number}-{name}": value for name, value in box.items()}
    return data | changes


def box(**changes):
    """One line of a delivery note."""
    kept = {
        "lot_no": "k2026-001",
        "expires_on": (timezone.localdate() + timedelta(days=300)).isoformat(),
        "release_no": "SPL2026-77",
        "approval_no": "国药准字S1",
        "vials": "40",
    }
    return kept | changes


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
    lot = make_lot(lot_no="USEDUP9")
    receive(site, lot, 1)
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())
    assert "USEDUP9" not in page(keeper, "stock")
    assert "USEDUP9" in page(keeper, "stock", state="all")
    assert "USEDUP9" in page(keeper, "stock", state="low")
    assert "接种使用" in page(keeper, "movements", q="USEDUP9")


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
    lot = make_lot(lot_no="MOVE1", approval_no="国药准字S9")
    receive(site, lot, 40, paper_no="CK-77", transport=transport(carrier="冷链车队"))
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=timezone.now())  # stands on no paper
    text = page(keeper, "register", site=site.pk)
    for word in (
        "疫苗名称",
        "上市许可持有人(生产企业)",
        "属性",
        "剂型",
        "批准文号",
        "批签发合格证号",
        "有效期至",
        "来源/去向单位",
        "配送单位",
        "结存(支)",
        "运输温度",
        "经手人",
        "对方经手人",
    ):
        assert f">{word}" in text
    for word in (site.name, "MOVE1", "SPL2026001", "CK-77", "+40", "4.5", "康希诺", "国药准字S9", "冷链车队"):
        assert word in text


@pytest.mark.parametrize("name", ["stock", "movements", "register", "documents"])
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
def test_a_delivery_of_several_lots_is_received_and_printed(keeper, site):
    one, two = make_presentation().pk, make_presentation(code="T-ZF", doses_per_vial=3).pk
    boxes = [box(presentation=one), box(presentation=two, lot_no="B2", vials="7", release_no="")]
    data = delivery(site, *boxes)
    text = keeper.post(reverse("inventory:receive"), data, follow=True).content.decode()
    for word in (
        "已入库",
        "有批号暂存",
        "K2026-001",
        "国药准字S1",
        "+40",
        "+7",
        "+21",
        "赵永胜",
        "冷链一号车",
        "1 免疫规划",
    ):
        assert word in text
    keeper.post(reverse("inventory:receive"), data)  # pressed twice
    assert StockDocument.objects.get().movements.count() == 2
    assert level_of(Lot.objects.get(lot_no="B2")).held_reason


def test_a_known_lot_needs_its_number_only(keeper, site):
    lot = make_lot(lot_no="KNOWN1")
    keeper.post(reverse("inventory:receive"), delivery(site, {"lot_no": "known1", "vials": "3"}))
    assert level_of(lot).vials == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arrival_celsius": ""}, "没有运输温度记录"),
        ({"arrival_celsius": "11"}, "超出 2–8 ℃"),
        ({"verdict": "refused"}, "请写明拒收的原因"),
        ({"box-0-expires_on": "2020-01-31"}, "过期"),
        ({"box-0-vials": "0"}, "大于或等于"),
        ({"box-0-presentation": ""}, "第一次来"),
        ({"box-0-lot_no": "", "box-0-vials": ""}, "批号行里有"),
    ],
)
def test_what_cannot_be_received_is_said_and_nothing_typed_is_lost(keeper, site, changes, words):
    data = delivery(site, box(presentation=make_presentation().pk), **changes)
    response = keeper.post(reverse("inventory:receive"), data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert 'value="CK-1101"' in text
    assert not StockMovement.objects.exists()
    assert not Lot.objects.exists()  # both or neither


def test_a_refused_delivery_is_on_paper_and_moves_nothing(keeper, site):
    data = delivery(
        site,
        box(presentation=make_presentation().pk),
        verdict="refused",
        reason="到货 11 ℃",
        arrival_celsius="11",
    )
    text = keeper.post(reverse("inventory:receive"), data, follow=True).content.decode()
    assert "已登记拒收" in text
    assert "录入追溯码" not in text  # nothing came in
    assert not StockMovement.objects.exists()


def test_the_expiry_day_is_believed_only_when_it_can_be_and_a_slip_is_put_right_by_undoing(keeper, site):
    box_of = {"lot_no": "KNOWN1", "vials": "3", "presentation": make_presentation().pk, "release_no": "S1"}
    first, other = (timezone.localdate() + timedelta(days=days) for days in (300, 200))

    def post(day, number):
        data = delivery(site, box_of | {"expires_on": str(day)}, paper_no=f"CK-{number}")
        return keeper.post(reverse("inventory:receive"), data).content.decode()

    assert "不可能" in post("9999-12-31", 1)
    assert not Lot.objects.exists()
    post(first, 2)
    assert "先冲正先前那张入库单" in post(other, 3)
    undo(StockDocument.objects.get())
    post(other, 3)
    assert Lot.objects.get().expires_on == other
    assert "先冲正" in post(first, 4)


def test_stock_of_the_same_lot_that_is_set_apart_along_the_way_is_named(keeper, site):
    lot = make_lot(lot_no="SAME1")
    receive(site, lot, vials=9)
    data = delivery(site, {"lot_no": "SAME1", "vials": "3"}, verdict="held", reason="随货资料不全")
    text = keeper.post(reverse("inventory:receive"), data, follow=True).content.decode()
    assert "批号 SAME1 原有的 9 支也一起隔离了" in text


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
    assert "已报损 2 剂" in keeper.post(address, data, follow=True).content.decode()
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


def test_a_receipt_is_undone_by_a_paper(keeper, site):
    row = receive(site, make_lot(), 40)
    address = reverse("inventory:undo", args=[row.document.uid])
    assert "40 支" in keeper.get(address).content.decode()
    said = keeper.post(address, {"reason": "数量填错", "key": str(uuid4())}, follow=True)
    assert "已冲正" in said.content.decode()
    assert level_of(row.lot).vials == 0
    response = keeper.post(address, {"reason": "数量填错", "key": str(uuid4())})
    assert (response.status_code, "已经冲正过" in response.content.decode()) == (422, True)
    assert "已冲正" in page(keeper, "movements")
    assert address not in page(keeper, "document", row.document.uid)


def test_opened_vials_are_shown_and_written_off_with_one_click(keeper, site):
    lot = make_lot(presentation=make_presentation(doses_per_vial=3))
    receive(site, lot, 5)
    used = timezone.now() - timedelta(minutes=50)
    ledger.use_dose(site=site, lot=lot, actor=None, key=uuid4(), now=used)
    text = page(keeper, "stock")
    assert f"{timezone.localtime(used + timedelta(minutes=60)):%H:%M}" in text
    assert "还剩 9 分钟" in text or "还剩 10 分钟" in text
    day = [site.pk, timezone.localdate().isoformat()]
    assert f'href="{reverse("closing:day", args=day)}"' in text  # written off where the day is closed
    leftovers, data = reverse("closing:leftovers", args=day), {"key": str(uuid4())}
    for _ in range(2):  # a double click
        assert "剩余 2 剂已登记为损耗" in keeper.post(leftovers, data, follow=True).content.decode()
    response = keeper.post(leftovers, {"key": str(uuid4())})
    assert (response.status_code, "没有已开启的余量" in response.content.decode()) == (409, True)


# --- papers with two hands ----------------------------------------------------------------------------------------------


def test_a_transfer_is_sent_received_and_nothing_is_keyed_twice(keeper, site, second, client_as, cast):
    lot = make_lot(lot_no="GO1")
    receive(site, lot, 10)
    where = {"kind": "transfer", "other_site": second.site.pk, "means": "box", "start_celsius": "4.0"}
    data = where | {"started_at": "2026-01-05T08:00", "note": "二号点缺苗", "key": str(uuid4())}
    groundless = keeper.post(reverse("inventory:send"), data | {f"vials_{lot.pk}": "4", "note": " "})
    assert (groundless.status_code, "没有依据" in groundless.content.decode()) == (422, True)
    response = keeper.post(reverse("inventory:send"), data)
    assert (response.status_code, "请至少填一个批号" in response.content.decode()) == (422, True)
    text = keeper.post(
        reverse("inventory:send"), data | {f"vials_{lot.pk}": "4"}, follow=True
    ).content.decode()
    assert "在途 4 支" in text
    delivery_uid = StockDocument.objects.get(kind="transfer").uid
    receiver = client_as(second.keeper)
    assert "等您签收" in page(receiver, "documents")
    assert "等您签收的到货" in receiver.get("/").content.decode()
    address = reverse("inventory:arrive", args=[delivery_uid])
    form = receiver.get(address).content.decode()
    assert f'name="vials_{lot.pk}" value="4"' in form
    data = {
        "means": "box",
        "started_at": "2026-01-05T08:00",
        "arrived_at": "2026-01-05T09:00",
        "start_celsius": "4",
    }
    data |= {"arrival_celsius": "5", "verdict": "accepted", f"vials_{lot.pk}": "3"}
    response = receiver.post(address, data)
    assert (response.status_code, "少 1 支" in response.content.decode()) == (422, True)
    text = receiver.post(address, data | {f"reason_{lot.pk}": "not_loaded"}, follow=True).content.decode()
    assert "已签收入库" in text
    assert "等您签收的到货" not in receiver.get("/").content.decode()
    assert "对方没收,等您撤回" in keeper.get("/").content.decode()
    assert "等您撤回" in page(keeper, "documents")
    back = reverse("inventory:call_back", args=[delivery_uid])
    assert "已撤回" in keeper.post(back, {"reason": "在冰箱里"}, follow=True).content.decode()
    assert "已签收" in page(keeper, "documents")
    assert [level.vials for level in lot.levels.order_by("site_id")] == [7, 3]


def test_disposal_is_asked_for_by_one_and_signed_by_another(keeper, site, cast, client_as):
    lot = make_lot()
    receive(site, lot, 5)
    data = {f"vials_{lot.pk}": "2", "note": "焚烧"}
    response = keeper.post(reverse("inventory:dispose"), data)
    assert (response.status_code, "销毁原因" in response.content.decode()) == (422, True)
    keeper.post(reverse("inventory:dispose"), data | {f"reason_{lot.pk}": "expired"})
    address = reverse("inventory:confirm", args=[StockDocument.objects.get(kind="plan").uid])
    assert keeper.post(address, {}).status_code == 422
    nurse = client_as(cast.vaccinator)  # whoever was there: a colleague of the floor or the office
    asked = 'id="unsigned"'
    assert asked in page(nurse, "documents") and asked in page(client_as(cast.town), "documents")
    assert "销毁等我签字" in nurse.get("/").content.decode()
    assert asked not in page(keeper, "documents")
    assert "两人签字齐全" in nurse.post(address, {}, follow=True).content.decode()
    assert level_of(lot).vials == 3


def test_the_office_recalls_a_lot_and_lifts_it(keeper, site, cast, client_as, town):
    lot = make_lot(lot_no="BAD1")
    receive(site, lot, 5)
    office = client_as(cast.town)
    data = {"lot": lot.pk, "place": town.town.pk, "reason": "效价不足", "rest": "return", "key": str(uuid4())}
    assert "立即停用" in office.post(reverse("inventory:recall"), data, follow=True).content.decode()
    assert "办退回" in page(keeper, "recalls")
    assert "隔离:召回:效价不足" in page(keeper, "stock")
    assert "BAD1" not in page(client_as(cast.othertown), "recalls")
    order = LotRecall.objects.get()
    address = reverse("inventory:lift_recall", args=[order.uid])
    assert "已撤销" in office.post(address, {"reason": "误发"}, follow=True).content.decode()


def test_everything_is_set_apart_at_once(keeper, site):
    for _ in range(2):
        receive(site, make_lot(), 5)
    text = keeper.post(reverse("inventory:hold_all"), {"reason": "冰箱断电"}, follow=True).content.decode()
    assert "已全部隔离" in text
    assert StockLevel.objects.held().count() == 2


# --- for whom ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def second(town, today):
    """A second site of our town with its keeper."""
    where = Site.objects.create(code="yz-2", name="第二接种点", place=town.town)
    user = User.objects.create(username="stock3", display_name="二点管理员", must_change_password=False)
    user.assignments.create(role=Role.STOCK, site=where, since=today)
    return SimpleNamespace(site=where, keeper=user)


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
    reversal = reverse("inventory:undo", args=[movement.document.uid])
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
    data = delivery(elsewhere, box(presentation=make_presentation().pk))
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
    assert "入库验收" not in text
    assert reverse("inventory:waste", args=[level_of(lot).pk]) not in text
    assert reverse("inventory:waste", args=[level_of(lot).pk]) in page(client_as(cast.stock), "stock")
