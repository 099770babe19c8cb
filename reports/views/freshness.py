"""Keeping stored days fresh where nobody runs a timetable: the pages that show them look first.

With Celery beat the notes are gone within a minute and these checks find nothing to do. On a single PC without it the
first page that shows figures refills the changed days itself when they are few, else in a job beside the pages; and
the first such page of a day starts the work of the night, and the first one after the hour of a scheduled report has that made.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core import jobs
from core.choices import JobState
from core.errors import Busy
from core.models import Job
from reports.scheduled import is_anything_due
from reports.services import housekeeping, population, rollups
from reports.tasks import nightly_job, refill, schedules_job

FEW_NOTES = rollups.CHUNK
SCHEDULED = "scheduled_reports"


def freshen(*, by, now: datetime) -> bool:
    """Refill changed days now when they are few, else start one job. True when the stored figures are up to date."""
    if settings.JOBS_BACKEND == "thread" and housekeeping.nightly_is_due(now):
        jobs.start(nightly_job, kind=housekeeping.NIGHTLY, title=housekeeping.NIGHTLY_TITLE, by=None)
    if settings.JOBS_BACKEND == "thread" and is_anything_due(now) and not _is_alive(SCHEDULED, now):
        jobs.start(schedules_job, kind=SCHEDULED, title="生成定时报表", by=None)
    today = timezone.localdate(now)
    days = rollups.pending(today)
    # The people of changed villages are right in any case (they are counted again), so they make no page old.
    waiting = days + (population.pending() if settings.JOBS_BACKEND == "thread" else 0)
    if not waiting:
        return True
    if waiting <= FEW_NOTES:
        try:
            rollups.fill_dirty(now=now)
        except Busy:  # somebody else is filling; the page shows the old day and says so
            return not days
        return True
    if not _is_alive("refill", now):
        jobs.start(refill, kind="refill", title="更新汇总", by=by, total=waiting)
    return not days


def _is_alive(kind: str, now: datetime) -> bool:
    alive = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, beat_at__gte=now - jobs.STALE_AFTER)
    return Job.objects.filter(alive, kind=kind).exists()
