"""The pivot: counting unit, doses, holds, projection."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Phase
from core.errors import RuleBroken
from core.models import ChangeNote
from inventory.models import Vaccine
from places.querysets import any_code_range
from residents.choices import EnrolmentStatus
from residents.models import Enrolment
from residents.querysets import resident_scope
from residents.services import enrolments, holds, records
from tests.factories.people import make_enrolled, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def vaccine(reference):
    return Vaccine.objects.get(code="CV-SV")


@pytest.fixture
def enrolment(town, campaign, today):
    return make_enrolled(town.village, campaign, today)


def dose(enrolment, vaccine, on, today, **kwargs):
    return records.note_dose(
        enrolment=enrolment, vaccine=vaccine, given_on=on, actor=None, today=today, **kwargs
    )


def test_a_new_adult_is_due_for_dose_one(enrolment, today, town):
    assert (enrolment.status, enrolment.next_dose, enrolment.is_target) == (EnrolmentStatus.OPEN, 1, True)
    assert enrolment.unit_code == town.village.code
    assert enrolment.due_from <= today


def test_a_child_is_registered_but_not_on_target(town, campaign, today):
    child = make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 5, day=1))
    assert not child.is_target


def test_a_dose_moves_the_projection_and_notes_the_day(enrolment, vaccine, today):
    dose(enrolment, vaccine, today, today)
    enrolment.refresh_from_db()
    assert (enrolment.doses_done, enrolment.next_dose) == (1, 2)
    assert enrolment.due_from == today + timedelta(days=21)
    assert ChangeNote.objects.filter(place_code=enrolment.unit_code, day=today).exists()


def test_the_same_day_twice_is_refused(enrolment, vaccine, today):
    dose(enrolment, vaccine, today, today)
    with pytest.raises(RuleBroken) as refused:
        dose(enrolment, vaccine, today, today)
    assert refused.value.code == "DOSE_REPEATED"
    assert enrolment.resident.records.count() == 1


def test_an_earlier_dose_found_later_renumbers_the_rest(enrolment, vaccine, today):
    second = dose(enrolment, vaccine, today - timedelta(days=10), today)
    first = dose(enrolment, vaccine, today - timedelta(days=40), today, source="elsewhere")
    second.refresh_from_db()
    assert (first.dose_number, second.dose_number) == (1, 2)
    enrolment.refresh_from_db()
    assert enrolment.primary_complete_on == today - timedelta(days=10)


def test_voiding_keeps_the_row_and_renumbers(enrolment, vaccine, today):
    first = dose(enrolment, vaccine, today - timedelta(days=40), today)
    second = dose(enrolment, vaccine, today - timedelta(days=10), today)
    records.void_record(record=first, actor=None, reason="登记错人", now=timezone.now())
    second.refresh_from_db()
    enrolment.refresh_from_db()
    assert (second.dose_number, enrolment.doses_done) == (1, 1)
    assert enrolment.resident.records.count() == 2
    with pytest.raises(RuleBroken) as refused:
        records.void_record(record=first, actor=None, reason="再次", now=timezone.now())
    assert refused.value.code == "VOIDED_ALREADY"


def test_a_deferral_ends_by_itself(enrolment, today):
    now = timezone.now()
    holds.place_hold(
        enrolment=enrolment,
        kind="defer",
        reason="感冒发热",
        until=today + timedelta(days=3),
        by=None,
        now=now,
    )
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.hold_until) == (EnrolmentStatus.HOLD, today + timedelta(days=3))
    manager = type(enrolment).objects
    assert enrolment not in manager.due(today)
    assert enrolment in manager.due(today + timedelta(days=3))


def test_a_contraindication_stays_until_lifted(enrolment, today):
    now = timezone.now()
    hold = holds.place_hold(enrolment=enrolment, kind="contra", reason="既往严重过敏", by=None, now=now)
    enrolment.refresh_from_db()
    assert enrolment.status == EnrolmentStatus.CONTRA
    holds.lift_hold(hold=hold, actor=None, reason="复核后可接种", now=now)
    enrolment.refresh_from_db()
    assert enrolment.status == EnrolmentStatus.OPEN


def test_rebuild_finds_exactly_the_row_that_was_tampered_with(town, campaign, today):
    rows = [make_enrolled(town.village, campaign, today) for _ in range(3)]
    assert list(enrolments.drift(today=today)) == []
    type(rows[0]).objects.filter(pk=rows[1].pk).update(doses_done=7, due_from=date(2020, 1, 1))
    assert [(row.pk, sorted(changed)) for row, changed in enrolments.drift(today=today)] == [
        (rows[1].pk, ["doses_done", "due_from"])
    ]


def test_enrolling_many_takes_a_fixed_number_of_queries(town, campaign, today, django_assert_max_num_queries):
    for size in (2, 40):
        people = [make_resident(town.village) for _ in range(size)]
        with django_assert_max_num_queries(24):
            assert enrolments.enrol(residents=people, campaign=campaign, actor=None, today=today) == size


@pytest.mark.requirement("S7")
def test_a_closed_phase_keeps_its_people_waiting_but_not_those_who_have_begun(town, campaign, vaccine, today):
    minors = Phase.objects.create(
        campaign=campaign,
        order=1,
        name="第三步 18岁以下",
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        cohort={"age_min": 3, "age_max": 17},
        is_open=False,
    )
    born = today.replace(year=today.year - 10, day=1)
    child = make_enrolled(town.village, campaign, today, birth_date=born)
    begun = make_enrolled(town.village, campaign, today, birth_date=born)
    dose(begun, vaccine, today - timedelta(days=30), today, source="elsewhere")
    begun.refresh_from_db()
    assert (child.status, child.next_dose) == (EnrolmentStatus.INELIGIBLE, None)
    assert "还没有开放" in child.status_reason
    assert (begun.status, begun.next_dose) == (EnrolmentStatus.OPEN, 2)
    minors.is_open = True
    minors.save(update_fields=["is_open"])
    enrolments.refresh([child.pk], campaign=campaign, today=today)
    child.refresh_from_db()
    assert (child.status, child.next_dose) == (EnrolmentStatus.OPEN, 1)


def test_who_sees_an_enrolment_is_told_by_unit_or_resident_for_every_reach(
    town, campaign, cast, employer, today
):
    """A small reach is asked in two parts; each must find exactly what one condition over both tables finds."""
    for village in (town.villages[0], town.villages[1]):
        make_enrolled(village, campaign, today)
        make_enrolled(village, campaign, today, organisation=employer)
    moved = make_enrolled(town.villages[1], campaign, today)
    Enrolment.objects.filter(pk=moved.pk).update(unit=town.villages[0], unit_code=town.villages[0].code)
    nowhere = make_enrolled(town.villages[0], campaign, today)
    Enrolment.objects.filter(pk=nowhere.pk).update(unit=None, unit_code="")
    rows = Enrolment.objects.filter(campaign=campaign)
    for user in (cast.cadre01, cast.cadre02, cast.employer, cast.town, cast.othertown, cast.vaccinator):
        either = any_code_range("unit_code", user.scope("residents.view").prefixes)
        either |= resident_scope(user, "residents.view", "resident__")
        seen = list(rows.visible_to(user).order_by("pk").values_list("pk", flat=True))
        assert seen == list(rows.filter(either).order_by("pk").values_list("pk", flat=True))
    assert rows.visible_to(cast.cadre01).count() == 4 and rows.visible_to(cast.employer).count() == 2
