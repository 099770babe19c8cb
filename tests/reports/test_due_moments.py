"""When a scheduled report is due, what it is about, and what can be made good. No database."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from reports.choices import ScheduleDays
from reports.due_moments import Moments, day_about, late_words, parted

FRIDAY = date(
    2026, 3, 27
)  # the clocks of Europe change on the Sunday after, those of America did three weeks before


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_current_timezone())


def rule(days, hour=18, push=()):
    return Moments(ScheduleDays(days), time(hour), lambda day: day in push)


def test_every_day_is_once_and_24_hours_after_the_one_before():
    year = list(rule("daily", 2).between(at(FRIDAY, 0), at(FRIDAY + timedelta(days=365), 0)))
    assert len(year) == 365
    assert {later - one for one, later in zip(year, year[1:], strict=False)} == {timedelta(hours=24)}
    assert {timezone.localtime(due).time() for due in year} == {time(2)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [("workdays", [0, 3, 4]), ("push", [1]), ("sat", [1]), ("mon", [3]), ("thu", [])],
)
def test_the_days_of_a_rule(days, expected):
    saturday = FRIDAY + timedelta(days=1)
    found = rule(days, push={saturday}).between(at(FRIDAY, 0), at(FRIDAY + timedelta(days=4), 23))
    assert [(due.date() - FRIDAY).days for due in found] == expected


def test_a_moment_belongs_to_the_span_that_ends_with_it():
    daily, due = rule("daily"), at(FRIDAY, 18)
    assert list(daily.between(at(FRIDAY, 8), due)) == [due]
    assert list(daily.between(due, at(FRIDAY, 23))) == []
    assert daily.next(due) == due + timedelta(days=1)
    assert rule("push").next(due) is None


def test_days_that_were_missed_are_made_each_lists_of_the_present_once():
    missed = list(rule("daily").between(at(FRIDAY, 12), at(FRIDAY + timedelta(days=3), 8)))
    assert len(missed) == 3
    assert parted(missed, of_day=True) == (missed, [])
    assert parted(missed, of_day=False) == (missed[-1:], missed[:-1])
    assert parted([], of_day=False) == ([], [])


def test_which_day_a_report_is_about():
    monday = FRIDAY + timedelta(days=3)
    assert day_about("daily", at(FRIDAY, 18)) == FRIDAY
    assert day_about("daily", at(FRIDAY, 0, 30)) == FRIDAY - timedelta(days=1)
    assert day_about("weekly", at(monday, 8)) == day_about("weekly", at(monday, 3)) == date(2026, 3, 29)
    assert day_about("weekly", at(FRIDAY, 18)) == FRIDAY


def test_a_file_that_comes_late_says_what_it_holds():
    due = at(FRIDAY, 18)

    def said(now, is_of_day):
        return late_words(kind_is_of_day=is_of_day, day=FRIDAY, due=due, now=now)

    assert said(due + timedelta(minutes=59), False) == ""
    assert "数字统计到补做时" in said(at(FRIDAY, 22), True)
    next_day = at(FRIDAY + timedelta(days=1), 8)
    assert "2026-03-27 全天的" in said(next_day, True)
    assert "不是原定时间的" in said(next_day, False)
    assert all(len(said(next_day, kind)) <= 120 for kind in (True, False))  # fits on the file's row
