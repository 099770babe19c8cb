"""What lies ahead of a place: the next doses that come due, how far the stock reaches, where the register stands.

As things are now: these are states, not events of a day, and the past of them is not kept.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from campaigns.models import Campaign
from places.models import Place, Site
from places.querysets import code_range
from reports import funnel, metrics
from reports.cohorts import EVERYONE, Cohort
from reports.stock_figures import figures
from reports.stock_rules import Figure

DAYS = 7


@dataclass(frozen=True)
class Outlook:
    """``due``: people by the first day on which they may have their next dose, ``DAYS`` days from tomorrow; ``waiting``:
    those who may have it already. ``steps``: the funnel of the place. ``stock``: one figure a vaccine over its sites."""

    waiting: int
    due: dict[date, int]
    steps: list[tuple[funnel.Step, int]]
    stock: list[Figure]

    @property
    def first(self) -> date:
        """The first of the days ahead."""
        return min(self.due)

    @property
    def last(self) -> date:
        """The last of the days ahead."""
        return max(self.due)

    @property
    def coming(self) -> int:
        """How many come due in the days ahead."""
        return sum(self.due.values())


def outlook(*, campaign: Campaign, place: Place, today: date, cohort: Cohort = EVERYONE) -> Outlook:
    """The outlook of ``place`` at this moment in a fixed number of queries. The funnel is of everyone, whatever ``cohort``."""
    days = [today + timedelta(days=n) for n in range(1, DAYS + 1)]
    due = metrics.next_doses(campaign, {place.prefix}, until=days[-1], cohort=cohort)
    by_day = dict(due.order_by().values_list("may_from").annotate(n=Count("pk")))
    sites = Site.objects.filter(code_range("place__code", place.prefix))
    stock = [whole for whole, _ in figures(sites, since=today, until=today, today=today)]
    return Outlook(
        waiting=sum(number for day, number in by_day.items() if day <= today),
        due={day: by_day.get(day, 0) for day in days},
        steps=funnel.whole(campaign, place, today).cells,
        stock=[one for one in stock if one.doses or one.paced],
    )
