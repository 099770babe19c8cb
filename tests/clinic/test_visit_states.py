"""Every stage against every deed, through the services: they allow and refuse exactly what docs/visit-states.md says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from clinic.choices import Stage
from clinic.models import Visit
from clinic.services import adverse_events, consenting, observations, visits
from core.errors import RuleBroken
from tests.clinic.visit_states import cells

FEVER, ALLERGY = {"celsius": Decimal("38.2")}, {"bad": {"Q4": True}}


class Ways:
    """How a visit gets to each stage, and how each deed is done; always by the right person, with good values."""

    def __init__(self, floor):
        self.floor, self.cast = floor, floor.cast
        self.over = floor.now + timedelta(minutes=31)

    def visit_at(self, stage: str) -> Visit:
        """A visit led to ``stage`` by the staff."""
        visit = self.floor.check_in()
        for deed in _WAYS[stage]:
            self.do(deed, visit)
        visit = Visit.objects.get(pk=visit.pk)
        assert visit.stage == stage
        return visit

    def do(self, deed: str, visit: Visit) -> None:
        getattr(self, deed)(visit)

    def screen_pass(self, visit):
        self.floor.screen(visit)

    def screen_defer(self, visit):
        self.floor.screen(visit, **FEVER)

    def screen_contra(self, visit):
        self.floor.screen(visit, **ALLERGY)

    def consent(self, visit):
        self.floor.sign(visit)

    def refuse(self, visit):
        self.floor.sign(visit, given=False)

    def withdraw(self, visit):
        consenting.withdraw(visit=visit, actor=self.cast.registrar, reason="害怕", now=self.floor.now)

    def dose(self, visit):
        self.floor.dose(visit)

    def release(self, visit):
        observations.release(visit=visit, actor=self.cast.observer, now=self.over)

    def transfer(self, visit):
        where = {"hospital": "旗医院", "reason": "皮疹"}
        observations.transfer(visit=visit, actor=self.cast.observer, now=self.over, **where)

    def leave(self, visit):
        visits.leave_undone(visit=visit, actor=self.cast.registrar, reason="等太久", now=self.floor.now)

    def void(self, visit):
        self.floor.correct(adverse_events.dose_of(visit), "not_given")

    def correct(self, visit):
        self.floor.correct(adverse_events.dose_of(visit), "details", body_site="right_arm")

    def take_over(self, visit):
        self.floor.correct(self.wrong.doses.get(), "person", enrolment=visit.enrolment)


_WAYS = {
    "checked_in": [],
    "passed": ["screen_pass"],
    "deferred": ["screen_defer"],
    "contraindicated": ["screen_contra"],
    "consented": ["screen_pass", "consent"],
    "refused": ["screen_pass", "refuse"],
    "observing": ["screen_pass", "consent", "dose"],
    "left": ["screen_pass", "consent", "dose", "release"],
    "transferred": ["screen_pass", "consent", "dose", "transfer"],
    "abandoned": ["screen_pass", "leave"],
}


def outcome(ways: Ways, deed: str, visit: Visit) -> str:
    """The stage after ``deed``, or the code of its refusal; everything is as before afterwards."""
    before = visit.stage
    with transaction.atomic():
        try:
            ways.do(deed, visit)
            found = Visit.objects.get(pk=visit.pk).stage
        except RuleBroken as refusal:
            assert refusal.message.endswith("。") and len(refusal.message) > 12, refusal.message
            assert Visit.objects.get(pk=visit.pk).stage == before
            found = refusal.code
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.requirement("S46")
def test_the_services_do_what_the_document_says_cell_by_cell(floor):
    ways = Ways(floor)
    ways.wrong = floor.observed()  # whose dose really went into the visit in question
    standing = {stage: ways.visit_at(stage) for stage in Stage.values}
    told = {(stage, deed): result for stage, deed, result in cells()}
    if connection.vendor != "sqlite":  # what is allowed does not depend on the engine: every fourth cell
        told = dict(list(told.items())[::4])
    done = {(stage, deed): outcome(ways, deed, standing[stage]) for stage, deed in told}
    assert {cell: result for cell, result in done.items() if result != told[cell]} == {}
