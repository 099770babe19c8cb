"""Whom a figure or a target is about: everyone, an age, a key group, the pupils of a grade. Each is one condition.

Ages are judged on the reference day of the campaign. They are made of the bands in which the roll-ups store their counts;
key groups and grades are counted live by the same queries (a person may be in several of them, or come and go).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from campaigns.models import Campaign, PriorityGroup
from campaigns.rules import cohort_from_data
from core.dates import add_months
from places.querysets import code_range
from residents.choices import Grade
from residents.models import Resident, RosterEntry

BANDS = (0, 18, 60, 80)  # the youngest age of each; everybody is in exactly one
_EVERY_AGE = frozenset(BANDS)
GROUP, GRADE = "group:", "grade:"


@dataclass(frozen=True)
class Cohort:
    """``ages``: the bands that it is made of; None for one that is no matter of age and is counted live."""

    code: str
    title: str
    meaning: str
    ages: frozenset[int] | None = None

    def condition(self, campaign: Campaign, via: str = "") -> Q:
        """Who belongs, asked of Enrolment, VaccinationRecord or anything else that has ``resident``.

        ``via`` is the path to that from the queried rows, with its underscores ("record__" from the doses of the floor).
        """
        if self.code.startswith(GROUP):
            carriers = Resident.priority_groups.through.objects.filter(
                prioritygroup__code=self.code.removeprefix(GROUP)
            )
            return Q(Exists(carriers.filter(resident=OuterRef(f"{via}resident"))))
        if self.code.startswith(GRADE):
            pupils = RosterEntry.objects.filter(until=None, grade=int(self.code.removeprefix(GRADE)))
            return Q(Exists(pupils.filter(resident=OuterRef(f"{via}resident"))))
        asked, born = Q(), f"{via}resident__birth_date"
        if youngest := min(self.ages):
            asked &= Q(**{f"{born}__lte": born_until(campaign, youngest)})
        if older := [age for age in BANDS if age > max(self.ages)]:
            asked &= Q(**{f"{born}__gt": born_until(campaign, older[0])})
        return asked


EVERYONE = Cohort("", "全部目标人群", "活动的全部目标人群", _EVERY_AGE)
UNDER_18 = Cohort("u18", "18岁以下", "按活动年龄基准日未满18周岁", frozenset({0}))
FROM_18 = Cohort("18-59", "18–59岁", "按活动年龄基准日满18周岁、未满60周岁", frozenset({18}))
OVER_60 = Cohort("60", "60岁及以上", "按活动年龄基准日满60周岁", frozenset({60, 80}))
OVER_80 = Cohort("80", "80岁及以上", "按活动年龄基准日满80周岁", frozenset({80}))
AGES = (EVERYONE, UNDER_18, FROM_18, OVER_60, OVER_80)


def born_until(campaign: Campaign, age: int) -> date:
    """The latest birthday of those who are ``age`` years old on the campaign's reference day."""
    return add_months(campaign.target_age_ref_date, -12 * age)


def band(campaign: Campaign) -> Case:
    """The band of a row that has ``resident``, as a column."""
    older = [
        When(resident__birth_date__lte=born_until(campaign, age), then=Value(age))
        for age in sorted(BANDS[1:], reverse=True)
    ]
    return Case(*older, default=Value(BANDS[0]), output_field=IntegerField())


def cohorts_of(campaign: Campaign) -> list[Cohort]:
    """What a figure of ``campaign`` can be asked for: its ages, its key groups, the grades of the schools in its place."""
    groups = [
        Cohort(GROUP + group.code, str(group), f"名册上标记为“{group.name}”的人(按现在的标记)")
        for group in PriorityGroup.objects.in_use([campaign])
    ]
    here = RosterEntry.objects.filter(
        code_range("organisation__place__code", campaign.place.prefix), until=None, grade__isnull=False
    )
    grades = here.order_by("grade").values_list("grade", flat=True).distinct()
    pupils = [
        Cohort(f"{GRADE}{grade}", Grade(grade).label, f"现在在校的{Grade(grade).label}学生(学校名册)")
        for grade in grades
    ]
    return [*_ages_of(campaign), *groups, *pupils]


def _ages_of(campaign: Campaign) -> list[Cohort]:
    """Without the ages that the campaign does not ask for at all."""
    asked = cohort_from_data(campaign.cohort)
    youngest = asked.age_min or 0
    oldest = asked.age_max if asked.age_max is not None else 200
    ends = dict(zip(BANDS, (17, 59, 79, 200), strict=True))
    met = {age for age in BANDS if ends[age] >= youngest and age <= oldest}
    return [cohort for cohort in AGES if cohort is EVERYONE or (cohort.ages & met and cohort.ages != met)]
