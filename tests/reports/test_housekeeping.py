"""run_due_jobs: everything once, and again changes nothing; a night's work once a day; the page does it where nobody does."""

import io
import json
import os
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from core.errors import Busy
from core.models import ChangeNote, Job
from reports import tasks
from reports.models import Rollup
from reports.services import housekeeping, rollups
from reports.views.freshness import freshen
from residents.models import Enrolment
from residents.services import enrolments
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled
from vaxcampaign.celery import app

pytestmark = pytest.mark.django_db


def run_due() -> dict:
    said = io.StringIO()
    call_command("run_due_jobs", "--json", stdout=said)
    return json.loads(said.getvalue())


def test_all_that_is_due_is_done_once(town, campaign, under_way, give, today, now):
    give(under_way.people[town.villages[2].code][0], 6)
    Enrolment.objects.filter(pk=under_way.stranger.pk).update(status_reason="seit gestern falsch")
    old = now - timedelta(hours=1)
    dead = Job.objects.create(kind="import", title="x", state="running", beat_at=old, started_at=old)
    folder = django_settings.MEDIA_ROOT / "produced" / "old"
    folder.mkdir(parents=True)
    os.utime(folder, (time.time() - 40 * 86_400,) * 2)
    done = run_due()
    assert done["jobs_settled"] == 1 and done["pairs_filled"] > 0
    assert (done["enrolments_refreshed"], done["files_removed"]) == (1, 1)
    dead.refresh_from_db()
    assert dead.state == "failed" and "请重新开始" in dead.message
    assert Rollup.objects.filter(day=today - timedelta(days=6), metric="dose_1").exists()
    assert not list(enrolments.drift(today=today))
    before = sorted(Rollup.objects.values_list("place_code", "day", "metric", "value"))
    assert run_due() == {"jobs_settled": 0, "pairs_filled": 0}
    assert sorted(Rollup.objects.values_list("place_code", "day", "metric", "value")) == before
    assert Job.objects.filter(kind="nightly").count() == 1


def test_a_night_ends_the_sessions_of_the_day_before(town, campaign, site, today, now):
    """Who did not come stays booked no longer, so that the village may book the person again."""
    yesterday = make_session(campaign, site, today - timedelta(days=1))
    running = make_session(campaign, site, today)
    missed = make_booking(make_enrolled(town.village, campaign, today), yesterday.slots.first())
    assert housekeeping.run_due(now=now)["not_come"] == 1
    for row in (yesterday, running, missed):
        row.refresh_from_db()
    assert (missed.state, yesterday.state, running.state) == ("no_show", "closed", "open")


def test_the_night_is_due_again_after_midnight_and_after_a_failure(now):
    assert housekeeping.nightly_is_due(now)
    housekeeping.run_due(now=now)
    assert not housekeeping.nightly_is_due(now)
    assert housekeeping.nightly_is_due(now + timedelta(days=1))
    Job.objects.filter(kind="nightly").update(state="failed")
    assert housekeeping.nightly_is_due(now)


def test_a_night_that_fails_is_told_and_ends_with_one(monkeypatch, settings, capsys):
    settings.JOBS_BACKEND = "celery"  # inline jobs raise; those of a real installation keep the sentence

    def broken(**kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(housekeeping.retention, "apply", broken)
    with pytest.raises(SystemExit) as end:
        call_command("run_due_jobs")
    assert end.value.code == 1
    assert "每日维护未完成" in capsys.readouterr().out


def test_beat_does_the_same(under_way, town, give, today):
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == {
        "reports.tasks.fill_dirty",
        "reports.tasks.nightly",
        "reports.tasks.run_schedules",
    }
    give(under_way.people[town.villages[2].code][0], 6)
    assert app.tasks["reports.tasks.fill_dirty"].apply().get()["pairs_filled"] > 0
    assert not ChangeNote.objects.filter(day__lt=today).exists()
    Rollup.objects.filter(day__lt=today).first().delete()
    assert app.tasks["reports.tasks.nightly"].apply().get()["rows_written"] > 0
    assert "rows_written" not in app.tasks["reports.tasks.nightly"].apply().get()


def test_the_first_page_of_a_day_starts_the_night_where_nobody_else_does(
    settings, monkeypatch, cast, now, django_capture_on_commit_callbacks
):
    started = []
    monkeypatch.setattr("core.jobs._threads.submit", lambda run, task, *rest: started.append(task.name))
    settings.JOBS_BACKEND = "thread"
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert freshen(by=cast.town, now=now)
    assert started == ["reports.tasks.nightly_job"]
    settings.JOBS_BACKEND = "inline"
    tasks.nightly_job.run(Job.objects.get(kind="nightly").pk)
    assert Job.objects.get(kind="nightly").state == "done"


def test_a_busy_database_does_not_break_the_page(monkeypatch, cast, under_way, town, give, now):
    give(under_way.people[town.villages[2].code][0], 6)

    def busy(**kwargs):
        raise Busy

    monkeypatch.setattr(rollups, "fill_dirty", busy)
    assert freshen(by=cast.town, now=timezone.now()) is False
