"""Reports on the desk: which hour of a push day a town owes, who owes one to the county, and what is not read; the weekly ranking
that waits to be published, and for a village the one it has not read; reports that were made by themselves, or were not."""

from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.charts import percent_words
from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from places.querysets import any_code_range
from reports import metrics
from reports.choices import FiledKind, RunState, TargetKind
from reports.cutoffs import asked_today, progress_due
from reports.due_moments import CATCH_UP
from reports.models import FiledReport, ReportSeen, ScheduledRun, Target
from reports.services import rollups
from reports.services.standings import standings, summed
from reports.sheet_kinds import PRODUCED
from vaxcampaign.desk.cards import Card, Moment, link

_TOWN = PREFIX_DIGITS[Level.TOWN]
_MOST_NOTICES = 4


def standing_cards(moment: Moment) -> list[Card]:
    """First doses against the task and the doses of today: the figures of the dashboard that a card opens."""
    if moment.campaign is None or not moment.user.can("reports.view"):
        return []
    asked = moment.campaign, moment.user.scope("reports.view").prefixes
    counted = rollups.day_and_sums(
        *asked, day=moment.today, now=moment.now, of=(metrics.FIRST, *metrics.DOSES)
    )
    rows = standings(*asked, kind=TargetKind.FIRST, now=moment.now, counted=counted, week={})
    done, quantity = sum(row.done for row in rows), None
    if any(row.quantity for row in rows):
        total = summed(rows, rows[0].place)
        done, quantity = total.share
    where = link("reports:dashboard")
    rate = percent_words(Fraction(done, quantity)) if quantity else "未下达任务"
    hint = f"{done:,} / {quantity:,} 人" if quantity else f"已完成 {done:,} 人"
    return [
        Card("首剂完成率", rate, where, hint=hint),
        Card("今天接种(剂)", sum(row.doses_today for row in rows), where),
    ]


def reporting(moment: Moment) -> dict[str, QuerySet]:
    """What is counted with everything else: on most days no report is asked for."""
    if moment.campaign is None:
        return {}
    prefixes = moment.user.scope("reports.download").prefixes
    seen = ReportSeen.objects.filter(report=OuterRef("pk"), user=moment.user)
    of_today = FiledReport.objects.visible_to(moment.user).filter(
        kind=FiledKind.PROGRESS, campaign=moment.campaign, day=moment.today
    )
    unread = of_today.exclude(filed_by=moment.user).filter(~Exists(seen))
    return asked_today(moment.campaign, prefixes, moment.today) | {"unread": unread} | _rankings(moment)


def _rankings(moment: Moment) -> dict[str, QuerySet]:
    """Townships of the user with villages that have a task, and those of them whose last week is published."""
    towns = [prefix for prefix in moment.user.scope("bulletins.write").prefixes if len(prefix) == _TOWN]
    sunday = _last_sunday(moment)
    if sunday < moment.campaign.starts_on:
        return {}
    tasks = Target.objects.current().filter(any_code_range("place__code", towns), place__level=Level.VILLAGE)
    published = FiledReport.objects.filter(any_code_range("place__code", towns), kind=FiledKind.WEEKLY)
    return {
        "tasks": tasks.filter(campaign=moment.campaign),
        "ranked": published.filter(campaign=moment.campaign, day=sunday),
    }


def _last_sunday(moment: Moment) -> date:
    return moment.today - timedelta(days=moment.today.weekday() + 1)


def ranking_cards(counts: dict[str, int]) -> list[Card]:
    """The last week is over, and the villages have not been told how they stand."""
    if not counts.get("tasks") or counts.get("ranked"):
        return []
    return [Card("上周排名还没有通报", "去通报", link("reports:weekly"), "due")]


def unread_ranking(moment: Moment) -> dict[str, QuerySet]:
    """For a village: the ranking of the last week, until somebody with this account has opened it."""
    villages = [prefix for prefix in moment.user.scope("reports.view").prefixes if len(prefix) > _TOWN]
    seen = ReportSeen.objects.filter(report=OuterRef("pk"), user=moment.user)
    rows = FiledReport.objects.filter(
        kind=FiledKind.WEEKLY,
        campaign=moment.campaign,
        day__gte=_last_sunday(moment),
        place__code__in={f"{prefix[:_TOWN]:0<12}" for prefix in villages},
    )
    return {"ranking": rows.filter(~Exists(seen))}


def progress_cards(moment: Moment, counts: dict[str, int]) -> list[Card]:
    """Only what is owed or unread."""
    where, unread = link("reports:progress"), counts.get("unread", 0)
    cards = [Card("没看的进度报告(今天)", unread, where, "due")] if unread else []
    if not counts.get("push_days") and not counts.get("daily_hours"):
        return cards
    prefixes = moment.user.scope("reports.download").prefixes
    towns = Place.objects.current().inside(prefixes).filter(level=Level.TOWN).order_by("code")
    due = progress_due(moment.campaign, towns, day=moment.today, now=moment.now)
    owed = [one for one in due if one.is_missing]
    if moment.user.can("progress.file"):
        return [
            *(Card(f"{one.slot.name}进度报告未报", "去报", where, "stop", _until(one)) for one in owed),
            *cards,
        ]
    word = "没报的进度报告(乡镇×时段)"
    return [*([Card(word, len(owed), where, "stop")] if owed else []), *cards]


def _until(due) -> str:
    return f"{due.slot.cut_off:%H:%M} 截止"


def made_alone(moment: Moment):
    """Scheduled reports of the office: those of the last days that were not made, and new ones the user has not looked at."""
    fresh = Q(state=RunState.DONE, finished_at__gte=moment.now - timedelta(days=1))
    runs = ScheduledRun.objects.visible_to(moment.user).filter(due__gte=moment.now - CATCH_UP)
    seen = ScheduledRun.seen_by.through.objects.filter(scheduledrun=OuterRef("pk"), user=moment.user)
    return runs.filter(Q(state=RunState.FAILED) | fresh & ~Exists(seen))


def made_alone_cards(moment: Moment, number: int) -> list[Card]:
    """“18:00 的日报 已生成”; what was not made comes first and says why."""
    if not number:
        return []
    where, words = link("reports:schedules"), {RunState.DONE: "已生成", RunState.FAILED: "没有做成"}
    runs = made_alone(moment).select_related("schedule__place").order_by("-state", "-due", "-pk")
    return [
        Card(
            f"{_hour(run, moment)} 的{PRODUCED[run.schedule.kind].title}",
            words[run.state],
            where,
            "stop" if run.state == RunState.FAILED else "",
            run.message if run.state == RunState.FAILED else _of(run),
        )
        for run in runs[:_MOST_NOTICES]
    ]


def _of(run: ScheduledRun) -> str:
    return f"{run.schedule.place}{',补做的' if run.message else ''}"


def _hour(run: ScheduledRun, moment: Moment) -> str:
    due = timezone.localtime(run.due)
    return f"{due:%H:%M}" if timezone.localdate(due) == moment.today else f"{due:%m-%d %H:%M}"
