"""When a scheduled report is due, about which day it is, and which missed moments can still be made good. Without a database.

All hours are those of the wall clock where the office works. China has had no summer time since 1991, so a moment exists
once on every day, and two neighbours of "every day" lie exactly 24 hours apart.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from reports.choices import ReportKind, ScheduleDays
from reports.cutoffs import moment

CATCH_UP = timedelta(
    days=7
)  # after a longer pause older reports are of no use: the page of the report makes any day
STILL_NIGHT = time(6)  # a report made before is about the day that has just ended
_WEEK = list(ScheduleDays)[-7:]  # Monday to Sunday


@dataclass(frozen=True)
class Moments:
    """The rule of one schedule: on which ``days``, at which local time. ``is_push`` tells the push days of the place."""

    days: ScheduleDays
    at: time
    is_push: Callable[[date], bool]

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Every due moment later than ``after`` and not later than ``until``, in order."""
        day, last = timezone.localdate(after), timezone.localdate(until)
        while day <= last:
            due = moment(day, self.at)
            if after < due <= until and self.is_on(day):
                yield due
            day += timedelta(days=1)

    def next(self, now: datetime, within: int = 60) -> datetime | None:
        """The first one after ``now`` in so many days; None when there is none (no push day was named)."""
        return next(self.between(now, now + timedelta(days=within)), None)

    def is_on(self, day: date) -> bool:
        """``day`` is one of the days."""
        if self.days == ScheduleDays.PUSH:
            return self.is_push(day)
        if self.days == ScheduleDays.WORKDAYS:
            return day.weekday() < 5
        return self.days == ScheduleDays.DAILY or self.days == _WEEK[day.weekday()]


def day_about(kind: str, due: datetime) -> date:
    """Which day a report due at ``due`` is about: that day, before six in the morning the day before. A weekly ranking due
    on a Monday is about the week that ended on Sunday."""
    day = timezone.localdate(due)
    if timezone.localtime(due).time() < STILL_NIGHT or (kind == ReportKind.WEEKLY and day.weekday() == 0):
        day -= timedelta(days=1)
    return day


def parted(waiting: Collection[datetime], *, of_day: bool) -> tuple[list[datetime], list[datetime]]:
    """(to be made, can no longer be made) of the moments that have come. A report about a day is made for each of them; of a
    list of the present moment only the last: the others would be the same list again."""
    ordered = sorted(waiting)
    return (ordered, []) if of_day else (ordered[-1:], ordered[:-1])


def late_words(*, kind_is_of_day: bool, day: date, due: datetime, now: datetime) -> str:
    """What stands on a file that could not be made when it was due; "" when it was made in time (within the hour)."""
    if now - due < timedelta(hours=1):
        return ""
    due_at, made_at = (f"{timezone.localtime(one):%Y-%m-%d %H:%M}" for one in (due, now))
    said = f"本应 {due_at} 生成,当时没有开机或没有做成,{made_at} 补做"
    if not kind_is_of_day:
        return f"{said}:名单和数字是补做时的情况,不是原定时间的。"
    if day == timezone.localdate(now):
        return f"{said}:数字统计到补做时。"
    return f"{said}:数字是 {day:%Y-%m-%d} 全天的,按补做时的记录。"
