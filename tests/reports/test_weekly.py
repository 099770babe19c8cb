"""周排名: counted as every report counts, frozen when published, the village sees what was published."""

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.services import groups
from core.errors import NotAllowed, RuleBroken
from reports.choices import TargetKind
from reports.models import FiledReport, Target
from reports.services import rollups, weekly, weekly_publishing
from reports.services.board import board
from reports.weekly import notice
from residents.publicity_sheet import week_of
from residents.services import records
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_week(today):
    """A day of a week that is over, and in which ``under_way`` gave nothing on whatever day it is today."""
    return today - timedelta(days=14)


@pytest.fixture
def publish(town, campaign, cast, now, last_week):
    """``publish(day)``: our town's ranking of that week."""

    def made(day=last_week, **changed):
        of = {"place": town.town, "kind": TargetKind.FIRST, "day": day, "actor": cast.town, "now": now}
        return weekly_publishing.publish(campaign=campaign, key=uuid4(), **of | changed)

    return made


@pytest.fixture
def weeks(town, campaign, under_way, give, last_week, today, now):
    """Doses on the Monday of last week: two in 巴汉图 (task 1), one in 南山 (task 2)."""
    monday, _ = week_of(last_week)
    ago = (today - monday).days
    for village, number in ((town.villages[2], 2), (town.villages[1], 1)):
        for _ in range(number):
            give(make_enrolled(village, campaign, today), ago)
    rollups.fill_dirty(now=now)
    return monday


def ranking_of(campaign, place, day, now, kind=TargetKind.FIRST):
    return weekly_publishing.ranking(campaign=campaign, place=place, kind=kind, day=day, now=now)


@pytest.mark.requirement("S40")
def test_the_week_is_counted_and_ordered(town, campaign, cast, weeks, last_week, today, now):
    made = groups.open_default_groups(actor=cast.town, campaign=campaign, place=town.town)
    own = next(group for group in made if group.place == town.villages[2] and group.kind == "village")
    head = {"unit": "", "duty": "", "phone": "", "today": today, "actor": cast.town, "group": own}
    groups.add_member(key=uuid4(), role="3leader", name="王主任", post="村主任", **head)
    groups.add_member(key=uuid4(), role="6member", name="李书记", post="村党支部书记", **head)
    found = ranking_of(campaign, town.town, last_week, now)
    first = found.lines[0]
    assert (first.place, first.rank, first.secretary) == (town.villages[2], 1, "李书记")
    assert (first.quota, first.week, first.done, first.before) == (1, 2, 2, 0)
    assert (first.rank_before, first.moved_words, first.change_words) == (2, "升1位", "+200.0")
    # 曙光 had one first dose 30 days ago, of a task of 3: it was the first a week before.
    assert [(line.place.name, line.rank) for line in found.lines[1:]] == [("南山社区", 2), ("曙光社区", 3)]
    assert (found.total.quota, found.total.week, found.total.done) == (6, 3, 4)
    assert sum(line.week for line in found.lines) == found.total.week
    county = ranking_of(campaign, town.county, last_week, now)
    assert [(line.place, line.done) for line in county.lines] == [(town.town, 4), (town.other_town, 0)]


def test_of_a_town_only_villages_with_a_task_are_in_its_rate(town, campaign, weeks, last_week, now):
    Target.objects.filter(place=town.villages[2]).update(superseded_at=now)  # done there: 2, of no task now
    county = ranking_of(campaign, town.county, last_week, now)
    line = county.lines[0]
    assert (line.place, line.quota, line.week, line.done) == (town.town, 5, 1, 2)
    day = week_of(last_week)[1]
    lines = board(campaign=campaign, place=town.county, kind=TargetKind.FIRST, day=day, now=now).rows
    assert line.rate == next(row.standing.rate for row in lines if row.standing.place == town.town)


