"""Setting down which report is made when, changing and stopping it. Nobody else writes ReportSchedule."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time

from accounts.models import User
from campaigns.models import Campaign
from core import audit, repeats
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.choices import Level
from places.models import Place
from reports.choices import ReportKind, ScheduleDays
from reports.models import ReportSchedule
from reports.sheet_kinds import PRODUCED

ACTION = "reports.schedule"
_LEVELS = {ReportKind.DAILY: (Level.TOWN,), ReportKind.WEEKLY: (Level.TOWN, Level.COUNTY)}


@dataclass(frozen=True)
class Wish:
    """What is asked for: which report about which place, on which days, at which local time."""

    kind: str
    place: Place
    days: str
    at: time

    @property
    def columns(self) -> dict:
        """As they stand in the row."""
        return {"kind": self.kind, "place": self.place, "days": self.days, "at": self.at}


@deed()
def schedule(
    wish: Wish, *, campaign: Campaign, office: Place, actor: User, key: uuid.UUID, now: datetime
) -> ReportSchedule:
    """Have a report made for ``office`` from now on. Posted twice it is the same one.

    Raises RuleBroken: SCHEDULE_KIND, SCHEDULE_PLACE, SCHEDULE_ALIKE, KEY_USED; NotAllowed.
    """
    alone(f"schedules:{office.pk}")
    if row := ReportSchedule.objects.filter(key=key).first():
        return repeats.same(row, office=office, **wish.columns)
    return _write(wish, campaign=campaign, office=office, actor=actor, key=key, now=now)


@deed()
def change(old: ReportSchedule, wish: Wish, *, actor: User, key: uuid.UUID, now: datetime) -> ReportSchedule:
    """From now on ``wish`` instead of ``old``, which stays on record; ``actor`` answers for it, and takes its lists of people.

    Raises RuleBroken as ``schedule``, and SCHEDULE_ENDED.
    """
    alone(f"schedules:{old.office_id}")
    if row := ReportSchedule.objects.filter(key=key).first():
        return repeats.same(row, replaces=old, **wish.columns)
    _end(old, actor, now)
    about = {"campaign": old.campaign, "office": old.office, "replaces": old}
    return _write(wish, actor=actor, key=key, now=now, **about)


@deed()
def stop(row: ReportSchedule, *, actor: User, now: datetime) -> None:
    """Nothing more is made; what was due before still is. Raises RuleBroken SCHEDULE_ENDED."""
    alone(f"schedules:{row.office_id}")
    _end(row, actor, now)
    audit.record("schedule.ended", actor=actor, target=row, place_code=row.office.code, data=_told(row))


def _end(row: ReportSchedule, actor: User, now: datetime) -> None:
    current = ReportSchedule.objects.current().filter(pk=row.pk)
    if not current.update(ended_at=now, ended_by=actor):
        raise RuleBroken("SCHEDULE_ENDED", "这个定时报表刚才已被修改或停用,请刷新页面再看。")


def _write(
    wish: Wish,
    *,
    campaign: Campaign,
    office: Place,
    actor: User,
    key: uuid.UUID,
    now: datetime,
    replaces=None,
) -> ReportSchedule:
    _check(wish, campaign, office, actor)
    row = ReportSchedule.objects.create(
        key=key,
        campaign=campaign,
        office=office,
        set_at=now,
        set_by=actor,
        replaces=replaces,
        **wish.columns,
    )
    action = "schedule.changed" if replaces else "schedule.set"
    audit.record(action, actor=actor, target=row, place_code=office.code, data=_told(row))
    return row


def _check(wish: Wish, campaign: Campaign, office: Place, actor: User) -> None:
    if wish.kind not in PRODUCED or wish.days not in ScheduleDays:
        raise RuleBroken("SCHEDULE_KIND", "没有这种定时报表,请重新选择。", "kind")
    if (levels := _LEVELS.get(ReportKind(wish.kind))) and wish.place.level not in levels:
        name, words = ReportKind(wish.kind).label, "、".join(level.label for level in levels)
        raise RuleBroken("SCHEDULE_PLACE", f"{name}只按{words}编制,请换一个单位。", "place")
    if not may_read(actor, wish.kind, wish.place) or not actor.scope(ACTION).covers(office.code):
        raise NotAllowed("您看不到这个单位的这种报表,不能设定时。请换一种报表或一个单位。")
    alike = ReportSchedule.objects.current().filter(campaign=campaign, office=office, **wish.columns)
    if alike.exists():
        raise RuleBroken("SCHEDULE_ALIKE", "一样的定时报表已经有了,不用再设。", "kind")


def may_read(user: User, kind: str, place: Place) -> bool:
    """The user may have the report made about ``place``."""
    action = PRODUCED[kind].action
    return user.is_active and user.can(action) and user.scope(action).covers(place.code)


def _told(row: ReportSchedule) -> dict:
    return {"kind": row.kind, "about": row.place.code, "days": row.days, "at": f"{row.at:%H:%M}"}
