"""Journey: a push day at the office. Share out, file at noon, a dose is voided and a paper found, file in the evening, publish the
week and take the workbook along."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from openpyxl import load_workbook
from playwright.sync_api import expect

from inventory.models import Vaccine
from reports.cutoffs import moment
from residents.services.records import note_dose
from tests.e2e.windows import log_in
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at(today):
    """``at(12, 5)``: the clock of the server at that minute of today."""
    return lambda hour, minute=0: time_machine.travel(moment(today, time(hour, minute)))


@pytest.fixture
def told(campaign, today):
    """``told(village, days_ago)``: a first dose written down now, given ``days_ago``."""

    def note(village, days_ago):
        vaccine = Vaccine.objects.get(code="CV-SV")
        person = make_enrolled(village, campaign, today)
        given_on = today - timedelta(days=days_ago)
        return note_dose(enrolment=person, vaccine=vaccine, given_on=given_on, actor=None, today=today)

    return note


def part(page, row, column):
    """The number of the summary in that row and column."""
    table = page.get_by_role("region", name="汇总")
    heads = table.get_by_role("columnheader").all_inner_texts()
    return table.get_by_role("row", name=row).get_by_role("cell").nth(heads.index(column) - 1)


def share_out(page, town, today):
    page.get_by_role("link", name="进度与报表").click()
    page.get_by_role("navigation", name="本栏目的页面").get_by_role("link", name="任务").click()
    for village, quantity in zip(town.villages, ("4", "3", "2"), strict=True):
        page.get_by_role("row", name=village.name).get_by_role("spinbutton").fill(quantity)
    page.get_by_label("完成期限").fill((today + timedelta(days=30)).isoformat())
    page.keyboard.press("Enter")
    expect(page.get_by_text("已下达 3 个单位的任务")).to_be_visible()


def file_noon(page, live_server):
    page.goto(f"{live_server.url}/reports/progress/plan/")
    page.get_by_role("button", name="定为攻坚日").click()
    expect(page.get_by_text("到点没有报的会提醒")).to_be_visible()
    page.goto(live_server.url)
    page.get_by_role("link", name="上午进度报告未报").click()
    expect(page.get_by_role("button", name="加报")).to_have_count(0)  # it would leave noon unfiled
    page.get_by_role("button", name="报送上午进度").click()
    expect(page.get_by_text("第一次报告")).to_be_visible()
    expect(part(page, "首剂人数", "本次累计")).to_have_text("3")


def file_evening(page, person):
    page.get_by_role("link", name="晚上进度报告未报").click()
    page.get_by_role("button", name="报送晚上进度").click()
    expect(page.get_by_text("上次截止")).to_be_visible()
    for column, number in (("上次累计", "3"), ("补录", "1"), ("作废", "1"), ("本次累计", "3")):
        expect(part(page, "首剂人数", column)).to_have_text(number)
    part(page, "首剂人数", "作废").get_by_role("link").click()
    expect(page.get_by_role("row").filter(has_text=person.name)).to_contain_text("作废")


def rank_and_send(page, live_server, path):
    page.goto(live_server.url)
    page.get_by_role("link", name="上周排名还没有通报").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="通报这一周").click()
    expect(page.get_by_text("已通报:这一周的排名不再变")).to_be_visible()
    expect(page.get_by_label("通报文字")).to_have_value(re.compile("周排名通报"))
    with page.expect_download() as started:
        page.get_by_role("link", name="下载 Excel").click()
    started.value.save_as(path)


@pytest.mark.requirement("S113")
def test_a_push_day_from_the_tasks_to_the_ranking(
    live_server, page, cast, campaign, site, town, today, told, at, tmp_path
):
    with at(9):
        floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
        visit = floor.observed()
        told(town.villages[0], 7)
        told(town.villages[1], 7)
    with at(12, 5):
        log_in(page, live_server, "town")
        share_out(page, town, today)
        file_noon(page, live_server)
    with at(14):
        floor.correct(visit.doses.get(), now=moment(today, time(14)))
        told(town.villages[1], 1)
    with at(18, 5):
        log_in(page, live_server, "town")
        file_evening(page, visit.enrolment.resident)
        rank_and_send(page, live_server, tmp_path / "week.xlsx")
    sheet = load_workbook(tmp_path / "week.xlsx").active
    ranked = {row[1].value: row[0].value for row in sheet.iter_rows() if row[1].value}
    assert [ranked[village.name] for village in town.villages] == [2, 1, 3]  # 1 of 4, 1 or 2 of 3, 0 of 2
