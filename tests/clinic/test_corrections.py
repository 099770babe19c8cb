"""A recorded dose put right by two people: record, stock, visit, cases, certificates and counts follow, nothing is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from clinic.models import AdverseEvent, Certificate, Correction, Dose, Visit
from clinic.services import adverse_events, certificates, corrections, observations
from clinic.services.verify import floor_problems
from core.errors import NotAllowed
from core.models import ChangeNote
from inventory.models import Lot, StockLevel
from inventory.services.verify import ledger_problems
from residents.models import VaccinationRecord
from residents.services import merging, unmerging
from residents.services.enrolments import drift
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import lot_of, refused
from tests.factories.people import make_enrolled
from tests.factories.stock import receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sound(floor):
    """Whatever a test does here, the books agree afterwards."""
    yield
    assert [*floor_problems(), *ledger_problems(), *drift(today=floor.today)] == []


@pytest.fixture
def dosed(floor):
    visit = floor.observed()
    return visit, visit.doses.get()


def another_lot(floor, code="CV-SV", vials=10, **fields) -> Lot:
    lot = lot_of(code, **fields)
    receive(floor.site, lot, vials)
    return lot


def vials(floor, lot) -> int:
    return StockLevel.objects.get(site=floor.site, lot=lot).vials


def certify(floor, visit) -> Certificate:
    return certificates.issue(
        resident=visit.enrolment.resident,
        campaign=floor.campaign,
        actor=floor.cast.vaccinator,
        key=uuid4(),
        now=floor.now,
    )


def two_doses(floor):
    """Somebody who got the first dose here forty days ago and the second today; the latter's visit is observed."""
    floor.now -= timedelta(days=40)
    visit = floor.observed()
    observations.release(visit=visit, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    floor.now += timedelta(days=40)
    visit.enrolment.refresh_from_db()
    second = floor.observed(visit.enrolment)
    return visit.doses.get(), second.doses.get()


# --- two people ---


def test_nothing_moves_before_a_second_person_agrees_and_nobody_agrees_with_himself(floor, dosed):
    visit, dose = dosed
    row = floor.propose(dose, "not_given")
    assert Dose.objects.counted().get() == dose and vials(floor, floor.lot) == 49
    with refused("SECOND_PERSON"):
        corrections.confirm(correction=row, actor=floor.cast.vaccinator, now=floor.now)
    for nobody in (floor.cast.registrar, floor.cast.othertown, floor.cast.cadre01):
        with pytest.raises(NotAllowed):
            corrections.confirm(correction=row, actor=nobody, now=floor.now)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by way of the database
        Correction.objects.filter(pk=row.pk).update(state="done", decided_by=floor.cast.vaccinator)
    for _ in range(2):  # a double click by the second person is one deed
        assert corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now).state == "done"
    assert not Dose.objects.counted().exists() and vials(floor, floor.lot) == 50
    with refused("DECIDED"):
        corrections.confirm(correction=row, actor=floor.cast.town, now=floor.now)


def test_a_proposal_is_made_once_and_the_office_may_agree_too(floor, dosed):
    _, dose = dosed
    key = uuid4()
    first = floor.propose(dose, "not_given", key=key)
    assert floor.propose(dose, "not_given", key=key) == first
    with refused("CORRECTION_WAITING"):
        floor.propose(dose, "details", body_site="right_arm")
    assert corrections.confirm(correction=first, actor=floor.cast.town, now=floor.now).state == "done"
    with refused("VOIDED_ALREADY"):
        floor.propose(dose, "not_given")


def test_withdrawn_or_refused_leaves_the_dose_and_a_new_proposal_may_follow(floor, dosed):
    _, dose = dosed
    first = floor.propose(dose, "not_given")
    corrections.decline(correction=first, actor=floor.cast.vaccinator, now=floor.now)
    second = floor.propose(dose, "not_given")
    with refused("ANSWER_MISSING"):
        corrections.decline(correction=second, actor=floor.cast.screener, now=floor.now)
    for _ in range(2):
        corrections.decline(correction=second, actor=floor.cast.screener, now=floor.now, answer="确实种了")
    with refused("DECIDED"):
        corrections.confirm(correction=second, actor=floor.cast.town, now=floor.now)
    assert [row.state for row in Correction.objects.order_by("pk")] == ["withdrawn", "refused"]
    assert Dose.objects.counted().get() == dose


