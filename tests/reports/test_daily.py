"""The daily report against plain SQL over the doses, its workbook cell by cell, and how it is filed and handed out."""

import hashlib
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from clinic.models import Dose
from core.errors import RuleBroken
from core.models import AuditEvent, Job
from reports import metrics, tasks
from reports.models import ReportFile
from reports.services import files
from reports.services.daily import daily_report
from reports.services.workbooks import DAILY_COLUMNS, daily_workbook
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def sql(statement: str, *values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def records_by_sql(town, day, *, only_that_day: bool) -> int:
    """Counted doses in people whom the town's villages count. Written without the report's code."""
    return sql(
        "SELECT count(*) FROM residents_vaccinationrecord r"
        " JOIN residents_enrolment e ON e.resident_id = r.resident_id"
        " WHERE r.voided_at IS NULL AND e.unit_code LIKE %s AND r.given_on "
        + ("=" if only_that_day else "<=")
        + " %s",
        f"{town.town.code[:9]}%",
        day,
    )


def clinic_doses_by_sql(site) -> int:
    return sql(
        "SELECT count(*) FROM clinic_dose d JOIN residents_vaccinationrecord r ON r.id = d.record_id"
        " WHERE r.voided_at IS NULL AND d.site_id = %s",
        site.pk,
    )


def doses(counts: dict) -> int:
    return sum(counts.get(metric.code, 0) for metric in metrics.DOSES)


@pytest.mark.requirement("S26")
@pytest.mark.requirement("S86")
def test_totals_equal_plain_sql_and_move_by_one_with_one_dose(
    town, campaign, cast, site, under_way, today, now
):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast, now=now)
    floor.observed()
    report = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    assert doses(report.total.day) == records_by_sql(town, today, only_that_day=True) == 2
    assert doses(report.total.sums) == records_by_sql(town, today, only_that_day=False) == 5
    assert report.given_here == clinic_doses_by_sql(site) == 1
    assert report.total.sums["first_people"] == sql(
        "SELECT count(*) FROM residents_enrolment WHERE is_target AND unit_code LIKE %s"
        " AND first_dose_on IS NOT NULL",
        f"{town.town.code[:9]}%",
    )
    floor.observed()
    after = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    assert doses(after.total.day) == doses(report.total.day) + 1
    assert doses(after.total.sums) == doses(report.total.sums) + 1
    assert after.given_here == report.given_here + 1 == Dose.objects.count()
    assert after.total.target == report.total.target + 1


def test_a_guest_is_work_here_and_coverage_at_home(town, campaign, cast, site, under_way, today, now):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast, now=now)
    floor.observed(make_enrolled(town.other_villages[1], campaign, today))
    ours = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    theirs = daily_report(campaign=campaign, place=town.other_town, day=today, now=now)
    assert (ours.given_here, ours.given_to_guests, doses(ours.total.day)) == (1, 1, 1)
    assert (theirs.given_here, doses(theirs.total.day)) == (0, 1)


def test_a_past_day_is_cut_off_at_midnight_and_shows_late_entries(town, campaign, under_way, today, now):
    report = daily_report(campaign=campaign, place=town.town, day=today - timedelta(days=3), now=now)
    assert report.total.day == {"dose_1": 1, "first_people": 1}
    assert doses(report.total.sums) == records_by_sql(town, today - timedelta(days=3), only_that_day=False)
    of_today = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    assert of_today.total.late == 3  # given earlier, entered today


# --- the workbook ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(town, campaign, under_way, today, now):
    report = daily_report(campaign=campaign, place=town.town, day=today, now=now)
    content = daily_workbook(report, filled_by="迎泽街道", addressed_to="准格尔旗")
    return report, openpyxl.load_workbook(io.BytesIO(content)).active


def column_of(key: str) -> int:
    return [column.key for column in DAILY_COLUMNS].index(key) + 1


