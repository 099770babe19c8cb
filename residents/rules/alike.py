"""People without a dose and without a hold stand alike as long as no limit of age lies between them: judged once.

A register is mostly such people, and judging one costs as much as writing the row.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from campaigns.rules import Cohort, Verdict
from campaigns.rules.words import day_text
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
        self.days = asked
        self.births = sorted({*grown, *(day for c in cohorts for day in _births(c))})
        self._known: dict[Hashable, Projection] = {}
        self._birthdays: dict[Hashable, tuple[Projection, int]] = {}  # due at an age of so many months

    def projection(self, facts: Facts) -> Projection:
        """``project(facts, …)`` without the verdict."""
        kind = self._kind(facts)
        if (found := self._known.get(kind)) is not None:
            return found
        birth = facts.person.birth_date
        if (dated := self._birthdays.get(kind)) is not None:
            return replace(dated[0], due_from=add_months(birth, dated[1]))
        projection, verdict = project(facts, self.rules, self.today)
        if kind is not None:
            self._remember(kind, projection, verdict, birth)
        return projection

    def _remember(self, kind: Hashable, projection: Projection, verdict: Verdict, birth: date) -> None:
        """An answer that names a birthday is kept as the age; one that names it in words, or by chance, not at all."""
        day = verdict.due_from
        own = [months for months in (0, *self.months) if day and day == add_months(birth, months)]
        if not own:
            self._known[kind] = projection
        elif (
            projection.due_from == day
            and day not in self.days
            and day_text(day) not in projection.status_reason
        ):
            self._birthdays[kind] = projection, own[0]

    def is_shared(self, facts: Facts) -> bool:
        """Whether everybody of this kind has the answer that ``projection`` has just given for ``facts``."""
        return self._kind(facts) in self._known

    def due_at(self, facts: Facts) -> int | None:
        """The age in months at which everybody of this kind is due, where all else of the answer is shared."""
        _, months = self._birthdays.get(self._kind(facts), (None, None))
        return months

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
