"""A push day at the office: file at noon, correct, file in the evening; the county reads it."""

import io
from datetime import time, timedelta

import openpyxl
import pytest
from django.urls import reverse

from core.models import AuditEvent
from reports.counted import DOSES, PEOPLE
from reports.cutoffs import moment
from reports.filed import FIGURES, names_behind, rows_of, total_of
from reports.filing_rules import ADJUSTED, TOTAL, VOIDED
from reports.models import CutOff, FiledReport, PushDay
from residents.models import VaccinationRecord
from residents.services import records, settling
from tests.factories.filed import make_progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_reports(town, campaign, cast, under_way, give, today):
    """Noon and evening of today, with a void, a late entry and a move in between."""
    at = lambda hour: moment(today, time(hour))  # noqa: E731
    VaccinationRecord.objects.update(recorded_at=at(9))
    noon = make_progress(campaign, town.town, actor=cast.town, at=at(12))
    one, two, _ = (under_way.people[village.code] for village in town.villages)
    told = {"actor": cast.town, "now": at(14)}
    records.void_record(record=one[1].resident.records.get(), reason="录错人", **told)
    settling.settle(enrolment=two[0], unit=town.villages[2], reason="户籍在那里", today=today, **told)
    late = give(two[1], 12)
    VaccinationRecord.objects.filter(pk=late.pk).update(recorded_at=at(15))
    evening = make_progress(campaign, town.town, actor=cast.town, at=at(18), slot="晚上", note="补了一张纸")
    return noon, evening


@pytest.mark.requirement("S113")
def test_every_number_opens_as_many_names_as_it_says(client_as, cast, town, two_reports):
    client = client_as(cast.county)
    for report in two_reports:
        page = client.get(report.get_absolute_url())
        for table in page.context["tables"]:
            for line in [*table.lines, *([table.total] if table.total else [])]:
                for cell in line.cells:
                    rows = names_behind(report, FIGURES[cell.metric], cell.part, line.row.place)
                    signs = sum(rows.values_list("sign", flat=True))
                    assert signs == (-cell.number if cell.part == VOIDED else cell.number), cell
                    if cell.part != ADJUSTED:
                        assert rows.count() == cell.number
    evening = two_reports[1]
    address = reverse("reports:filed_names", args=[evening.uid])
    whole = {"metric": "doses", "place": town.town.code}
    asked = client.get(address, whole | {"part": "voided"}).content.decode()
    assert "− 作废:录错人" in asked
    assert client.get(address, whole | {"part": TOTAL}).context["table"].paginator.count == 4
    assert client.get(address, whole | {"part": "late"}).context["table"].paginator.count == 1
    for wrong in ({"metric": "x"}, {"part": "x"}, {"place": town.other_town.code}):
        assert client.get(address, {"metric": "doses", "part": TOTAL} | wrong).status_code == 404
    assert AuditEvent.objects.filter(action="report.names_viewed").exists()


def test_the_pages_take_few_queries(client_as, cast, two_reports, django_assert_max_num_queries):
    client, report = client_as(cast.county), two_reports[1]
    names = reverse("reports:filed_names", args=[report.uid]) + "?metric=doses&part=total"
    for address in (report.get_absolute_url(), names, reverse("reports:progress")):
        with django_assert_max_num_queries(20):
            assert client.get(address).status_code == 200


def test_who_has_read_it(client_as, cast, two_reports):
    report = two_reports[1]
    page = client_as(cast.town).get(report.get_absolute_url())
    assert [(r.user, r.seen_at) for r in page.context["readers"]] == [(cast.county, None)]
    assert "未看" in page.content.decode() and "补了一张纸" in page.content.decode()
    listed = client_as(cast.county).get(reverse("reports:progress")).content.decode()
    assert listed.count("我还没看") == 2
    client_as(cast.county).get(report.get_absolute_url())
    (reader,) = client_as(cast.town).get(report.get_absolute_url()).context["readers"]
    assert reader.seen_at is not None
    assert client_as(cast.county).get(reverse("reports:progress")).content.decode().count("我还没看") == 1
    assert client_as(cast.othertown).get(report.get_absolute_url()).status_code == 404


