"""The night's check goes township by township: a part that dies is still owed, and doing it twice is doing it once."""

from datetime import timedelta

import pytest

from core.models import Job
from reports import tasks
from reports.models import Rollup, RollupPart
from reports.services import rollup_parts, rollups
from tests.factories.people import make_enrolled
from vaxcampaign.celery import app

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


@pytest.fixture
def wrong_days(town, campaign, under_way, give, today, now):
    """A stored row is missing in each of two townships, and no note tells; returns what should be there."""
    give(make_enrolled(town.other_villages[0], campaign, today), 9)
    rollups.fill_dirty(now=now)
    right = stored()
    for place in (town.town, town.other_town):
        Rollup.objects.filter(place_code__startswith=place.prefix).first().delete()
    assert stored() != right
    return right


def stored() -> list[tuple]:
    return sorted(Rollup.objects.values_list("place_code", "day", "from_age", "metric", "value"))


def test_a_part_that_dies_is_owed_until_somebody_does_it(wrong_days, now, monkeypatch):
    rollup_parts.ask(now=now)
    job, parts = rollup_parts.begin(now=now)
    assert len(parts) == len({row[0][:9] for row in wrong_days}) + 1 and job.total == len(parts)
    assert rollup_parts.begin(now=now) is None  # it is under way
    check, died = rollups.check, []

    def killed_once(**asked):
        written = check(**asked)
        if written and not died:
            died.append(asked["prefix"])
            raise OSError("killed after it has written")
        return written

    monkeypatch.setattr(rollups, "check", killed_once)
    for part in parts:
        rollup_parts.do_for(job.pk, part, now=now)
    rollup_parts.end(job.pk, now=now)
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == (
        "failed",
        len(parts),
        "还有 1 个乡镇没有核对,系统会自动再做。",
    )
    assert [part.prefix for part in rollup_parts.owed()] == died and stored() != wrong_days

    assert rollup_parts.begin(now=now + LATER / 2) is None  # the queue still has its time
    again, left = rollup_parts.begin(now=now + LATER)
    assert [RollupPart.objects.get(pk=pk).prefix for pk in left] == died
    for part in left * 2:  # handed out twice
        rollup_parts.do_for(again.pk, part, now=now + LATER)
    rollup_parts.end(again.pk, now=now + LATER)
    again.refresh_from_db()
    assert again.state == "done" and again.result["rows_written"] > 0
    assert stored() == wrong_days and not rollup_parts.owed().exists()


def test_workers_and_one_process_come_to_the_same(wrong_days, now, settings):
    """What the timetable starts with workers: the chord, played in this process."""
    settings.JOBS_BACKEND = "celery"
    app.conf.task_always_eager = True
    try:
        tasks.nightly.run()
    finally:
        app.conf.task_always_eager = False
    assert stored() == wrong_days
    job = Job.objects.get(kind=rollup_parts.KIND)
    assert (job.state, job.done) == ("done", job.total) and job.result["rows_written"] > 0


def test_without_workers_the_night_does_it_itself(wrong_days, now):
    assert rollup_parts.nightly(now=now) > 0
    assert stored() == wrong_days and not Job.objects.filter(kind=rollup_parts.KIND).exists()


def test_a_broker_that_is_away_loses_no_part(wrong_days, now, settings, monkeypatch):
    settings.JOBS_BACKEND = "celery"

    def away(*args):
        raise tasks.BrokerAway

    monkeypatch.setattr(tasks, "chord", away)
    rollup_parts.ask(now=now)
    tasks.hand_out_check()
    assert rollup_parts.owed().count() == RollupPart.objects.count()
    assert rollup_parts.begin(now=now + LATER)[1] == sorted(rollup_parts.owed().values_list("pk", flat=True))
