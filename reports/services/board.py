"""What the dashboard of a place shows: where each village (or town) stands, and the doses of the last days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.utils import timezone

from campaigns.models import Campaign
from core.charts import percent_words
from places.models import Place
from reports import metrics, population, rules
from reports.choices import TargetKind
from reports.cohorts import EVERYONE, Cohort
from reports.days import day_bounds
from reports.models import Target
from reports.services import rollups
from reports.services.ladders import shared_out
from reports.services.standings import (
    METRIC_OF,
    Standing,
    by_town,
    standings,
    summed,
    targets_in_force,
    towns_of,
)

CHART_DAYS = 14


@dataclass(frozen=True)
class BoardRow:
    """One line: its standing, its place in the ranking, and how many target persons the register holds."""

    standing: Standing
    rank: int | None
    people: int
    pace: Fraction | None

    @property
    def unreached(self) -> int:
        """Target persons of the register whom the metric does not count yet."""
        return max(0, self.people - self.standing.done)

    @property
    def state(self) -> tuple[str, str]:
        """(kind, word) of the tag: finished (of a sum: every unit), on pace, behind, or without a task."""
        if self.standing.rate is None:
            return "plain", "未定任务"
        if self.standing.rate >= 1 and not self.standing.missing:
            return "done", "已完成"
        if self.pace is not None and self.standing.rate < self.pace:
            return "stop", "落后"
        return "plain", "正常"


@dataclass(frozen=True)
class Board:
    """The dashboard. ``by_town`` says whether the lines are towns; ``days`` holds doses by metric code;
    ``later`` what is shared out for the day of the goal, when the lines are measured against a step before it."""

    place: Place
    campaign: Campaign
    kind: TargetKind
    cohort: Cohort
    day: date
    cut_off: datetime
    rows: list[BoardRow]
    total: BoardRow
    goal: Target | None
    by_town: bool
    days: dict[date, dict[str, int]]
    later: int | None = None

    @property
    def metric(self) -> metrics.Metric:
        """The people that the board counts."""
        return METRIC_OF[self.kind]

    @property
    def unassigned(self) -> int | None:
        """What the place's own task leaves unshared (negative: shared out more); None without a task of its own."""
        return None if self.goal is None else self.goal.quantity - (self.shared or 0)

    @property
    def shared(self) -> int | None:
        """What the units below have been given of the place's own task; None when none has any."""
        return self.total.standing.quantity if self.later is None else self.later

    @property
    def is_step(self) -> bool:
        """The lines are measured against tasks that are due before the place's own."""
        return self.later is not None

    @property
    def over(self) -> int:
        """How many people more than its own task the place has shared out."""
        return max(0, -(self.unassigned or 0))

    @property
    def pace_words(self) -> str:
        """The share that should be done by now, as the chart says it."""
        return percent_words(self.total.pace) if self.total.pace is not None else ""


def board(
    *,
    campaign: Campaign,
    place: Place,
    kind: TargetKind,
    day: date,
    now: datetime,
    cohort: Cohort = EVERYONE,
) -> Board:
    """The board of ``place`` at the end of ``day`` (today: until ``now``) in a fixed number of queries.

    A place above the township shows its towns, each the sum of its villages; any other its villages.
    """
    prefixes, today = {place.prefix}, timezone.localdate(now)
    asked = {"now": now, "cohort": cohort}
    counted = rollups.day_and_sums(campaign, prefixes, day=day, **asked)
    rows = standings(campaign, prefixes, kind=kind, until=day, counted=counted, **asked)
    registered = population.denominators(campaign, prefixes, cohort)
    people = {code: values[metrics.TARGET.code] for code, values in registered.items()}
    towns = towns_of(place)
    rows = by_town(rows, towns)
    total = summed(rows, place)
    # One line alone has no place in a ranking.
    ranks = rules.ranks([row.rate for row in rows]) if len(rows) > 1 else [None] * len(rows)
    goal = targets_in_force(campaign, kind=kind, cohort=cohort, day=day).get(place.pk)
    is_step = goal and total.due_on and total.due_on < goal.due_on
    since = day - timedelta(days=CHART_DAYS - 1)
    days = rollups.by_day(campaign, prefixes, since=since, until=day - timedelta(days=1), **asked)
    days[day] = _added(counted[0].values())
    lines = [_line(row, rank, people, campaign, day) for row, rank in zip(rows, ranks, strict=True)]
    return Board(
        place=place,
        campaign=campaign,
        kind=kind,
        cohort=cohort,
        day=day,
        cut_off=now if day >= today else day_bounds(day)[1],
        rows=lines,
        total=_line(total, None, people, campaign, day),
        goal=goal,
        by_town=bool(towns),
        days={since + timedelta(days=n): days.get(since + timedelta(days=n), {}) for n in range(CHART_DAYS)},
        later=shared_out(goal, place) if is_step else None,
    )


def _line(row: Standing, rank: int | None, people: dict[str, int], campaign: Campaign, day: date) -> BoardRow:
    mine = sum(number for code, number in people.items() if code.startswith(row.place.prefix))
    pace = rules.pace_share(row.starts_on or campaign.starts_on, row.due_on, day) if row.due_on else None
    return BoardRow(row, rank, mine, pace)


def _added(values) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in values:
        for code, number in counts.items():
            total[code] = total.get(code, 0) + number
    return total
