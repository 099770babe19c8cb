"""Many people at once: who is created, filled, left alone, or left for a person to settle."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import PriorityGroup
from core.errors import RuleBroken
from core.models import AuditEvent, ChangeNote
from inventory.models import Vaccine
from residents.choices import RecordSource
from residents.models import Enrolment, Household, Resident, VaccinationRecord
from residents.services.people import compare_people, put_people
from residents.services.persons import DoseValues, clean_values
from tests.factories.people import id_number

BIRTH = date(1980, 5, 1)


@pytest.fixture
def person(town, today):
    """``person(3, phone=…)``: the third synthetic person of the first village, as a form would say it."""

    def make(n=1, village=None, groups=(), **raw):
        raw = {"name": "王伟", "number": id_number(BIRTH, n), **raw}
        values, problems = clean_values(
            raw, village=village or town.village, today=today, priority_groups=groups
        )
        assert values, problems
        return values

    return make


@pytest.fixture
def put(cast, campaign, today):
    def do(*people, campaign=campaign):
        return put_people(people, actor=cast.town, campaign=campaign, today=today)

    return do


def states(outcomes):
    return [str(outcome.state) for outcome in outcomes]


def test_people_are_created_with_all_that_hangs_on_them(person, put, town, campaign):
    group = PriorityGroup.objects.get(code="K5", campaign=None)
    vaccine = Vaccine.objects.get(code="CV-BJ")
    values = replace(
        person(1, groups=[group], household_no="12", phone="13800000001"),
        doses=(DoseValues(date(2021, 7, 1), vaccine, "旗医院"), DoseValues(date(2021, 6, 1), vaccine)),
    )
    assert states(put(values, person(2, household_no="12"))) == ["create", "create"]
    wang = Resident.objects.get(household__number="12", phone="13800000001")
    assert wang.household == Household.objects.get()
    assert list(wang.priority_groups.all()) == [group]
    assert wang.identifiers.get().number == id_number(BIRTH, 1)
    assert [(r.dose_number, r.given_on.month, r.source, r.is_verified) for r in wang.records.all()] == [
        (1, 6, RecordSource.ELSEWHERE, False),
        (2, 7, RecordSource.ELSEWHERE, False),
    ]
    row = Enrolment.objects.get(resident=wang, campaign=campaign)
    assert (row.doses_done, row.unit_code, row.is_target) == (2, town.village.code, True)
    noted = set(ChangeNote.objects.filter(place_code=town.village.code).values_list("day", flat=True))
    assert {date(2021, 6, 1), date(2021, 7, 1)} <= noted


def test_the_same_people_again_change_nothing(person, put):
    people = [person(n, phone=f"1380000{n:04d}") for n in range(1, 5)]
    put(*people)
    before = Resident.objects.order_by("pk").values(), AuditEvent.objects.count(), Enrolment.objects.count()
    before = list(before[0]), *before[1:]
    assert states(put(*people)) == ["unchanged"] * 4
    after = (
        list(Resident.objects.order_by("pk").values()),
        AuditEvent.objects.count(),
        Enrolment.objects.count(),
    )
    assert after == before


def test_blanks_are_filled_and_contradictions_wait_for_a_person(person, put):
    put(person(1, phone="13800000001"), person(2))
    outcomes = put(
        person(1, phone="13900000009", address="新街1号"), person(2, phone="13800000002", household_no="7")
    )
    assert states(outcomes) == ["review", "update"]
    assert [(c.field, c.ours, c.theirs) for c in outcomes[0].conflicts] == [
        ("phone", "138****0001", "139****0009")
    ]
    assert set(outcomes[1].added) == {"phone", "household_no"}
    first, second = Resident.objects.order_by("pk")
    assert (first.phone, first.address) == ("13800000001", "")
    assert (second.phone, second.phone_tail, second.household.number) == ("13800000002", "0002", "7")


def test_what_the_source_does_not_say_contradicts_nothing(person, put):
    put(person(1, residence="流入(省外)", phone="13800000001", phone_owner="子女"))
    assert states(put(person(1))) == ["unchanged"]
    assert states(put(person(1, residence="常住"))) == ["review"]


def test_a_person_of_another_village_is_left_alone(person, put, town):
    put(person(1))
    [outcome] = put(person(1, village=town.villages[1], phone="13800000001"))
    assert (outcome.state, [c.field for c in outcome.conflicts]) == ("review", ["village"])
    assert Resident.objects.get().phone == ""


def test_a_later_dose_is_news_and_an_earlier_one_a_question(person, put, campaign):
    vaccine, other = Vaccine.objects.get(code="CV-BJ"), Vaccine.objects.get(code="CV-SV")
    unknown = Vaccine.objects.get(code="CV-UNK")
    base = person(1)

    def with_doses(*doses):
        return replace(base, doses=tuple(DoseValues(day, product) for day, product in doses))

    first, later = (date(2021, 6, 1), vaccine), (date(2021, 7, 1), vaccine)
    put(with_doses(first))
    assert states(put(with_doses(first, later))) == ["update"]
    assert states(put(with_doses((date(2021, 6, 1), unknown), later))) == ["unchanged"]
    assert states(put(with_doses((date(2021, 6, 1), other)))) == ["review"]
    assert states(put(with_doses((date(2021, 5, 1), vaccine)))) == ["review"]
    assert list(VaccinationRecord.objects.values_list("dose_number", flat=True)) == [1, 2]
    assert Enrolment.objects.get(campaign=campaign).doses_done == 2


def test_one_number_twice_in_a_call_is_one_person(person, put):
    outcomes = put(person(1), person(1))
    assert states(outcomes) == ["create", "unchanged"]
    assert Resident.objects.count() == 1


def test_without_a_number_nobody_can_be_told_apart(person, put):
    with pytest.raises(RuleBroken) as refused:
        put(replace(person(1), documents=()))
    assert refused.value.code == "NO_NUMBER"
    assert not Resident.objects.exists()


def test_comparing_writes_nothing(person, put, campaign):
    put(person(1))
    assert states(compare_people([person(1, phone="13800000001"), person(2)])) == ["update", "create"]
    assert Resident.objects.get().phone == ""


def test_queries_do_not_grow_with_the_people(person, put):
    def queries(numbers):
        with CaptureQueriesContext(connection) as captured:
            put(*[person(n) for n in numbers])
        return len(captured)

    assert queries(range(10, 12)) >= queries(range(20, 60))
