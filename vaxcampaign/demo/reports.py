"""Yesterday was a push day: two progress reports, the day closed; today is one again and its reports are owed. Some reports
are made by themselves."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from campaigns.models import Campaign
from reports.choices import FiledKind, ReportKind, ScheduleDays
from reports.cutoffs import Timetable, moment
from reports.services import daily_closing, filing, progress, scheduled_runs, schedules, timetables
from residents.models import VaccinationRecord
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

REASON = "全旗第一剂攻坚"
PAPERS_FOUND = 4  # doses of the day before that a village wrote down a day late


def date_records(*, now: datetime) -> None:
    """Doses were written down on the day they were given, not when the demo was built; a few of them a day late."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    past = VaccinationRecord.objects.filter(given_on__lte=yesterday, voided_at=None)
    for day in past.values_list("given_on", flat=True).distinct().order_by("given_on"):
        past.filter(given_on=day).update(recorded_at=moment(day, time(10, 30)))
    of_day, before = (
        list(past.filter(given_on=day).order_by("pk").values_list("pk", flat=True))
        for day in (yesterday, yesterday - timedelta(days=1))
    )
    afternoon = [*of_day[len(of_day) // 2 :], *before[:PAPERS_FOUND]]
    past.filter(pk__in=afternoon).update(recorded_at=moment(yesterday, time(15)))


def hand_in(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Push days of the county; what the town handed in yesterday, and who has read it."""
    date_records(now=now)
    today = timezone.localdate(now)
    yesterday = today - timedelta(days=1)
    county, office = ground.users["county"], ground.users["town"]
    where = {"campaign": campaign, "place": ground.county, "reason": REASON, "actor": county}
    timetables.name_push_day(day=yesterday, now=moment(yesterday, time(8)), **where)
    timetables.name_push_day(day=today, now=now, **where)
    of_town = {"campaign": campaign, "place": ground.town, "actor": office}
    for slot in Timetable(campaign, FiledKind.PROGRESS).slots(ground.town, yesterday):
        report = progress.file_progress(
            day=yesterday,
            slot=slot.name,
            cut_off=slot.cut_off,
            key=key("progress", yesterday, slot.name),
            now=slot.cut_off + timedelta(minutes=6),
            **of_town,
        )
        if slot.name == "上午":
            filing.mark_seen(report=report, user=county, now=slot.cut_off + timedelta(minutes=20))
    closed_at = moment(yesterday, time(19))
    daily_closing.close_day(day=yesterday, key=key("daily", yesterday), now=closed_at, **of_town)


def have_made(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """What the office has set for every day, as it was made yesterday: a list of one village, the stock, the daily report."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    for kind, place, hour in (
        (ReportKind.UNVACCINATED, ground.villages[0], time(8)),
        (ReportKind.STOCK, ground.town, time(17, 30)),
        (ReportKind.DAILY, ground.town, time(19, 30)),
    ):
        schedules.schedule(
            schedules.Wish(kind, place, ScheduleDays.DAILY, hour),
            campaign=campaign,
            office=ground.town,
            actor=ground.users["town"],
            key=key("schedule", kind),
            now=moment(yesterday, time(7)),
        )
        scheduled_runs.run_due(now=moment(yesterday, hour) + timedelta(minutes=1))
