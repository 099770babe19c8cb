"""The independent SQL agrees with every figure, whatever happened before."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import RuleBroken
from inventory.models import Vaccine
from reports.services import rollups
from residents.models import VaccinationRecord
from residents.services import enrolments, moves, records, register
from residents.services.merging import merge
from tests.factories.clinic import Floor
from tests.factories.people import make_enrolled
from tests.reports.agreement import disagreements
from tests.walks import examples

pytestmark = pytest.mark.django_db
BORN = (date(1990, 5, 1), date(1963, 2, 28), date(1940, 11, 3), date(1955, 8, 8), date(2012, 1, 1))
# One product for each: courses of mixed products are a matter of the schedule rules, not of counting.
PRODUCTS = ("CV-SV", "CV-SV", "CV-KX", "CV-SV", "CV-SV", "CV-SV")
persons = st.integers(0, len(BORN))  # the last one is of the neighbouring town
numbers = st.integers(0, 2)
histories = st.lists(
    st.one_of(
        st.tuples(st.just("late"), persons, numbers),
        st.tuples(st.just("late"), persons, numbers),
        st.tuples(st.just("visit"), persons, numbers),
        st.tuples(st.just("void"), st.integers(0, 9), numbers),
        st.tuples(st.just("move"), persons, numbers),
        st.tuples(st.just("merge"), persons, persons),
        st.tuples(st.just("remove"), persons, numbers),
        st.tuples(st.just("base"), numbers, numbers),
        st.tuples(st.just("fill"), numbers, numbers),
        st.tuples(st.just("tomorrow"), numbers, numbers),
    ),
    min_size=4,
    max_size=16,
)


class History:
    """Deeds of one township, done through the services, a day or more long."""

    def __init__(self, floor: Floor, town):
        self.floor, self.town, self.campaign = floor, town, floor.campaign
        self.began_on = floor.today
        self.vaccines = Vaccine.objects.in_bulk(set(PRODUCTS), field_name="code")
        ground = [town.villages[n % 3] for n in range(len(BORN))]
        self.people = [
            make_enrolled(place, self.campaign, floor.today, birth_date=born)
            for place, born in zip([*ground, town.other_villages[0]], [*BORN, BORN[0]], strict=True)
        ]

    @property
    def now(self):
        return self.floor.now

    def play(self, steps) -> int:
        """Do what is allowed of ``steps``; returns how much that was."""
        done = 0
        for verb, who, number in steps:
            try:
                with transaction.atomic():
                    getattr(self, verb)(who, number)
            except RuleBroken:
                continue
            done += 1
        return done

    def person(self, who):
        row = self.people[who]
        row.refresh_from_db()
        row.resident.refresh_from_db()
        return row

    def late(self, who, months):
        """A dose told afterwards: of one product for a person, at distances that count."""
        records.note_dose(
            enrolment=self.person(who),
            vaccine=self.vaccines[PRODUCTS[who]],
            given_on=self.began_on - timedelta(days=40 * (months + 1)),
            actor=None,
            today=self.floor.today,
        )

    def visit(self, who, number):
        """A dose at our site, today; the neighbour comes as a guest."""
        if PRODUCTS[who] == self.floor.lot.presentation.vaccine.code:
            self.floor.dose(self.floor.ready(self.person(who)))

    def void(self, who, number):
        counted = VaccinationRecord.objects.counted().filter(dose=None).order_by("pk")
        if record := counted[who : who + 1].first():
            records.void_record(record=record, actor=None, reason="登记错", now=self.now)

    def move(self, who, number):
        moves.propose(
            resident=self.person(who).resident,
            kind="move",
            to_place=self.town.villages[number],
            residence="local",
            reason="home",
            on=self.floor.today,
            actor=None,
            key=uuid4(),
            now=self.now,
            today=self.floor.today,
        )

    def merge(self, who, other):
        if who == other or PRODUCTS[who] != PRODUCTS[other]:
            return
        merge(
            kept=self.person(who).resident,
            absorbed=self.person(other).resident,
            choices={},
            actor=None,
            reason="登记了两次",
            key=uuid4(),
            now=self.now,
        )

    def remove(self, who, number):
        resident = self.person(who).resident
        today = self.floor.today
        register.remove_resident(
            resident=resident, actor=None, removal="moved_out", on=today, today=today, now=self.now
        )

    def base(self, who, number):
        """The office changes the base: from 18, from 50, from 18 to 70."""
        self.campaign.cohort = ({"age_min": 18}, {"age_min": 50}, {"age_min": 18, "age_max": 70})[number]
        self.campaign.save()
        enrolments.refresh_all(campaign=self.campaign, today=self.floor.today, step=lambda *_: None)

    def fill(self, who, number):
        rollups.fill_dirty(now=self.now)

    def tomorrow(self, who, number):
        self.floor.now += timedelta(days=1)


@settings(
    max_examples=examples(50),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a history is short enough to be read as it is; shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=histories)
def test_any_history_is_counted_alike_by_plain_sql(floor, town, steps):
    started = floor.now
    with transaction.atomic():
        history = History(floor, town)
        history.play(steps)
        rollups.fill_dirty(now=history.now)
        today = timezone.localdate(history.now)
        campaign = history.campaign
        campaign.refresh_from_db()
        for day in (today, history.began_on - timedelta(days=40)):
            for place in (town.county, town.villages[0]):
                assert disagreements(campaign=campaign, place=place, day=day, now=history.now) == []
        transaction.set_rollback(True)
    floor.now = started
    floor.campaign.refresh_from_db()
