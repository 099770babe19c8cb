"""The daily report (日报): one row a village, what was done on the day and until the day, and who is still missing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q

from campaigns.models import Campaign
from clinic.models import AdverseEvent
from inventory.models import StockLevel
from places.models import Place
from places.querysets import any_code_range
from reports import metrics, population
from reports.choices import TargetKind
from reports.cohorts import EVERYONE
from reports.days import day_bounds
from reports.metrics import states
from reports.services import rollups
from reports.services.standings import targets_in_force


@dataclass
class DailyRow:
    """One village (or a sum). ``day`` and ``sums`` hold doses and people by metric code. ``task_done``: of a sum, the first
    doses of the villages that have a task."""

    place: Place
    quota: int | None = None
    target: int = 0
    target_60: int = 0
    target_80: int = 0
    day: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    contra: int = 0
    hold: int = 0
    refused: int = 0
    away: int = 0
    late: int = 0
    task_done: int | None = None

    @property
    def on_task(self) -> int:
        """What counts against ``quota``."""
        return self.sums.get(metrics.FIRST.code, 0) if self.task_done is None else self.task_done

    def rate(self, metric: str, denominator: str = "target") -> float | None:
        """People of ``metric`` so far over a denominator; never clamped, None without people."""
        people = getattr(self, denominator)
        return self.sums.get(metric, 0) / people if people else None


@dataclass
class DailyReport:
    """The whole sheet. Workload counts doses at the sites of ``place``, whoever received them; coverage the rows."""

    place: Place
    campaign: Campaign
    day: date
    cut_off: datetime
    rows: list[DailyRow]
    total: DailyRow
    given_here: int
    given_to_guests: int
    stock: list[tuple[str, int, int]]  # site, vials, doses
    aefi_day: int
    aefi_sum: int


def daily_report(
    *,
    campaign: Campaign,
    place: Place,
    day: date,
    now: datetime,
    since: datetime | None = None,
    cut_off: datetime | None = None,
) -> DailyReport:
    """Count the daily report of ``place`` (township or above) for ``day``; today is counted until ``now``. ``since`` and
    ``cut_off``: between which moments the work of the sites is counted when a day does not begin or end at midnight.

    The columns contra, hold, refused and away say how things stand now: they are states, not events of the day.
    """
    prefixes = {place.prefix}
    start, end = day_bounds(day)
    span = since or start, cut_off or end
    rows = {village.code: DailyRow(village) for village in rollups.villages_of(prefixes)}
    _fill_people(rows, campaign, prefixes, day)
    of_day, sums = rollups.day_and_sums(campaign, prefixes, day=day, now=now)
    for code, row in rows.items():
        row.day, row.sums = of_day.get(code, {}), sums.get(code, {})
    return DailyReport(
        place=place,
        campaign=campaign,
        day=day,
        cut_off=cut_off or min(now, end),
        rows=list(rows.values()),
        total=total_row(place, rows.values()),
        stock=_stock(prefixes),
        **_given_here(prefixes, *span),
        **_reported_here(prefixes, *span),
    )


def _fill_people(rows: dict[str, DailyRow], campaign: Campaign, prefixes: Collection[str], day: date) -> None:
    targets = targets_in_force(campaign, kind=TargetKind.FIRST, cohort=EVERYONE, day=day)
    for row in rows.values():
        if target := targets.get(row.place.pk):
            row.quota = target.quantity
    for code, values in population.denominators(campaign, prefixes).items():
        _set(rows, code, values)
    counts = {code: Count("id", filter=condition) for code, condition in states.state_filters(day).items()}
    found = metrics.people_of(campaign, prefixes).values("unit_code").annotate(**counts).order_by()
    for values in found:
        _set(rows, values.pop("unit_code"), values)
    away = states.away_now(prefixes)
    for code, number in away.values_list("village_code").annotate(n=Count("id")).order_by():
        _set(rows, code, {"away": number})
    start, end = day_bounds(day)
    late = states.entered_late(campaign, prefixes, day=day, start=start, end=end)
    for code, number in late.values_list("unit").annotate(n=Count("id")).order_by():
        _set(rows, code, {"late": number})


def _set(rows: dict[str, DailyRow], code: str, values: dict[str, int]) -> None:
    if code in rows:
        for name, value in values.items():
            setattr(rows[code], name, value)


def _given_here(prefixes: Collection[str], start: datetime, end: datetime) -> dict[str, int]:
    given = states.given_at_sites(prefixes, start=start, end=end)
    return given.aggregate(
        given_here=Count("id"), given_to_guests=Count("id", filter=states.to_guests(prefixes))
    )


def _reported_here(prefixes: Collection[str], start: datetime, end: datetime) -> dict[str, int]:
    events = AdverseEvent.objects.filter(any_code_range("dose__site__place__code", prefixes))
    return events.filter(reported_at__lt=end).aggregate(
        aefi_sum=Count("id"), aefi_day=Count("id", filter=Q(reported_at__gte=start))
    )


def _stock(prefixes: Collection[str]) -> list[tuple[str, int, int]]:
    levels = StockLevel.objects.filter(any_code_range("site__place__code", prefixes)).in_stock().with_doses()
    found: dict[str, list[int]] = {}
    for name, vials, doses in levels.values_list("site__name", "vials", "doses").order_by("site__code"):
        mine = found.setdefault(name, [0, 0])
        mine[0] += vials
        mine[1] += doses
    return [(name, vials, doses) for name, (vials, doses) in found.items()]


def total_row(place: Place, rows) -> DailyRow:
    total, rows = DailyRow(place), list(rows)
    total.task_done = sum(row.on_task for row in rows if row.quota)
    quotas = [row.quota for row in rows if row.quota is not None]
    total.quota = sum(quotas) if quotas else None
    for name in ("target", "target_60", "target_80", "contra", "hold", "refused", "away", "late"):
        setattr(total, name, sum(getattr(row, name) for row in rows))
    for row in rows:
        for mine, values in ((total.day, row.day), (total.sums, row.sums)):
            for metric, value in values.items():
                mine[metric] = mine.get(metric, 0) + value
    return total
