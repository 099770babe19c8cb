"""Phases of a campaign: the database picks the same people as the rule, and every number opens its names."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.models import Phase, PriorityGroup
from campaigns.rules import cohort_from_data, in_cohort
from inventory.models import Vaccine
from reports import phases
from residents.cohorts import of_cohort
from residents.models import Enrolment
from residents.services import records
from residents.services.enrolments import facts_of
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db

COHORTS = [
    {},
    {"age_min": 18, "age_max": 59},
    {"age_min": 60},
    {"age_max": 17, "sex": "F"},
    {"age_months_min": 6, "age_months_max": 35},
    {"born_from": "2000-02-29", "born_to": "2021-01-31"},
    {"groups_any": ["SERIOUS_DISEASE"]},
    {"organisation_kinds": ["school"], "grades": ["三年级"]},
    {"residence_statuses": ["away_province", "in_other"]},
]
BIRTHDAYS = ["1961-03-01", "1961-02-28", "2004-02-29", "2003-02-28", "2020-08-31", "2018-02-28", "2000-02-29"]


def test_the_database_picks_the_same_people_as_the_rule(town, campaign, today, school):
    serious = PriorityGroup.objects.get(code="SERIOUS_DISEASE", campaign=None)
    for n, born in enumerate(BIRTHDAYS):
        more = {"residence": "away_province", "away_place": "北京"} if n % 3 == 0 else {}
        person = make_enrolled(
            town.village, campaign, today, birth_date=date.fromisoformat(born), sex="FM"[n % 2], **more
        ).resident
        if n % 2:
            person.priority_groups.add(serious)
        if n % 3 == 1:
            person.organisation, person.school_class = school, "三年级"
            person.save()
    rows = Enrolment.objects.filter(campaign=campaign)
    for ref in (date(2021, 2, 28), date(2022, 2, 28), date(2024, 2, 29), date(2021, 3, 1)):
        for data in COHORTS:
            cohort = cohort_from_data(data)
            picked = set(rows.filter(of_cohort(cohort, ref)).values_list("pk", flat=True))
            ruled = {row.pk for row in rows if in_cohort(facts_of(row, campaign).registered, cohort, ref)}
            assert picked == ruled, (ref, data)


@pytest.fixture
def steps(town, campaign, today):
    """Two phases; of the old one somebody has begun and somebody has not."""
    ends = today + timedelta(days=9)
    for order, cohort in enumerate(({"age_min": 18, "age_max": 59}, {"age_min": 60}), 1):
        Phase.objects.create(
            campaign=campaign, order=order, name=f"第{order}步", starts_on=today, ends_on=ends, cohort=cohort
        )
    old = [make_enrolled(town.village, campaign, today, birth_date=date(1950, 1, n)) for n in range(1, 14)]
    records.note_dose(
        enrolment=old[0],
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today,
        actor=None,
        today=today,
    )
    make_enrolled(town.village, campaign, today, birth_date=date(1990, 1, 1))


@pytest.mark.requirement("S6")
@pytest.mark.requirement("S71")
def test_each_phase_says_who_is_left_until_its_last_day(steps, town, campaign, today):
    young, old = phases.lines(campaign, {town.town.prefix}, today)
    assert young.numbers == {"target": 1, "first": 0, "complete": 0, "left": 1}
    assert old.numbers == {"target": 13, "first": 1, "complete": 0, "left": 12}
    assert (old.people, old.days_left, old.daily) == ("60周岁及以上", 10, 2)
    late = phases.lines(campaign, {town.town.prefix}, today + timedelta(days=30))[1]
    assert (late.days_left, late.daily) == (0, 12)


@pytest.mark.requirement("S71")
def test_every_number_opens_so_many_names(steps, cast, client_as):
    client = client_as(cast.cadre01)
    page = client.get(reverse("reports:phases")).text
    cells = re.findall(r'<td class="num"><a href="([^"]*)">([\d,]+)', page)
    assert len(cells) == 5
    for address, number in cells:
        names = client.get(address.replace("&amp;", "&"))
        assert names.context["table"].paginator.count == int(number)
    assert client_as(cast.cadre02).get(reverse("reports:phases")).text.count('<td class="num"><a') == 0
    assert client.get(reverse("reports:phase_names"), {"phase": "9", "step": "left"}).status_code == 404
