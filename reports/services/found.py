"""What is counted in a place and in the units below it, read once for the page of its tasks."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from places.choices import Level
from places.models import Place
from reports import metrics
from reports.choices import TargetKind
from reports.cohorts import Cohort
from reports.models import Target
from reports.services.standings import METRIC_OF, METRICS_OF, Standing, finished_days, measured
from reports.sums import totals
from reports.units import Unit

Numbers = dict[tuple[str, str], int]  # (unit code, 组 of the unit) → people or doses


class Found:
    """What counts, by unit: ever, today, in the last finished days, and since each of ``starts``."""

    def __init__(
        self,
        campaign: Campaign,
        place: Place,
        kind: str,
        cohort: Cohort,
        now: datetime,
        starts: Collection[date | None],
    ):
        self._asked = campaign, place, kind, cohort, now
        self.today = timezone.localdate(now)
        self._people = self._registered()
        self._today = self._reached(self.today, self.today)
        self._ever = self._with_today(None)
        self._lately = self._reached(*finished_days(self.today, now))
        self._since = {start: self._with_today(start) for start in starts if start}

    def people(self, unit: Unit) -> int:
        """Target persons on the register."""
        return _of(unit, self._people)

    def done(self, unit: Unit, start: date | None = None) -> int:
        """What counts from ``start`` (None: ever) until now."""
        return _of(unit, self._since[start] if start else self._ever)

    def standing(self, unit: Unit, target: Target | None) -> Standing:
        """``unit`` against ``target``."""
        return measured(
            unit.place,
            target,
            until=self.today,
            done=self.done(unit, target.starts_on if target else None),
            today=_of(unit, self._today),
            lately=_of(unit, self._lately),
        )

    def _with_today(self, since: date | None) -> Numbers:
        """From ``since`` until now: today was counted already."""
        if since is not None and since >= self.today:
            return self._today if since == self.today else {}
        earlier = self._reached(since, self.today - timedelta(days=1))
        return {
            key: earlier.get(key, 0) + self._today.get(key, 0) for key in earlier.keys() | self._today.keys()
        }

    def _registered(self) -> Numbers:
        campaign, place, _, cohort, _ = self._asked
        return self._numbers(metrics.people_of(campaign, {place.prefix}, cohort), "unit_code")

    def _reached(self, since: date | None, until: date) -> Numbers:
        campaign, place, kind, cohort, now = self._asked
        of, prefixes = METRICS_OF[kind], {place.prefix}
        if place.level != Level.VILLAGE:
            found = totals(campaign, prefixes, since=since, until=until, now=now, of=of, cohort=cohort)
            return {(code, ""): sum(values.values()) for code, values in found.items()}
        span = {"since": since, "until": until, "cohort": cohort}
        if kind == TargetKind.DOSES:
            return self._numbers(metrics.doses_behind(None, campaign, prefixes, **span), "unit")
        return self._numbers(metrics.people_behind(METRIC_OF[kind], campaign, prefixes, **span), "unit_code")

    @staticmethod
    def _numbers(rows: QuerySet, unit: str) -> Numbers:
        found: Numbers = {}
        where = (unit, "resident__village_code", "resident__group_no")
        for code, village, group, number in rows.values_list(*where).annotate(n=Count("pk")).order_by():
            key = code, group if village == code else ""
            found[key] = found.get(key, 0) + number
        return found


def _of(unit: Unit, numbers: Numbers) -> int:
    if unit.group_no:
        return numbers.get((unit.place.code, unit.group_no), 0)
    return sum(number for (code, _), number in numbers.items() if code.startswith(unit.place.prefix))