@pytest.mark.requirement("S26")
def test_the_workbook_is_a_sheet_an_office_can_use(sheet, today):
    report, ws = sheet
    assert "迎泽街道" in ws["A1"].value and "日报" in ws["A1"].value
    assert all(word in ws["A2"].value for word in ("填报单位:迎泽街道", "截止时间:", "单位:"))
    merged = {str(one) for one in ws.merged_cells.ranges}
    assert {"A3:A4", "B3:B4"} <= merged and "D3:H3" in merged
    assert ws["D3"].value == "今日接种(剂)" and ws["D4"].value == "第一剂"
    assert ws.freeze_panes == "B5"
    assert ws.print_title_rows == "$3:$4"
    assert (ws.page_setup.orientation, ws.page_setup.fitToWidth) == ("landscape", 1)
    assert ws.print_area.startswith("'日报'!$A$1:")
    assert "报送:准格尔旗" in ws.cell(ws.max_row, 1).value


def test_cells_are_numbers_and_formulas_give_the_totals(sheet):
    report, ws = sheet
    first, last = 5, 4 + len(report.rows)
    for row in range(first, last + 1):
        for at, column in enumerate(DAILY_COLUMNS, start=1):
            cell = ws.cell(row, at)
            if column.format == "int" and cell.value is not None:
                assert type(cell.value) is int and cell.number_format == "#,##0"
            if column.format == "percent" and cell.value is not None:
                assert isinstance(cell.value, int | float) and cell.number_format == "0.0%"
    wanted = _total_cells(report)
    for at, column in enumerate(DAILY_COLUMNS, start=1):
        cell = ws.cell(last + 1, at)
        if column.total == "sum":
            assert re.fullmatch(rf"=SUM\([A-Z]+{first}:[A-Z]+{last}\)", cell.value)
            recomputed = sum(ws.cell(row, at).value or 0 for row in range(first, last + 1))
            assert recomputed == wanted[column.key], column.key
        elif column.total:
            num, den = (
                ws.cell(last + 1, column_of(key)).coordinate for key in (column.total.num, column.total.den)
            )
            if column.total.only_with:
                mine, base = (f"{at[:-1]}{first}:{at[:-1]}{last}" for at in (num, den))
                num = f'SUMIF({base},">0",{mine})'
            assert cell.value == f'=IF({den}=0,"",{num}/{den})'


def _total_cells(report) -> dict:
    total = report.total
    cells = {"quota": 6, "target": 9, "first": 3, "complete": 1, "booster": 0, "late": 3}
    cells |= {f"day_{metric.code}": total.day.get(metric.code, 0) for metric in metrics.DOSES}
    cells |= {f"sum_{metric.code}": total.sums.get(metric.code, 0) for metric in metrics.DOSES}
    cells |= {f"target_{age}": getattr(total, f"target_{age}") for age in (60, 80)}
    cells |= {f"first_{age}": total.sums.get(f"first_people_{age}", 0) for age in (60, 80)}
    cells |= {f"complete_{age}": total.sums.get(f"complete_people_{age}", 0) for age in (60, 80)}
    return cells | {name: getattr(total, name) for name in ("contra", "hold", "refused", "away")}


# --- page, job, files --------------------------------------------------------------------------------------------------


def test_the_page_shows_the_sheet(client_as, cast, under_way, town, today):
    client = client_as(cast.town)
    text = client.get(reverse("reports:daily")).content.decode()
    for word in (
        "统计截至",
        "曙光社区",
        "60岁及以上(人)",
        "任务完成率",
        "50.0%",
        "合计",
        "审核人",
        "补录(剂)",
    ):
        assert word in text, word
    past = client.get(reverse("reports:daily"), {"day": today - timedelta(days=3)})
    assert past.context["report"].total.day["dose_1"] == 1


