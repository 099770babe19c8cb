"""Scheduled reports through their services."""

from datetime import time, timedelta
from uuid import uuid4

from django.utils import timezone

from reports.models import ReportSchedule, ScheduledRun
from reports.services import schedules


def make_schedule(
    campaign, office, actor, *, kind="progress", place=None, days="daily", at=time(18), now=None
):
    """A schedule of the office, set at ``now``."""
    wish = schedules.Wish(kind, place or office, days, at)
    of = {"campaign": campaign, "office": office, "actor": actor, "key": uuid4()}
    return schedules.schedule(wish, now=now or timezone.now(), **of)


def of_schedules(campaign, office, actor) -> dict:
    """What the addresses of scheduled reports need (tests/access_matrix.py)."""
    row: ReportSchedule = make_schedule(campaign, office, actor)
    due = timezone.now() - timedelta(hours=1)
    run = ScheduledRun.objects.create(schedule=row, due=due, state="failed", message="没有做成")
    return {"schedule": [row.uid], "schedule_run": [run.pk]}
