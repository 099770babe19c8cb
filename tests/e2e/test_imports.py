"""Importing in a browser: questions answered on the preview, rows reviewed, the import taken back; axe clean, also on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from residents.models import CensusImport, Resident
from residents.services import census as service
from tests.e2e.windows import log_in
from tests.residents.census_files import number, simple

pytestmark = pytest.mark.django_db(transaction=True)


def put(user, place, campaign, *people, commit=True):
    today = timezone.localdate()
    census = service.take_in(
        content=simple(*people), file_name="曙光社区摸排.xlsx", place=place, campaign=campaign, actor=user
    )
    service.check(census, today=today)
    if commit:
        service.commit(census, actor=user, now=timezone.now(), today=today)
    return census


@pytest.mark.parametrize("width", [1366, 360])
def test_the_pages_of_an_import(width, live_server, page, cast, campaign, town, tmp_path):
    def row(n, name, **more):
        return {"姓名": name, "身份证号": number(n), **more}

    put(cast.cadre01, town.village, campaign, row(1, "王伟", 组="1", 电话="13800000001"), row(2, "李娜"))
    put(
        cast.cadre01,
        town.village,
        campaign,
        row(1, "王伟", 组="2", 电话="13900000009"),
        row(4, "李娜", 备注="户口本上的号码"),
    )
    open_ = put(
        cast.cadre01,
        town.village,
        campaign,
        row(5, "刘洋", 家里座机="0477-4212345", 组="1"),
        row(5, "刘洋", 家里座机="", 组="2"),
        row(7, "陈静", 家里座机="", 组="2"),
        commit=False,
    )
    page.set_viewport_size({"width": width, "height": 768})
    log_in(page, live_server, "cadre01")
    done = CensusImport.objects.order_by("pk").first()
    addresses = {
        "import": reverse("residents:import"),
        "preview": open_.get_absolute_url(),
        "reviews": reverse("residents:reviews"),
        "headers": reverse("residents:import_headers"),
        "undo": reverse("residents:import_undo", args=[done.uid]),
        "export": reverse("residents:export_full"),
    }
    for name, address in addresses.items():
        page.goto(f"{live_server.url}{address}")
        page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        result = Axe().run(page)
        assert result.violations_count == 0, f"{address}\n{result.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} is {wide} px too wide"
    page.goto(f"{live_server.url}{addresses['reviews']}")
    page.get_by_role("button", name="按名单改").first.click()
    page.get_by_text("已按名单改好").wait_for()
    assert Resident.objects.get(name="王伟").group_no == "2"
    page.get_by_role("button", name="是两个人,都保留").click()
    page.get_by_text("已登记为两个人").wait_for()
    assert Resident.objects.filter(name="李娜").count() == 2
    page.goto(f"{live_server.url}{addresses['preview']}")
    page.get_by_label("“家里座机”").select_option("phone")
    page.get_by_role("button", name="按此重新检查").click()
    page.get_by_role("link", name="查看结果").click()
    assert page.get_by_label("“家里座机”").input_value() == "phone"
