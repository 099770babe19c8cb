"""The bulk path writes exactly what the path for one person writes, and judging alike people once changes no answer."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from campaigns.models import PriorityGroup
from campaigns.rules import Person, Registered
from core.dates import add_months
from inventory.models import Vaccine
from residents.choices import Residence
from residents.models import Enrolment, Resident, ResidentIdentifier, RosterEntry, Tag
from residents.rules import Alike, Facts, project
from residents.services import enrolments
from residents.services.people import put_people
from residents.services.persons import DoseValues, clean_values, write_person
from residents.services.rosters import put_on_rosters
from tests.factories.people import id_number

_OWN = {
    "id",
    "uid",
    "created_at",
    "updated_at",
    "resident",
    "recorded_at",
    "number",
    "since",
    "added_at",
    "household_id",
}


@pytest.fixture
def people(town, school, campaign, today):
    """A person for every branch: plain, child, away, with doses, groups, household, a school."""
    births = [date(1980, 5, 1), date(2019, 2, 3), date(1950, 2, 28), date(2004, 2, 29), date(1999, 12, 31)]
    wanted = [
        {"name": "单田芳", "phone": "13912340001", "household_no": "12", "note": '他说:"\\." 是'},
        {"name": "李小明", "school_class": "一年级1班", "guardian_name": "李明", "workplace": ""},
        {"name": "王伟", "residence": Residence.AWAY_PROVINCE, "away_place": "北京市"},
        {"name": "JOHN SMITH", "address": "a\tb,c", "willing": "愿意"},
        {"name": "赵丽", "residence": Residence.INFLOW_OTHER},
    ]
    made = []
    for n, (raw, birth) in enumerate(zip(wanted, births, strict=True), start=1):
        values, problems = clean_values(
            {**raw, "number": id_number(birth, n)},
            village=town.villages[n % 2],
            today=today,
            organisation=school if n == 2 else None,
            tags=Tag.objects.all()[: n - 3] if n > 3 else (),
            priority_groups=PriorityGroup.objects.filter(campaign=None)[: n - 3] if n > 3 else (),
        )
        assert values, problems
        made.append(values)
    vaccine = Vaccine.objects.get(code="CV-BJ")
    made[0].doses = (DoseValues(date(2021, 6, 1), vaccine), DoseValues(date(2021, 7, 1), vaccine, "旗医院"))
    return made


def columns(model, **criteria):
    rows = model.objects.filter(**criteria).order_by("pk")
    return [{k: v for k, v in row.items() if k not in _OWN} for row in rows.values()]


def test_bulk_and_single_write_the_same(people, campaign, cast, today):
    def written():
        links = (Resident.priority_groups.through, Resident.tags.through)
        tables = (Resident, ResidentIdentifier, Enrolment, RosterEntry, *links)
        found = [columns(model) for model in tables]
        return [
            [{k: v for k, v in row.items() if not k.endswith("resident_id")} for row in rows]
            for rows in found
        ]

    for values in people:
        values.doses = ()  # a single person's doses are entered afterwards, by hand
    with transaction.atomic():
        mine = transaction.savepoint()
        for values in people:
            single = write_person(values, actor=cast.town)
            put_on_rosters([single], actor=cast.town, today=today)
        enrolments.enrol(residents=Resident.objects.all(), campaign=campaign, actor=cast.town, today=today)
        expected = written()
        transaction.savepoint_rollback(mine)
    put_people(people, actor=cast.town, campaign=campaign, today=today)
    assert all(expected), "every table takes part"
    for want, have in zip(expected, written(), strict=True):
        assert sorted(have, key=str) == sorted(want, key=str)


def test_what_is_projected_in_memory_is_what_the_rows_say(people, campaign, cast, today):
    outcomes = put_people(people, actor=cast.town, campaign=campaign, today=today)
    assert list(enrolments.drift(today=today)) == []
    dosed = Enrolment.objects.get(resident=outcomes[0].resident)
    assert (dosed.doses_done, dosed.first_dose_on) == (2, date(2021, 6, 1))
    assert outcomes[0].resident.name == "单田芳"  # read when asked for
    assert outcomes[0].resident.household.number == "12"


@pytest.mark.parametrize("days", range(-1, 2))
def test_alike_people_get_the_answer_of_their_own(campaign, today, days):
    """Around every limit of age, on the day itself, the day before and after, in both orders of asking."""
    rules = enrolments.context(campaign).rules
    births = [
        add_months(reference, -months) + timedelta(days)
        for reference in (today, rules.age_ref, *(rule.effective_from for rule in rules.rules))
        for months in (0, 6, 36, 36 + 1, 144, 216, 216 + 1, 720, 721, 960)
    ]
    births += [date(2000, 2, 29), date(2008, 2, 29), date(1970, 1, 1), date(1970, 1, 2)]
    births += [today - timedelta(37 * n + days) for n in range(250)]  # children and youths of every age
    for asked in (births, births[::-1]):
        alike = Alike(rules, today)
        for birth in asked * 2:
            for sex in "MF":
                facts = Facts(
                    Person(birth, sex), Registered(birth, sex, Residence.LOCAL_RESIDENT), doses=[], holds=[]
                )
                assert alike.projection(facts) == project(facts, rules, today)[0], birth


def test_alike_people_are_judged_once(campaign, today):
    alike = Alike(enrolments.context(campaign).rules, today)
    for day in range(300):
        birth = date(1975, 1, 1) + timedelta(day)
        alike.projection(Facts(Person(birth, "M"), Registered(birth, "M", "local"), doses=[], holds=[]))
    assert len(alike._known) == 1
