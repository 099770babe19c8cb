"""Which scheduled reports are owed at a moment, and which wait for another try (reads only)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from campaigns.models import Campaign
from reports.choices import RunState, ScheduleDays
from reports.cutoffs import Timetable
from reports.due_moments import CATCH_UP, Moments, parted
from reports.models import ReportSchedule, ScheduledRun
from reports.sheet_kinds import PRODUCED

STALE_AFTER = timedelta(minutes=15)  # longer than the largest report takes


def rules_of(rows: list[ReportSchedule]) -> dict[int, Moments]:
    """Schedule → its rule. The push days of a campaign are read once, and only when somebody goes by them."""
    tables = {row.campaign_id: Timetable(row.campaign) for row in rows if row.days == ScheduleDays.PUSH}

    def of(row: ReportSchedule) -> Moments:
        table = tables.get(row.campaign_id)
        is_push = (lambda day: table.is_push_day(row.place, day)) if table else (lambda day: False)
        return Moments(ScheduleDays(row.days), row.at, is_push)

    return {row.pk: of(row) for row in rows}


def owed(now: datetime) -> Iterator[tuple[ReportSchedule, list[datetime], list[datetime]]]:
    """Schedules with moments that have come and were not begun: (schedule, to be made, can no longer be made)."""
    oldest = now - CATCH_UP
    recent = Q(ended_at=None) | Q(ended_at__gt=oldest)
    found = ReportSchedule.objects.filter(recent, campaign__in=Campaign.objects.running())
    rows = list(found.select_related("campaign", "place__parent", "set_by").order_by("at", "pk"))
    if not rows:
        return
    begun = set(
        ScheduledRun.objects.filter(schedule__in=rows, due__gt=oldest).values_list("schedule_id", "due")
    )
    rules = rules_of(rows)
    for row in rows:
        until = min(now, row.ended_at or now)
        came = rules[row.pk].between(max(row.set_at, oldest), until)
        waiting = [due for due in came if (row.pk, due) not in begun]
        if waiting:
            yield row, *parted(waiting, of_day=PRODUCED[row.kind].of_day)


def left_behind(now: datetime):
    """Runs that wait for another try, and those whose worker has died."""
    dead = Q(state=RunState.RUNNING, begun_at__lt=now - STALE_AFTER)
    return ScheduledRun.objects.filter(Q(state=RunState.WAITING) | dead)


def is_anything_due(now: datetime) -> bool:
    """For the page that looks whether there is work to start."""
    return left_behind(now).exists() or next(owed(now), None) is not None
