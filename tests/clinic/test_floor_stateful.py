"""Random walks of the staff over the floor, with wrong orders and repeats: what must never happen never happens."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clinic.choices import CorrectionKind
from clinic.models import AdverseEvent, Correction, Dose, Visit
from clinic.services import adverse_events, consenting, corrections, observations, visits
from clinic.services.verify import floor_problems
from core.errors import RuleBroken
from inventory.models import StockLevel
from inventory.services.verify import ledger_problems
from residents.models import Enrolment, VaccinationRecord
from residents.services.enrolments import drift
from tests.factories.clinic import Floor, lot_of
from tests.factories.stock import receive
from tests.walks import examples

PEOPLE = st.integers(0, 2)


class Staff(RuleBasedStateMachine):
    """Three people, two lots of a few doses (one in vials of two), and staff who do anything in any order."""

    ground: SimpleNamespace

    @initialize()
    def open_the_floor(self):
        self.mark = transaction.atomic()
        self.mark.__enter__()
        self.floor = Floor(**vars(self.ground))
        self.lots = [lot_of("CV-SV"), lot_of("CV-BJ", doses_per_vial=2)]
        for lot, vials in zip(self.lots, (2, 1), strict=True):
            receive(self.floor.site, lot, vials)
        self.people = [self.floor.person() for _ in range(3)]
        self.keys = {}

    def teardown(self):
        if hasattr(self, "mark"):
            transaction.set_rollback(True)
            self.mark.__exit__(None, None, None)

    def attempt(self, deed, *args, **kwargs):
        try:
            with transaction.atomic():
                return deed(*args, **kwargs)
        except RuleBroken as refusal:
            assert refusal.message.endswith("。")
            return None

    def visit(self, person) -> Visit | None:
        return Visit.objects.filter(enrolment=self.people[person]).order_by("-pk").first()

    def given_to(self, person) -> Dose | None:
        return Dose.objects.counted().filter(visit__enrolment=self.people[person]).first()

    def key(self, what: str, person: int, again: bool):
        """The key of the form: that of the last time when it is sent again."""
        return self.keys.setdefault((what, person), uuid4()) if again else uuid4()

    @rule(person=PEOPLE, again=st.booleans())
    def check_in(self, person, again):
        enrolment = Enrolment.objects.get(pk=self.people[person].pk)
        self.attempt(self.floor.check_in, enrolment, key=self.key("check_in", person, again))

    @rule(
        person=PEOPLE,
        celsius=st.sampled_from(["36.5", "36.5", "38.0"]),
        allergic=st.booleans(),
        again=st.booleans(),
    )
    def screen(self, person, celsius, allergic, again):
        if visit := self.visit(person):
            bad = {"Q4": True} if allergic and celsius == "38.0" else {}
            key = self.key("screen", person, again)
            self.attempt(self.floor.screen, visit, celsius=Decimal(celsius), bad=bad, key=key)

    @rule(person=PEOPLE, given=st.sampled_from([True, True, False]), again=st.booleans())
    def sign(self, person, given, again):
        if visit := self.visit(person):
            self.attempt(self.floor.sign, visit, given=given, key=self.key("sign", person, again))

    @rule(person=PEOPLE)
    def withdraw(self, person):
        if visit := self.visit(person):
            nurse = self.floor.cast.registrar
            self.attempt(consenting.withdraw, visit=visit, actor=nurse, reason="害怕", now=self.floor.now)

    @rule(person=PEOPLE, lot=st.integers(0, 1), again=st.booleans())
    def dose(self, person, lot, again):
        if visit := self.visit(person):
            key = self.key("dose", person, again)
            self.attempt(self.floor.dose, visit, lot=self.lots[lot], key=key)

    @rule(person=PEOPLE, lot=st.integers(0, 1))
    def straight_to_the_needle(self, person, lot):
        """The good way, so that walks reach the end of the floor often."""
        self.check_in(person, False)
        self.screen(person, "36.5", False, False)
        self.sign(person, True, False)
        self.dose(person, lot, False)

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
    def transfer(self, person):
        if visit := self.visit(person):
            deed = {"actor": self.floor.cast.observer, "hospital": "旗医院", "reason": "皮疹"}
            self.attempt(observations.transfer, visit=visit, now=self.floor.now, **deed)

    @rule(person=PEOPLE)
    def go_home(self, person):
        if visit := self.visit(person):
            nurse = self.floor.cast.registrar
            self.attempt(visits.leave_undone, visit=visit, actor=nurse, reason="等太久", now=self.floor.now)

    @rule(person=PEOPLE, closes=st.booleans())
    def reaction(self, person, closes):
        """Somebody feels ill; or the case is over."""
        dose, observer = self.given_to(person), self.floor.cast.observer
        case = AdverseEvent.objects.open().filter(dose=dose).first() if dose else None
        if case and closes:
            ending = {"outcome": "1", "measures": "平卧", "first_class": "1", "actor": observer}
            self.attempt(adverse_events.close, event=case, now=self.floor.now, **ending)
        elif dose:
            values = {"onset_at": self.floor.now, "now": self.floor.now, "is_serious": False}
            values |= {"actor": observer, "key": uuid4(), "symptoms": "头晕"}
            self.attempt(adverse_events.report, dose=dose, **values)

    @rule(person=PEOPLE, other=PEOPLE, kind=st.sampled_from(list(CorrectionKind)), lot=st.integers(0, 1))
    def find_a_slip(self, person, other, kind, lot):
        """Somebody proposes a correction, right or nonsense."""
        if dose := self.given_to(person):
            right = {
                "lot": {"lot": self.lots[lot]},
                "vaccine": {"lot": self.lots[lot]},
                "person": {"enrolment": Enrolment.objects.get(pk=self.people[other].pk)},
                "details": {"body_site": "right_arm", "given_at": self.floor.now - timedelta(minutes=lot)},
                "twice": {"twin": self.given_to(other)},
            }.get(kind, {})
            self.attempt(self.floor.propose, dose, kind, now=self.floor.now, **right)

    @precondition(lambda self: hasattr(self, "floor") and Correction.objects.waiting().exists())
    @rule(who=st.sampled_from(["screener", "screener", "vaccinator", "registrar"]), agrees=st.booleans())
    def decide(self, who, agrees):
        """Somebody decides: the doctor, or one who may not."""
        row, actor = Correction.objects.waiting().first(), getattr(self.floor.cast, who)
        deed = {"correction": row, "actor": actor, "now": self.floor.now}
        if agrees:
            self.attempt(corrections.confirm, **deed)
        else:
            self.attempt(corrections.decline, answer="属实", **deed)

    @invariant()
    def nobody_is_dosed_without_check_in_pass_and_consent(self):
        """But for a needle that two people say went into somebody who had none of it: then the correction names it."""
        if not hasattr(self, "floor"):
            return
        for dose in Dose.objects.counted().select_related("visit", "consent", "record", "made_by"):
            assert dose.visit.stage in {"observing", "left", "transferred"}
            row = getattr(dose, "made_by", None)
            told = row is not None and "接种差错" in "".join(row.effects)
            passed = dose.visit.screenings.filter(outcome="PASS", at__lte=dose.given_at).exists()
            if not told and row is None:
                assert passed and dose.consent.given
                assert dose.consent.dose_number == dose.record.dose_number
            if dose.consent is None:
                assert told or _came_from_told(row)

    @invariant()
    def nobody_has_two_doses_and_each_dose_in_people_left_the_stock_once(self):
        if not hasattr(self, "floor"):
            return
        counted = Dose.objects.counted()
        people = list(counted.values_list("visit__enrolment", flat=True))
        assert len(people) == len(set(people))
        assert set(counted.values_list("record", flat=True)) == set(
            VaccinationRecord.objects.counted().filter(source="here").values_list("pk", flat=True)
        )
        for lot, doses in zip(self.lots, (2, 2), strict=True):
            level = StockLevel.objects.select_related("lot__presentation").get(lot=lot)
            lost = -sum(m.open_doses for m in lot.movements.filter(kind="waste_open"))
            assert level.vials >= 0 and level.open_doses >= 0
            assert level.all_doses + counted.filter(lot=lot).count() + lost == doses
        assert [*floor_problems(), *ledger_problems(), *drift(today=self.floor.today)] == []

    @invariant()
    def every_taken_back_dose_has_two_people_and_its_cases_live_on(self):
        if not hasattr(self, "floor"):
            return
        gone = Dose.objects.filter(record__voided_at__isnull=False)
        for row in Correction.objects.filter(dose__in=gone, state="done"):
            assert row.decided_by_id not in (None, row.proposed_by_id)
        assert gone.count() == Correction.objects.filter(state="done").count()
        assert not AdverseEvent.objects.filter(dose__in=gone).exists()

    @invariant()
    def nobody_left_before_the_time_without_a_reason_and_a_doctor_nor_with_an_open_reaction(self):
        if not hasattr(self, "floor"):
            return
        for visit in Visit.objects.filter(stage="left", release_due__isnull=False):
            assert visit.left_at >= visit.release_due or (visit.leave_reason and visit.leave_doctor)


def _came_from_told(row) -> bool:
    """A correction of a dose whose own correction said that the signature was missing."""
    while row is not None:
        if "接种差错" in "".join(row.effects):
            return True
        row = getattr(row.dose, "made_by", None)
    return False


@pytest.mark.django_db
@pytest.mark.requirement("S46")
def test_no_walk_of_the_staff_breaks_the_floor(site, campaign, town, cast):
    class Walk(Staff):
        ground = SimpleNamespace(site=site, campaign=campaign, village=town.village, cast=cast)

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=examples(8),
            stateful_step_count=16,
            suppress_health_check=list(HealthCheck),
        ),
    )
