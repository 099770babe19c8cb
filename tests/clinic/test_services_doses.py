"""Every hard stop of the needle (domain §4.2), each alone, and nothing written when one stops."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import StaffQualification
from campaigns.services.reference import checklists
from campaigns.services.running import close_campaign
from campaigns.services.setup import open_covid_campaign
from clinic.models import Visit
from clinic.services import checklist, lots
from clinic.services.verify import floor_problems
from inventory.models import Lot, StockLevel, StockMovement, Vaccine
from inventory.services import ledger
from residents.models import Consent, VaccinationRecord
from residents.services.enrolments import verdict
from residents.services.holds import lift_hold, place_hold
from residents.services.records import note_dose
from residents.services.register import remove_resident
from tests.factories.clinic import certify, lot_of, refused
from tests.factories.stock import hold, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped(floor):
    """``stopped(visit, code, **dose)``: the dose is refused and neither stock nor record nor visit has moved."""

    def check(visit, code, **given):
        before = (
            VaccinationRecord.objects.count(),
            StockMovement.objects.count(),
            StockLevel.objects.count(),
        )
        stage = Visit.objects.get(pk=visit.pk).stage
        with refused(code):
            floor.dose(visit, **given)
        after = (VaccinationRecord.objects.count(), StockMovement.objects.count(), StockLevel.objects.count())
        assert (after, Visit.objects.get(pk=visit.pk).stage) == (before, stage)

    return check


@pytest.fixture
def at(floor, client_as):
    return lambda username: client_as(getattr(floor.cast, username))


# --- the lot ---


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"expires_on": "yesterday"}, "LOT_EXPIRED"),
        ({"state": "recalled"}, "LOT_RECALLED"),
        ({"state": "quarantined", "state_reason": "温度异常"}, "LOT_HELD"),
    ],
)
@pytest.mark.requirement("S22")
def test_an_expired_recalled_or_held_lot_stops(floor, stopped, columns, code):
    if columns.get("expires_on"):
        columns = {"expires_on": floor.today - timedelta(days=1)}
    Lot.objects.filter(pk=floor.lot.pk).update(**columns)
    stopped(floor.ready(), code)


def test_the_last_day_of_a_lot_is_still_good(floor):
    Lot.objects.filter(pk=floor.lot.pk).update(expires_on=floor.today)
    assert floor.dose(floor.ready()).lot == floor.lot


def test_a_lot_held_at_this_site_stops(floor, stopped):
    hold(floor.site, floor.lot, "冰箱超温", now=floor.now)
    stopped(floor.ready(), "LOT_HELD")


def test_a_lot_that_is_not_here_or_used_up_stops(floor, stopped, other_site):
    elsewhere = lot_of("CV-SV")
    receive(other_site, elsewhere, 5)
    stopped(floor.ready(), "LOT_NOT_HERE", lot=elsewhere)
    last = lot_of("CV-SV")
    receive(floor.site, last, 1)
    floor.dose(floor.ready(), lot=last)
    stopped(floor.ready(), "SHORT_STOCK", lot=last)


# --- the product and the schedule ---


def had(floor, enrolment, code, days_ago):
    vaccine = Vaccine.objects.get(code=code)
    on = floor.today - timedelta(days=days_ago)
    note_dose(
        enrolment=enrolment, vaccine=vaccine, given_on=on, actor=None, today=floor.today, source="elsewhere"
    )
    enrolment.refresh_from_db()
    return enrolment


def test_a_product_that_is_not_due_stops(floor, stopped):
    booster_only = lot_of("CV-LZ")
    receive(floor.site, booster_only, 5)
    stopped(floor.ready(), "WRONG_PRODUCT", lot=booster_only)


def test_an_interval_too_short_stops_at_the_needle_too(floor, stopped):
    visit = floor.ready(had(floor, floor.person(), "CV-SV", 40))
    VaccinationRecord.objects.update(given_on=floor.today - timedelta(days=20))
    stopped(visit, "INTERVAL")


def test_somebody_too_young_stops(floor, stopped):
    visit = floor.ready()
    resident = visit.enrolment.resident
    type(resident).objects.filter(pk=resident.pk).update(birth_date=floor.today - timedelta(days=365))
    with refused("TOO_YOUNG"):
        floor.dose(Visit.objects.get(pk=visit.pk))


def test_a_change_of_product_inside_the_course_needs_its_reason(floor, stopped):
    beijing = lot_of("CV-BJ")
    receive(floor.site, beijing, 5)
    visit = floor.ready(had(floor, floor.person(), "CV-SV", 40))
    stopped(visit, "SUBSTITUTE_REASON", lot=beijing)
    dose = floor.dose(visit, lot=beijing, substitute_reason="原品种缺货")
    assert dose.checklist["substitute_reason"] == "原品种缺货"


def test_the_same_person_is_not_dosed_twice_on_a_day(floor, stopped):
    visit = floor.ready()
    had(floor, visit.enrolment, "CV-SV", 0)
    stopped(visit, "DOSE_TODAY")


def test_a_dose_against_another_disease_keeps_its_distance(floor, stopped, at):
    """Known to the register, whatever was answered; rabies takes precedence (RX)."""
    visit = floor.ready()
    record = VaccinationRecord.objects.create(
        resident=visit.enrolment.resident,
        disease="FLU",
        dose_number=1,
        vaccine=Vaccine.objects.get(code="FLU-05"),
        given_on=floor.today - timedelta(days=13),
        source="elsewhere",
    )
    stopped(visit, "OTHER_VACCINE")
    assert "两种疫苗须有间隔" in at("vaccinator").get(visit.get_absolute_url()).content.decode()
    VaccinationRecord.objects.filter(pk=record.pk).update(vaccine=Vaccine.objects.get(code="RAB-5"))
    assert floor.dose(Visit.objects.get(pk=visit.pk))


# --- holds ---


@pytest.mark.parametrize(
    ("kind", "scope", "product", "code"),
    [
        ("contra", "all", None, "CONTRAINDICATED"),
        ("contra", "product", "CV-SV", "CONTRAINDICATED"),
        ("contra", "platform", "CV-BJ", "CONTRAINDICATED"),
        ("defer", "all", None, "DEFERRED"),
        ("self", "all", None, "SELF_REPORTED"),
    ],
)
def test_an_active_hold_stops(floor, stopped, kind, scope, product, code):
    visit = floor.ready()
    place_hold(
        enrolment=visit.enrolment,
        kind=kind,
        scope=scope,
        vaccine=Vaccine.objects.filter(code=product).first(),
        reason="过敏",
        until=floor.today + timedelta(days=9),
        by=floor.cast.screener,
        now=floor.now,
    )
    stopped(visit, code)


def test_a_contraindication_of_another_platform_does_not_stop(floor):
    visit = floor.ready()
    place_hold(
        enrolment=visit.enrolment,
        kind="contra",
        scope="platform",
        vaccine=Vaccine.objects.get(code="CV-KX"),
        reason="免疫缺陷",
        by=floor.cast.screener,
        now=floor.now,
    )
    assert floor.dose(visit)


@pytest.mark.parametrize(
    ("scope", "product", "stops"),
    [("all", None, True), ("platform", "CV-BJ", True), ("product", "CV-KX", False)],
)
def test_a_contraindication_found_in_another_campaign_against_the_disease_stops_too(
    floor, stopped, at, town, scope, product, stops
):
    visit = floor.ready()
    values = dict.fromkeys(("starts_on", "ends_on", "target_age_ref_date"), floor.today)
    other = open_covid_campaign(
        actor=None, place=town.town, code="own", name="本镇补种", cohort={"age_min": 18}, **values
    )
    row = visit.enrolment.resident.enrolments.create(campaign=other)
    vaccine = Vaccine.objects.filter(code=product).first()
    hold = place_hold(
        enrolment=row, kind="contra", scope=scope, vaccine=vaccine, reason="过敏", by=None, now=floor.now
    )
    page = at("vaccinator").get(visit.get_absolute_url()).text  # said before anybody draws it up
    assert "这是在“本镇补种”" in page
    if stops:
        stopped(visit, "CONTRAINDICATED")
        lift_hold(hold=hold, actor=None, reason="复核", now=floor.now)
    assert floor.dose(visit)


# --- pass and consent ---


@pytest.mark.requirement("S46")
def test_who_was_taken_off_the_register_on_the_way_is_not_dosed(floor, stopped, today):
    visit = floor.ready()
    resident = visit.enrolment.resident
    remove_resident(resident=resident, actor=floor.cast.town, removal="duplicate", on=today, today=today)
    stopped(visit, "NOT_ON_REGISTER")


def test_a_campaign_that_was_ended_on_the_way_stops_at_the_needle(floor, stopped):
    visit = floor.ready()
    close_campaign(actor=None, campaign=floor.campaign, reason="提前结束")
    stopped(visit, "CAMPAIGN_CLOSED")


def test_without_a_pass_of_today_nobody_is_dosed(floor, stopped):
    stopped(floor.check_in(), "NOT_SCREENED")
    visit = floor.check_in()
    floor.screen(visit)
    stopped(visit, "NO_CONSENT")
    visit = floor.ready()
    visit.screenings.all().delete()
    stopped(visit, "NO_PASS")
    yesterday = floor.ready()
    stopped(yesterday, "OTHER_DAY", now=floor.now + timedelta(days=1))


def test_an_answer_that_bars_the_platform_counts_for_the_lot_in_hand(floor, stopped):
    vector = lot_of("CV-KX")
    receive(floor.site, vector, 5)
    visit = floor.check_in()
    assert floor.screen(visit, bad={"Q12": True}).outcome == "PASS"
    floor.sign(visit)
    stopped(visit, "SCREEN_PLATFORM", lot=vector)
    assert floor.dose(visit)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"given": False}, "NO_CONSENT"),
        ({"withdrawn_at": "2026-01-01T00:00Z"}, "CONSENT_ENDED"),
        ({"invalidated_at": "2026-01-01T00:00Z"}, "CONSENT_ENDED"),
        ({"dose_number": 2}, "CONSENT_OTHER_DOSE"),
        ({"text_sha256": "0" * 64}, "CONSENT_OTHER_TEXT"),
    ],
)
@pytest.mark.requirement("S58")
def test_a_consent_not_in_force_for_this_dose_and_text_stops(floor, stopped, columns, code):
    visit = floor.ready()
    Consent.objects.filter(pk=visit.consent_id).update(**columns)
    stopped(visit, code)


# --- the nurse ---


def test_a_vaccinator_needs_a_valid_certificate(floor, stopped):
    visit = floor.ready()
    StaffQualification.objects.update(valid_to=floor.today - timedelta(days=1))
    stopped(visit, "CERTIFICATE_EXPIRED")
    StaffQualification.objects.all().delete()
    stopped(visit, "CERTIFICATE_MISSING")
    certify(floor.cast.vaccinator, valid_to=floor.today)
    assert floor.dose(visit)


@pytest.mark.requirement("S83")
def test_each_item_of_the_checklist_must_be_ticked(floor, stopped):
    visit = floor.ready()
    items = checklist.ticked_by_nurse(checklist.items_of(visit.enrolment))
    assert len(items) == 10
    for missing in items:
        stopped(visit, "CHECKLIST", checklist=[item for item in items if item != missing])
    stopped(visit, "RECIPIENT", recipient_confirmed=False)
    stopped(visit, "BODY_SITE", body_site="")


@pytest.mark.requirement("S82")
def test_the_hospitals_checklist_asks_for_its_own_items(floor, stopped, at):
    """三查十对 has no line for the recipient: every line it has is ticked, and the dose can be recorded."""
    hospital = next(
        one for one in checklists() if all(item.get("by") != "recipient" for item in one["items"])
    )
    type(floor.campaign).objects.filter(pk=floor.campaign.pk).update(checklist=hospital)
    visit = floor.ready()
    visit = Visit.objects.get(pk=visit.pk)
    page = at("vaccinator").get(visit.get_absolute_url()).content.decode()
    assert "过敏史" in page and "一验证" not in page
    items = checklist.ticked_by_nurse(hospital["items"])
    stopped(visit, "CHECKLIST", checklist=items[1:], recipient_confirmed=False)
    assert floor.dose(visit, checklist=items, recipient_confirmed=False).checklist["items"] == items


# --- proposals ---


def proposal(floor, enrolment=None):
    plan = verdict(enrolment or floor.person(), on=floor.today)
    return [level.lot for level in lots.proposed_lots(floor.site, plan, floor.cast.vaccinator, floor.today)]


def test_first_expired_is_proposed_and_the_last_lot_of_today_remembered(floor):
    sooner = lot_of("CV-SV", days=20)
    receive(floor.site, sooner, 5)
    assert proposal(floor)[0] == sooner
    floor.dose(floor.ready(), lot=floor.lot)
    assert proposal(floor)[0] == floor.lot
    Lot.objects.filter(pk=floor.lot.pk).update(state="recalled")
    assert proposal(floor) == [sooner]


def test_a_second_dose_proposes_the_product_of_the_first(floor):
    beijing = lot_of("CV-BJ", days=10)
    receive(floor.site, beijing, 5)
    floor.dose(floor.ready(), lot=beijing)
    enrolment = had(floor, floor.person(), "CV-SV", 40)
    assert proposal(floor, enrolment)[0] == floor.lot


# --- the proof ---


def test_a_dose_counts_for_every_campaign_against_the_disease(floor, town, today):
    again = type(floor.campaign).objects.get(pk=floor.campaign.pk)
    rules, products = list(again.rules.all()), list(again.products.all())
    again.pk, again.code = None, "covid-second"
    again.save()
    again.rules.set(rules)
    again.products.set(products)
    visit = floor.ready()
    resident = visit.enrolment.resident
    resident.enrolments.create(campaign=again)
    floor.dose(visit)
    assert set(resident.enrolments.values_list("doses_done", flat=True)) == {1}


def test_the_proof_sees_what_does_not_fit(floor):
    floor.dose(floor.ready())
    ledger.use_dose(site=floor.site, lot=floor.lot, actor=None, key=uuid4(), now=floor.now)
    assert len(list(floor_problems())) == 1
    VaccinationRecord.objects.update(voided_at=floor.now, void_reason="直接改库")
    assert len(list(floor_problems())) == 2