@pytest.mark.requirement("S26")
def test_one_for_the_county_and_a_copy_for_the_town(
    client_as, cast, town, under_way, today, django_capture_on_commit_callbacks
):
    office = client_as(cast.town)
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(reverse("reports:produce"), {"place": town.town.code, "day": today.isoformat()})
    job = Job.objects.get(kind="daily_report")
    assert answer.url == job.get_absolute_url()
    assert (job.state, job.done, job.total, job.created_by) == ("done", 3, 3, cast.town)
    assert reverse("reports:files") in office.get(answer.url).content.decode()
    county, copy = ReportFile.objects.order_by("pk")
    assert [list(row.copies_to.values_list("name", flat=True)) for row in (county, copy)] == [
        ["准格尔旗"],
        ["迎泽街道"],
    ]
    assert (county.created_by, county.place, county.day) == (cast.town, town.town, today)
    listed = office.get(reverse("reports:files"))
    assert listed.context["table"].paginator.count == 2
    assert county.sha256[:8] in listed.content.decode()
    assert "已生成" in office.get(reverse("reports:daily")).content.decode()
    content = office.get(reverse("reports:download", args=[county.uid])).content
    assert hashlib.sha256(content).hexdigest() == county.sha256
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value.startswith("迎泽街道")
    event = AuditEvent.objects.get(action="report.downloaded")
    assert (event.actor, event.data["sha256"]) == (cast.town, county.sha256)
    assert client_as(cast.county).get(reverse("reports:download", args=[county.uid])).status_code == 200


def test_neighbours_and_villages_cannot_reach_a_file(client_as, cast, town, campaign, under_way, today, now):
    made = files.produce_daily(campaign=campaign, place=town.town, day=today, by=cast.town, now=now)
    address = reverse("reports:download", args=[made[1].uid])
    other = client_as(cast.othertown)
    assert other.get(address).status_code == 404
    assert other.get(reverse("reports:files")).context["table"].paginator.count == 0
    asked = {"place": town.town.code}
    assert other.get(reverse("reports:daily"), asked).status_code == 404
    assert other.post(reverse("reports:produce"), asked).status_code == 404
    assert client_as(cast.cadre01).get(address).status_code == 404
    assert not AuditEvent.objects.filter(action="report.downloaded").exists()
    assert not Job.objects.filter(kind="daily_report").exists()


def test_files_are_narrowed_by_kind_and_day(client_as, cast, town, campaign, under_way, today, now):
    for days in (0, 1, 8):
        day = today - timedelta(days=days)
        files.produce_daily(campaign=campaign, place=town.town, day=day, by=None, now=now)
    office = client_as(cast.town)

    def count(**query) -> int:
        return office.get(reverse("reports:files"), query).context["table"].paginator.count

    assert count() == count(kind="daily") == 6
    assert count(kind="stock") == 0
    assert count(since=(today - timedelta(days=1)).isoformat()) == 4
    assert count(until=(today - timedelta(days=2)).isoformat()) == 2


def test_a_filed_report_does_not_change(town, campaign, give, under_way, today, now):
    made = files.produce_daily(campaign=campaign, place=town.town, day=today, by=None, now=now)[0]
    give(under_way.people[town.villages[2].code][0])
    again = files.produce_daily(campaign=campaign, place=town.town, day=today, by=None, now=now)[0]
    assert made.sha256 != again.sha256
    stored = files.files.kept(made.stored_as).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == made.sha256


@pytest.mark.parametrize(("who", "days", "code"), [("county", 0, "REPORT_PLACE"), ("town", 1, "REPORT_DAY")])
def test_what_cannot_be_produced_is_refused(town, campaign, today, now, who, days, code):
    with pytest.raises(RuleBroken) as refused:
        files.produce_daily(
            campaign=campaign, place=getattr(town, who), day=today + timedelta(days=days), by=None, now=now
        )
    assert refused.value.code == code


def test_the_task_says_why_a_job_failed(town, campaign, cast, today):
    job = Job.objects.create(kind="daily_report", title="日报", created_by=cast.county)
    tasks.produce_daily.run(job.pk, campaign_id=campaign.pk, place_id=town.county.pk, day=today.isoformat())
    job.refresh_from_db()
    assert job.state == "failed" and "请选择乡镇" in job.message
