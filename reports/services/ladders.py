"""How a task is shared out: a place, the places directly below it (of a village its 组), what adds up and what is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from campaigns.models import Campaign
from inventory.models import StockLevel
from places.choices import Level
from places.models import Place
from places.querysets import any_code_range
from reports import rules
from reports.cohorts import EVERYONE, Cohort
from reports.models import Target
from reports.services.found import Found
from reports.services.standings import Standing
from reports.units import Unit
from residents.models import Resident


@dataclass(frozen=True)
class Step:
    """A unit below: where it stands against its task, the people its register holds, and a share proposed for it."""

    unit: Unit
    target: Target | None
    standing: Standing
    people: int
    proposed: int | None

    @property
    def quantity(self) -> int | None:
        """Its task now."""
        return self.standing.quantity

    @property
    def done(self) -> int:
        """What counts towards it."""
        return self.standing.done


@dataclass(frozen=True)
class Ladder:
    """A place's own task and how it is shared out to the units directly below (S5: 11,100 over 12 villages).

    ``dues``: the days by which tasks stand beside each other; ``due_on`` the one that is looked at. ``rest``: people of the
    place who are in no unit below, and those done among them. ``shared``: what the units have been given by the goal's own
    day, when another day is looked at that is a step towards it (40 % by summer, 65 % by winter); None otherwise.
    """

    place: Place
    goal: Target | None
    standing: Standing
    steps: list[Step]
    dues: list[date]
    due_on: date | None
    rest: tuple[int, int]
    shared: int | None = None

    @property
    def assigned(self) -> int:
        """The sum of the tasks below."""
        return sum(step.quantity or 0 for step in self.steps)

    @property
    def unassigned(self) -> int | None:
        """What is left to share out; negative when more was; None without a task of its own."""
        if self.goal is None:
            return None
        return self.goal.quantity - (self.assigned if self.shared is None else self.shared)

    @property
    def over(self) -> int:
        """How many more than its own task the place has shared out."""
        return max(0, -(self.unassigned or 0))

    @property
    def share(self) -> tuple[int, int]:
        """Done and assigned, for the page to divide: units without a task are in neither."""
        return sum(step.done for step in self.steps if step.quantity), self.assigned

    @property
    def rest_start(self) -> date | None:
        """Since when ``rest`` counts: as the tasks below, when they agree."""
        return _common_start(step.target for step in self.steps)

    @property
    def has_one_start(self) -> bool:
        """Every line counts from the same day, so their sum is one list of names."""
        return len({step.standing.starts_on for step in self.steps} | {self.rest_start}) == 1

    @property
    def people(self) -> int:
        """Target persons of the place, ``rest`` among them."""
        return sum(step.people for step in self.steps) + self.rest[0]

    @property
    def done(self) -> int:
        """What counts towards the tasks of the lines, ``rest`` among them."""
        return sum(step.done for step in self.steps) + self.rest[1]


def ladder(
    *,
    campaign: Campaign,
    place: Place,
    kind: str,
    now: datetime,
    cohort: Cohort = EVERYONE,
    due_on: date | None = None,
) -> Ladder:
    """The task of ``place`` and of the units directly below it, with proposals from the register.

    ``due_on`` None: the deadline that is in force today. A place's own goal is the one due on that day or next after it.
    """
    today = timezone.localdate(now)
    units = _below(campaign, place, kind, cohort)
    current = list(
        Target.objects.current()
        .filter(campaign=campaign, kind=kind, cohort=cohort.code)
        .filter(place__in={place, *(unit.place for unit in units)})
        .select_related("place__parent", "assigned_by", "base")
    )
    goals = [t for t in current if t.place_id == place.pk and not t.group_no]
    below = [t for t in current if t not in goals]
    goal_days = {t.due_on for t in goals} - {rules.in_force(goals, t.due_on).due_on for t in below if goals}
    dues = sorted({t.due_on for t in below} | goal_days)
    chosen = due_on or rules.next_day(dues, today)
    goal = rules.in_force(goals, chosen or today)
    mine = {(t.place_id, t.group_no): t for t in below if t.due_on == chosen}
    beyond = [t.quantity for t in below if goal and t.due_on == goal.due_on != chosen]
    found = Found(campaign, place, kind, cohort, now, {t.starts_on for t in (goal, *mine.values()) if t})
    people = {unit: found.people(unit) for unit in units}
    weights = {unit.key: n for unit, n in people.items()}
    shares = rules.share_out(goal.quantity, weights) if goal and not beyond else {}
    steps = []
    for unit in units:
        target = mine.get((unit.place.pk, unit.group_no))
        steps.append(Step(unit, target, found.standing(unit, target), people[unit], shares.get(unit.key)))
    whole = Unit(place)
    own = found.standing(whole, goal)
    start = _common_start(mine.values())
    beside = found.done(whole, start) - sum(found.done(unit, start) for unit in units)
    rest = found.people(whole) - sum(people.values()), beside
    return Ladder(place, goal, own, steps, dues, chosen, rest, sum(beyond) if beyond else None)


def shared_out(goal: Target, place: Place) -> int | None:
    """What the villages of ``place`` have been given by the day of its own ``goal``; None when nothing."""
    rows = Target.objects.current().filter(campaign=goal.campaign_id, kind=goal.kind, cohort=goal.cohort)
    rows = rows.filter(any_code_range("place__code", {place.prefix}), due_on=goal.due_on, group_no="")
    return rows.filter(place__level=Level.VILLAGE).aggregate(n=Sum("quantity"))["n"]


def _below(campaign: Campaign, place: Place, kind: str, cohort: Cohort) -> list[Unit]:
    """The units directly below: of a village its groups, as its people are registered in them or have tasks."""
    if place.level != Level.VILLAGE:
        return [Unit(one) for one in Place.objects.current().filter(parent=place).order_by("code")]
    people = Resident.objects.live().filter(village_code=place.code).order_by()
    groups = set(people.exclude(group_no="").values_list("group_no", flat=True).distinct())
    tasks = Target.objects.current().filter(campaign=campaign, kind=kind, cohort=cohort.code, place=place)
    groups |= set(tasks.exclude(group_no="").values_list("group_no", flat=True))
    return [Unit(place, group) for group in sorted(groups, key=lambda group: (len(group), group))]


def _common_start(targets: Iterable[Target | None]) -> date | None:
    starts = {target.starts_on for target in targets if target}
    return starts.pop() if len(starts) == 1 else None


def stock_doses(place: Place) -> int:
    """Doses that lie at the sites of ``place`` now."""
    levels = StockLevel.objects.filter(any_code_range("site__place__code", {place.prefix})).in_stock()
    return levels.with_doses().aggregate(n=Sum("doses"))["n"] or 0
