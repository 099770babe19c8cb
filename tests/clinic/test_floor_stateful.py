"""Random walks of the staff over the floor, with wrong orders and repeats: what must never happen never happens."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from clinic.models import Dose, Visit
from clinic.services import consenting, observations, visits
from clinic.services.verify import floor_problems
from core.errors import RuleBroken
from inventory.models import StockLevel
from inventory.services.verify import ledger_problems
from residents.services.enrolments import drift
from tests.factories.clinic import Floor, lot_of
from tests.factories.stock import receive
from tests.walks import examples

PEOPLE = st.integers(0, 2)


class Staff(RuleBasedStateMachine):
    """Three people, one lot of two doses, and staff who do anything in any order."""

    ground: SimpleNamespace

    @initialize()
    def open_the_floor(self):
        self.mark = transaction.atomic()
        self.mark.__enter__()
        self.floor = Floor(**vars(self.ground))
        self.floor.lot = lot_of("CV-SV")
        receive(self.floor.site, self.floor.lot, 2)
        self.people = [self.floor.person() for _ in range(3)]
        self.keys = {}

    def teardown(self):
        if hasattr(self, "mark"):
            transaction.set_rollback(True)
            self.mark.__exit__(None, None, None)

    def attempt(self, deed, *args, **kwargs):
        try:
            return deed(*args, **kwargs)
        except RuleBroken as refusal:
            assert refusal.message.endswith("。")
            return None

    def visit(self, person) -> Visit | None:
        return Visit.objects.filter(enrolment=self.people[person]).order_by("-pk").first()

    @rule(person=PEOPLE)
    def check_in(self, person):
        enrolment = type(self.people[person]).objects.get(pk=self.people[person].pk)
        self.attempt(self.floor.check_in, enrolment)

    @rule(person=PEOPLE, celsius=st.sampled_from(["36.5", "36.5", "38.0"]), allergic=st.booleans())
    def screen(self, person, celsius, allergic):
        if visit := self.visit(person):
            bad = {"Q4": True} if allergic and celsius == "38.0" else {}
            self.attempt(self.floor.screen, visit, celsius=Decimal(celsius), bad=bad)

    @rule(person=PEOPLE, given=st.sampled_from([True, True, False]))
    def sign(self, person, given):
        if visit := self.visit(person):
            self.attempt(self.floor.sign, visit, given=given)

    @rule(person=PEOPLE)
    def withdraw(self, person):
        if visit := self.visit(person):
            nurse = self.floor.cast.registrar
            self.attempt(consenting.withdraw, visit=visit, actor=nurse, reason="害怕", now=self.floor.now)

    @rule(person=PEOPLE, again=st.booleans())
    def dose(self, person, again):
        if visit := self.visit(person):
            key = self.keys.setdefault(visit.pk, uuid4()) if again else uuid4()
            self.attempt(self.floor.dose, visit, key=key)

    @rule(person=PEOPLE)
    def straight_to_the_needle(self, person):
        """The good way, so that walks reach the end of the floor often."""
        self.check_in(person)
        self.screen(person, "36.5", False)
        self.sign(person, True)
        self.dose(person, False)

    @rule(
        person=PEOPLE,
        minutes=st.sampled_from([5, 29, 30, 45]),
        reason=st.sampled_from(["", "接孩子"]),
        asks=st.booleans(),
    )
    def release(self, person, minutes, reason, asks):
        if visit := self.visit(person):
            now = self.floor.now + timedelta(minutes=minutes)
            observer = self.floor.cast.observer
            doctor = self.floor.cast.screener if asks else None
            deed = {"visit": visit, "actor": observer, "now": now, "reason": reason, "doctor": doctor}
            self.attempt(observations.release, **deed)

    @rule(person=PEOPLE)
    def go_home(self, person):
        if visit := self.visit(person):
            nurse = self.floor.cast.registrar
            self.attempt(visits.leave_undone, visit=visit, actor=nurse, reason="等太久", now=self.floor.now)

    @rule(person=PEOPLE)
    def void(self, person):
        dose = Dose.objects.counted().filter(visit__enrolment=self.people[person]).first()
        if dose:
            self.attempt(self.floor.correct, dose)

    @invariant()
    def nobody_is_dosed_without_pass_consent_and_stock(self):
        if not hasattr(self, "floor"):
            return
        for dose in Dose.objects.counted().select_related("visit", "consent", "record"):
            assert dose.visit.screenings.filter(outcome="PASS", at__lte=dose.given_at).exists()
            assert dose.consent.given and dose.consent.dose_number == dose.record.dose_number
            assert dose.visit.stage in {"observing", "left", "transferred"}

    @invariant()
    def nobody_has_two_doses_of_one_day_and_stock_adds_up(self):
        if not hasattr(self, "floor"):
            return
        counted = Dose.objects.counted()
        people = list(counted.values_list("visit__enrolment", flat=True))
        assert len(people) == len(set(people)) <= 2
        lost = -sum(m.open_doses for m in self.floor.lot.movements.filter(kind="waste_open"))
        level = StockLevel.objects.get(lot=self.floor.lot)
        assert level.vials + level.open_doses + len(people) + lost == 2
        assert [*floor_problems(), *ledger_problems(), *drift(today=self.floor.today)] == []

    @invariant()
    def nobody_left_before_the_time_without_a_reason_and_a_doctor(self):
        if not hasattr(self, "floor"):
            return
        for visit in Visit.objects.filter(stage="left", release_due__isnull=False):
            assert visit.left_at >= visit.release_due or (visit.leave_reason and visit.leave_doctor)


@pytest.mark.django_db
def test_no_walk_of_the_staff_breaks_the_floor(site, campaign, town, cast):
    class Walk(Staff):
        ground = SimpleNamespace(site=site, campaign=campaign, village=town.village, cast=cast)

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=examples(8),
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
