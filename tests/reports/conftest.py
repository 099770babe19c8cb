"""People with doses, and a place to keep produced files, for the tests of reports."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from inventory.models import Vaccine
from reports.services import rollups, targets
from residents.services import records
from tests.factories.clinic import Floor
from tests.factories.people import enrol_all, make_enrolled, make_resident


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def vaccine(reference):
    return Vaccine.objects.get(code="CV-SV")


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def give(vaccine, today):
    """``give(enrolment, days_ago)``: one dose."""

    def note(enrolment, days_ago=0):
        return records.note_dose(
            enrolment=enrolment,
            vaccine=vaccine,
            given_on=today - timedelta(days=days_ago),
            actor=None,
            today=today,
        )

    return note


@pytest.fixture
def under_way(town, campaign, cast, give, today, now):
    """Three people in each village of our town, one in the neighbour's: some done, one today; targets given.

    曙光: 2 of 3 first doses (one today), 1 complete; 南山: 1 of 3; 巴汉图: none. Our task is 8, shared out 3 + 2 + 1.
    """
    made = [make_resident(village) for village in town.villages for _ in range(3)]
    people = {village.code: [] for village in town.villages}
    for enrolment in enrol_all(made, campaign, today):
        people[enrolment.resident.village_code].append(enrolment)
    first, second, _ = town.villages
    give(people[first.code][0], 30)
    give(people[first.code][0], 5)
    give(people[first.code][1])
    give(people[second.code][0], 3)
    stranger = make_enrolled(town.other_villages[0], campaign, today, name="邻镇人")
    give(stranger, 2)
    shared = {"campaign": campaign, "kind": "first", "due_on": today + timedelta(days=10), "now": now}
    targets.assign(actor=cast.county, quantities={town.town: 8}, key=uuid4(), **shared)
    shares = dict(zip(town.villages, (3, 2, 1), strict=True))
    targets.assign(actor=cast.town, quantities=shares, key=uuid4(), **shared)
    rollups.fill_dirty(now=now)
    return SimpleNamespace(people=people, stranger=stranger)


@pytest.fixture
def floor(site, campaign, cast, town):
    return Floor(site=site, campaign=campaign, village=town.village, cast=cast)
