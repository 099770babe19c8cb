"""Closing a day (日终封存): the daily report is frozen; what is entered later stands in 补录 of the next one (S26, S69)."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

from accounts.models import User
from campaigns.models import Campaign
from core.errors import RuleBroken
from core.locks import deed
from places.models import Place
from reports.choices import FiledKind
from reports.counted import DOSES, ELDER_AGES, PEOPLE, TARGET, elder_code
from reports.cutoffs import daily_cut_off
from reports.days import day_bounds
from reports.filed import is_of_whole
from reports.filing_rules import LATE, NEW
from reports.models import FiledReport
from reports.services.daily import DailyReport, DailyRow, daily_report, total_row
from reports.services.filing import Line
from reports.services.progress import count_and_write

_STATES = ("contra", "hold", "refused", "away")  # how things stood when it was closed
_OF_SITES = ("given_here", "given_to_guests", "aefi_day", "aefi_sum")


@deed()
def close_day(
    *, campaign: Campaign, place: Place, day: date, actor: User | None, key: uuid.UUID, now: datetime
) -> FiledReport:
    """Freeze the daily report of a township: at the agreed hour, or now when that has not come yet.

    Raises RuleBroken: REPORT_DAY (in the future), and as ``file_progress``.
    """
    if day_bounds(day)[0] > now:
        raise RuleBroken("REPORT_DAY", "日期不能晚于今天。", "day")
    cut_off = daily_cut_off(campaign, place, day=day, now=now)
    return count_and_write(
        kind=FiledKind.DAILY,
        campaign=campaign,
        place=place,
        day=day,
        cut_off=cut_off,
        actor=actor,
        key=key,
        now=now,
        more=_besides(campaign, place, day, now, cut_off),
        with_elders=True,
    )


def _besides(
    campaign: Campaign, place: Place, day: date, now: datetime, cut_off: datetime
) -> Callable[[], list[Line]]:
    def lines() -> list[Line]:
        last = FiledReport.objects.chain(kind=FiledKind.DAILY, campaign=campaign, place=place).last()
        since = last.cut_off if last and last.day == day - timedelta(days=1) else None
        span = {"since": since, "cut_off": cut_off}  # no dose of a site is left out between two closes
        live = daily_report(campaign=campaign, place=place, day=day, now=now, **span)
        found: list[Line] = []
        for row in live.rows:
            numbers = {name: getattr(row, name) for name in _STATES}
            found.append((row.place, numbers | ({} if row.quota is None else {"quota": row.quota}), {}))
        found.append((place, {name: getattr(live, name) for name in _OF_SITES}, {"stock": live.stock}))
        return found

    return lines


def closed_report(campaign: Campaign, place: Place, day: date) -> FiledReport | None:
    """The frozen daily report of this day, if it has been closed."""
    rows = FiledReport.objects.filter(kind=FiledKind.DAILY, campaign=campaign, place=place, day=day)
    return rows.select_related("place", "campaign", "filed_by").first()


def report_of_day(campaign: Campaign, place: Place, day: date, now: datetime) -> DailyReport:
    """The daily report of a town: as it was frozen when the day has been closed, else counted now."""
    closed = closed_report(campaign, place, day)
    if closed:
        return frozen_report(closed)
    return daily_report(campaign=campaign, place=place, day=day, now=now)


def frozen_report(report: FiledReport) -> DailyReport:
    """A closed day as the sheet shows it, from what was frozen; nothing is counted again."""
    lines = list(report.lines.select_related("place").order_by("place__code"))
    of_whole = next((line for line in lines if line.place_id == report.place_id), None)
    rows = [_row(line) for line in lines if not is_of_whole(report, line)]
    figures, words = (of_whole.figures, of_whole.words) if of_whole else ({}, {})
    return DailyReport(
        place=report.place,
        campaign=report.campaign,
        day=report.day,
        cut_off=report.cut_off,
        rows=rows,
        total=total_row(report.place, rows),
        stock=[(name, vials, doses) for name, vials, doses in words.get("stock", [])],
        **{name: figures.get(name, 0) for name in _OF_SITES},
    )


def _row(line) -> DailyRow:
    figures = line.figures
    row = DailyRow(line.place, quota=figures.get("quota"), target=figures.get(TARGET, 0))
    row.target_60, row.target_80 = (figures.get(elder_code(TARGET, age), 0) for age in ELDER_AGES)
    row.day = {code: figures[f"{code}.{NEW}"] for code in DOSES if f"{code}.{NEW}" in figures}
    elders = [elder_code(code, age) for code in PEOPLE[:2] for age in ELDER_AGES]
    row.sums = {code: figures[code] for code in (*DOSES, *PEOPLE, *elders) if code in figures}
    row.late = sum(figures.get(f"{code}.{LATE}", 0) for code in DOSES)
    for name in _STATES:
        setattr(row, name, figures.get(name, 0))
    return row
