"""Where each village stands against its target, how fast it goes, and when it will be done at that speed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from django.utils import timezone

from campaigns.models import Campaign
from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from reports import rules
from reports.choices import TargetKind
from reports.cohorts import EVERYONE, Cohort
from reports.metrics import ALL_DOSES, BOOSTER, COMPLETE, DOSES, FIRST, Metric
from reports.models import Target
from reports.sums import Sums, day_and_sums, totals, villages_of

METRICS_OF: dict[str, tuple[Metric, ...]] = {
    TargetKind.FIRST: (FIRST,),
    TargetKind.COMPLETE: (COMPLETE,),
    TargetKind.BOOSTER: (BOOSTER,),
    TargetKind.DOSES: DOSES,
}
METRIC_OF = {kind: found[0] if len(found) == 1 else ALL_DOSES for kind, found in METRICS_OF.items()}


@dataclass(frozen=True)
class Standing:
    """One village against its target in force. ``done``, ``today`` and ``lately`` (the ``FORECAST_DAYS`` finished days before)
    are what the target counts: people, or doses; ``doses_today`` doses."""

    place: Place
    quantity: int | None
    due_on: date | None
    done: int
    today: int
    doses_today: int
    days_left: int | None
    missing_below: int | None = None  # of a sum: what each misses, added up
    on_task: int | None = None  # of a sum: what those who have a target have done
    lately: int = 0
    day: date | None = None
    starts_on: date | None = None  # only what was reached from this day counts

    @property
    def share(self) -> tuple[int, int | None]:
        """Done against the target, and the target, for the page to divide: units without a task are in neither."""
        return self.done if self.on_task is None else self.on_task, self.quantity

    @property
    def rate(self) -> Fraction | None:
        """Done over target, exact; may pass 1 and is never clamped. None without a target."""
        done, quantity = self.share
        return Fraction(done, quantity) if quantity else None

    @property
    def missing(self) -> int:
        """Still to reach; what one village does beyond its own task does not fill another's gap."""
        if self.missing_below is not None:
            return self.missing_below
        return max(0, (self.quantity or 0) - self.share[0])

    @property
    def whole(self) -> "Standing":
        """A sum as the one task of the place around it: what one unit does beyond its own share helps the others."""
        return replace(self, missing_below=None)

    @property
    def pace(self) -> int | None:
        """How many a day are needed to finish in time; None without a target, everything when the day has come."""
        if self.quantity is None:
            return None
        return ceil(self.missing / max(1, self.days_left or 0))

    @property
    def forecast(self) -> date | None:
        """When it is done at the speed of the last days; None without a target, when it is done, or when nothing moves."""
        if self.quantity is None or not self.missing or self.day is None:
            return None
        return rules.forecast(self.missing, self.lately, self.day)

    @property
    def is_late(self) -> bool:
        """Not done, and at the speed of the last days not done in time."""
        if self.quantity is None or not self.missing:
            return False
        return self.forecast is None or (self.due_on is not None and self.forecast > self.due_on)


def standings(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    kind: str,
    now: datetime,
    until: date | None = None,
    counted: tuple[Sums, Sums] | None = None,
    week: Sums | None = None,
    cohort: Cohort = EVERYONE,
) -> list[Standing]:
    """Every village of the places against its target in force, in code order; today counted live.

    What the caller has already, of the same cohort: ``counted``, the result of ``sums.day_and_sums`` for ``until``; ``week``,
    ``sums.totals`` of the ``finished_days`` before.
    """
    asked = {"now": now, "cohort": cohort}
    until = until or timezone.localdate(now)
    day, sums = counted or day_and_sums(campaign, prefixes, day=until, **asked)
    targets = targets_in_force(campaign, kind=kind, cohort=cohort, day=until)
    if week is None:
        since, last = finished_days(until, now)
        week = totals(campaign, prefixes, since=since, until=last, of=METRICS_OF[kind], **asked)
    starts = {target.starts_on for target in targets.values() if target.starts_on}
    before = {
        start: totals(campaign, prefixes, until=start - timedelta(days=1), of=METRICS_OF[kind], **asked)
        for start in sorted(starts)
    }

    def reached(found: Sums, village: Place) -> int:
        return sum(found.get(village.code, {}).get(metric.code, 0) for metric in METRICS_OF[kind])

    def standing(village: Place) -> Standing:
        target = targets.get(village.pk)
        earlier = before.get(target.starts_on, {}) if target else {}
        return measured(
            village,
            target,
            until=until,
            done=reached(sums, village) - reached(earlier, village),
            today=reached(day, village),
            lately=reached(week, village),
            doses_today=sum(day.get(village.code, {}).get(dose.code, 0) for dose in DOSES),
        )

    return [standing(village) for village in villages_of(prefixes)]