def test_a_form_that_was_sent_already_does_not_swallow_another_choice(floor, dosed):
    """Back to the form, another lot, sent again: the first proposal is not shown as if it were this one."""
    key, first, second = uuid4(), another_lot(floor), another_lot(floor)
    floor.propose(dosed[1], "lot", lot=first, key=key)
    with refused("KEY_USED"):
        floor.propose(dosed[1], "lot", lot=second, key=key)


def test_a_correction_needs_its_reason_and_a_right_that_reaches_here(floor, dosed):
    with refused("REASON_MISSING"):
        floor.propose(dosed[1], "not_given", reason=" ")
    with refused("NOTE_IS_NUMBER"):  # a card that was scanned into the field
        floor.propose(dosed[1], "not_given", reason="11010119900307001X")
    with refused("KIND"):
        floor.propose(dosed[1], "")
    for nobody in (floor.cast.othertown, floor.cast.cadre01):
        with pytest.raises(NotAllowed):
            floor.propose(dosed[1], "not_given", actor=nobody)


# --- each kind ---


def test_the_right_lot_takes_the_place_of_the_wrong_one_and_the_observation_goes_on(floor, dosed):
    visit, dose = dosed
    right = another_lot(floor)
    row = floor.correct(dose, "lot", lot=right)
    new = row.replacement
    assert (new.lot, new.by, new.given_at, new.record.dose_number) == (right, dose.by, dose.given_at, 1)
    assert (vials(floor, floor.lot), vials(floor, right)) == (50, 9)
    before, visit = visit, Visit.objects.get(pk=visit.pk)
    assert (visit.stage, visit.release_due) == ("observing", before.release_due)
    assert VaccinationRecord.objects.get(pk=dose.record_id).void_reason == "批号录错:登记时看错"
    again = floor.correct(new, "lot", lot=floor.lot)  # it was right after all
    assert (vials(floor, floor.lot), vials(floor, right)) == (49, 10)
    assert Dose.objects.counted().get() == again.replacement


def test_what_happened_is_written_down_even_of_an_expired_lot_and_says_so(floor, dosed):
    old = another_lot(floor)
    Lot.objects.filter(pk=old.pk).update(expires_on=floor.today - timedelta(days=1))
    row = floor.correct(dosed[1], "lot", lot=Lot.objects.get(pk=old.pk))
    assert any("已过有效期" in words for words in row.effects)


def test_a_lot_the_books_do_not_have_is_refused_until_the_keeper_has_counted(floor, dosed):
    empty = another_lot(floor, vials=1)
    floor.dose(floor.ready(), lot=empty)
    row = floor.propose(dosed[1], "lot", lot=empty)
    with refused("SHORT_STOCK"):
        corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now)
    assert Dose.objects.counted().count() == 2 and Correction.objects.get().state == "proposed"
    receive(floor.site, empty, 1)
    corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now)
    assert vials(floor, empty) == 0


@pytest.mark.parametrize(
    ("kind", "code", "refusal"),
    [
        ("lot", None, "LOT_SAME"),
        ("lot", "CV-BJ", "LOT_OTHER_VACCINE"),
        ("vaccine", "CV-SV", "LOT_SAME_VACCINE"),
    ],
)
def test_the_kind_must_fit_the_lot(floor, dosed, kind, code, refusal):
    lot = another_lot(floor, code) if code else floor.lot
    with refused(refusal):
        floor.propose(dosed[1], kind, lot=lot)
    with refused("LOT_MISSING"):
        floor.propose(dosed[1], kind)
    elsewhere = lot_of("CV-SV" if kind == "lot" else "CV-BJ")
    with refused("LOT_NOT_HERE"):
        floor.propose(dosed[1], kind, lot=elsewhere)


def test_another_product_changes_record_and_next_dose(floor, dosed):
    visit, dose = dosed
    was = visit.enrolment.__class__.objects.get(pk=visit.enrolment_id)
    single = another_lot(floor, "CV-KX")  # one dose is the whole primary course
    row = floor.correct(dose, "vaccine", lot=single)
    now = visit.enrolment.__class__.objects.get(pk=visit.enrolment_id)
    assert row.replacement.record.vaccine.code == now.last_product.code == "CV-KX"
    assert (was.due_from, was.status) != (now.due_from, now.status)


