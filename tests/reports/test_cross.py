"""The table that reconciles the workload of the sites with the coverage of the units."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inventory.models import Vaccine
from reports.cross import AWAY, OURS, TOLD, cross, sentence
from residents.services.records import note_dose
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(floor, town, today):
    """At our site: two of the first village, one guest of the neighbour's; told of the second village: one dose elsewhere."""
    for person in (floor.person(), floor.person()):
        floor.dose(floor.ready(person))
    guest = make_enrolled(town.other_villages[0], floor.campaign, today, name="隔壁老王")
    floor.dose(floor.ready(guest))
    told = make_enrolled(town.villages[1], floor.campaign, today)
    vaccine = Vaccine.objects.get(code="CV-SV")
    note_dose(enrolment=told, vaccine=vaccine, given_on=today - timedelta(days=3), actor=None, today=today)
    return floor


@pytest.mark.requirement("S116")
def test_every_dose_stands_in_one_cell_and_both_totals_come_out(given, town, today):
    found = cross(given.campaign, town.town, since=None, until=today)
    lines = {
        line.kind: (line.site, line.cells, line.guests, line.total) for line in found.lines if line.total
    }
    assert lines == {OURS: (given.site, [2, 0, 0], 1, 3), TOLD: (None, [0, 1, 0], 0, 1)}
    assert (found.workload, found.guests, found.from_elsewhere, found.coverage) == (3, 1, 1, 3)
    assert found.workload - found.guests + found.from_elsewhere == found.coverage
    assert [total for _, _, total in found.rows] == [2, 1, 0]
    assert "3 剂 − 外地群众 1 剂 + 在别处接种 1 剂 = 计入本地 3 剂" in sentence(found)

    neighbour = cross(given.campaign, town.other_town, since=None, until=today)
    assert [(line.kind, line.site, line.cells) for line in neighbour.lines if line.total] == [
        (AWAY, given.site, [1, 0])
    ]
    county = cross(given.campaign, town.county, since=None, until=today)
    assert (county.workload, county.guests, county.coverage) == (3, 0, 4)
    lately = cross(given.campaign, town.town, since=today, until=today)
    assert (lately.coverage, lately.from_elsewhere) == (2, 0)


def test_the_numbers_open_their_doses(given, town, cast, client_as, today):
    office = client_as(cast.town)
    page = office.get(reverse("reports:cross"))
    assert page.status_code == 200 and "计入本地 3 剂" in page.text
    asked = {"place": town.town.code, "metric": "doses", "span": "ever"}
    for site, count in ((given.site.pk, 2), ("none", 1), ("", 3)):
        listed = office.get(reverse("reports:names"), asked | {"site": site})
        assert listed.context["table"].paginator.count == count
    assert office.get(reverse("reports:names"), asked | {"site": "x"}).status_code == 404
    made = office.get(reverse("reports:cross_file"))
    assert made.status_code == 200 and "spreadsheetml" in made["Content-Type"]
