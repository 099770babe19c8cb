"""任务进度表: where each unit stands against its task, a sheet for each kind of task."""

from collections.abc import Sequence
from datetime import date, datetime

from campaigns.models import Campaign
from core.dates import day_zh
from core.xlsx import Column, Ratio, Sheet
from places.models import Place
from reports import rules
from reports.choices import TargetKind
from reports.services.standings import (
    Standing,
    by_town,
    finished_days,
    standings,
    towns_of,
)
from reports.sums import day_and_sums, totals


def progress_sheets(
    *, place: Place, campaign: Campaign, day: date, now: datetime, **heads: object
) -> list[Sheet]:
    """A sheet for each kind of task at the end of ``day``: the villages of a place, of a county its townships."""
    prefixes, towns = {place.prefix}, towns_of(place)
    since, last = finished_days(day, now)
    read_once = {
        "counted": day_and_sums(campaign, prefixes, day=day, now=now),
        "week": totals(campaign, prefixes, since=since, until=last, now=now),
    }
    found = []
    for kind in TargetKind:
        villages = standings(campaign, prefixes, kind=kind, now=now, until=day, **read_once)
        columns = _columns(kind, of_towns=bool(towns))
        asked = {"kind": kind, "campaign": campaign, "day": day}
        found.append(_sheet(by_town(villages, towns), columns, place, **asked, **heads))
    return found


def _columns(kind: TargetKind, *, of_towns: bool) -> list[Column]:
    """Of towns the rate leaves out their villages without a task, so what is divided has a column of its own."""
    done, on_task = f"完成({kind.unit})", []
    if of_towns:
        note = "累计里,有任务的村完成的;完成率按它算"
        on_task = [Column("on_task", "有任务的村", group=done, format="int", total="sum", width=9, note=note)]
    ratio = Ratio("on_task" if of_towns else "done", "quota", only_with=True)
    return [
        Column("rank", "排名", format="serial", width=7),
        Column("place", "乡镇(街道)" if of_towns else "村(社区)", width=18),
        Column("quota", "任务数", format="int", total="sum", width=10),
        Column("today", "当日", group=done, format="int", total="sum", width=9),
        Column("done", "累计", group=done, format="int", total="sum", width=9),
        *on_task,
        Column("rate", "完成率", format="percent", total=ratio, width=10),
        Column("missing", "差数", format="int", total="sum", width=9, note="任务数减累计,已超额的为0"),
        Column("due_on", "完成期限", format="date", width=12),
        Column("days_left", "剩余天数", format="int", width=9),
        Column("pace", "每日需", format="int", width=9),
        Column("state", "进度", width=10),
    ]


def _sheet(
    rows: Sequence[Standing],
    columns: list[Column],
    place: Place,
    *,
    kind: TargetKind,
    campaign: Campaign,
    day: date,
    **heads,
) -> Sheet:
    """In rank order; equal rates share a rank, who lags behind the pace is tinted."""
    ranks = rules.ranks([row.rate for row in rows])
    pairs = sorted(
        zip(ranks, rows, strict=True), key=lambda pair: (pair[0] is None, pair[0] or 0, pair[1].place.code)
    )
    return Sheet(
        name=kind.label,
        columns=columns,
        rows=[_cells(rank, row, kind, campaign, day) for rank, row in pairs],
        title=f"{place.name}{campaign.name}{kind.label}进度({day_zh(day)})",
        unit=kind.unit,
        highlight=lambda cell: {"落后": "warn", "已完成": "good"}.get(cell["state"]),
        freeze_columns=2,
        **heads,
    )


def _cells(rank: int | None, row: Standing, kind: TargetKind, campaign: Campaign, day: date) -> dict:
    """``code``, ``kind`` and ``starts_on`` are no columns: they say on the page whose names stand behind a number."""
    return {
        "rank": rank,
        "place": row.place.name,
        "quota": row.quantity,
        "today": row.today,
        "done": row.done,
        "on_task": row.share[0] if row.quantity else None,
        "rate": float(row.rate) if row.rate is not None else None,
        "missing": row.missing if row.quantity is not None else None,
        "due_on": row.due_on,
        "days_left": row.days_left,
        "pace": row.pace,
        "state": _state(row, campaign, day),
        "code": row.place.code,
        "kind": kind,
        "starts_on": row.starts_on,
    }


def _state(row: Standing, campaign: Campaign, day: date) -> str:
    if row.rate is None:
        return "未定任务"
    if row.rate >= 1:
        return "已完成"
    pace = rules.pace_share(row.starts_on or campaign.starts_on, row.due_on, day)
    return "落后" if row.rate < pace else "正常"