def test_time_and_arm_move_with_the_end_of_the_observation(floor, dosed):
    visit, dose = dosed
    earlier = floor.now - timedelta(minutes=12)
    row = floor.correct(dose, "details", given_at=earlier, body_site="right_arm")
    visit.refresh_from_db()
    assert (row.replacement.given_at, row.replacement.body_site) == (earlier, "right_arm")
    assert visit.release_due == earlier + timedelta(minutes=30)
    assert vials(floor, floor.lot) == 49
    with refused("NOTHING_CHANGED"):
        floor.propose(row.replacement, "details", body_site="right_arm")
    with refused("DOSE_FUTURE"):
        floor.propose(row.replacement, "details", given_at=floor.now + timedelta(hours=1))
    with refused("DOSE_TOO_OLD"):
        floor.propose(row.replacement, "details", given_at=floor.now - timedelta(days=3660))


def test_a_dose_of_another_day_renumbers_what_followed(floor):
    first, second = two_doses(floor)
    row = floor.correct(first, "details", given_at=first.given_at - timedelta(days=3))
    assert (row.replacement.record.dose_number, Dose.objects.get(pk=second.pk).record.dose_number) == (1, 2)
    floor.correct(row.replacement, "not_given")
    assert Dose.objects.get(pk=second.pk).record.dose_number == 1


def test_a_dose_that_was_not_given_gives_stock_and_turn_back(floor, dosed):
    visit, dose = dosed
    floor.correct(dose, "not_given")
    visit.refresh_from_db()
    assert (visit.stage, visit.release_due, visit.seat) == ("consented", None, "")
    right = floor.dose(visit)
    assert Dose.objects.counted().get() == right and vials(floor, floor.lot) == 49


# --- into the wrong person's record ---


def test_the_needle_went_into_the_next_one_who_waited(floor, dosed):
    wrong, dose = dosed
    right = floor.ready()
    certificate = certify(floor, wrong)
    row = floor.correct(dose, "person", enrolment=right.enrolment)
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.stage, wrong.release_due) == ("consented", None)
    assert (right.stage, right.release_due) == ("observing", floor.now + timedelta(minutes=30))
    new = row.replacement
    assert (new.record.resident, new.consent) == (right.enrolment.resident, right.consent)
    assert vials(floor, floor.lot) == 49 and not any("差错" in words for words in row.effects)
    certificate.refresh_from_db()
    assert certificate.revoked_at and any("已撤销" in words for words in row.effects)
    statuses = [type(v.enrolment).objects.get(pk=v.enrolment_id).doses_done for v in (wrong, right)]
    assert statuses == [0, 1]
    floor.dose(wrong)  # who was skipped gets the dose now
    assert Dose.objects.counted().count() == 2


def test_a_guest_who_never_was_at_the_desk_counts_as_a_guest(floor, dosed, town):
    guest = make_enrolled(town.other_villages[0], floor.campaign, floor.today, name="隔壁老王")
    row = floor.correct(dosed[1], "person", enrolment=guest)
    assert row.replacement.visit.guest_from == town.other_villages[0].parent


def test_a_case_is_not_carried_to_a_dose_that_was_later(floor):
    first, second = two_doses(floor)
    AdverseEvent.objects.filter(pk=floor.report(second.visit).pk).update(
        dose=first, onset_at=first.given_at + timedelta(days=1)
    )
    with refused("ONSET"):
        floor.propose(first, "twice", twin=second)


def test_who_never_was_at_the_desk_is_written_down_and_what_was_missing_is_said(floor, dosed):
    wrong, dose = dosed
    stranger = floor.person()
    session = make_session(floor.campaign, floor.site, floor.today)
    booking = make_booking(stranger, session.slots.first())
    row = floor.correct(dose, "person", enrolment=stranger)
    booking.refresh_from_db()
    assert booking.state == "done"
    visit = row.replacement.visit
    assert (visit.enrolment, visit.stage, visit.on) == (stranger, "observing", wrong.on)
    assert row.replacement.consent is None
    assert any("没有预检通过、签知情同意书" in words for words in row.effects)


