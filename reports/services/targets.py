"""Giving out tasks: as a number, as a percentage of a kept base, or from the stock that is to be used up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.choices import Level
from places.models import Place
from reports import rules
from reports.bases import newest_base, people_in
from reports.choices import TargetBasis, TargetKind
from reports.cohorts import EVERYONE, Cohort
from reports.models import Target
from reports.services.standings import METRIC_OF, Standing, standings, summed
from reports.units import Unit
from residents.services.bases import freeze_base

__all__ = ["METRIC_OF", "Standing", "Task", "assign", "standings", "summed"]


@dataclass(frozen=True)
class Task:
    """What is given out to several places at once: what counts, whom, by when; how the number came about.

    ``percent`` goes with the basis PERCENT: the numbers then follow from the base. ``replaces``: the due day of the tasks
    that this one moves; without it a task of another day stands beside the old one.
    """

    due_on: date
    kind: str = TargetKind.FIRST
    cohort: Cohort = EVERYONE
    basis: str = TargetBasis.COUNT
    percent: Decimal | None = None
    starts_on: date | None = None
    replaces: date | None = None
    note: str = ""


@deed()
def assign(
    *,
    actor: User | None,
    campaign: Campaign,
    kind: str,
    quantities: Mapping[Place | Unit, int],
    due_on: date,
    key: UUID,
    now: datetime,
    note: str = "",
    **more,
) -> list[Target]:
    """Give each place its quantity by ``due_on``; a changed target supersedes the old one and keeps it. ``more``: the other
    fields of ``Task``. Returns the targets that are new; a repeat of ``key`` changes nothing.

    Raises NotAllowed outside the actor's places; RuleBroken: TARGET_DUE (outside the campaign, or before its start),
    TARGET_BASIS (a basis that does not go with the kind).
    """
    task = Task(due_on=due_on, kind=kind, note=note, **more)
    _check(task, campaign)
    units = {_unit(place): quantity for place, quantity in quantities.items()}
    _check_places(actor, campaign, task, units)
    alone(f"targets:{campaign.pk}")
    asked = {"campaign": campaign, "assigned_at": now, "assigned_by": actor}
    asked |= {name: getattr(task, name) for name in ("kind", "basis", "starts_on", "due_on", "note")}
    asked["cohort"] = task.cohort.code
    targets = [
        Target(key=uuid5(key, unit.key), place=unit.place, group_no=unit.group_no, quantity=quantity, **asked)
        for unit, quantity in sorted(units.items(), key=lambda item: item[0].key)
    ]
    if task.basis == TargetBasis.PERCENT:
        targets = _measured(targets, task, campaign, actor, now)
    return [target for target in targets if _put(target, task.replaces)]


def _measured(
    targets: list[Target], task: Task, campaign: Campaign, actor: User | None, now: datetime
) -> list[Target]:
    """``targets`` with their percentage of the newest kept base, without those of whom it holds nobody; a campaign that kept
    none keeps one now."""
    today = timezone.localdate(now)
    base = newest_base(campaign) or freeze_base(
        campaign=campaign, actor=actor, reason="按百分比下达任务时的基数", now=now, today=today
    )
    people = people_in(base, campaign, [Unit(t.place, t.group_no) for t in targets], task.cohort)
    for target in targets:
        target.base, target.percent = base, task.percent
        target.base_people = people[Unit(target.place, target.group_no)]
        target.quantity = rules.percent_of(target.base_people, task.percent)
    return [target for target in targets if target.base_people]


def _unit(place: Place | Unit) -> Unit:
    return place if isinstance(place, Unit) else Unit(place)


def _check(task: Task, campaign: Campaign) -> None:
    if not campaign.starts_on <= task.due_on <= campaign.ends_on:
        text = f"截止日期应在活动期间({campaign.starts_on} 至 {campaign.ends_on})内。"
        raise RuleBroken("TARGET_DUE", text, "due_on")
    if task.starts_on and task.starts_on > task.due_on:
        raise RuleBroken("TARGET_DUE", "起算日期不能晚于完成期限。", "starts_on")
    of_people = task.kind != TargetKind.DOSES
    if task.basis == TargetBasis.PERCENT and not (of_people and task.percent):
        text = "百分比是基数人数的百分比:请填百分比,并选按人数计的指标。"
        raise RuleBroken("TARGET_BASIS", text, "percent")
    if task.basis == TargetBasis.STOCK and of_people:
        raise RuleBroken("TARGET_BASIS", "按库存清零的任务按剂次计,请选“接种剂次”。", "basis")


def _check_places(actor: User | None, campaign: Campaign, task: Task, units: Mapping[Unit, int]) -> None:
    """A place inside the scope; one's own place only while nobody has given it a task: who gave it, changes it."""
    if actor is None:
        return
    scope = actor.scope("targets.assign")
    if not all(scope.covers(unit.place.code) for unit in units):
        raise NotAllowed("只能给本辖区的村(社区)下达任务。")
    own = {unit.place for unit in units if not unit.group_no and unit.place.prefix in scope.prefixes}
    if any(place.level == Level.VILLAGE for place in own):
        raise NotAllowed("村(社区)的任务由乡镇(街道)下达,村里只能分到组。")
    given = Target.objects.current().filter(
        campaign=campaign, kind=task.kind, cohort=task.cohort.code, group_no="", place__in=own
    )
    if own and any(is_from_above(target) for target in given.select_related("assigned_by", "place")):
        raise NotAllowed("本级的任务是上级下达的,不能自己改。")


def is_from_above(target: Target) -> bool:
    """It was given by an office above the place, so the place itself does not change it."""
    giver = target.assigned_by
    return giver is None or target.place.prefix not in giver.scope("targets.assign").prefixes


def _put(target: Target, replaces: date | None) -> bool:
    """False when the post comes again or the same task stands already; else what stood on its day (and on ``replaces``) is
    over."""
    if Target.objects.filter(key=target.key).exists():
        return False
    current = Target.objects.current().filter(
        campaign=target.campaign,
        place=target.place,
        group_no=target.group_no,
        kind=target.kind,
        cohort=target.cohort,
        due_on__in={target.due_on, replaces or target.due_on},
    )
    said = ("quantity", "basis", "percent", "base_id", "starts_on", "due_on")
    old = list(current)
    if len(old) == 1 and all(getattr(old[0], name) == getattr(target, name) for name in said):
        return False
    current.update(superseded_at=target.assigned_at)
    target.save(force_insert=True)
    _record(target)
    return True


def _record(target: Target) -> None:
    data = {"kind": target.kind, "quantity": target.quantity, "due_on": target.due_on.isoformat()}
    data |= {name: getattr(target, name) for name in ("cohort", "group_no") if getattr(target, name)}
    if target.base:
        data |= {"percent": str(target.percent), "base": target.base.number}
    actor, code = target.assigned_by, target.place.code
    audit.record("target.assigned", actor=actor, target=target, place_code=code, data=data)
