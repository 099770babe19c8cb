"""Journey 3: the office assigns targets and downloads the daily report."""

from datetime import timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from inventory.models import Vaccine
from reports.models import ReportFile, Target
from residents.services.records import note_dose
from tests.e2e.windows import log_in
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S26")
def test_the_office_assigns_a_target_and_downloads_the_daily_report(
    live_server, page, cast, campaign, town, today, tmp_path
):
    vaccine = Vaccine.objects.get(code="CV-SV")
    for n in range(5):
        person = make_enrolled(town.villages[n % 2], campaign, today)
        note_dose(enrolment=person, vaccine=vaccine, given_on=today, actor=None, today=today)
    log_in(page, live_server, "town")
    page.get_by_role("link", name="进度与报表").click()
    page.get_by_role("navigation", name="本栏目的页面").get_by_role("link", name="任务").click()
    for village, quantity in zip(town.villages, ("4", "3", "2"), strict=True):
        page.get_by_role("row", name=village.name).get_by_role("spinbutton").fill(quantity)
    page.get_by_label("完成期限").fill((today + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="下达任务").click()
    expect(page.get_by_text("已下达 3 个单位的任务")).to_be_visible()
    assert sorted(
        Target.objects.current().filter(place__in=town.villages).values_list("quantity", flat=True)
    ) == [2, 3, 4]

    page.goto(f"{live_server.url}/reports/")
    row = page.get_by_role("row").filter(has_text=town.village.name).first
    expect(row).to_contain_text("75.0%")

    page.goto(f"{live_server.url}/reports/daily/")
    page.get_by_role("button", name="生成日报").click()
    page.get_by_role("link", name="查看报表文件").click()
    assert ReportFile.objects.count() == 2  # one for the county, a copy for the town
    with page.expect_download() as started:
        page.get_by_role("row").filter(has_text="报准格尔旗").get_by_role("link").first.click()
    path = tmp_path / "daily.xlsx"
    started.value.save_as(path)
    assert started.value.suggested_filename.endswith(f"_{today}.xlsx")
    sheet = load_workbook(path).active
    cells = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows()}
    assert cells[town.villages[0].name][1:4] == [4, 3, 3]  # task, people on target, first doses today
    assert cells[town.villages[1].name][1:4] == [3, 2, 2]
