"""The pages of the cold chain: a nurse writes down, a keeper registers and decides, the wall gets its sheet."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import ColdDevice, Excursion, StockLevel, TemperatureReading
from tests.factories.cold import make_device, read
from tests.factories.stock import make_lot, receive
from vaxcampaign.desk import cards_for

pytestmark = pytest.mark.django_db
BOARD = "inventory:cold"


def text(response, status=200) -> str:
    assert response.status_code == status
    return response.content.decode()


def write_down(client, device, celsius, status=200, **more) -> str:
    data = {"device": device.pk, "celsius": celsius, "key": str(uuid4())} | more
    return text(client.post(reverse(BOARD), data, follow=status == 200), status)


@pytest.mark.requirement("S47")
def test_a_nurse_writes_a_number_down_and_every_refusal_says_what_to_do(site, cast, client_as):
    device, nurse = make_device(site), client_as(cast.vaccinator)
    receive(site, make_lot(), 5, now=timezone.now() - timedelta(days=1))
    assert "漏了小数点" in write_down(nurse, device, "451", 422)
    assert "4.5 这样的数" in write_down(nurse, device, "四度", 422)
    assert "已记下:1号冰箱" in write_down(nurse, device, "4,5℃")
    assert "已经记过了" in write_down(nurse, device, "4.6", 422)
    shown = write_down(nurse, device, "9.5", 422, is_extra="on")
    assert "写明做了什么" in shown and 'value="9.5"' in shown
    assert "里面的疫苗(和没有登记放在哪里的)已隔离" in write_down(
        nurse, device, "9.5", is_extra="on", action="关门,报告管理员"
    )
    assert StockLevel.objects.get().held_reason
    wrong = TemperatureReading.objects.latest("pk")
    page = reverse("inventory:cold_correct", args=[wrong.key])
    assert page in text(nurse.get(reverse(BOARD)))
    done = nurse.post(page, {"celsius": "5.9", "reason": "看错", "key": str(uuid4())}, follow=True)
    assert "已更正为 5.9" in text(done)


@pytest.mark.requirement("S47")
def test_keeper_and_office_see_what_is_missing_and_decide(site, other_site, cast, client_as):
    device = make_device(site, days=3)
    make_device(other_site, name="蓝天冰箱")
    receive(site, make_lot(lot_no="WARM1"), 5, now=timezone.now() - timedelta(days=2))
    then = timezone.localtime() - timedelta(days=1)
    read(device, 9, at=then.replace(hour=8), action="关门")
    read(device, 5, at=then.replace(hour=9), is_extra=True)
    row = Excursion.objects.get()
    for user in (cast.stock, cast.town):
        cards = {card.word: card for _, cards in cards_for(user, None, timezone.now()) for card in cards}
        assert cards["冷链异常等结论"].number == 1 and cards["冷链温度漏记(次)"].number >= 5
        shown = text(client_as(user).get(reverse(BOARD)))
        assert "查看并作结论" in shown and "漏记" in shown and "蓝天冰箱" not in shown
    nurse = client_as(cast.vaccinator)
    assert "记录结论" not in text(nurse.get(row.get_absolute_url()))
    assert nurse.post(row.get_absolute_url(), {"reason": "可用"}).status_code == 403
    decide = {"release": [StockLevel.objects.get().pk], "reason": "厂家答复可用"}
    assert "1 个批号解除隔离" in text(client_as(cast.town).post(row.get_absolute_url(), decide, follow=True))
    assert StockLevel.objects.get().held_reason == ""
    assert client_as(cast.othertown).post(row.get_absolute_url(), decide).status_code in (403, 404)


def test_devices_are_registered_changed_and_put_out_of_use(site, cast, client_as):
    keeper = client_as(cast.stock)
    add, fields = reverse("inventory:cold_device_add"), {"kind": "fridge", "low": "2", "high": "8"}
    fields |= {
        "site": site.pk,
        "name": "1号冰箱",
        "since": timezone.localdate().isoformat(),
        "holds_vaccine": "on",
    }
    assert "每天上、下午各记一次" in text(keeper.post(add, fields, follow=True))
    assert "换一个名称" in text(keeper.post(add, fields), 422)
    assert "下限要低于上限" in text(keeper.post(add, fields | {"name": "2号冰箱", "low": "9"}), 422)
    device = ColdDevice.objects.get()
    page = reverse("inventory:cold_device", args=[device.uid])
    assert "写明停用的原因" in text(keeper.post(page, fields), 422)
    assert "已停用" in text(keeper.post(page, fields | {"out_reason": "送修"}, follow=True))
    assert not ColdDevice.objects.get().is_in_use


@pytest.mark.requirement("S47")
def test_a_logger_file_and_the_month_on_paper_and_as_a_workbook(site, cast, client_as):
    device, keeper = make_device(site, days=90), client_as(cast.stock)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    first = today.replace(day=1) - timedelta(days=20)
    read(device, "4.5", at=first.replace(hour=8), now=first.replace(hour=20))
    body = f"时间,温度\n{first:%Y-%m-%d} 03:00,3.1\n{first:%Y-%m-%d} 04:00,9.9\n坏行,x\n{first:%Y-%m-%d} 05:00,5\n"
    upload = SimpleUploadedFile("记录仪.csv", body.encode("gbk"))
    told = text(
        keeper.post(reverse("inventory:cold_import", args=[device.uid]), {"file": upload}, follow=True)
    )
    for word in ("<strong>3</strong> 个读数", "没有读成的行", "坏行", "看不懂"):
        assert word in told
    month = f"{first:%Y-%m}"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sheet = text(keeper.get(device.get_absolute_url(), {"month": month}))
    assert len(queries) <= 20
    for word in ("<svg", "最高 9.9 ℃", "超限", "补记", "08:00", "疫苗管理员:"):
        assert word in sheet
    assert "style=" not in sheet
    file = keeper.get(reverse("inventory:cold_sheet", args=[device.uid]), {"month": month})
    book = openpyxl.load_workbook(BytesIO(file.getvalue())).active
    row = next(
        row for row in book.iter_rows(values_only=True) if row[0] and getattr(row[0], "day", 0) == first.day
    )
    assert row[1:7] == ("08:00", 4.5, None, None, 3.1, 9.9)
    assert text(keeper.get(device.get_absolute_url(), {"month": "rubbish"}))


def test_the_board_asks_a_fixed_number_of_questions(site, cast, client_as):
    keeper = client_as(cast.stock)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(keeper.get(reverse(BOARD)))
        return len(queries)

    make_device(site)
    before = asked()
    now = timezone.now()
    for number in range(4):
        read(make_device(site, name=f"加{number}"), 9, at=now, action="关门")
    assert asked() <= min(before + 3, 20)


def test_the_keeper_says_where_each_lot_lies_and_the_excursion_names_what_it_spared(site, cast, client_as):
    keeper, (device, other) = client_as(cast.stock), (make_device(site, name=f"{n}号冰箱") for n in (1, 2))
    for number in ("IN1", "OUT1"):
        receive(site, make_lot(lot_no=number), 5, now=timezone.now() - timedelta(days=1))
    inside, outside = (StockLevel.objects.get(lot__lot_no=number).pk for number in ("IN1", "OUT1"))
    page = reverse("inventory:cold_places")
    with CaptureQueriesContext(connection) as queries:
        assert "还没有登记" in text(keeper.get(page))
    assert len(queries) <= 20
    data = {f"level_{inside}": [device.pk], f"level_{outside}": [other.pk], "key": str(uuid4())}
    assert "已登记 2 个批号" in text(keeper.post(page, data, follow=True))
    assert "checked" in text(keeper.get(page))
    read(device, 5, at=timezone.now())
    StockLevel.objects.filter(pk=inside).update(held_reason="")
    write_down(keeper, device, "12", is_extra="on", action="转移")
    row = Excursion.objects.get()
    shown = text(keeper.get(row.get_absolute_url()))
    assert [level.pk for level in row.levels.all()] == [inside]
    assert "没有因此隔离的:批号 OUT1(按疫苗管理员登记的存放位置)" in shown
