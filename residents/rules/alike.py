"""People without a dose and without a hold stand alike as long as no limit of age lies between them: judged once.

A register is mostly such people, and judging one costs as much as writing the row.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from datetime import date, timedelta

from campaigns.rules import Cohort, Verdict
from core.dates import add_months

from .projection import CampaignRules, Facts, Projection, project


class Alike:
    """Projections of one campaign on one day, each computed for the first person of its kind."""

    def __init__(self, rules: CampaignRules, today: date):
        cohorts = [rules.cohort, *(cohort for _, cohort, _ in rules.phases)]
        self.rules, self.today = rules, today
        self.months = sorted({*_limits_of_steps(rules), *(m for c in cohorts for m in _limits(c))})
        asked = {today, rules.age_ref, *(rule.effective_from for rule in rules.rules)}
        grown = {_too_young(day, months) for day in asked for months in self.months}
        self.births = sorted({*grown, *(day for c in cohorts for day in _births(c))})
        self._known: dict[Hashable, Projection] = {}

    def projection(self, facts: Facts) -> Projection:
        """``project(facts, …)`` without the verdict."""
        kind = self._kind(facts)
        if (found := self._known.get(kind)) is not None:
            return found
        projection, verdict = project(facts, self.rules, self.today)
        if kind is not None and not self._is_own(verdict, facts.person.birth_date):
            self._known[kind] = projection
        return projection

    def is_shared(self, facts: Facts) -> bool:
        """Whether everybody of this kind has the answer that ``projection`` has just given for ``facts``."""
        return self._kind(facts) in self._known

    def _kind(self, facts: Facts) -> Hashable:
        """What people who stand alike have in common; None for somebody with a past, and where calendars disagree."""
        age, said = self.age(facts.person.birth_date), facts.registered
        if age is None or facts.doses or facts.holds or facts.person.infected_on:
            return None
        return (
            age,
            facts.person.sex,
            facts.person.groups,
            said.residence_status,
            said.organisation_kind,
            said.grade,
            facts.removed,
            facts.counted_here,
        )

    def age(self, birth: date) -> int | None:
        """Between which limits the birth lies, for every day that is asked about; None where calendars disagree."""
        if (birth.month, birth.day) == (2, 29):  # years and months are counted differently then
            return None
        return bisect_right(self.births, birth)

    def _is_own(self, verdict: Verdict, birth: date) -> bool:
        """Whether a day of the answer is this person's birthday, which others do not share."""
        return verdict.due_from is not None and verdict.due_from in {
            birth,
            *(add_months(birth, months) for months in self.months),
        }


def _too_young(on: date, months: int) -> date:
    """The first birth that is not yet ``months`` old on ``on``."""
    birth = add_months(on, -months)
    while add_months(birth, months) <= on:  # the ends of months differ
        birth += timedelta(days=1)
    return birth


def _limits_of_steps(rules: CampaignRules) -> Iterable[int]:
    for rule in rules.rules:
        for step in rule.steps:
            yield from _ends(step.age_min, step.age_max)


def _limits(cohort: Cohort) -> Iterable[int]:
    yield from _ends(cohort.age_months_min, cohort.age_months_max)
    yield from (12 * years for years in _ends(cohort.age_min, cohort.age_max))


def _ends(lowest: int | None, highest: int | None) -> Iterable[int]:
    """The ages from which on a condition that includes both ends starts and stops to hold."""
    if lowest is not None:
        yield lowest
    if highest is not None:
        yield highest + 1


def _births(cohort: Cohort) -> Iterable[date]:
    if cohort.born_from:
        yield cohort.born_from
    if cohort.born_to:
        yield cohort.born_to + timedelta(days=1)
