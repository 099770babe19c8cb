"""Progress reports of push days on the desk: a town sees which hour it owes, a county who owes one and what it has not read."""

from django.db.models import Exists, OuterRef, QuerySet

from places.choices import Level
from places.models import Place
from reports.choices import FiledKind
from reports.cutoffs import asked_today, progress_due
from reports.models import FiledReport, ReportSeen
from vaxcampaign.desk.cards import Card, Moment, link


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
    return asked_today(moment.campaign, prefixes, moment.today) | {"unread": unread}


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
