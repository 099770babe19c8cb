"""The way over the floor through the services: the happy path, wrong orders, repeats, who may."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import RoleAssignment
from campaigns.rules import Scope
from clinic.choices import Outcome
from clinic.models import AdverseEvent, Dose, Screening, Visit
from clinic.ruling import Ruling
from clinic.services import adverse_events, consenting, observations, visits
from clinic.services.verify import floor_problems
from core.errors import NotAllowed
from core.models import AuditEvent
from inventory.models import StockLevel, StockMovement
from inventory.services.verify import ledger_problems
from residents import doctors
from residents.choices import HoldKind
from residents.models import Consent, VaccinationRecord
from residents.services import consents
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import refused

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S57")
def test_a_person_goes_from_check_in_to_release(floor):
    visit = floor.check_in()
    assert (visit.queue_no, visit.stage) == (1, "checked_in")
    assert floor.screen(visit).outcome == "PASS"
    assert floor.sign(visit).stage == "consented"
    dose = floor.dose(visit)
    visit.refresh_from_db()
    assert (visit.stage, visit.release_due - visit.observe_from) == ("observing", timedelta(minutes=30))
    assert (dose.record.dose_number, dose.lot, dose.movement.doses) == (1, floor.lot, -1)
    visit.enrolment.refresh_from_db()
    assert visit.enrolment.next_dose == 2
    left = observations.release(visit=visit, actor=floor.cast.observer, now=floor.now + timedelta(minutes=30))
    assert (left.stage, left.leave_reason) == ("left", "")
    assert list(floor_problems()) == list(ledger_problems()) == []
    subject = str(visit.enrolment.resident.uid)
    deeds = set(AuditEvent.objects.filter(subject=subject).values_list("action", flat=True))
    assert deeds >= {"visit.checked_in", "visit.screened", "visit.consented", "dose.given", "visit.released"}


def test_queue_numbers_count_up_per_site_and_day(floor):
    assert [floor.check_in().queue_no for _ in range(3)] == [1, 2, 3]


def test_a_booking_of_today_is_found_and_follows_the_person(floor):
    session = make_session(floor.campaign, floor.site, floor.today)
    enrolment = floor.person()
    booking = make_booking(enrolment, session.slots.first())
    visit = floor.check_in(enrolment, note="")
    booking.refresh_from_db()
    assert (visit.booking, visit.session, booking.state) == (booking, session, "arrived")
    floor.screen(visit)
    floor.sign(visit)
    floor.dose(visit)
    booking.refresh_from_db()
    assert booking.state == "done"


def test_a_deferred_booking_is_not_done(floor):
    session = make_session(floor.campaign, floor.site, floor.today)
    enrolment = floor.person()
    booking = make_booking(enrolment, session.slots.first())
    floor.screen(floor.check_in(enrolment), celsius=Decimal("38.2"))
    booking.refresh_from_db()
    assert booking.state == "not_done" and "37.3" in booking.end_reason


def test_a_walk_in_needs_a_note(floor):
    with refused("WALK_IN_NOTE"):
        floor.check_in(note=" ")
    with refused("NOTE_IS_NUMBER"):
        floor.check_in(note="150622199001011234")


def test_a_closed_session_lets_nobody_in(floor):
    session = make_session(floor.campaign, floor.site, floor.today)
    type(session).objects.filter(pk=session.pk).update(state="closed")
    session.refresh_from_db()
    with refused("SESSION_CLOSED"):
        floor.check_in(session=session)


def test_a_booking_elsewhere_or_of_another_day_is_no_ticket(floor):
    session = make_session(floor.campaign, floor.site, floor.today + timedelta(days=1))
    enrolment = floor.person()
    booking = make_booking(enrolment, session.slots.first())
    with refused("BOOKING_OTHER"):
        floor.check_in(enrolment, booking=booking)


def test_a_person_is_checked_in_once(floor):
    visit = floor.check_in()
    with refused("ON_FLOOR_ALREADY"):
        floor.check_in(visit.enrolment)
    assert Visit.objects.count() == 1


def test_a_removed_person_is_refused(floor):
    enrolment = floor.person()
    type(enrolment.resident).objects.filter(pk=enrolment.resident_id).update(
        removed_on=floor.today, removal="moved_out"
    )
    with refused("NOT_ON_REGISTER"):
        floor.check_in(enrolment)


def test_after_the_dose_of_today_nobody_comes_again(floor):
    visit = floor.observed()
    observations.release(visit=visit, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    with refused("DOSE_TODAY"):
        floor.check_in(visit.enrolment)


def test_before_the_second_dose_is_due_the_answer_is_a_date(floor):
    visit = floor.observed()
    observations.release(visit=visit, actor=floor.cast.observer, now=floor.now + timedelta(minutes=31))
    with refused("NOT_YET"):
        floor.check_in(visit.enrolment, now=floor.now + timedelta(days=3))


def test_every_deed_is_done_once_however_often_it_is_sent(floor):
    keys = [uuid4() for _ in range(5)]
    visit = floor.check_in(key=keys[0])
    assert floor.check_in(visit.enrolment, key=keys[0]) == visit
    assert floor.screen(visit, key=keys[1]) == floor.screen(visit, key=keys[1])
    floor.sign(visit, key=keys[2])
    floor.sign(visit, key=keys[2])
    dose = floor.dose(visit, key=keys[3])
    assert floor.dose(visit, key=keys[3]) == dose
    assert (Visit.objects.count(), Screening.objects.count(), Consent.objects.count()) == (1, 1, 1)
    uses = StockMovement.objects.filter(kind="use")
    assert (Dose.objects.count(), VaccinationRecord.objects.count(), uses.count()) == (1, 1, 1)
    assert StockLevel.objects.get().vials == 49


def test_a_form_of_another_person_is_refused(floor):
    key = uuid4()
    floor.dose(floor.ready(), key=key)
    with refused("KEY_USED"):
        floor.dose(floor.ready(), key=key)


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        ("check_in", "vaccinator"),
        ("screen", "registrar"),
        ("screen", "vaccinator"),
        ("sign", "observer"),
        ("dose", "screener"),
        ("dose", "registrar"),
        ("dose", "town"),
    ],
)
def test_only_the_role_of_the_step_may_do_it(floor, action, wrong):
    visit = floor.check_in() if action != "check_in" else floor.person()
    with pytest.raises(NotAllowed):
        getattr(floor, action)(visit, actor=getattr(floor.cast, wrong))


def test_staff_of_another_site_may_not_act_here(floor, other_site):
    RoleAssignment.objects.filter(user=floor.cast.screener).update(site=other_site)
    with pytest.raises(NotAllowed):
        floor.screen(floor.check_in())


# --- screening ---


@pytest.mark.requirement("S83")
def test_fever_defers_until_a_day_and_a_second_screening_lifts_it(floor):
    visit = floor.check_in()
    first = floor.screen(visit, celsius=Decimal("37.3"))
    assert (first.outcome, first.hold.until) == ("DEFER", floor.today + timedelta(days=3))
    visit.enrolment.refresh_from_db()
    assert visit.enrolment.status == "hold"
    second = floor.screen(visit, celsius=Decimal("36.7"))
    visit.enrolment.refresh_from_db()
    visit.refresh_from_db()
    assert (second.outcome, visit.stage, visit.enrolment.status) == ("PASS", "passed", "open")


def test_a_bad_health_code_defers_until_tomorrow(floor):
    visit = floor.check_in()
    screening = floor.screen(visit, health_code_ok=False)
    assert (screening.outcome, screening.hold.until) == ("DEFER", floor.today + timedelta(days=1))


def test_an_allergy_bars_the_product_and_leaves_the_others(floor):
    visit = floor.check_in()
    screening = floor.screen(visit, bad={"Q3": True}, vaccine=floor.lot.presentation.vaccine)
    hold = screening.hold
    assert (screening.outcome, hold.kind, hold.scope, hold.vaccine.code) == (
        "CONTRA",
        "contra",
        "product",
        "CV-SV",
    )
    assert hold.review_on is not None and hold.by == floor.cast.screener
    visit.enrolment.refresh_from_db()
    assert visit.enrolment.status == "open"


def test_an_unanswered_question_is_no_screening(floor):
    visit = floor.check_in()
    with refused("SCREEN_INCOMPLETE"):
        floor.screen(visit, answers={})
    with refused("TEMPERATURE"):
        floor.screen(visit, celsius=Decimal("3.6"))
    assert not Screening.objects.exists()


def test_a_doctor_may_decide_what_the_rules_leave_to_a_doctor(floor):
    vector = {"vaccine": floor.campaign.products.get(code="CV-KX"), "bad": {"Q12": True}}
    visit = floor.check_in()
    assert floor.screen(visit, **vector).outcome == "DEFER"
    passed = floor.screen(visit, **vector, doctors_reason="病情稳定,专科医生同意")
    assert passed.outcome == "PASS" and "专科医生同意" in passed.reason


def test_a_doctor_cannot_talk_fever_away(floor):
    screening = floor.screen(floor.check_in(), celsius=Decimal("38.0"), doctors_reason="看着还好")
    assert screening.outcome == "DEFER"


def test_someone_deferred_who_checked_in_anew_is_screened_there(floor):
    old = floor.check_in()
    floor.screen(old, celsius=Decimal("38.0"))
    floor.check_in(old.enrolment)
    with refused("ON_FLOOR_ALREADY"):
        floor.screen(old)


@pytest.mark.requirement("S45")
def test_a_doctor_may_be_stricter_than_the_answers(floor):
    visit, later = floor.check_in(), floor.today + timedelta(days=9)
    for ruling, code in (
        (Ruling(Outcome.DEFER, "", later), "RULING_REASON"),
        (Ruling(Outcome.DEFER, "咳嗽"), "RULING_UNTIL"),
        (Ruling(Outcome.DEFER, "咳嗽", floor.today), "RULING_UNTIL"),
        (Ruling(Outcome.CONTRA, "过敏", scope=Scope.PRODUCT), "RULING_VACCINE"),
    ):
        with refused(code):
            floor.screen(visit, ruling=ruling)
    with refused("RULING_WEAKER"):
        floor.screen(visit, bad={"Q4": True}, ruling=Ruling(Outcome.DEFER, "咳嗽", later))
    hold = floor.screen(visit, ruling=Ruling(Outcome.DEFER, "咳嗽、咽红", later)).hold
    assert (hold.kind, hold.until, hold.by) == ("defer", later, floor.cast.screener)
    assert "医生判定:咳嗽、咽红" in hold.reason
    longer = {"bad": {"Q10": {"yes": True, "on": floor.today.isoformat()}}}
    hold = floor.screen(visit, ruling=Ruling(Outcome.DEFER, "咳嗽", later), **longer).hold
    assert hold.until > later, "the longer of the two"
    product = {"vaccine": floor.lot.presentation.vaccine}
    ruling = Ruling(Outcome.CONTRA, "皮试阳性", scope=Scope.PRODUCT)
    hold = floor.screen(visit, ruling=ruling, **product).hold
    assert (hold.kind, hold.scope, hold.until) == ("contra", "product", None)
    assert hold.review_on == floor.today + timedelta(days=180)


def test_todays_outcome_is_gone_tomorrow_and_the_doctor_sees_who_was_put_off(floor):
    put_off = floor.screen(floor.check_in(), health_code_ok=False).visit.enrolment
    cold = floor.screen(floor.check_in(), celsius=Decimal("38.0")).visit.enrolment
    unwilling = floor.check_in()
    floor.screen(unwilling)
    floor.sign(unwilling, given=False)
    floor.now += timedelta(days=1)

    def again():
        rows = doctors.waiting(floor.cast.screener, floor.campaign, floor.today)
        return set(doctors.of_step(rows, doctors.AGAIN, floor.today))

    assert again() == {put_off} and not Visit.objects.on_floor().exists()
    for enrolment in (put_off, unwilling.enrolment):
        enrolment.refresh_from_db()
        assert floor.dose(floor.ready(enrolment)).record.dose_number == 1
    assert again() == set()
    floor.now += timedelta(days=2)
    assert again() == {cold}


# --- consent ---


def test_a_guardian_signs_for_a_minor(floor):
    visit = floor.check_in(floor.person(birth_date=floor.today.replace(year=floor.today.year - 13, day=1)))
    assert floor.screen(visit).outcome == "PASS"
    with refused("CONSENT_GUARDIAN"):
        floor.sign(visit)
    assert floor.sign(visit, relation="mother", signer_name="李梅").consent.relation == "mother"


@pytest.mark.requirement("S34")
def test_a_guardian_signs_on_the_spot_whatever_the_school_collected(floor):
    child = floor.person(birth_date=floor.today.replace(year=floor.today.year - 13, day=1))
    collected = {
        "given": True,
        "signer_name": "李梅",
        "relation": "mother",
        "channel": "paper",
        "paper_no": "X-7",
    }
    consents.record_consent(enrolment=child, actor=floor.cast.school, key=uuid4(), now=floor.now, **collected)
    visit = floor.check_in(child)
    floor.screen(visit)
    with refused("GUARDIAN_ON_SITE"):
        consenting.use_signed(visit=visit, actor=floor.cast.registrar, now=floor.now)
    with refused("DELEGATE_PAPER"):
        floor.sign(visit, relation="delegate", signer_name="王芳")
    assert floor.sign(visit, relation="delegate", signer_name="王芳", paper_no="WT-3").stage == "consented"


def test_refusing_ends_the_visit(floor):
    visit = floor.check_in()
    floor.screen(visit)
    assert floor.sign(visit, given=False).stage == "refused"
    with refused("VISIT_OVER"):
        floor.dose(visit)


def test_consent_can_be_withdrawn_until_the_needle(floor):
    visit = floor.ready()
    assert (
        consenting.withdraw(visit=visit, actor=floor.cast.registrar, reason="害怕", now=floor.now).stage
        == "refused"
    )
    with refused("VISIT_OVER"):
        floor.dose(visit)
    dosed = floor.observed()
    with refused("ALREADY_DOSED"):
        consenting.withdraw(visit=dosed, actor=floor.cast.registrar, reason="害怕", now=floor.now)


def test_paper_needs_its_number(floor):
    visit = floor.check_in()
    floor.screen(visit)
    with refused("PAPER_NO"):
        floor.sign(visit, channel="paper")
    assert floor.sign(visit, channel="paper", paper_no="YZ-0001").consent.paper_no == "YZ-0001"


def test_what_was_signed_before_can_be_used(floor):
    before = floor.ready()
    visits.leave_undone(visit=before, actor=floor.cast.registrar, reason="接电话先走", now=floor.now)
    again = floor.check_in(before.enrolment)
    floor.screen(again)
    used = consenting.use_signed(visit=again, actor=floor.cast.registrar, now=floor.now)
    assert (used.stage, used.consent) == ("consented", before.consent)


def test_a_new_text_needs_a_new_signature(floor):
    before = floor.ready()
    visits.leave_undone(visit=before, actor=floor.cast.registrar, reason="先走", now=floor.now)
    newer = floor.campaign.adult_consent
    newer.pk, newer.version, newer.sha256 = None, newer.version + 1, "f" * 64
    newer.save()
    type(floor.campaign).objects.filter(pk=floor.campaign.pk).update(adult_consent=newer)
    again = floor.check_in(type(before.enrolment).objects.get(pk=before.enrolment.pk))
    floor.screen(again)
    with refused("CONSENT_OTHER_TEXT"):
        consenting.use_signed(visit=again, actor=floor.cast.registrar, now=floor.now)


# --- observation, reactions, leaving ---


@pytest.mark.requirement("S59")
def test_leaving_early_needs_a_reason_and_names_who_allowed_it(floor):
    visit = floor.observed()
    early = floor.now + timedelta(minutes=29)
    with refused("TOO_EARLY"):
        observations.release(visit=visit, actor=floor.cast.observer, now=early)
    with refused("DOCTOR_MISSING"):
        observations.release(visit=visit, actor=floor.cast.observer, now=early, reason="接孩子")
    with refused("NOT_A_DOCTOR"):
        observations.release(
            visit=visit,
            actor=floor.cast.observer,
            now=early,
            reason="接孩子",
            doctor=floor.cast.vaccinator,
        )
    left = observations.release(visit=visit, actor=floor.cast.screener, now=early, reason="接孩子")
    assert (left.left_by, left.leave_reason) == (floor.cast.screener, "接孩子")
    assert left.leave_doctor == floor.cast.screener
    assert (
        observations.release(visit=visit, actor=floor.cast.observer, now=early).left_by == floor.cast.screener
    )


@pytest.mark.requirement("S60")
def test_a_person_with_an_open_reaction_stays_until_it_is_closed(floor):
    visit = floor.observed()
    event = floor.report(visit)
    later = floor.now + timedelta(minutes=45)
    with refused("REACTION_OPEN"):
        observations.release(visit=visit, actor=floor.cast.observer, now=later)
    adverse_events.close(
        event=event, outcome="1", measures="平卧、饮水", first_class="6", actor=floor.cast.observer, now=later
    )
    assert observations.release(visit=visit, actor=floor.cast.observer, now=later).stage == "left"
    with refused("CLOSED_ALREADY"):
        adverse_events.close(
            event=event, outcome="1", measures="x", first_class="6", actor=floor.cast.observer, now=later
        )


def test_a_person_with_a_reaction_may_be_taken_to_hospital(floor):
    visit = floor.observed()
    event = floor.report(visit, is_serious=True)
    assert event.report_due - event.reported_at == timedelta(hours=2)
    moved = observations.transfer(
        visit=visit, actor=floor.cast.observer, hospital="旗人民医院", reason="过敏性休克", now=floor.now
    )
    event.refresh_from_db()
    assert (moved.stage, event.hospital) == ("transferred", "旗人民医院")


def test_a_reaction_lies_between_the_needle_and_now(floor):
    visit = floor.observed()
    for onset in (floor.now - timedelta(minutes=1), floor.now + timedelta(hours=1)):
        with refused("ONSET"):
            floor.report(visit, onset_at=onset)
    assert not AdverseEvent.objects.exists()


def test_going_home_without_a_dose_needs_a_reason(floor):
    visit = floor.check_in()
    with refused("REASON_MISSING"):
        visits.leave_undone(visit=visit, actor=floor.cast.registrar, reason="", now=floor.now)
    gone = visits.leave_undone(visit=visit, actor=floor.cast.registrar, reason="等太久", now=floor.now)
    assert gone.stage == "abandoned"
    assert floor.check_in(visit.enrolment).queue_no == 2


def test_an_open_reaction_to_an_earlier_dose_stops_the_next_until_a_doctor_says_why(floor):
    """Nobody gets the second dose while the first one's reaction is a case, unless a doctor takes it upon himself."""
    earlier = floor.observed()
    event = floor.report(earlier)
    visit = floor.check_in()
    Visit.objects.filter(pk=earlier.pk).update(
        enrolment=visit.enrolment, on=visit.on - timedelta(days=1), stage="left"
    )
    stopped = floor.screen(visit)
    assert (stopped.outcome, stopped.hold.kind) == (Outcome.DEFER, HoldKind.DEFER)
    assert "没有结案" in stopped.reason
    assert floor.screen(visit, doctors_reason="轻微头晕,已恢复").outcome == Outcome.PASS
    assert event.closed_at is None
