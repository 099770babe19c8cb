"""The register's pages as a cadre uses them, on a village PC and on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.windows import log_in
from tests.factories.residents import register_person

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "姓名、拼音、证件(电话)末四位"


@pytest.fixture
def people(town, campaign, today):
    for name in ("王建国", "赵秀英"):
        register_person(town.village, today, name=name)


def test_a_name_typed_into_the_list_stays_out_of_address_and_browser(live_server, page, cast, people):
    log_in(page, live_server, "cadre01")
    page.goto(f"{live_server.url}/residents/")
    page.get_by_label(TYPED).press_sequentially("王建国")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/residents/\?q="))
    page.get_by_label("年龄").select_option("18-59")
    expect(page).to_have_url(re.compile("age=18-59"))
    page.reload()
    expect(page.get_by_label(TYPED)).to_have_value("王建国")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    kept = page.evaluate("location.href + JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "王建国" not in kept and "%E7%8E%8B" not in kept
    page.get_by_role("link", name="清除").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.go_back()  # read anew: the browser keeps no page
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_the_form_asks_only_what_applies(live_server, page, cast, campaign):
    log_in(page, live_server, "cadre01")
    page.goto(f"{live_server.url}/residents/add/")
    expect(page.get_by_label("国籍")).to_be_hidden()
    expect(page.get_by_label("外出地")).to_be_hidden()
    page.get_by_label("证件类型").select_option("护照")
    expect(page.get_by_label("国籍")).to_be_visible()
    page.get_by_label("人员类别").select_option("away_province")
    expect(page.get_by_label("外出地")).to_be_visible()
    page.get_by_label("证件类型").select_option("居民身份证")
    page.get_by_label("证件号码").press_sequentially("150622800501001")
    expect(page.locator("#checked")).to_contain_text("15 位的旧身份证号")
    expect(page.get_by_label("出生日期")).to_have_value("")


def test_a_phone_shows_the_names_first_and_the_filters_on_demand(live_server, page, cast, people):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in(page, live_server, "cadre01")
    page.goto(f"{live_server.url}/residents/")
    expect(page.locator("#list tbody tr").first).to_be_in_viewport()
    expect(page.get_by_label(TYPED)).to_be_hidden()
    page.get_by_role("button", name="筛选条件").click()
    expect(page.get_by_label(TYPED)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.table-wrap'))")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
