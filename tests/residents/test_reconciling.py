"""School and site agree on the list of the unvaccinated, name by name, and both sign it (S33)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Vaccine
from places.models import Organisation
from residents.models import ReconciliationSign, SchoolClaim, VaccinationRecord
from residents.reconciling import Said, difference
from residents.services import reconciling, records, rosters
from residents.services.rosters import RosterDetails
from tests.factories.clinic import refused
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.requirement("S33")


def test_what_is_a_difference(today):
    yes, no = Said(True, today), Said(False)
    assert difference(yes, yes) == difference(no, no) == ""
    answers = [difference(None, no), difference(yes, no), difference(no, yes)]
    answers.append(difference(Said(True, today - timedelta(days=1)), yes))
    assert len(set(answers)) == 4 and all(answers)


@pytest.fixture
def pupils(town, school, campaign, today):
    """Two pupils, the first with a dose at our site."""
    people = [
        make_enrolled(town.village, campaign, today, name=name, birth_date=today - timedelta(days=20 * 366))
        for name in ("甲一", "乙二")
    ]
    for person in people:
        rosters.add_to_roster(
            organisation=school,
            resident=person.resident,
            actor=None,
            today=today,
            details=RosterDetails(grade=21, class_no="1"),
        )
    records.note_dose(
        enrolment=people[0],
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=30),
        actor=None,
        today=today,
        source="here",
    )
    return people


@pytest.mark.django_db
def test_every_difference_is_settled_before_anybody_signs(pupils, school, campaign, cast, today):
    now, about = timezone.now(), {"organisation": school, "campaign": campaign, "dose_number": 1}

    def lines():
        return {line.entry.resident.name: line for line in reconciling.lines(**about)}

    with refused("OPEN_DIFFERENCES"):
        reconciling.sign(**about, party="school", actor=cast.school, now=now)
    with refused("CLAIM_DATE"):
        reconciling.say(
            entry=lines()["乙二"].entry,
            campaign=campaign,
            dose_number=1,
            is_vaccinated=True,
            actor=cast.school,
            now=now,
        )
    reconciling.say(
        entry=lines()["乙二"].entry,
        campaign=campaign,
        dose_number=1,
        is_vaccinated=True,
        given_on=today - timedelta(days=9),
        place_name="榆阳区医院",
        actor=cast.school,
        now=now,
    )
    assert reconciling.say_rest(**about, actor=cast.school, now=now) == 1
    assert {line.difference for line in lines().values()} == {
        "学校说未种,接种点有记录",
        "学校说已种,接种点没有记录",
    }
    with refused("WRONG_SETTLEMENT"):
        reconciling.settle(line=lines()["甲一"], settlement="recorded", actor=cast.registrar, now=now)
    with refused("NOTE_MISSING"):
        reconciling.settle(line=lines()["甲一"], settlement="kept", actor=cast.registrar, now=now)
    schools = Organisation.objects.reached_by(cast.registrar, "members.check")
    assert reconciling.waiting(schools, campaign) == 2
    reconciling.settle(line=lines()["甲一"], settlement="corrected", actor=cast.registrar, now=now)
    assert reconciling.waiting(schools, campaign) == 1
    with refused("VACCINE_MISSING"):
        reconciling.settle(line=lines()["乙二"], settlement="recorded", actor=cast.registrar, now=now)
    reconciling.settle(
        line=lines()["乙二"],
        settlement="recorded",
        vaccine=Vaccine.objects.get(code="CV-SV"),
        actor=cast.registrar,
        now=now,
    )
    dose = VaccinationRecord.objects.get(resident=pupils[1].resident)
    assert (dose.source, dose.is_verified, dose.given_at_place) == ("elsewhere", False, "榆阳区医院")
    assert not any(line.is_open for line in lines().values())
    assert reconciling.waiting(schools, campaign) == 0
    assert SchoolClaim.objects.filter(settled_by=cast.registrar).count() == 2
    for party, user in (("school", cast.school), ("site", cast.registrar)):
        reconciling.sign(**about, party=party, actor=user, now=now)
    signs = reconciling.signs(**about)
    assert {party: (row.by, row.unvaccinated) for party, row in signs.items()} == {
        "school": (cast.school, 0),
        "site": (cast.registrar, 0),
    }


@pytest.mark.django_db
def test_the_two_parties_work_on_one_page(pupils, school, campaign, cast, client_as):
    entry = pupils[0].resident.roster_entries.get()
    page = reverse("residents:reconcile", args=[school.pk])
    by_school, by_site = client_as(cast.school), client_as(cast.registrar)
    assert "2 名学生要核实" in by_school.get(page).content.decode()
    claim = reverse("residents:reconcile_claim", args=[school.pk, entry.uid])
    assert by_school.post(claim, {"is_vaccinated": "1"}).status_code == 422
    by_school.post(reverse("residents:reconcile_rest", args=[school.pk]))
    shown = by_site.get(page).content.decode()
    assert "学校说未种,接种点有记录" in shown and "1 名学生要核实" in shown
    settle = reverse("residents:reconcile_settle", args=[school.pk, entry.uid])
    assert by_site.post(settle, {"settlement": "kept", "note": "已看接种证"}).status_code == 302
    for client in (by_school, by_site):
        client.post(reverse("residents:reconcile_sign", args=[school.pk]))
    assert set(ReconciliationSign.objects.values_list("party", flat=True)) == {"school", "site"}
    shown = by_school.get(page).content.decode()
    assert "双方名单一致" in shown and "已看接种证" in shown
    second = by_school.get(page, {"dose": "2"}).content.decode()
    assert "第2剂名单核对" in second and "双方都还没有确认" in second