def test_a_published_week_stays_and_the_next_one_says_what_was_corrected(
    town, campaign, cast, weeks, publish, last_week, now, under_way, today
):
    report = publish(last_week - timedelta(days=7), now=now - timedelta(minutes=5))
    before = ranking_of(campaign, town.town, report.day, now)
    publish()
    stood = ranking_of(campaign, town.town, last_week, now)
    record = under_way.people[town.villages[0].code][0].resident.records.order_by("given_on").first()
    records.void_record(record=record, actor=cast.registrar, reason="录错了人", now=now)
    assert ranking_of(campaign, town.town, report.day, now) == before
    assert ranking_of(campaign, town.town, last_week, now) == stood
    live = weekly.counted(campaign=campaign, place=town.town, kind=TargetKind.FIRST, day=today, now=now)
    village = next(line for line in live.lines if line.place == town.villages[0])
    told = next(line for line in stood.lines if line.place == town.villages[0])
    assert (village.before, village.week_before, village.rank_before) == (told.done, told.week, told.rank)
    assert village.done == village.before + village.week + village.late


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"day": 0}, "WEEK_OPEN"),
        ({"kind": TargetKind.BOOSTER}, "NO_TARGETS"),
        ({"actor": "county"}, "NOT_ALLOWED"),
    ],
)
def test_what_is_not_published(publish, weeks, cast, today, changed, code):
    if "day" in changed:
        changed = {"day": today}
    if "actor" in changed:
        changed = {"actor": cast.county}
    with pytest.raises((RuleBroken, NotAllowed)) as refused:
        publish(**changed)
    assert refused.value.code == code and not FiledReport.objects.exists()


def test_a_week_is_published_once(publish, weeks):
    first = publish()
    with pytest.raises(RuleBroken) as refused:
        publish()
    assert refused.value.code == "FILED_ALREADY" and FiledReport.objects.get() == first


def test_the_office_publishes_and_the_village_reads(
    cast, client_as, town, weeks, last_week, campaign, now, today
):
    office, village, county = client_as(cast.town), client_as(cast.cadre01), client_as(cast.county)
    address = reverse("reports:weekly")
    assert "还没有通报" in village.get(address).content.decode()
    with CaptureQueriesContext(connection) as asked:
        page = office.get(f"{address}?day={last_week.isoformat()}")
    assert len(asked) <= 20
    with CaptureQueriesContext(connection) as asked:
        county.get(f"{address}?day={today.isoformat()}")  # the week that goes on, towns of their villages
    assert len(asked) <= 20
    assert "通报这一周" in page.content.decode() and "没有通报,数字还会变" in page.content.decode()
    day = week_of(last_week)[1].isoformat()
    form = {"key": str(uuid4()), "place": town.town.code, "day": day, "kind": "first"}
    for _ in range(2):  # the second click of a double click
        assert office.post(reverse("reports:weekly_publish"), form).status_code == 302
    report = FiledReport.objects.get()
    read = village.get(address).content.decode()
    assert "本村" in read and "已通报,不再变" in read and "通报这一周" not in read
    assert "谁看过" not in read and village.get(reverse("reports:weekly_file")).status_code == 200
    assert county.get(f"{address}?place={town.town.code}&day={day}").status_code == 200
    assert {seen.user for seen in report.seen.all()} == {cast.cadre01, cast.county}
    assert [one.user for one in weekly_publishing.not_read(report, today)] == [cast.cadre02]
    with CaptureQueriesContext(connection) as asked:
        said = office.get(f"{address}?day={day}").content.decode()
    assert len(asked) <= 20
    assert (
        "谁看过" in said and notice(ranking_of(campaign, town.town, last_week, now)).splitlines()[0] in said
    )


def test_the_workbook_is_the_page(cast, client_as, weeks, tmp_path, town, last_week):
    made = client_as(cast.town).get(f"{reverse('reports:weekly_file')}?day={last_week.isoformat()}")
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    body = next(at for at, row in enumerate(rows) if row[1] == "巴汉图村委会")
    assert rows[body][:8] == [1, "巴汉图村委会", "未记录", 1, 2, 0, 2, 2.0]
    total = next(row for row in rows if row[0] == "合计" or row[1] == "合计")
    assert str(total[3]).startswith("=SUM(")
    out = tmp_path / "x.xlsx"
    call = ["export_report", "weekly", "--place", town.town.code, "--date", last_week.isoformat()]
    call_command(*call, "--out", str(out))
    assert openpyxl.load_workbook(out).active["A1"].value == sheet["A1"].value
