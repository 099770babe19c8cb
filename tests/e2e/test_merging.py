"""A township office merges two records and takes it back, in a browser; the pages pass axe, also on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from residents.models import Merge, Resident
from tests.e2e.windows import log_in
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twins(town, campaign, today):
    more = ({"phone": "13812345678", "group_no": "3"}, {"address": "南山路3号", "occupation": "务农"})
    return [
        make_enrolled(village, campaign, today, name="王建国", **fields).resident
        for village, fields in zip(town.villages[:2], more, strict=True)
    ]


def is_clean(page):
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("width", [1366, 360])
def test_the_office_merges_and_takes_it_back(width, live_server, page, cast, twins):
    page.set_viewport_size({"width": width, "height": 768})
    log_in(page, live_server, "town")
    page.goto(live_server.url + reverse("residents:duplicates"))
    is_clean(page)
    page.get_by_role("main").get_by_role("region").get_by_role("link", name="核对", exact=True).click()
    is_clean(page)
    page.get_by_label("合并原因").fill("赶集时又登记了一次")
    page.get_by_role("button", name="合并到保留的档案").click()
    expect(page.get_by_text("已合并").first).to_be_visible()
    assert Resident.objects.get(pk=twins[0].pk).address == "南山路3号"
    is_clean(page)
    page.get_by_label("撤销原因").fill("查户口本,是两个人")
    page.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    is_clean(page)
    assert Merge.objects.get().undone_at and Resident.objects.live().filter(name="王建国").count() == 2


def test_a_village_says_what_it_knows(live_server, page, cast, twins):
    page.set_viewport_size({"width": 360, "height": 640})
    log_in(page, live_server, "cadre01")
    page.goto(live_server.url + reverse("residents:duplicates"))
    expect(page.get_by_text("王**")).to_be_visible()
    page.get_by_role("main").get_by_role("region").get_by_role("link", name="核对", exact=True).click()
    is_clean(page)
    page.get_by_label("可能重复").check()
    page.get_by_label(re.compile("依据")).fill("本人说赶集时又登记了一次")
    page.get_by_role("button", name="保存判断").click()
    expect(page.get_by_text("标记可能重复")).to_be_visible()
