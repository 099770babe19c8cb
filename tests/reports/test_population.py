"""Whom a village has to vaccinate is kept, and never wrong: after an upgrade, another reference day, a filler that was killed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from campaigns.models import Campaign
from core.models import ChangeNote
from reports import cohorts, metrics, population
from reports.models import TargetPopulation
from reports.services import population as keeping
from reports.services import rollup_parts, rollups
from residents.models import Enrolment
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def rows() -> list[tuple]:
    return sorted(TargetPopulation.objects.values_list("place_code", "from_age", "people"))


@pytest.fixture
def here(town, campaign, today, now):
    """Two in the first village, one of them 70, one in the second; kept and not noted any more."""
    make_enrolled(town.village, campaign, today)
    make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 70, day=1))
    make_enrolled(town.villages[1], campaign, today)
    keeping.fill_noted(now=now)
    return {town.town.prefix}


def test_kept_people_are_read_in_one_query_by_age(here, town, campaign, today, django_assert_num_queries):
    first, second = (village.code for village in town.villages[:2])
    with django_assert_num_queries(1):
        everyone = population.denominators(campaign, here)
    assert everyone == {first: {"target": 2, "target_60": 1}, second: {"target": 1}}
    with django_assert_num_queries(1):
        assert population.denominators(campaign, here, cohorts.OVER_60) == {
            first: {"target": 1, "target_60": 1}
        }
    make_enrolled(town.villages[2], campaign, today)
    with django_assert_num_queries(2):  # the village that was noted is counted itself
        assert population.denominators(campaign, here) == everyone | {town.villages[2].code: {"target": 1}}


def test_nothing_is_zero_after_an_upgrade(here, town, campaign, now):
    """The migration leaves the counting to the first filler; until then pages count for themselves."""
    before, counted = rows(), metrics.denominators(campaign, here)
    TargetPopulation.objects.all().delete()
    assert ChangeNote.objects.filter(topic="population").count() == 0
    import_module("reports.migrations.0011_target_population").count_anew(apps, None)
    assert population.denominators(campaign, here) == counted
    rollups.fill_dirty(now=now)
    assert rows() == before and keeping.pending() == 0


def test_another_reference_day_is_not_answered_with_the_old_ages(here, town, campaign, today, now):
    Campaign.objects.filter(pk=campaign.pk).update(target_age_ref_date=today - timedelta(days=365 * 20))
    campaign.refresh_from_db()
    assert population.denominators(campaign, here)[town.village.code] == {"target": 2}
    assert rollup_parts.nightly(now=now) == len(rows()) == 2
    assert population.denominators(campaign, here)[town.village.code] == {"target": 2}


def test_the_night_mends_what_no_note_told(here, town, campaign, now):
    right = rows()
    TargetPopulation.objects.filter(place_code=town.village.code, from_age=60).delete()
    TargetPopulation.objects.filter(place_code=town.villages[1].code).update(people=7)
    assert rollup_parts.nightly(now=now) == 3 and rows() == right
    Enrolment.objects.filter(unit_code=town.villages[1].code).update(is_target=False)
    assert rollup_parts.nightly(now=now) == 0 and rows() == right[:2]


def test_killed_in_the_middle_changes_nothing(here, town, campaign, today, now, monkeypatch):
    before = rows()
    make_enrolled(town.village, campaign, today)

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            keeping.fill_noted(now=now)
    assert rows() == before and keeping.pending() == 1
    assert population.denominators(campaign, here)[town.village.code]["target"] == 3
    keeping.fill_noted(now=now)
    keeping.fill_noted(now=now)
    assert rows() == sorted(metrics.population_rows(campaign, here)) and keeping.pending() == 0


def test_the_page_counts_who_was_registered_a_moment_ago(
    client_as, cast, here, town, campaign, today, settings
):
    office = client_as(cast.town)
    for backend, waiting in (("celery", 1), ("thread", 0)):  # with beat the notes are left to the next minute
        settings.JOBS_BACKEND = backend
        make_enrolled(town.village, campaign, today)
        before = metrics.denominators(campaign, here)[town.village.code]["target"]
        page = office.get(reverse("reports:dashboard"))
        assert page.context["board"].rows[0].people == before and page.context["fresh"]
        assert keeping.pending() == waiting
