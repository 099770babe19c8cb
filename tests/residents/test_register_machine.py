"""Whatever offices and villages do to the register, in whatever order: nobody is twice, nobody counts twice, no dose is
lost or doubled, and the funnel adds up."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from campaigns.models import Campaign
from campaigns.services.setup import load_reference_data, open_covid_campaign
from core.errors import RuleBroken
from inventory.models import Vaccine
from places.models import Place
from residents.choices import MoveState
from residents.models import (
    CensusImport,
    Enrolment,
    Merge,
    Move,
    Resident,
    ResidentIdentifier,
    VaccinationRecord,
)
from residents.services import census as census_service
from residents.services import census_undo, moves, records, register, settling
from residents.services.merging import merge
from residents.services.people import put_people
from residents.services.persons import DoseValues
from residents.services.unmerging import unmerge
from tests.factories.people import id_number
from tests.factories.residents import cleaned
from tests.residents.census_files import simple
from tests.residents.register_truths import Truths
from tests.walks import examples

BORN = date(1980, 5, 1)
VILLAGES = ("150622002001", "150622002002", "150622002200")
RESIDENCES = ("local", "away_town", "away_county", "in_county", "in_province")
REFUSALS = {
    "NUMBER_TAKEN",
    "NOT_LIVE",
    "MERGED",
    "REMOVED",
    "REMOVED_ALREADY",
    "NOT_REMOVED",
    "DOSE_REPEATED",
    "VOIDED_ALREADY",
    "LATER_MERGE",
    "BUILT_ON",
    "MOVE_OPEN",
    "MOVE_SAME",
    "MOVED_MEANWHILE",
    "VILLAGE_BY_MOVE",
    "UNDO_BLOCKED",
}
NAMES = ("王建", "王国", "王强")
nth = st.integers(0, 50)


def number_of(n: int) -> str:
    return id_number(BORN, n, "998800")


def hash_of(n: int) -> str:
    return ResidentIdentifier.hash_of("01", number_of(n))


class Register(Truths, RuleBasedStateMachine):
    """Beside the register a plain model: the numbers that were registered, and every dose that was ever told."""

    def __init__(self):
        super().__init__()
        self.today = timezone.localdate()
        self.now = timezone.now()
        self.example = transaction.atomic()  # every example starts from the empty register
        self.example.__enter__()
        self.villages = list(Place.objects.filter(level="village").order_by("code"))
        self.campaign = Campaign.objects.select_related("place").get()
        self.cadre = User.objects.get(username="cadre")
        self.vaccine = Vaccine.objects.get(code="CV-SV")
        self.numbers: set[int] = set()
        self.told: set = set()
        self.voided: set = set()
        self.before: dict[int, dict] = {}  # merge → what both records were
        self.brought: dict[int, tuple] = {}  # file → the numbers it registered, the doses it told

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def attempt(self, call, **given):
        """Do the deed; a refusal must be one of the known ones. Returns whether it was done, and the answer."""
        self.now += timedelta(seconds=1)
        try:
            return True, call(**({"actor": None} | given))
        except RuleBroken as error:
            assert error.code in REFUSALS, error.code
            return False, None

    def one(self, n, people=None):
        rows = list((people or Resident.objects).order_by("pk"))
        return rows[n % len(rows)] if rows else None

    def values(self, number, village, residence="local", **more):
        raw = {
            "name": NAMES[number % 3],
            "number": number_of(number),
            "residence": residence,
        }
        return cleaned(self.villages[village], self.today, **(raw | more))

    @initialize(ago=st.lists(st.sampled_from([30, 60, 90]), min_size=3, max_size=3))
    def people(self, ago):
        """Three on the register, each with a dose already."""
        for number, days in enumerate(ago, start=11):
            self.register(number, number % 3, "local")
            self.tell_a_dose(number - 11, days)

    @rule(number=st.integers(1, 8), village=st.integers(0, 2), residence=st.sampled_from(RESIDENCES))
    def register(self, number, village, residence):
        values = self.values(number, village, residence)
        done, _ = self.attempt(register.add_resident, values=values, key=uuid4(), today=self.today)
        assert done == (number not in self.numbers)
        self.numbers.add(number)

    @rule(number=st.integers(1, 8), village=st.integers(0, 2), ago=st.sampled_from([0, 30, 60, 90]))
    def import_row(self, number, village, ago):
        """A file says it: a new person, a blank filled, a dose more, or a contradiction that changes nothing."""
        values = self.values(number, village, phone="13812345678")
        if ago:
            values.doses = (DoseValues(self.today - timedelta(days=ago), self.vaccine),)
        put_people([values], actor=None, campaign=self.campaign, today=self.today)
        self.numbers.add(number)
        assert len(self.told_now()) <= 1

    def told_now(self) -> set:
        """The doses that the last deed told, which are from now on told."""
        new = set(VaccinationRecord.objects.exclude(uid__in=self.told).values_list("uid", flat=True))
        self.told |= new
        return new

    @rule(
        numbers=st.sets(st.integers(1, 8), min_size=1, max_size=3),
        village=st.integers(0, 2),
        ago=st.sampled_from([0, 30, 60]),
    )
    def import_file(self, numbers, village, ago):
        """A whole file, checked and committed; it may be taken back later."""
        row = {"电话": "13812345678"}
        if ago:
            row |= {"第1针接种日期": self.today - timedelta(days=ago), "第1针厂家": self.vaccine.manufacturer}
        people = [{"姓名": NAMES[n % 3], "身份证号": number_of(n)} | row for n in sorted(numbers)]
        given = {"place": self.villages[village], "campaign": self.campaign, "actor": None}
        census = census_service.take_in(content=simple(*people), file_name="摸排.xlsx", **given)
        census_service.check(census, today=self.today)
        census_service.commit(census, actor=None, now=timezone.now(), today=self.today)
        new = {
            n
            for n in numbers - self.numbers
            if ResidentIdentifier.objects.filter(number_hash=hash_of(n)).exists()
        }
        wait = census.rows.open_reviews().count()  # alike, but another number: somebody has to look
        assert len(numbers - self.numbers - new) <= wait
        self.brought[census.pk] = new, self.told_now()
        self.numbers |= new

    @precondition(lambda self: self.brought)
    @rule(n=nth)
    def take_back_a_file(self, n):
        """People whom it registered go with what it told of them, the doses it told of others do not count; or nothing."""
        census = self.one(n, CensusImport.objects.filter(pk__in=self.brought))
        stood = set(VaccinationRecord.objects.counted().values_list("uid", flat=True))
        given = {"census": census, "now": timezone.now(), "today": self.today}
        done, _ = self.attempt(lambda *, census, **more: census_undo.undo(census, **more), **given)
        numbers, doses = self.brought.pop(census.pk) if done else (set(), set())
        left = set(VaccinationRecord.objects.values_list("uid", flat=True))
        counted = set(VaccinationRecord.objects.counted().values_list("uid", flat=True))
        assert stood - counted == doses & stood
        self.numbers -= numbers
        self.told -= doses - left
        self.voided |= doses & left

    @rule(n=nth, village=st.integers(0, 5), residence=st.sampled_from(RESIDENCES))
    def edit(self, n, village, residence):
        """The ordinary form, now and then with another village, which is no edit."""
        person = self.one(n)
        if person is None:
            return
        before = person.village
        values = cleaned(
            self.villages[village] if village < 3 else before,
            self.today,
            name=person.name,
            sex=person.sex,
            birth_date=person.birth_date,
            residence=residence,
            id_type="N0",
            no_document_reason="未带",
            guarantor="村干部",
        )
        values.documents = ()
        done, _ = self.attempt(register.edit_resident, resident=person, values=values, today=self.today)
        person.refresh_from_db()
        assert person.village == before and not (done and values.village != before)

    @rule(n=nth, ago=st.sampled_from([30, 60, 90]))
    def tell_a_dose(self, n, ago):
        row = self.one(n, Enrolment.objects.filter(campaign=self.campaign))
        if row is None:
            return
        given_on = self.today - timedelta(days=ago)
        done, record = self.attempt(
            records.note_dose,
            enrolment=row,
            vaccine=self.vaccine,
            given_on=given_on,
            source="elsewhere",
            today=self.today,
        )
        if done:
            self.told.add(record.uid)

    @rule(n=nth, village=st.integers(0, 2), residence=st.sampled_from(RESIDENCES), waits=st.booleans())
    def move(self, n, village, residence, waits):
        """One village proposes and somebody answers later, or the office does both at once."""
        if person := self.one(n):
            self.attempt(
                moves.propose,
                resident=person,
                kind="move",
                to_place=self.villages[village],
                residence=residence,
                reason="home",
                on=self.today,
                actor=self.cadre if waits and person.village == self.villages[0] else None,
                key=uuid4(),
                now=self.now,
                today=self.today,
            )

    @precondition(lambda self: Move.objects.open().exists())
    @rule(n=nth, agrees=st.booleans())
    def answer(self, n, agrees):
        move = self.one(n, Move.objects.open())
        given = {"move": move, "note": "查过户口本", "now": self.now}
        call, more = (moves.accept, {"today": self.today}) if agrees else (moves.refuse, {})
        done, _ = self.attempt(call, **given, **more)
        move.refresh_from_db()
        assert done == (move.state != MoveState.OPEN)
        if done and agrees:
            assert Resident.objects.get(pk=move.resident_id).village_id == move.to_place_id

    @rule(n=nth)
    def void_a_dose(self, n):
        record = self.one(n, VaccinationRecord.objects)
        if record is None:
            return
        done, _ = self.attempt(records.void_record, record=record, reason="录错", now=self.now)
        if done:
            self.voided.add(record.uid)

    @rule(n=nth, back=st.booleans())
    def remove_or_restore(self, n, back):
        person = self.one(n)
        given = {"resident": person, "today": self.today}
        if person and back:
            self.attempt(register.restore, reason="又回来了", **given)
        elif person:
            self.attempt(register.remove_resident, removal="moved_out", on=self.today, **given)

    @rule(n=nth, unit=st.integers(0, 3))
    def settle(self, n, unit):
        row = self.one(n, Enrolment.objects.filter(campaign=self.campaign))
        if row is None:
            return
        given = {"unit": self.villages[unit]} if unit < 3 else {"unit": None, "by_rule": True}
        self.attempt(
            settling.settle, enrolment=row, reason="两村都报了", now=self.now, today=self.today, **given
        )

    @rule(n=nth, m=nth, side=st.sampled_from(["kept", "absorbed"]))
    def merge(self, n, m, side):
        live = list(Resident.objects.live().order_by("pk"))
        if len(live) < 2:
            return
        kept = live.pop(n % len(live))
        absorbed = live[m % len(live)] if n % 5 else self.one(m)  # now and then somebody who is gone
        if kept == absorbed:
            return
        pictures = self.pictures(kept, absorbed)
        done, row = self.attempt(
            merge,
            kept=kept,
            absorbed=absorbed,
            choices={"village": side, "residence": side},
            reason="登记了两次",
            key=uuid4(),
            now=self.now,
        )
        if done:
            self.before[row.pk] = pictures

    @precondition(lambda self: self.before)
    @rule(n=nth, at_once=st.booleans())
    def unmerge(self, n, at_once):
        row = (
            Merge.objects.standing().order_by("pk").last()
            if at_once
            else self.one(n, Merge.objects.standing())
        )
        if row is None:
            return
        done, _ = self.attempt(unmerge, merge=row, reason="是两个人", now=self.now)
        pictures = self.before.pop(row.pk) if done else {}
        for pk, numbers in pictures.items():
            mine = ResidentIdentifier.objects.filter(resident=pk)
            assert set(mine.values_list("number_hash", flat=True)) == numbers

    def pictures(self, *people) -> dict[int, set]:
        """The documents of each: nobody gets a document while merged, so they must come back exactly."""
        return {person.pk: set(person.identifiers.values_list("number_hash", flat=True)) for person in people}


@pytest.mark.requirement("S110")
@pytest.mark.timeout(900)  # whatever else the machine does
class RegisterStateful(TestCase):
    def setUp(self):
        today = timezone.localdate()
        town = Place.objects.create(code="150622002000", name="迎泽街道", level="town")
        for code in VILLAGES:
            Place.objects.create(code=code, name=f"{code[-3:]}村", level="village", parent=town)
        load_reference_data()
        open_covid_campaign(
            actor=None,
            place=town,
            code="machine",
            name="新冠疫苗接种",
            starts_on=today - timedelta(days=60),
            ends_on=today + timedelta(days=60),
            target_age_ref_date=today,
            cohort={"age_min": 18},
        )
        village = Place.objects.get(code=VILLAGES[0])
        create_account(
            actor=None,
            username="cadre",
            display_name="村干部",
            phone="",
            role=Role.CADRE,
            where=village,
            since=today,
        )

    def test_any_order_of_deeds_keeps_the_register_true(self):
        run_state_machine_as_test(
            Register,
            settings=settings(
                max_examples=examples(12),
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
            ),
        )
