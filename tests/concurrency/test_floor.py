"""The floor under many hands: the last doses are given once, a person is let in once, numbers are unique."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from accounts.choices import Role
from accounts.services.accounts import create_account
from clinic.models import Certificate, Correction, Dose, Visit
from clinic.services import calls, certificates, corrections
from clinic.services.verify import floor_problems
from core.errors import Busy, RuleBroken
from inventory.models import StockLevel, StockMovement
from inventory.services.verify import ledger_problems
from residents.models import VaccinationRecord
from residents.services.enrolments import drift
from tests.factories.clinic import lot_of
from tests.factories.stock import receive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
PEOPLE = 32


def at_once(work, people=PEOPLE):
    """``work(number)`` in threads that start together; returns results, and codes of refusals."""
    start = Barrier(people)

    def one(number):
        try:
            start.wait(timeout=120)
            while True:
                try:
                    return work(number)
                except Busy:  # what a nurse does: press again
                    continue
        except RuleBroken as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


@pytest.mark.requirement("S22")
def test_thirty_two_hands_give_the_last_five_doses_once(floor):
    last = lot_of("CV-SV")
    receive(floor.site, last, 5)
    visits = [floor.ready() for _ in range(PEOPLE)]
    ended = at_once(lambda n: floor.dose(visits[n], lot=last).pk)
    assert ended.count("SHORT_STOCK") == PEOPLE - 5
    uses = StockMovement.objects.filter(kind="use")
    assert (Dose.objects.count(), uses.count(), VaccinationRecord.objects.count()) == (5, 5, 5)
    assert StockLevel.objects.get(lot=last).vials == 0
    assert Visit.objects.filter(stage="observing").count() == 5
    assert [*floor_problems(), *ledger_problems(), *drift(today=floor.today)] == []


def test_one_person_sent_by_many_clicks_gets_one_dose(floor):
    visit, key = floor.ready(), uuid4()
    assert len(set(at_once(lambda n: floor.dose(visit, key=key).pk, people=8))) == 1
    assert (Dose.objects.count(), VaccinationRecord.objects.count()) == (1, 1)


def test_two_nurses_cannot_dose_the_same_person(floor):
    visit = floor.ready()
    ended = at_once(lambda n: floor.dose(visit).pk, people=8)
    assert ended.count("ALREADY_DOSED") == 7
    assert Dose.objects.count() == 1


def test_a_person_at_many_desks_is_let_in_once(floor):
    person = floor.person()
    ended = at_once(lambda n: floor.check_in(person).pk, people=8)
    assert ended.count("ON_FLOOR_ALREADY") == 7
    assert Visit.objects.count() == 1


def test_every_desk_gives_another_number(floor):
    people = [floor.person() for _ in range(16)]
    numbers = at_once(lambda n: floor.check_in(people[n]).queue_no, people=16)
    assert sorted(numbers) == list(range(1, 17))


def test_desks_that_call_at_once_call_different_people(floor):
    for _ in range(6):
        floor.check_in()
    doctors = [floor.cast.screener, floor.cast.registrar]
    called = at_once(
        lambda n: (
            calls.call_next(
                site=floor.site, stage="checked_in", actor=doctors[n], station=f"预检台{n}", now=floor.now
            ).queue_no
        ),
        people=2,
    )
    assert sorted(called) == [1, 2]


def test_two_people_for_the_last_dose_of_a_lot(floor):
    last = lot_of("CV-SV")
    receive(floor.site, last, 1)
    visits = [floor.ready(), floor.ready()]
    ended = at_once(lambda n: floor.dose(visits[n], lot=last).pk, people=2)
    assert ended.count("SHORT_STOCK") == 1 and StockLevel.objects.get(lot=last).vials == 0


# --- corrections ---


def sound(floor) -> list[str]:
    return [*floor_problems(), *ledger_problems(), *drift(today=floor.today)]


def test_one_of_two_proposals_stands_and_one_of_two_answers(floor):
    dose = floor.observed().doses.get()
    kinds = ["not_given", "details"]
    ended = at_once(lambda n: floor.propose(dose, kinds[n], body_site="right_arm").pk, people=2)
    assert ended.count("CORRECTION_WAITING") == 1
    row, doctors = Correction.objects.get(), [floor.cast.screener, second_doctor(floor)]

    def answer(n):
        given = {"correction": row, "actor": doctors[n], "now": floor.now}
        return (corrections.confirm(**given) if n else corrections.decline(answer="查无此事", **given)).state

    ended = at_once(answer, people=2)
    assert ended.count("DECIDED") == 1 and sound(floor) == []


def test_two_agree_at_once_and_the_dose_is_put_right_once(floor):
    visit, waiting = floor.observed(), floor.ready()
    row = floor.propose(visit.doses.get(), "person", enrolment=waiting.enrolment)
    doctors = [floor.cast.screener, second_doctor(floor)] * 2
    at_once(lambda n: corrections.confirm(correction=row, actor=doctors[n], now=floor.now).pk, people=4)
    assert Dose.objects.counted().get().visit == waiting
    assert (Dose.objects.count(), StockMovement.objects.filter(kind="use").count()) == (2, 1)
    assert sound(floor) == []


def test_a_correction_beside_the_needle_of_the_one_it_names(floor):
    """The doctor says the dose went into the one at the next table, who is being dosed this very moment."""
    visit, waiting = floor.observed(), floor.ready()
    row = floor.propose(visit.doses.get(), "person", enrolment=waiting.enrolment)
    deeds = [
        lambda: corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now).pk,
        lambda: floor.dose(waiting).pk,
    ]
    ended = at_once(lambda n: deeds[n](), people=2)
    assert {"ALREADY_DOSED", "DOSE_REPEATED"} & set(ended)
    assert Dose.objects.counted().filter(visit__enrolment=waiting.enrolment).count() == 1
    assert sound(floor) == []


def test_two_corrections_cross_from_lot_to_lot_and_person_to_person(floor):
    """Everything that two deeds lock in opposite directions; none waits for the other for ever."""
    other = lot_of("CV-SV")
    receive(floor.site, other, 5)
    first, second = floor.observed(), floor.ready()
    floor.dose(second, lot=other)
    rows = [
        floor.propose(first.doses.get(), "lot", lot=other),
        floor.propose(second.doses.get(), "lot", lot=floor.lot),
    ]
    at_once(
        lambda n: corrections.confirm(correction=rows[n], actor=floor.cast.screener, now=floor.now).pk,
        people=2,
    )
    assert Dose.objects.counted().filter(lot=other).get().visit == first
    assert sound(floor) == []


def test_a_certificate_issued_while_its_dose_is_corrected_never_states_the_wrong_one(floor):
    visit = floor.observed()
    other = lot_of("CV-SV")
    receive(floor.site, other, 5)
    row = floor.propose(visit.doses.get(), "lot", lot=other)
    person = visit.enrolment.resident
    deeds = [
        lambda: corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now).pk,
        lambda: (
            certificates.issue(
                resident=person,
                campaign=floor.campaign,
                actor=floor.cast.vaccinator,
                key=uuid4(),
                now=floor.now,
            ).pk
        ),
    ]
    at_once(lambda n: deeds[n](), people=2)
    standing = Certificate.objects.standing().get()
    assert [record.lot_no for record in standing.records.all()] == [other.lot_no]
    assert certificates.check(standing.text, now=floor.now).code == "VALID"


def second_doctor(floor):
    user, _ = create_account(
        actor=None,
        username="second",
        display_name="第二位医生",
        phone="",
        role=Role.SCREENER,
        where=floor.site,
        since=date(2026, 1, 1),
        password="Vax-Test-2026",
    )
    return user
