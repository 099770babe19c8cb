"""Reports handed in at the same moment, and doses that go on meanwhile: the row of reports never forks and loses nothing."""

import pytest
from django.utils import timezone

from inventory.models import Vaccine
from reports.counted import counted_at, stood_in
from reports.models import FiledReport
from residents.services.records import note_dose
from tests.concurrency.test_floor import at_once
from tests.factories.filed import make_progress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


@pytest.mark.requirement("S113")
def test_two_people_hand_in_the_same_cut_off(floor):
    floor.person()
    town, cut_off = floor.village.parent, timezone.now()
    said = at_once(lambda n: make_progress(floor.campaign, town, at=cut_off, now=timezone.now()), people=6)
    report = FiledReport.objects.get()
    assert said.count(report) == 1 and said.count("FILED_ALREADY") == 5


def test_doses_that_go_on_are_in_one_report_and_no_other(floor):
    """Four hands at the needle, two in the office; at the end every dose has come in exactly once."""
    town, today = floor.village.parent, timezone.localdate()
    people = [[floor.person() for _ in range(6)] for _ in range(4)]
    vaccine = Vaccine.objects.get(code="CV-SV")

    def work(n):
        if n >= 4:
            return make_progress(floor.campaign, town, slot=f"加报{n}")
        for person in people[n]:
            note_dose(enrolment=person, vaccine=vaccine, given_on=today, actor=None, today=today)
        return n

    # One of the two in the office may be told that the other was first: then it is in that report or in the last.
    said = at_once(work, people=6)
    assert any(isinstance(one, FiledReport) for one in said)
    last = make_progress(floor.campaign, town, slot="晚上")
    now = counted_at(floor.campaign, {town.prefix}, at=last.cut_off, day=today, with_elders=False)
    assert stood_in(last) == now and sum(key[0] == "dose" for key in now) == 24
    came = [report.changes.filter(record__isnull=False) for report in FiledReport.objects.all()]
    assert sum(rows.filter(sign=1).count() for rows in came) == 24
    assert not any(rows.filter(sign=-1).exists() for rows in came)
    assert FiledReport.objects.filter(previous=None).count() == 1