def test_an_observation_that_is_over_is_over_for_the_right_person_too(floor, dosed):
    wrong, dose = dosed
    observations.release(visit=wrong, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    waiting = floor.ready()
    late = floor.now + timedelta(minutes=40)
    row = floor.correct(dose, "person", enrolment=waiting.enrolment, now=late)
    assert (row.replacement.visit.pk, row.replacement.visit.stage) == (waiting.pk, "left")
    with refused("LEFT_BEFORE"):  # nobody gets the dose after the observation of it
        floor.propose(row.replacement, "details", given_at=late, now=late)
    wrong.refresh_from_db()
    assert wrong.stage == "left"


def test_who_cannot_have_got_it(floor, dosed, town):
    wrong, dose = dosed
    with refused("PERSON_SAME"):
        floor.propose(dose, "person", enrolment=wrong.enrolment)
    with refused("PERSON_MISSING"):
        floor.propose(dose, "person")
    with refused("DOSE_REPEATED"):
        floor.propose(dose, "person", enrolment=floor.observed().enrolment)


# --- cases, certificates, twins ---


def test_an_open_case_follows_the_needle_and_its_card_is_due_again(floor, dosed):
    wrong, dose = dosed
    case = floor.report(wrong)
    type(case).objects.update(card_state="sent")
    right = floor.ready()
    with refused("HAS_REACTION"):
        floor.propose(dose, "not_given")
    later = floor.now + timedelta(minutes=15)
    row = floor.correct(dose, "person", enrolment=right.enrolment, now=later)
    case.refresh_from_db()
    assert (case.dose, case.card_state, case.closed_at) == (row.replacement, "due", None)
    assert "已更正" in case.entries.get().text
    right.refresh_from_db()
    with refused("REACTION_OPEN"):
        observations.release(visit=right, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    closing = {"outcome": "1", "measures": "平卧休息", "first_class": "1", "actor": floor.cast.observer}
    adverse_events.close(event=case, now=later, **closing)


def test_a_certificate_is_issued_anew_and_the_counts_of_the_day_are_noted(floor, dosed):
    visit, dose = dosed
    old = certify(floor, visit)
    ChangeNote.objects.all().delete()
    floor.correct(dose, "lot", lot=another_lot(floor))
    new = certificates.current(visit.enrolment.resident, floor.campaign)
    assert new is not None and new != old
    assert certificates.check(old.text, now=floor.now).code == "REVOKED"
    assert certificates.check(new.text, now=floor.now).code == "VALID"
    assert ChangeNote.objects.filter(day=floor.today).exists()


def test_one_of_two_entries_of_a_dose_goes_and_its_case_stays(floor):
    first, second = two_doses(floor)
    case = floor.report(second.visit)
    with refused("TWIN_MISSING"):
        floor.propose(second, "twice")
    with refused("TWIN_OTHER"):
        floor.propose(second, "twice", twin=second)
    floor.correct(second, "twice", twin=first, now=floor.now + timedelta(minutes=20))
    case.refresh_from_db()
    assert case.dose == first and Dose.objects.counted().get() == first


# --- two records of one person ---


def test_a_dose_put_right_after_a_merge_goes_back_with_its_visit(floor):
    visit = floor.observed()
    late = floor.now + timedelta(minutes=31)
    observations.release(visit=visit, actor=floor.cast.observer, now=late)
    wrong, kept = visit.enrolment.resident, floor.person().resident
    who = {"actor": floor.cast.town, "reason": "登记了两次", "now": late}
    done = merging.merge(kept=kept, absorbed=wrong, choices={}, key=uuid4(), **who)
    dose = Dose.objects.get(visit=visit)
    row = floor.correct(dose, "lot", lot=another_lot(floor), now=late)
    assert row.replacement.record.resident == kept
    certificate = certificates.issue(
        resident=kept, campaign=floor.campaign, actor=floor.cast.town, key=uuid4(), now=late
    )
    undone = unmerging.unmerge(merge=done, **(who | {"reason": "查户口本,是两个人"}))
    assert VaccinationRecord.objects.counted().get().resident == wrong
    assert not any("接种记录" in words for words in undone.undo_words)
    assert certificates.check(certificate.text, now=late).code == "REVOKED"  # it named the wrong person
