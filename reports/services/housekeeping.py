"""Everything that is scheduled, once: for beat, for a cron line, and for a PC that has neither."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from appointments.services import sessions
from campaigns.models import Campaign
from clinic.services.books import book_problems
from core import jobs
from core.choices import JobState
from core.locks import alone, deed
from core.models import Job
from core.services.proving import prove
from reports.days import day_bounds
from reports.services import retention, rollup_parts, rollups, scheduled_runs
from residents.services import enrolments, stickers
from residents.services.enrolling import enrol_missing

NIGHTLY, NIGHTLY_TITLE = "nightly", "每日维护"


def every_minute(*, now: datetime) -> dict[str, int]:
    """Settle jobs whose process died and refill changed days; returns how many of each."""
    return {"jobs_settled": jobs.settle_interrupted(), "pairs_filled": rollups.fill_dirty(now=now)}


def run_due(*, now: datetime, hand_out: Callable[[], None] | None = None) -> dict[str, int | str]:
    """Do what is due and nothing twice, whoever else comes at the same moment: the work of every minute, the scheduled reports,
    once a day the work of a night (see there for ``hand_out``).

    Returns how much of each was done; "failed" holds the sentence of a night's work that did not end well.
    """
    done = every_minute(now=now) | scheduled_runs.run_due(now=now)
    job = _begin_night(now)
    if job is None:
        return done
    jobs.run(job.pk, lambda progress: night(now=now, progress=progress, hand_out=hand_out))
    job.refresh_from_db()
    return done | (job.result if job.state == JobState.DONE else {"failed": job.message})


@deed()
def _begin_night(now: datetime) -> Job | None:
    """The job of this night for the first who asks."""
    alone(NIGHTLY)
    return Job.objects.create(kind=NIGHTLY, title=NIGHTLY_TITLE) if nightly_is_due(now) else None


def nightly_is_due(now: datetime) -> bool:
    """True until a night's work was begun on the local day of ``now`` (and did not fail)."""
    since, _ = day_bounds(timezone.localdate(now))
    begun = Q(state__in=(JobState.RUNNING, JobState.DONE))
    waiting = Q(state=JobState.WAITING, created_at__gte=now - jobs.STALE_AFTER)
    return not Job.objects.filter(begun | waiting, kind=NIGHTLY, created_at__gte=since).exists()


def night(*, now: datetime, progress, hand_out: Callable[[], None] | None = None) -> dict[str, int]:
    """End the sessions of days gone by (who did not come is due again), refresh enrolments that time has moved, check every
    stored day (``hand_out``: by workers, township by township), remove what is kept no longer, prove the audit trail and the books.
    Small transactions."""
    not_come = sessions.close_day(on=timezone.localdate(now) - timedelta(days=1), now=now)
    refreshed = _refresh_moved(now, progress)
    kept = retention.apply(now=now)
    progress.step(2, 3, "正在核对汇总")
    return {
        "not_come": not_come,
        "enrolled": _enrol_missing(now, progress),
        "enrolments_refreshed": refreshed,
        "stickers_changed": stickers.refresh_all(today=timezone.localdate(now)),
        "rows_written": rollup_parts.nightly(now=now, hand_out=hand_out),
        "files_removed": kept.produced_folders,
        "lists_removed": kept.lists_of_people,
        "audit_problems": prove(by=None, now=now).problem_count,
        "ledger_problems": sum(1 for _ in book_problems()),
    }


def _enrol_missing(now: datetime, progress) -> int:
    """A census file goes into one campaign (or none, when none was running): the others get its people here."""
    new = 0
    for campaign in Campaign.objects.running().select_related("place"):
        new += enrol_missing(
            campaign=campaign,
            actor=None,
            today=timezone.localdate(now),
            step=lambda done, total: progress.step(1, 3, "正在把新登记的居民加入活动"),
        )
    return new


def _refresh_moved(now: datetime, progress) -> int:
    """Birthdays, ended holds and new rules move what a row says without any deed: write what the facts say today."""
    today, ids, campaigns = timezone.localdate(now), {}, {}
    for row, _ in enrolments.drift(today=today):
        campaigns[row.campaign_id] = row.campaign
        ids.setdefault(row.campaign_id, []).append(row.pk)
    changed = 0
    for campaign_id, mine in ids.items():
        for start in range(0, len(mine), enrolments.CHUNK):
            progress.step(1, 3, "正在更新居民状态")
            chunk = mine[start : start + enrolments.CHUNK]
            changed += enrolments.refresh(chunk, campaign=campaigns[campaign_id], today=today)
    return changed
