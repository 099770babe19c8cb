"""Assigning targets, and where each village stands against its own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from uuid import UUID, uuid5

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.models import Place
from reports import rules
from reports.choices import TargetKind
from reports.metrics import BOOSTER, COMPLETE, DOSES, FIRST, denominators
from reports.models import Target
from reports.services import rollups

METRIC_OF = {TargetKind.FIRST: FIRST, TargetKind.COMPLETE: COMPLETE, TargetKind.BOOSTER: BOOSTER}


@deed()
def assign(
    *,
    actor: User | None,
    campaign: Campaign,
    kind: str,
    quantities: dict[Place, int],
    due_on: date,
    key: UUID,
    now: datetime,
    note: str = "",
) -> list[Target]:
    """Give each place its quantity of people by ``due_on``; a changed target supersedes the old one and keeps it.

    A repeat of ``key`` changes nothing. Raises NotAllowed outside the actor's places, RuleBroken("TARGET_DUE") for a
    deadline outside the campaign.
    """
    if not campaign.starts_on <= due_on <= campaign.ends_on:
        text = f"截止日期应在活动期间({campaign.starts_on} 至 {campaign.ends_on})内。"
        raise RuleBroken("TARGET_DUE", text, "due_on")
    if actor is not None:
        scope = actor.scope("targets.assign")
        if not all(scope.covers(place.code) for place in quantities):
            raise NotAllowed("只能给本辖区的村(社区)下达任务。")
    made = []
    for place, quantity in sorted(quantities.items(), key=lambda item: item[0].code):
        own_key = uuid5(key, place.code)
        if Target.objects.filter(key=own_key).exists():
            continue
        current = Target.objects.current().filter(campaign=campaign, place=place, kind=kind)
        if current.filter(quantity=quantity, due_on=due_on).exists():
            continue
        current.update(superseded_at=now)
        target = Target.objects.create(
            key=own_key,
            campaign=campaign,
            place=place,
            kind=kind,
            quantity=quantity,
            due_on=due_on,
            assigned_at=now,
            assigned_by=actor,
            note=note,
        )
        data = {"kind": kind, "quantity": quantity, "due_on": due_on.isoformat()}
        audit.record("target.assigned", actor=actor, target=target, place_code=place.code, data=data)
        made.append(target)
    return made


@dataclass(frozen=True)
class Standing:
    """One village against its target. ``done`` and ``today`` are people; ``doses_today`` doses."""

    place: Place
    quantity: int | None
    due_on: date | None
    done: int
    today: int
    doses_today: int
    days_left: int | None
    missing_below: int | None = None  # of a sum: what each misses, added up

    @property
    def share(self) -> tuple[int, int | None]:
        """Done and target, for the page to divide."""
        return self.done, self.quantity

    @property
    def rate(self) -> Fraction | None:
        """Done over target, exact; may pass 1 and is never clamped. None without a target."""
        return Fraction(self.done, self.quantity) if self.quantity else None

    @property
    def missing(self) -> int:
        """People still to reach; what one village does beyond its own task does not fill another's gap."""
        if self.missing_below is not None:
            return self.missing_below
        return max(0, (self.quantity or 0) - self.done)

    @property
    def pace(self) -> int | None:
        """People a day needed to finish in time; None without a target, everything when the day has come."""
        if self.quantity is None:
            return None
        return ceil(self.missing / max(1, self.days_left or 0))


def standings(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    kind: str,
    now: datetime,
    until: date | None = None,
    counted: tuple[rollups.Sums, rollups.Sums] | None = None,
) -> list[Standing]:
    """Every village of the places against its current target, in code order; today counted live.

    ``counted`` is the result of ``rollups.day_and_sums`` for ``until``, when the caller has it already.
    """
    today = timezone.localdate(now)
    until = until or today
    metric = METRIC_OF[TargetKind(kind)].code
    day, sums = counted or rollups.day_and_sums(campaign, prefixes, day=until, now=now)
    targets = {
        target.place_id: target for target in Target.objects.current().filter(campaign=campaign, kind=kind)
    }
    found = []
    for village in rollups.villages_of(prefixes):
        target = targets.get(village.pk)
        of_day = day.get(village.code, {})
        found.append(
            Standing(
                place=village,
                quantity=target.quantity if target else None,
                due_on=target.due_on if target else None,
                done=sums.get(village.code, {}).get(metric, 0),
                today=of_day.get(metric, 0),
                doses_today=sum(of_day.get(dose.code, 0) for dose in DOSES),
                days_left=max(0, (target.due_on - until).days) if target else None,
            )
        )
    return found


