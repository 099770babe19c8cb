"""Beat, cron and the page at the same moment: one file for every due moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.choices import Role
from accounts.services.accounts import create_account
from reports.models import ReportFile, ScheduledRun
from reports.services import scheduled_runs
from tests.concurrency.test_floor import at_once
from tests.factories.schedules import make_schedule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def test_six_workers_make_one_file_for_each_due_moment(floor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    now, town = timezone.now(), floor.village.parent
    office, _ = create_account(
        actor=None,
        username="office",
        display_name="镇办",
        phone="",
        role=Role.TOWN,
        where=town,
        since=timezone.localdate() - timedelta(days=30),
        password="Vax-Test-2026",
    )
    at = (timezone.localtime(now) - timedelta(minutes=5)).time().replace(microsecond=0)
    for kind in ("stock", "progress"):
        make_schedule(floor.campaign, town, office, kind=kind, at=at, now=now - timedelta(days=2, hours=12))
    at_once(lambda n: scheduled_runs.run_due(now=now), people=6)
    made = ScheduledRun.objects.filter(state="done").order_by("pk")
    assert [made.filter(schedule__kind=kind).count() for kind in ("stock", "progress")] == [1, 3]
    assert [run.files.count() for run in made] == [1] * 4
    assert ReportFile.objects.count() == 4
    assert scheduled_runs.run_due(now=now) == {}
