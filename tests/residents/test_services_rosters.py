"""Rosters: who comes, who leaves, what the register shows of it, and that one person is on several."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import RuleBroken
from core.models import AuditEvent
from places.choices import OrganisationKind
from places.models import Organisation
from residents.choices import Residence
from residents.grades import class_word, parse_class
from residents.models import Resident, RosterEntry
from residents.services import census, register, rosters
from residents.services.persons import clean_values
from residents.services.rosters import RosterDetails
from tests.factories.clinic import refused
from tests.factories.people import make_resident
from tests.factories.residents import cleaned, register_person, typed
from tests.residents.census_files import workbook

pytestmark = pytest.mark.django_db


def active(organisation):
    return RosterEntry.objects.current().filter(organisation=organisation)


def child(village, today, **more):
    return register_person(village, today, birth_date=today - timedelta(days=9 * 366), name="王小雨", **more)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("三年级2班", (13, "2")),
        ("三年级(2)班", (13, "2")),
        ("3(2)班", (13, "2")),
        ("3.2", (13, "2")),
        ("三2班", (13, "2")),
        ("3年级", (13, "")),
        ("初一3班", (17, "3")),
        ("九年级", (19, "")),
        ("高二(1)班", (22, "1")),
        ("高一", (21, "")),
        ("大班", (3, "")),
        ("中二班", (2, "2")),
        ("3班", (None, "")),
        ("32班", (None, "")),
        ("教师", (None, "")),
        ("", (None, "")),
    ],
)
def test_grade_and_class_are_read_as_schools_write_them(text, means):
    assert parse_class(text) == means


@pytest.mark.parametrize("text", ["三年级2班", "高二1班", "大班", "大班2班"])
def test_the_word_of_a_class_reads_back(text):
    assert class_word(*parse_class(text)) == text


@pytest.mark.requirement("S13")
def test_one_person_stands_on_two_rosters_and_the_register_shows_the_first(
    town, school, employer, today, cast
):
    person = register_person(town.village, today, organisation=None)
    first = rosters.add_to_roster(organisation=employer, resident=person, actor=cast.employer, today=today)
    rosters.add_to_roster(
        organisation=school,
        resident=person,
        actor=cast.school,
        today=today,
        details=RosterDetails(grade=13, class_no="2", guardian_name="王建国"),
    )
    person.refresh_from_db()
    assert person.organisation == employer
    assert {e.organisation for e in RosterEntry.objects.current().filter(resident=person)} == {
        school,
        employer,
    }

    rosters.leave_roster(entry=first, on=today, reason="离职", actor=cast.employer, today=today)
    person.refresh_from_db()
    assert (person.organisation, person.school_class, person.guardian_name) == (school, "三年级2班", "王建国")
    assert AuditEvent.objects.filter(action="member.quit", subject=str(person.uid)).count() == 1


def test_nobody_stands_twice_on_one_roster(town, employer, today):
    person = register_person(town.village, today)
    rosters.add_to_roster(organisation=employer, resident=person, actor=None, today=today)
    with refused("ON_ROSTER"):
        rosters.add_to_roster(organisation=employer, resident=person, actor=None, today=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterEntry.objects.create(organisation=employer, resident=person, since=today)
    assert active(employer).count() == 1


def test_who_left_may_come_back_and_the_first_time_stays(town, employer, today):
    person = register_person(town.village, today)
    entry = rosters.add_to_roster(
        organisation=employer, resident=person, actor=None, today=today, since=today - timedelta(days=90)
    )
    with refused("REASON_MISSING"):
        rosters.leave_roster(entry=entry, on=today, reason=" ", actor=None, today=today)
    with refused("LEFT_DATE"):
        rosters.leave_roster(
            entry=entry, on=today + timedelta(days=1), reason="离职", actor=None, today=today
        )
    rosters.leave_roster(entry=entry, on=today - timedelta(days=9), reason="离职", actor=None, today=today)
    with refused("LEFT_ALREADY"):
        rosters.leave_roster(entry=entry, on=today, reason="离职", actor=None, today=today)
    person.refresh_from_db()
    assert person.organisation is None
    rosters.add_to_roster(organisation=employer, resident=person, actor=None, today=today)
    assert RosterEntry.objects.filter(organisation=employer, resident=person).count() == 2


def test_a_removed_person_or_a_closed_organisation_gets_no_entry(town, employer, today):
    person = make_resident(town.village, removed_on=today, removal="deceased")
    with refused("REMOVED"):
        rosters.add_to_roster(organisation=employer, resident=person, actor=None, today=today)
    employer.is_active = False
    with refused("ORGANISATION_CLOSED"):
        rosters.add_to_roster(
            organisation=employer, resident=make_resident(town.village), actor=None, today=today
        )


@pytest.mark.requirement("S30")
def test_confirming_a_roster_names_who_and_when_and_newcomers_wait(town, school, today, cast):
    now = timezone.now()
    with refused("EMPTY_ROSTER"):
        rosters.confirm_roster(organisation=school, actor=cast.school, now=now)
    rosters.add_to_roster(
        organisation=school, resident=child(town.village, today), actor=cast.school, today=today
    )
    assert rosters.confirm_roster(organisation=school, actor=cast.school, now=now) == 1
    entry = active(school).get()
    assert (entry.confirmed_at, entry.confirmed_by) == (now, cast.school)
    rosters.add_to_roster(
        organisation=school, resident=child(town.village, today), actor=cast.school, today=today
    )
    assert active(school).filter(confirmed_at=None).count() == 1


def test_the_register_and_the_roster_agree_after_typing_and_editing(town, school, employer, today):
    values = cleaned(town.village, today, **typed(today - timedelta(days=9 * 366), school_class="三年级2班"))
    values.organisation = school
    pupil = register.add_resident(actor=None, values=values, key=None, today=today)
    assert [(e.grade, e.class_no) for e in active(school)] == [(13, "2")]

    values.school_class = "四年级1班"
    register.edit_resident(resident=pupil, actor=None, values=values, today=today)
    assert [(e.grade, e.class_no) for e in active(school)] == [(14, "1")]

    values.organisation, values.school_class = employer, ""
    edited = register.edit_resident(resident=pupil, actor=None, values=values, today=today)
    assert edited.organisation == employer and active(employer).get().resident == pupil
    assert not active(school).exists()
    assert "迎泽建材厂" in RosterEntry.objects.get(organisation=school).end_reason

    values.organisation = None
    assert register.edit_resident(resident=pupil, actor=None, values=values, today=today).organisation is None
    assert not active(employer).exists()


@pytest.mark.requirement("S13")
def test_the_file_of_an_organisation_fills_its_roster_with_known_and_new_people(
    town, employer, school, today, cast, campaign
):
    old = typed(today.replace(year=today.year - 30, day=1))
    known, _ = clean_values(old, village=town.village, today=today, organisation=school)
    person = register.add_resident(actor=None, values=known, key=None, today=today)
    new = typed(today.replace(year=today.year - 40, day=1), name="赵新")
    rows = [[row["name"], row["number"], row["phone"], town.village.name] for row in (old, new)]
    content = workbook([["姓名", "证件号码", "联系电话", "村(社区)"], *rows])
    file = census.take_in(
        content=content,
        file_name="名册.xlsx",
        place=town.town,
        campaign=campaign,
        actor=cast.employer,
        organisation=employer,
    )
    census.check(file, today=today)
    census.commit(file, actor=cast.employer, now=timezone.now(), today=today)
    assert {e.resident.name for e in active(employer)} == {"李建国", "赵新"}
    person.refresh_from_db()
    assert person.organisation == school and active(school).get().resident == person


@pytest.mark.requirement("S9")
@pytest.mark.requirement("S68")
def test_a_unit_sees_the_people_of_its_branches_and_of_every_roster_of_its_own(town, employer, today, cast):
    branch = Organisation.objects.create(
        name="二分厂", kind=OrganisationKind.ENTERPRISE, place=town.villages[1], parent=employer
    )
    other = Organisation.objects.create(name="别的厂", kind=OrganisationKind.ENTERPRISE, place=town.village)
    in_branch, twice, elsewhere = (make_resident(town.villages[1], name=n) for n in ("甲一", "乙二", "丙三"))
    for organisation, person in ((branch, in_branch), (other, twice), (employer, twice), (other, elsewhere)):
        rosters.add_to_roster(organisation=organisation, resident=person, actor=None, today=today)
    assert set(Resident.objects.visible_to(cast.employer)) == {in_branch, twice}
    assert list(Resident.objects.visible_to(cast.employer).filter(pk=twice.pk)) == [twice]


def test_the_migration_enters_everybody_who_had_an_organisation(town, school, employer):
    pupil = make_resident(
        town.village,
        organisation=school,
        school_class="五年级(3)班",
        guardian_name="王父",
        residence=Residence.AWAY_COUNTY,
        away_place="榆林市榆阳区",
    )
    worker = make_resident(town.village, organisation=employer)
    make_resident(town.village)
    import_module("residents.migrations.0009_fill_rosters").enter_whom_organisations_have(apps, None)
    entry = active(school).get()
    assert (entry.resident, entry.grade, entry.class_no) == (pupil, 15, "3")
    assert (entry.guardian_name, entry.home_county) == ("王父", "榆林市榆阳区")
    assert active(employer).get().resident == worker
    assert RosterEntry.objects.count() == 2


def test_putting_many_on_rosters_asks_few_queries(town, employer, today, django_assert_max_num_queries):
    people = [make_resident(town.village, name=f"王{n}", organisation=employer) for n in range(30)]
    with django_assert_max_num_queries(14):
        assert rosters.put_on_rosters(people, actor=None, today=today) == 30
    with django_assert_max_num_queries(4):
        assert rosters.put_on_rosters(people, actor=None, today=today) == 0
    with pytest.raises(RuleBroken):
        rosters.add_to_roster(organisation=employer, resident=people[0], actor=None, today=today)