def summed(standings: Iterable[Standing], place: Place) -> Standing:
    """The totals row of several villages: people and targets add up; a sum without any target has none."""
    rows = list(standings)
    quantities = [row.quantity for row in rows if row.quantity is not None]
    due = [row.due_on for row in rows if row.due_on]
    left = [row.days_left for row in rows if row.days_left is not None]
    return Standing(
        place=place,
        quantity=sum(quantities) if quantities else None,
        due_on=max(due, default=None),
        done=sum(row.done for row in rows),
        today=sum(row.today for row in rows),
        doses_today=sum(row.doses_today for row in rows),
        days_left=max(left, default=None),
        missing_below=sum(row.missing for row in rows),
    )


@dataclass(frozen=True)
class Step:
    """A place below: its task now, the people its register holds, those done, and a share proposed for it."""

    place: Place
    quantity: int | None
    due_on: date | None
    people: int
    done: int
    proposed: int | None

    @property
    def share(self) -> tuple[int, int | None]:
        """Done and target, for the page to divide."""
        return self.done, self.quantity


@dataclass(frozen=True)
class Ladder:
    """A place's own task and how it is shared out to the places directly below (S5: 11,100 over 12 villages)."""

    place: Place
    goal: Target | None
    steps: list[Step]
    due_on: date

    @property
    def assigned(self) -> int:
        """The sum of the tasks below."""
        return sum(step.quantity or 0 for step in self.steps)

    @property
    def unassigned(self) -> int | None:
        """What is left to share out; negative when more was; None without a task of its own."""
        return None if self.goal is None else self.goal.quantity - self.assigned

    @property
    def over(self) -> int:
        """How many people more than its own task the place has shared out."""
        return max(0, -(self.unassigned or 0))

    @property
    def share(self) -> tuple[int, int]:
        """Done and assigned, for the page to divide."""
        return self.done, self.assigned

    @property
    def people(self) -> int:
        """Target persons on the registers below."""
        return sum(step.people for step in self.steps)

    @property
    def done(self) -> int:
        """Those of them who are done."""
        return sum(step.done for step in self.steps)


def ladder(*, campaign: Campaign, place: Place, kind: str, now: datetime) -> Ladder:
    """The task of ``place`` and of the places directly below it, with proposals from the register."""
    prefixes, metric = {place.prefix}, METRIC_OF[TargetKind(kind)].code
    below = list(Place.objects.current().filter(parent=place).order_by("code"))
    current = {
        target.place_id: target
        for target in Target.objects.current().filter(campaign=campaign, kind=kind, place__in=[place, *below])
    }
    goal = current.get(place.pk)
    people = _by_place({code: row["target"] for code, row in denominators(campaign, prefixes).items()}, below)
    sums = rollups.totals(campaign, prefixes, until=timezone.localdate(now), now=now)
    done = _by_place({code: row.get(metric, 0) for code, row in sums.items()}, below)
    shares = rules.share_out(goal.quantity, people) if goal else {}
    steps = [
        Step(
            place=one,
            quantity=current[one.pk].quantity if one.pk in current else None,
            due_on=current[one.pk].due_on if one.pk in current else None,
            people=people[one.code],
            done=done[one.code],
            proposed=shares.get(one.code),
        )
        for one in below
    ]
    deadlines = [target.due_on for target in current.values()]
    return Ladder(place, goal, steps, max(deadlines, default=campaign.ends_on))


def _by_place(values: dict[str, int], places: list[Place]) -> dict[str, int]:
    """Values of villages summed up to the places that contain them."""
    return {
        place.code: sum(number for code, number in values.items() if code.startswith(place.prefix))
        for place in places
    }
