"""Making the reports that are due, each once. Nobody else writes ScheduledRun.

The page, beat and cron may all come at the same moment: the row of (schedule, due moment) is claimed by counting ``tries`` up,
and only the claim that still stands keeps its file, in one deed with the row. Who dies in the middle leaves a claim
that grows old; the next one takes it over.
"""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import Busy, RuleBroken
from core.locks import deed
from reports.choices import RunState
from reports.due_moments import day_about, late_words
from reports.models import ReportSchedule, ScheduledRun
from reports.scheduled import left_behind, owed
from reports.services import production
from reports.services.schedules import may_read
from reports.sheet_kinds import PRODUCED

logger = logging.getLogger(__name__)
MOST_TRIES = 3
_PASSED = "当时没有开机;名单和库存只有现在的,已在后面那一份里。"
_BROKEN = "系统出错,没有做成。请点“再做一次”;若再次出错请告知管理员。"
_KILLED = f"做了 {MOST_TRIES} 次都中途断了。请点“再做一次”;若再次断掉请告知管理员。"


class _Overtaken(Exception):
    """Somebody else has this run in hand by now; nothing of ours is kept."""


def run_due(*, now: datetime, progress=None) -> dict[str, int]:
    """Make what is due; returns how many were made and how many were not, each left out when there are none."""
    began = monotonic()
    for row, wanted, gone in owed(now):
        _note(row, wanted, gone, now)
    done = {RunState.DONE: 0, RunState.FAILED: 0}
    waiting = list(left_behind(now).order_by("due", "pk").values_list("pk", flat=True))
    for number, pk in enumerate(waiting):
        state = make(pk, now=now + timedelta(seconds=monotonic() - began))
        if state in done:
            done[state] += 1
        if progress:
            progress.step(number + 1, len(waiting), "正在生成定时报表")
    told = {"reports_made": done[RunState.DONE], "reports_failed": done[RunState.FAILED]}
    return {name: number for name, number in told.items() if number}


@deed()
def _note(row: ReportSchedule, wanted: list[datetime], gone: list[datetime], now: datetime) -> None:
    """One row for every moment, whoever comes first."""
    over = {"state": RunState.PASSED, "finished_at": now, "message": _PASSED}
    runs = [ScheduledRun(schedule=row, due=due) for due in wanted]
    runs += [ScheduledRun(schedule=row, due=due, **over) for due in gone]
    ScheduledRun.objects.bulk_create(runs, ignore_conflicts=True)


@deed()
def claim(pk: int, *, now: datetime) -> ScheduledRun | None:
    """Take one run in hand; None when somebody else has it or it is over."""
    free = left_behind(now).filter(pk=pk)
    if not free.update(state=RunState.RUNNING, tries=F("tries") + 1, begun_at=now, message=""):
        return None
    related = ("schedule__campaign", "schedule__place__parent", "schedule__office", "schedule__set_by")
    return ScheduledRun.objects.select_related(*related).get(pk=pk)


def make(pk: int, *, now: datetime) -> str | None:
    """Take one run in hand and bring it to an end; its new state, None when it was not free. Never raises for the report's
    sake: what went wrong stands in the run."""
    run = claim(pk, now=now)
    if run is None:
        return None
    try:
        _produce(run, now)
    except _Overtaken:
        return None
    except Busy:  # nothing was kept; the next round tries again
        return _end(run, RunState.WAITING if run.tries < MOST_TRIES else RunState.FAILED, _BROKEN, now)
    except RuleBroken as error:
        return _end(run, RunState.FAILED, error.message, now)
    except Exception:
        logger.exception("scheduled report %s", pk)
        return _end(run, RunState.FAILED, _BROKEN, now)
    return RunState.DONE


def _produce(run: ScheduledRun, now: datetime) -> None:
    row = run.schedule
    if run.tries > MOST_TRIES:
        raise RuleBroken("RUN_KILLED", _KILLED)
    kind, taker = PRODUCED[row.kind], _answerable(row)
    if kind.is_personal and not may_read(taker, row.kind, row.place):
        words = f"设定人 {taker} 已不在这个岗位,含个人信息的表没有人能下载。"
        raise RuleBroken("SCHEDULE_NOBODY", f"{words}请点“修改”保存一次,由您接手,再点“再做一次”。")
    day = day_about(row.kind, run.due) if kind.of_day else timezone.localdate(now)
    note = late_words(kind_is_of_day=kind.of_day, day=day, due=run.due, now=now)
    production.produce(
        production.Order(row.kind, row.place, day, row.campaign),
        by=taker,
        now=now,
        origin=production.Origin(run, note, lambda: _finish(run, now, note)),
    )


def _answerable(row: ReportSchedule) -> User:
    """Who has set the schedule, or the last one that has replaced it."""
    while later := ReportSchedule.objects.filter(replaces=row).select_related("set_by").first():
        row = later
    return row.set_by


def _finish(run: ScheduledRun, now: datetime, note: str) -> None:
    """In the deed that keeps the file. Raises _Overtaken when the claim no longer stands."""
    if not _ours(run).update(state=RunState.DONE, finished_at=now, message=note):
        raise _Overtaken


def _ours(run: ScheduledRun):
    return ScheduledRun.objects.filter(pk=run.pk, state=RunState.RUNNING, tries=run.tries)


@deed()
def _end(run: ScheduledRun, state: str, message: str, now: datetime) -> str | None:
    if not _ours(run).update(state=state, finished_at=now, message=message[:300]):
        return None
    if state == RunState.FAILED:
        row = run.schedule
        data = {"kind": row.kind, "about": row.place.code, "due": run.due.isoformat(), "why": message[:300]}
        audit.record("schedule.failed", actor=None, target=run, place_code=row.office.code, data=data)
    return state


@deed()
def ask_again(run: ScheduledRun, *, actor: User, now: datetime) -> ScheduledRun:
    """Have a run that came to no good end made anew, for whoever answers for the schedule by then. Asked twice it is one.

    Raises RuleBroken: RUN_OVER (it was made meanwhile).
    """
    free = ScheduledRun.objects.filter(pk=run.pk, state__in=(RunState.FAILED, RunState.PASSED))
    if free.update(state=RunState.WAITING, tries=0, message="", finished_at=None):
        data = {"kind": run.schedule.kind, "due": run.due.isoformat()}
        office = run.schedule.office.code
        audit.record("schedule.repeated", actor=actor, target=run, place_code=office, data=data)
    elif ScheduledRun.objects.filter(pk=run.pk, state=RunState.DONE).exists():
        raise RuleBroken("RUN_OVER", "这一份已经生成,在“报表文件”里。")
    return run


@deed()
def mark_seen(runs, *, user: User) -> None:
    """``user`` has looked at what became of ``runs``: they leave the desk, except what still has to be done again."""
    through = ScheduledRun.seen_by.through
    rows = [through(scheduledrun_id=run.pk, user_id=user.pk) for run in runs]
    through.objects.bulk_create(rows, ignore_conflicts=True)
