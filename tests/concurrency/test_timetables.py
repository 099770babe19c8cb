"""Two timetables at the same moment: one night's work, and each township checked once."""

import pytest
from django.utils import timezone

from core.models import Job
from reports.services import housekeeping, rollup_parts, rollups
from tests.concurrency.test_floor import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def test_the_second_finds_nothing_to_do(floor, monkeypatch):
    checked, check = [], rollups.check

    def counted(**asked):
        checked.append(asked["prefix"])
        return check(**asked)

    monkeypatch.setattr(rollups, "check", counted)
    now = timezone.now()
    at_once(lambda n: housekeeping.run_due(now=now), people=4)
    assert Job.objects.filter(kind=housekeeping.NIGHTLY).count() == 1
    assert checked == rollups.towns_of(floor.campaign)

    rollup_parts.ask(now=timezone.now())
    handed_out = at_once(lambda n: rollup_parts.begin(now=timezone.now()), people=4)
    assert Job.objects.filter(kind=rollup_parts.KIND).count() == 1, handed_out
    assert Job.objects.get(kind=rollup_parts.KIND).total == 1