def measured(
    place: Place,
    target: Target | None,
    *,
    until: date,
    done: int,
    today: int,
    lately: int,
    doses_today: int = 0,
) -> Standing:
    """What was counted in ``place``, held against ``target`` at the end of ``until``."""
    return Standing(
        place=place,
        quantity=target.quantity if target else None,
        due_on=target.due_on if target else None,
        done=done,
        today=today,
        doses_today=doses_today,
        days_left=max(0, (target.due_on - until).days) if target else None,
        lately=lately,
        day=until,
        starts_on=target.starts_on if target else None,
    )


def targets_in_force(campaign: Campaign, *, kind: str, cohort: Cohort, day: date) -> dict[int, Target]:
    """The target of each place (its id) that ``day`` is measured against, without those of the groups of a village."""
    current = Target.objects.current().filter(campaign=campaign, kind=kind, cohort=cohort.code, group_no="")
    by_place: dict[int, list[Target]] = {}
    for target in current:
        by_place.setdefault(target.place_id, []).append(target)
    return {place: rules.in_force(mine, day) for place, mine in by_place.items()}


def finished_days(until: date, now: datetime) -> tuple[date, date]:
    """The last ``FORECAST_DAYS`` finished days up to ``until``: today is not over yet."""
    last = min(until, timezone.localdate(now) - timedelta(days=1))
    return last - timedelta(days=rules.FORECAST_DAYS - 1), last


def by_town(rows: list[Standing], towns: Iterable[Place]) -> list[Standing]:
    """One line for each of ``towns``, the sum of its villages; without towns the villages themselves."""
    return [summed((row for row in rows if row.place.code.startswith(t.prefix)), t) for t in towns] or rows


def towns_of(place: Place) -> list[Place]:
    """The townships by which a table about ``place`` is made up, in code order; none of a township or village."""
    if len(place.prefix) >= PREFIX_DIGITS[Level.TOWN]:
        return []
    return list(Place.objects.current().inside({place.prefix}).filter(level=Level.TOWN).order_by("code"))


def summed(standings: Iterable[Standing], place: Place) -> Standing:
    """The totals row of several villages: people and targets add up; a sum without any target has none."""
    rows = list(standings)
    quantities = [row.quantity for row in rows if row.quantity is not None]
    due = [row.due_on for row in rows if row.due_on]
    left = [row.days_left for row in rows if row.days_left is not None]
    starts = {row.starts_on for row in rows}
    return Standing(
        place=place,
        lately=sum(row.lately for row in rows),
        starts_on=starts.pop() if len(starts) == 1 else None,
        day=max((row.day for row in rows if row.day), default=None),
        quantity=sum(quantities) if quantities else None,
        due_on=max(due, default=None),
        done=sum(row.done for row in rows),
        today=sum(row.today for row in rows),
        doses_today=sum(row.doses_today for row in rows),
        days_left=max(left, default=None),
        missing_below=sum(row.missing for row in rows),
        on_task=sum(row.share[0] for row in rows if row.quantity),
    )
