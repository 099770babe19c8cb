"""Two records of one person under many hands: a number is registered once, a merge happens once, no dose gets lost."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from clinic.models import Dose
from clinic.services.verify import floor_problems
from inventory.models import Vaccine
from places.models import Place
from residents.models import Merge, Resident, ResidentIdentifier, VaccinationRecord
from residents.services.enrolments import drift
from residents.services.merging import merge
from residents.services.people import put_people
from residents.services.records import note_dose
from residents.services.register import add_resident
from residents.services.unmerging import unmerge
from tests.concurrency.test_floor import at_once
from tests.factories.residents import cleaned, typed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
HANDS = 8


@pytest.fixture
def twins(floor):
    return [floor.person(name="王建国"), floor.person(name="王建国")]


def merged(kept, absorbed, **given):
    values = {
        "kept": kept.resident,
        "absorbed": absorbed.resident,
        "choices": {},
        "actor": None,
        "reason": "登记了两次",
        "key": uuid4(),
        "now": timezone.now(),
    }
    return merge(**(values | given))


def told(enrolment, days_ago, today):
    """A dose given elsewhere, told by a cadre."""
    return note_dose(
        enrolment=enrolment,
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=days_ago),
        actor=None,
        today=today,
        source="elsewhere",
    )


@pytest.mark.requirement("S110")
def test_one_number_typed_by_many_hands_is_registered_once(floor):
    village = Place.objects.get(pk=floor.village.pk)
    raw = typed(date(1980, 5, 1))

    def register(n):
        values = cleaned(village, floor.today, **raw)
        if n % 2:  # half of them import a file; the import looks again when somebody was faster
            try:
                return put_people([values], actor=None, campaign=None, today=floor.today)[0].state
            except IntegrityError:
                return put_people([values], actor=None, campaign=None, today=floor.today)[0].state
        return add_resident(actor=None, values=values, key=uuid4(), today=floor.today).pk

    ended = at_once(register, people=HANDS)
    assert Resident.objects.count() == ResidentIdentifier.objects.count() == 1, ended


def test_two_offices_merge_the_same_pair_in_opposite_directions(twins):
    ended = at_once(lambda n: merged(*(twins if n % 2 else twins[::-1])).pk, people=HANDS)
    assert Merge.objects.count() == 1
    assert ended.count("NOT_LIVE") == HANDS - 1
    assert Resident.objects.live().count() == 1


def test_a_double_click_merges_once(twins):
    key = uuid4()
    assert set(at_once(lambda n: merged(*twins, key=key).pk, people=HANDS)) == {Merge.objects.get().pk}


def test_doses_told_to_the_absorbed_record_during_the_merge_are_not_lost(twins, floor):
    """Whoever is first: the dose moves along, or it is refused with the way to the survivor. Never on a tombstone."""

    def work(n):
        if n == 0:
            return merged(*twins).pk
        return told(twins[1], 30 * n, floor.today).pk

    ended = at_once(work, people=4)
    tombstone = Resident.objects.get(merged_into__isnull=False)
    assert not tombstone.records.exists()
    saved = [code for code in ended[1:] if not isinstance(code, str)]
    assert set(ended[1:]) - set(saved) <= {"MERGED"}
    assert VaccinationRecord.objects.counted().count() == len(saved)
    assert list(drift(today=floor.today)) == []


def test_the_nurse_goes_first(twins, floor):
    """The person stands on the floor under the record that is to be absorbed: the needle counts, the merge waits."""
    visit = floor.ready(twins[1])
    ended = at_once(lambda n: (merged(*twins) if n == 0 else floor.dose(visit)).pk, people=2)
    assert ended[0] == "ROOM_REFUSES"
    assert (Dose.objects.count(), Merge.objects.count()) == (1, 0)
    assert list(floor_problems()) == []


def test_a_person_is_checked_in_or_merged(twins, floor):
    ended = at_once(lambda n: (merged(*twins) if n == 0 else floor.check_in(twins[1])).pk, people=2)
    refusals = [code for code in ended if isinstance(code, str)]
    assert len(refusals) == 1 and refusals[0] in {"ROOM_REFUSES", "NOT_ON_REGISTER"}


def test_a_merge_is_taken_back_once(twins):
    row = merged(*twins)
    given = {"merge": row, "actor": None, "reason": "是两个人", "now": timezone.now()}
    assert set(at_once(lambda n: unmerge(**given).pk, people=HANDS)) == {row.pk}
    assert Resident.objects.live().count() == 2
