"""How far each phase of a campaign is: its people, who has begun, who is through, who is left until its last day (S6, S71).

The same people and the same first and last doses as the figures of ``metrics``; a phase only picks among them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from campaigns.models import Campaign, Phase, PriorityGroup
from campaigns.rules import cohort_from_data
from campaigns.rules.plain import cohort_line
from reports import metrics
from residents.cohorts import of_cohort
from residents.models import Enrolment

# code → (title, whom of the phase it counts)
STEPS = {
    "target": ("应种人数", Q()),
    "first": ("已种首剂", Q(first_dose_on__isnull=False)),
    "complete": ("已全程", Q(primary_complete_on__isnull=False)),
    "left": ("还没种首剂", Q(first_dose_on__isnull=True)),
}


@dataclass(frozen=True)
class Line:
    """One phase with the number of each step, in the order of STEPS."""

    phase: Phase
    people: str
    numbers: dict[str, int]
    days_left: int

    @property
    def cells(self) -> list[tuple[str, int]]:
        """(code of the step, number)."""
        return list(self.numbers.items())

    @property
    def share(self) -> float | None:
        """Who has begun among the people of the phase; None where there is nobody."""
        return self.numbers["first"] / self.numbers["target"] if self.numbers["target"] else None

    @property
    def daily(self) -> int:
        """How many have to begin each day from today, the last day included, for nobody to be left; all when it is over."""
        return -(-self.numbers["left"] // max(self.days_left, 1))


def lines(campaign: Campaign, prefixes: Collection[str], today: date) -> list[Line]:
    """The phases of ``campaign`` in their order, for the people counted in ``prefixes``; three queries."""
    phases = list(campaign.phases.all())
    groups = {group.code: str(group) for group in PriorityGroup.objects.in_use([campaign])}
    asked = {
        f"{code}_{phase.order}": Count("pk", filter=_of(phase, campaign) & step)
        for phase in phases
        for code, (_, step) in STEPS.items()
    }
    found = metrics.people_of(campaign, prefixes).aggregate(**asked) if asked else {}
    return [
        Line(
            phase,
            cohort_line(cohort_from_data(phase.cohort), groups),
            {code: found[f"{code}_{phase.order}"] for code in STEPS},
            max((phase.ends_on - today).days + 1, 0),
        )
        for phase in phases
    ]


def behind(phase: Phase, step: str, prefixes: Collection[str]) -> QuerySet[Enrolment]:
    """The people a number of ``step`` (a key of STEPS) counts."""
    people = metrics.people_of(phase.campaign, prefixes)
    return people.filter(_of(phase, phase.campaign) & STEPS[step][1])


def _of(phase: Phase, campaign: Campaign) -> Q:
    return of_cohort(cohort_from_data(phase.cohort), campaign.target_age_ref_date)