def test_an_undone_import_leaves_the_line_without_a_name(client_as, cast, campaign, town, under_way):
    report = make_progress(campaign, town.town, actor=cast.town)
    record = under_way.people[town.village.code][1].resident.records.get()
    VaccinationRecord.objects.filter(pk=record.pk).delete()
    asked = {"metric": "dose_1", "part": TOTAL, "place": town.village.code}
    text = client_as(cast.town).get(reverse("reports:filed_names", args=[report.uid]), asked).content.decode()
    assert "档案已撤销" in text


def test_the_workbook_holds_the_same_numbers(client_as, cast, two_reports):
    report = two_reports[1]
    answer = client_as(cast.town).get(reverse("reports:filed_file", args=[report.uid]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["汇总", "首剂人数", "全程人数", "加强人数", "接种剂次"]
    rows = {row[0]: row[1:7] for row in book["汇总"].iter_rows(values_only=True) if row[0]}
    whole = total_of(report.place, rows_of(report))
    for code in (*PEOPLE, *DOSES):
        figure, one = FIGURES[code], whole.account(code)
        said = rows[f"{figure.title}({figure.unit})"]
        assert said == (one.total, one.previous, one.new, one.late, one.voided, one.adjusted)


# --- the page of the day -----------------------------------------------------------------------------------------------


@pytest.fixture
def hours(town, campaign, now, today):
    """One hour that has come, on a push day: the clock of the machine decides nothing else."""
    PushDay.objects.create(campaign=campaign, place=town.county, day=today, set_at=now)
    CutOff.objects.create(
        campaign=campaign, place=town.town, kind="progress", name="午前", at=time(0, 0), set_at=now
    )


@pytest.mark.requirement("S113")
def test_the_office_hands_in_what_is_due_once(client_as, cast, town, under_way, hours, today):
    office, where = client_as(cast.town), reverse("reports:progress")
    page = office.get(where)
    assert "报送午前进度" in page.content.decode()
    posted = {"place": town.town.code, "slot": "午前", "key": "6f2a3f1c-52a5-4b73-9f0e-0d3f6f1f2a11"}
    first = office.post(where, posted)
    report = FiledReport.objects.get()
    assert first.url == report.get_absolute_url() and report.cut_off == moment(today, time(0))
    assert office.post(where, posted).url == first.url  # pressed twice
    again = office.post(where, posted | {"key": ""})
    assert again.status_code == 422 and "已于" in again.content.decode()
    assert office.post(where, posted | {"slot": "没有的", "key": ""}).status_code == 422
    extra = office.post(where, {"place": town.town.code, "slot": "now"})
    assert extra.status_code == 302 and FiledReport.objects.get(previous=report).slot == "加报"
    assert client_as(cast.county).post(where, posted).status_code == 403
    assert client_as(cast.othertown).post(where, posted).status_code == 404


def test_push_days_and_hours_are_set_by_the_office(client_as, cast, town, campaign, today):
    county, office = client_as(cast.county), client_as(cast.town)
    plan, tomorrow = reverse("reports:progress_plan"), today + timedelta(days=1)
    asked = {"place": town.county.code, "day": tomorrow.isoformat(), "reason": "全旗攻坚"}
    assert county.post(plan, asked).status_code == 302
    past = county.post(plan, asked | {"day": (today - timedelta(days=1)).isoformat()})
    assert past.status_code == 422
    row = PushDay.objects.get()
    assert "全旗攻坚" in office.get(plan).content.decode()
    assert office.post(reverse("reports:push_day_end", args=[row.pk])).status_code == 404  # the county's
    hours = {"name_0": "午报", "at_0": "11:30", "name_1": "晚报", "at_1": "20:00", "daily_at": "18:00"}
    where = reverse("reports:progress_hours")
    assert office.post(where, hours | {"place": town.town.code}).status_code == 302
    assert office.post(where, {"place": town.town.code, "name_0": "午报"}).status_code == 422
    twice = hours | {"place": town.town.code, "at_1": "11:30"}
    assert office.post(where, twice).status_code == 422
    text = office.get(plan).content.decode()
    assert "午报:11:30 截止" in text and "日报 全天:18:00 截止" in text
    assert county.post(reverse("reports:push_day_end", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
