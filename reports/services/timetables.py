"""Naming push days (攻坚日) and the hours at which reports are cut off. What is over stays as it was."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from places.models import Place
from reports.choices import FiledKind
from reports.models import CutOff, PushDay

Hour = tuple[str, time | None, bool]  # name, cut-off (None: midnight), every day or on push days only


@deed()
def name_push_day(
    *, campaign: Campaign, place: Place, day: date, reason: str, actor: User | None, now: datetime
) -> PushDay:
    """On ``day`` every township of ``place`` hands in its progress at each hour. Named twice it is the same day.

    Raises RuleBroken: PUSH_DAY_PAST.
    """
    if day < timezone.localdate(now):
        raise RuleBroken("PUSH_DAY_PAST", "这一天已经过去,请选今天或以后的日期。", "day")
    named = {"campaign": campaign, "place": place, "day": day, "ended_at": None}
    row, is_new = PushDay.objects.get_or_create(
        **named, defaults={"reason": reason.strip(), "set_at": now, "set_by": actor}
    )
    if is_new:
        data = {"day": day.isoformat(), "reason": row.reason}
        audit.record("push_day.named", actor=actor, target=row, place_code=place.code, data=data)
    return row


@deed()
def end_push_day(*, push_day: PushDay, actor: User | None, now: datetime) -> None:
    """Take a push day back; a day that is over stays.

    Raises RuleBroken: PUSH_DAY_PAST.
    """
    if push_day.day < timezone.localdate(now):
        raise RuleBroken("PUSH_DAY_PAST", "这一天已经过去,不能取消。")
    open_rows = PushDay.objects.filter(pk=push_day.pk, ended_at=None)
    if open_rows.update(ended_at=now, ended_by=actor):
        data = {"day": push_day.day.isoformat()}
        audit.record(
            "push_day.ended", actor=actor, target=push_day, place_code=push_day.place.code, data=data
        )


@deed()
def set_hours(
    *,
    campaign: Campaign,
    place: Place,
    kind: str,
    hours: Sequence[Hour],
    actor: User | None,
    now: datetime,
) -> list[CutOff]:
    """The hours of ``place`` and what lies in it from now on; without any, those of the place above hold again.

    Raises RuleBroken: HOURS_ALIKE (a name or an hour twice), HOUR_UNNAMED.
    """
    if any(not name.strip() for name, _, _ in hours):
        raise RuleBroken("HOUR_UNNAMED", "请写时段名称,例如“上午”。")
    if len({name.strip() for name, _, _ in hours}) < len(hours) or len({at for _, at, _ in hours}) < len(
        hours
    ):
        raise RuleBroken("HOURS_ALIKE", "两个时段的名称或截止时间相同,请改成不同的。")
    old = CutOff.objects.filter(campaign=campaign, place=place, kind=kind, ended_at=None)
    had = {(row.name, row.at, row.is_daily) for row in old}
    wanted = {(name.strip(), at, is_daily) for name, at, is_daily in hours}
    if had == wanted:
        return list(old)
    old.update(ended_at=now)
    rows = [
        CutOff(campaign=campaign, place=place, kind=FiledKind(kind), name=name, at=at, is_daily=is_daily)
        for name, at, is_daily in sorted(wanted, key=lambda hour: hour[1] or time.max)
    ]
    for row in rows:
        row.set_at, row.set_by = now, actor
    CutOff.objects.bulk_create(rows)
    data = {"kind": kind, "hours": [f"{row.name} {row.at or '24:00'}" for row in rows]}
    audit.record("report_hours.set", actor=actor, place_code=place.code, data=data)
    return rows
