"""Files of schools and enterprises: a decided row joins their roster, and an import taken back leaves it as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import RuleBroken
from inventory.models import Vaccine
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from residents.choices import Decision, VersionKind
from residents.models import Resident, RosterEntry, Sticker
from residents.services import census as service
from residents.services import rosters, versions
from residents.services.census_review import decide
from residents.services.census_undo import undo
from residents.services.records import note_dose
from tests.factories.people import make_enrolled
from tests.residents.census_files import number, simple


@pytest.fixture
def put(cast, town, campaign, today):
    """``put(rows…, organisation=None)``: import and commit; the file of an organisation, if given."""

    def run(*people, organisation=None, actor=None):
        actor = actor or (cast.cadre01 if organisation is None else cast.employer)
        census = service.take_in(
            content=simple(*people),
            file_name="名单.xlsx",
            place=town.village,
            campaign=campaign,
            actor=actor,
            organisation=organisation,
        )
        service.check(census, today=today)
        service.commit(census, actor=actor, now=timezone.now(), today=today)
        return census

    return run


@pytest.fixture
def take_back(cast, today):
    return lambda census: undo(census, actor=cast.town, now=timezone.now(), today=today)


def person(n=1, **more):
    return {"姓名": "王伟", "身份证号": number(n), **more}


def on_roster(organisation) -> set[str]:
    rows = RosterEntry.objects.current().filter(organisation=organisation)
    return set(rows.values_list("resident__name", flat=True))


@pytest.mark.requirement("S13")
def test_an_applied_row_of_an_employer_joins_its_roster(put, employer, cast, town, today, take_back):
    put(person(1, 电话="13800000001", 组="1"))
    census = put(person(1, 电话="13900000009", 组="1"), organisation=employer)
    row = census.rows.get()
    assert (row.state, on_roster(employer)) == ("review", set())
    decide(row, decision=Decision.APPLIED, actor=cast.town, now=timezone.now(), today=today)
    resident = Resident.objects.get()
    assert (resident.phone, resident.organisation) == ("13900000009", employer)
    assert on_roster(employer) == {"王伟"}
    take_back(census)
    resident = Resident.objects.get()
    assert (resident.phone, resident.organisation) == ("13800000001", None)
    assert not RosterEntry.objects.exists()


def test_a_person_whom_a_row_moved_to_another_organisation_is_back_on_the_old_roster(
    put, employer, school, cast, town, today, take_back
):
    put(person(1, 工作单位=employer.name))
    entry = RosterEntry.objects.get()
    rosters.confirm_roster(organisation=employer, actor=cast.employer, now=timezone.now())
    census = put(person(1, 工作单位=school.name))
    decide(census.rows.get(), decision=Decision.APPLIED, actor=cast.cadre01, now=timezone.now(), today=today)
    assert (on_roster(employer), on_roster(school)) == (set(), {"王伟"})
    take_back(census)
    assert (on_roster(employer), on_roster(school)) == ({"王伟"}, set())
    assert Resident.objects.get().organisation == employer
    entry.refresh_from_db()
    assert (entry.until, entry.end_reason, entry.ended_by) == (None, "", None)
    assert entry.confirmed_by == cast.employer  # as if it had never been left


def test_a_discarded_row_joins_nothing(put, employer, cast, today):
    put(person(1, 电话="13800000001"))
    census = put(person(1, 电话="13900000009"), organisation=employer)
    decide(census.rows.get(), decision=Decision.DISCARDED, actor=cast.town, now=timezone.now(), today=today)
    assert on_roster(employer) == set()


def test_a_twin_of_an_employers_file_stands_on_its_roster_alone(put, employer, cast, town, today, take_back):
    put(person(1, 电话="13800000001", 出生日期="1980-05-01"))
    census = put(person(3, 电话="13800000001", 出生日期="1980-05-01"), organisation=employer)
    row = census.rows.get()
    assert row.state == "review"
    decide(row, decision=Decision.TWINS, actor=cast.town, now=timezone.now(), today=today)
    entry = RosterEntry.objects.get()
    assert (entry.organisation, entry.resident) == (employer, row.resident)
    assert Resident.objects.count() == 2
    take_back(census)
    assert not RosterEntry.objects.exists() and Resident.objects.count() == 1


@pytest.mark.requirement("S13")
def test_an_undo_takes_off_the_roster_whom_the_file_put_there(put, employer, cast, town, today, take_back):
    put(person(1), {"姓名": "李娜", "身份证号": number(2)})
    before = {r.pk: (r.organisation_id, r.workplace) for r in Resident.objects.all()}
    census = put(
        person(1),
        {"姓名": "李娜", "身份证号": number(2), "电话": "13800000002"},
        {"姓名": "张新", "身份证号": number(4)},
        organisation=employer,
    )
    assert on_roster(employer) == {"王伟", "李娜", "张新"}
    take_back(census)
    assert not RosterEntry.objects.exists()
    assert {r.pk: (r.organisation_id, r.workplace) for r in Resident.objects.all()} == before


def test_an_undo_leaves_whom_the_employer_had_before_and_confirmed_since(
    put, employer, cast, today, take_back
):
    put(person(1), {"姓名": "李娜", "身份证号": number(2)})
    old = Resident.objects.get(name="王伟")
    rosters.add_to_roster(organisation=employer, resident=old, actor=cast.employer, today=today)
    census = put(person(1), {"姓名": "李娜", "身份证号": number(2)}, organisation=employer)
    assert on_roster(employer) == {"王伟", "李娜"}
    rosters.confirm_roster(organisation=employer, actor=cast.employer, now=timezone.now())
    take_back(census)
    assert on_roster(employer) == {"王伟", "李娜"}
    old.refresh_from_db()
    assert old.organisation == employer


def test_an_undo_of_a_village_file_leaves_the_workplace_it_filled(put, employer, take_back):
    put(person(1))
    census = put(
        person(1, 工作单位=employer.name), {"姓名": "张新", "身份证号": number(4), "工作单位": employer.name}
    )
    assert on_roster(employer) == {"王伟", "张新"}
    take_back(census)
    assert not RosterEntry.objects.exists()
    assert Resident.objects.get().organisation is None


def test_the_second_roster_of_a_person_is_shown_again(
    put, employer, school, cast, town, campaign, today, take_back
):
    put(person(1))
    census = put(person(1), organisation=employer)
    resident = Resident.objects.get()
    rosters.add_to_roster(organisation=school, resident=resident, actor=cast.school, today=today)
    take_back(census)
    resident.refresh_from_db()
    assert resident.organisation == school
    assert on_roster(school) == {"王伟"}


@pytest.mark.requirement("S80")
def test_a_sticker_comes_back_with_the_undo_of_the_file_that_took_it(
    put, cast, town, campaign, today, take_back
):
    shop = Organisation.objects.create(
        name="福来商店", kind=OrganisationKind.SHOP, shop_type=ShopType.choices[0][0], place=town.village
    )
    owner = make_enrolled(town.village, campaign, today)
    rosters.add_to_roster(organisation=shop, resident=owner.resident, actor=None, today=today)
    vaccine = Vaccine.objects.get(code="CV-SV")
    for days in (60, 30):
        note_dose(
            enrolment=owner, vaccine=vaccine, given_on=today - timedelta(days=days), actor=None, today=today
        )
    rosters.confirm_roster(organisation=shop, actor=cast.town, now=timezone.now())
    assert Sticker.objects.filter(organisation=shop, revoked_on=None).exists()
    census = put({"姓名": "张新", "身份证号": number(77)}, organisation=shop, actor=cast.town)
    assert on_roster(shop) >= {"张新"}
    assert not Sticker.objects.filter(organisation=shop, revoked_on=None).exists()
    take_back(census)
    assert Sticker.objects.filter(organisation=shop, revoked_on=None).exists()


def test_what_was_typed_about_an_applied_person_since_stops_the_undo(
    put, employer, cast, town, today, take_back
):
    put(person(1, 电话="13800000001"))
    census = put(person(1, 电话="13900000009"), organisation=employer)
    decide(census.rows.get(), decision=Decision.APPLIED, actor=cast.town, now=timezone.now(), today=today)
    resident = Resident.objects.get()
    rosters.leave_roster(
        entry=RosterEntry.objects.get(), on=today, reason="离职", actor=cast.employer, today=today
    )
    with pytest.raises(RuleBroken, match="整个导入没有撤销"):
        take_back(census)
    resident.refresh_from_db()
    assert resident.phone == "13900000009"


def test_who_stands_on_a_frozen_register_stops_the_undo_with_words(
    put, cast, town, campaign, today, take_back
):
    census = put(person(1))
    versions.freeze(
        campaign=campaign,
        place=town.village,
        kind=VersionKind.SUBMISSION,
        actor=cast.cadre01,
        reason="上报",
        now=timezone.now(),
        today=today,
    )
    with pytest.raises(RuleBroken) as refused:
        take_back(census)
    assert (refused.value.code, Resident.objects.count()) == ("UNDO_BLOCKED", 1)
