"""The ranking of a week: counted live until it is published, then read as it was published."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.permissions import roles_with
from campaigns.models import Campaign
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.models import Place
from reports.choices import FiledKind, TargetKind
from reports.models import FiledReport
from reports.services import filing, rollups
from reports.services.bulletins.writing import may_write
from reports.services.weekly import counted, published
from reports.weekly import Line, Ranking, in_order
from residents.publicity_sheet import week_of

_FIGURES = ("quota", "week", "week_before", "done", "before", "quota_before", "rank", "rank_before", "late")


def ranking(*, campaign: Campaign, place: Place, kind: TargetKind, day: date, now: datetime) -> Ranking:
    """The ranking of the week of ``day``: the published one where it was published by this measure, else live."""
    _, sunday = week_of(day)
    filed = published(campaign, place).filter(day=sunday, slot=kind.label)
    report = filed.select_related("place", "campaign", "filed_by").first()
    return (
        as_published(report)
        if report
        else counted(campaign=campaign, place=place, kind=kind, day=day, now=now)
    )


def publish(
    *,
    campaign: Campaign,
    place: Place,
    kind: TargetKind,
    day: date,
    actor: User | None,
    key: UUID,
    now: datetime,
) -> FiledReport:
    """Freeze the ranking of the week of ``day``. Posted twice it is the same one.

    Raises NotAllowed; RuleBroken WEEK_OPEN (not over yet), NO_TARGETS, and those of ``filing.write_report``.
    """
    if not may_write(actor, place):
        raise NotAllowed("周排名由本单位自己通报,上级只看不发。")
    _, sunday = week_of(day)
    if sunday >= timezone.localdate(now):
        monday = sunday + timedelta(days=1)
        text = f"这一周还没有过完,{monday.month}月{monday.day}日起可以通报。"
        raise RuleBroken("WEEK_OPEN", text, "day")
    rollups.fill_dirty(now=now)  # what was entered a moment ago for a day of the week counts
    row = {"kind": FiledKind.WEEKLY, "campaign": campaign, "place": place, "day": sunday, "cut_off": now}
    return _freeze(row | {"actor": actor, "key": key, "now": now}, kind)


@deed()
def _freeze(report: dict, measure: TargetKind) -> FiledReport:
    turn = filing.take_turn(**{name: value for name, value in report.items() if name != "actor"})
    if turn.same is not None:
        return turn.same
    about = {name: report[name] for name in ("campaign", "place", "day", "now")}
    made = counted(kind=measure, **about)
    if not made.placed:
        raise RuleBroken("NO_TARGETS", "还没有给各村下达任务,不能排名。请先到“任务”页下达。")
    lines = [_frozen(line) for line in made.lines] + [_frozen(made.total, due_on=made.due_on)]
    return filing.write_report(**report, lines=lines, slot=measure.label)


def _frozen(line: Line, due_on: date | None = None) -> tuple[Place, dict[str, int], dict[str, str]]:
    figures = {name: value for name in _FIGURES if (value := getattr(line, name)) is not None}
    words = {"secretary": line.secretary} | ({"due_on": due_on.isoformat()} if due_on else {})
    return line.place, figures, words


def as_published(report: FiledReport) -> Ranking:
    """The ranking as it was frozen."""
    rows = list(report.lines.select_related("place"))
    total = next(row for row in rows if row.place_id == report.place_id)
    lines = [_thawed(row) for row in rows if row is not total]
    due_on = total.words.get("due_on")
    return Ranking(
        place=report.place,
        campaign=report.campaign,
        kind=next(kind for kind in TargetKind if kind.label == report.slot),
        monday=report.day - timedelta(days=6),
        sunday=report.day,
        cut_off=report.cut_off,
        lines=in_order(lines),
        total=_thawed(total),
        due_on=date.fromisoformat(due_on) if due_on else None,
        report=report,
    )


def _thawed(row) -> Line:
    figures = {name: row.figures.get(name) for name in _FIGURES}
    return Line(place=row.place, secretary=row.words["secretary"], **figures)


def not_read(report: FiledReport, today: date) -> list[RoleAssignment]:
    """Who answers for a ranked unit and has not opened the ranking yet."""
    mine = RoleAssignment.objects.current(today).filter(
        role__in=roles_with("reports.view"), place__in=report.lines.values("place"), user__is_active=True
    )
    waiting = mine.exclude(place=report.place).exclude(user__in=report.seen.values("user"))
    return list(waiting.select_related("user", "place").order_by("place__code", "pk"))
