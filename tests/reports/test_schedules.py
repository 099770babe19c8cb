"""Scheduled reports: made once for every due moment, caught up, refused with a sentence, seen on the desk, made again."""

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment
from core.errors import Busy, NotAllowed, RuleBroken
from core.models import AuditEvent, Job
from reports.models import ReportFile, ReportSchedule, ScheduledRun
from reports.scheduled import STALE_AFTER, is_anything_due
from reports.services import production, scheduled_runs, schedules, timetables
from reports.views.freshness import freshen
from tests.factories.schedules import make_schedule
from vaxcampaign import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(today):
    """Noon: the clock of the machine decides nothing."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def set_up(campaign, town, cast, under_way, now):
    """``set_up(kind, hour, days_ago)``: a schedule of our town, every day at ``hour``."""

    def make(kind="progress", hour=11, days_ago=0, **more):
        set_at = now - timedelta(days=days_ago, hours=3)
        at = now.replace(hour=hour).time()
        return make_schedule(campaign, town.town, cast.town, kind=kind, at=at, now=set_at, **more)

    return make


def cards(user, campaign, now):
    return {c.word: (c.number, c.hint) for _, group in desk.cards_for(user, campaign, now) for c in group}


@pytest.mark.requirement("S26")
def test_a_report_is_made_once_for_its_hour_and_told(set_up, cast, town, campaign, client_as, now):
    row = set_up("daily")
    set_up("progress", hour=13)
    now -= timedelta(minutes=30)
    assert is_anything_due(now)
    assert scheduled_runs.run_due(now=now) == {"reports_made": 1}
    assert scheduled_runs.run_due(now=now) == {} and not is_anything_due(now)
    run = ScheduledRun.objects.get()
    file = ReportFile.objects.get()
    assert (run.schedule, run.state, file.run, file.note) == (row, "done", run, "")
    assert file.copies_to.get() == town.county and file.created_by == cast.town
    word = f"{timezone.localtime(run.due):%H:%M} 的日报"
    assert cards(cast.town, campaign, now)[word][0] == "已生成"
    assert word not in cards(cast.othertown, campaign, now)
    page = client_as(cast.town).get(reverse("reports:schedules")).content.decode()
    assert file.file_name in page and "任务进度表" in page
    assert word not in cards(cast.town, campaign, now)  # looked at
    assert "定时(" in client_as(cast.town).get(reverse("reports:files")).content.decode()
    assert AuditEvent.objects.filter(action="report.produced", data__due=run.due.isoformat()).exists()


def test_missed_days_are_made_good_and_lists_only_as_of_now(set_up, cast, client_as, now):
    set_up("progress", days_ago=3)
    set_up("unvaccinated", days_ago=3)
    later = now - timedelta(hours=2)  # 10 o'clock: today's hour has not come
    assert scheduled_runs.run_due(now=later) == {"reports_made": 4}
    days = ReportFile.objects.filter(kind="progress").order_by("day")
    assert [file.day for file in days] == [(now - timedelta(days=n)).date() for n in (3, 2, 1)]
    assert all("全天的" in file.note for file in days)
    assert [file.cut_off.astimezone(now.tzinfo).hour for file in days] == [0, 0, 0]
    people = ReportFile.objects.get(kind="unvaccinated")
    assert people.day == now.date() and "不是原定时间的" in people.note and people.is_personal
    states = ScheduledRun.objects.filter(schedule__kind="unvaccinated").order_by("due")
    assert list(states.values_list("state", flat=True)) == ["passed", "passed", "done"]
    content = client_as(cast.town).get(reverse("reports:download", args=[people.uid])).content
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        assert any(people.note == cell.value for line in sheet.iter_rows() for cell in line)
    assert scheduled_runs.run_due(now=later) == {}


def test_push_days_and_a_long_pause(set_up, campaign, town, cast, now):
    set_up("progress", days="push", days_ago=30)
    assert scheduled_runs.run_due(now=now) == {}
    timetables.name_push_day(
        campaign=campaign, place=town.county, day=now.date(), reason="", actor=cast.county, now=now
    )
    set_up("stock", days_ago=30)
    assert scheduled_runs.run_due(now=now) == {"reports_made": 2}
    assert ScheduledRun.objects.filter(schedule__kind="stock").count() == 7  # not further back than a week


def test_what_fails_is_seen_and_made_again(
    set_up, monkeypatch, cast, campaign, client_as, now, django_capture_on_commit_callbacks
):
    set_up()

    def broken(*args, **kwargs):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(production.files, "keep", broken)
        assert scheduled_runs.run_due(now=now) == {"reports_failed": 1}
    run = ScheduledRun.objects.get()
    assert run.state == "failed" and "再做一次" in run.message
    assert scheduled_runs.run_due(now=now) == {}  # nobody tries on by himself
    assert ("没有做成", run.message) in cards(cast.town, campaign, now).values()
    client, again = client_as(cast.town), reverse("reports:schedule_again", args=[run.pk])
    assert "再做一次" in client.get(reverse("reports:schedules")).content.decode()
    assert AuditEvent.objects.filter(action="schedule.failed").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(again)
    run.refresh_from_db()
    assert run.state == "done" and run.files.count() == 1
    assert Job.objects.filter(kind="scheduled_reports", state="done").exists()
    client.post(again)  # pressed twice
    assert run.files.count() == 1


def test_a_busy_database_and_a_dead_worker_are_tried_again_a_few_times(set_up, monkeypatch, now):
    set_up()
    with monkeypatch.context() as patch:
        patch.setattr(production, "produce", lambda *args, **kwargs: (_ for _ in ()).throw(Busy()))
        assert scheduled_runs.run_due(now=now) == {}
    run = ScheduledRun.objects.get()
    assert (run.state, run.tries) == ("waiting", 1)
    lost = scheduled_runs.claim(run.pk, now=now)  # and killed here
    assert scheduled_runs.run_due(now=now) == {}
    late = now + STALE_AFTER + timedelta(seconds=1)
    assert scheduled_runs.run_due(now=late) == {"reports_made": 1}
    with pytest.raises(scheduled_runs._Overtaken):  # the first was only slow: its file is not kept
        scheduled_runs._produce(lost, now)
    assert ReportFile.objects.count() == 1


def test_a_change_ends_the_old_one_and_a_list_of_people_follows_who_answers(
    set_up, cast, town, campaign, client_as, now
):
    old = set_up("unvaccinated")
    RoleAssignment.objects.filter(user=cast.town).update(until=now.date() - timedelta(days=1))
    assert scheduled_runs.run_due(now=now) == {"reports_failed": 1}
    run = ScheduledRun.objects.get()
    assert "接手" in run.message
    RoleAssignment.objects.filter(user=cast.town).update(until=None)
    wish = schedules.Wish("unvaccinated", town.town, "daily", old.at)
    key = uuid4()
    new = schedules.change(old, wish, actor=cast.town, key=key, now=now)
    assert schedules.change(old, wish, actor=cast.town, key=key, now=now) == new
    old.refresh_from_db()
    assert old.ended_at == now and new.replaces == old
    with pytest.raises(RuleBroken, match="刷新"):
        schedules.stop(old, actor=cast.town, now=now)
    scheduled_runs.ask_again(run, actor=cast.town, now=now)
    assert scheduled_runs.run_due(now=now) == {"reports_made": 1}
    schedules.stop(new, actor=cast.town, now=now)
    assert scheduled_runs.run_due(now=now + timedelta(days=2)) == {}


def test_what_is_refused(set_up, campaign, town, cast, now):
    set_up("stock")
    with pytest.raises(RuleBroken, match="已经有了"):
        set_up("stock")
    with pytest.raises(RuleBroken, match="乡镇"):
        set_up("daily", place=town.village)
    with pytest.raises(NotAllowed):
        set_up("stock", place=town.other_town)
    with pytest.raises(RuleBroken, match="没有这种"):
        set_up("census")


def test_the_office_sets_changes_and_stops_on_the_page(
    client_as, cast, town, campaign, under_way, django_assert_max_num_queries
):
    client, home = client_as(cast.town), reverse("reports:schedules")
    asked = {"kind": "daily", "place": town.town.code, "days": "workdays", "at": "18:00", "key": str(uuid4())}
    for _ in range(2):
        assert client.post(home, asked).url == home
    row = ReportSchedule.objects.get()
    assert client.post(home, asked | {"key": "", "place": town.village.code}).status_code == 422
    assert client.post(home, asked | {"key": "", "place": town.other_town.code}).status_code == 422
    edit = reverse("reports:schedule", args=[row.uid])
    assert 'value="18:00"' in client.get(edit).content.decode()
    assert client.post(edit, asked | {"key": "", "at": "19:30"}).url == home
    assert client.get(edit).status_code == 404
    new = ReportSchedule.objects.current().get()
    for hour in range(3):
        make_schedule(campaign, town.town, cast.town, kind="stock", at=new.at.replace(hour=hour))
    with django_assert_max_num_queries(20):
        text = client.get(home).content.decode()
    assert "周一到周五 19:30" in text
    client.post(reverse("reports:schedule_end", args=[new.uid]))
    assert ReportSchedule.objects.current().filter(kind="daily").count() == 0
    assert client_as(cast.county).get(home).status_code == 200


def test_the_first_page_starts_what_is_due_where_nobody_else_does(
    settings, monkeypatch, set_up, cast, now, django_capture_on_commit_callbacks
):
    started = []
    monkeypatch.setattr("core.jobs._threads.submit", lambda run, task, *rest: started.append(task.name))
    settings.JOBS_BACKEND = "thread"
    set_up()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            freshen(by=cast.town, now=now)
    assert started.count("reports.tasks.schedules_job") == 1
