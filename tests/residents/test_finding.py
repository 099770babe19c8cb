"""Searching as one types: what is found, and by whom."""

from datetime import date

import pytest

from residents.models import Resident
from tests.factories.people import id_number
from tests.factories.residents import register_person

BORN = date(1980, 5, 17)
NUMBER = id_number(BORN, 35, "998899")


@pytest.fixture
def people(town, campaign, today):
    def add(name, village=town.village, **more):
        return register_person(village, today, name=name, **more)

    return {
        "王建国": add("王建国", birth_date=BORN, number=NUMBER, phone="13912340001"),
        "王建": add("王建", phone="0477-1234567"),
        "单田芳": add("单田芳", phone=""),
        "欧阳娜娜": add("欧阳娜娜", phone="13700001111"),
        "JOHN SMITH": add("JOHN SMITH", id_type="03", number="E12345678", sex="M", birth_date=BORN, phone=""),
        "外村人": add("外村人", town.villages[1], phone="13912340002"),
        "邻镇人": add("邻镇人", town.other_villages[0], phone="13912340003"),
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王", {"王建国", "王建"}),
        ("王建国", {"王建国"}),
        ("建国", {"王建国"}),
        ("阳", {"欧阳娜娜"}),
        ("wjg", {"王建国"}),
        ("WJ", {"王建国", "王建"}),
        ("wangjianguo", {"王建国"}),
        ("wang jian g", {"王建国"}),
        ("stf", {"单田芳"}),
        ("dtf", {"单田芳"}),
        ("dantian", {"单田芳"}),
        ("johns", {"JOHN SMITH"}),
        (NUMBER, {"王建国"}),
        (NUMBER.lower(), {"王建国"}),
        (f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}", {"王建国"}),
        (NUMBER[:17], {"王建国"}),
        (NUMBER[-4:], {"王建国"}),
        (NUMBER[-5:], {"王建国"}),
        (NUMBER[-6:], {"王建国"}),
        ("18" + NUMBER[-4:], set()),
        ("e12345678", {"JOHN SMITH"}),
        ("13912340001", {"王建国"}),
        ("1391234", {"王建国", "外村人"}),
        ("0001", {"王建国"}),
        ("04771234567", {"王建"}),
        ("0477-1234", {"王建"}),
        ("国建", set()),
        ("%", set()),
        ("", set()),
    ],
)
def test_every_way_of_asking(people, cast, text, names):
    visible = Resident.objects.findable_by(cast.town)
    assert {person.name for person in Resident.objects.found_by(text, 20, user=cast.town)} == names
    assert {person.name for person in visible.matching(text)} == names


def test_everyone_finds_within_the_own_reach_only(people, cast):
    def found(user):
        return {person.name for person in Resident.objects.found_by("1391234", 20, user=user)}

    assert found(cast.cadre01) == {"王建国"}
    assert found(cast.town) == {"王建国", "外村人"}
    assert found(cast.registrar) == found(cast.vaccinator) == {"王建国", "外村人"}
    assert found(cast.othertown) == {"邻镇人"}
    assert found(cast.county) == {"王建国", "外村人", "邻镇人"}
    assert found(cast.school) == found(cast.auditor) == found(cast.sysadmin) == set()


def test_the_exact_name_comes_first_and_the_limit_holds(town, campaign, cast, today):
    for _ in range(4):
        register_person(town.village, today, name="张三丰")
    exact = register_person(town.village, today, name="张三")
    found = Resident.objects.found_by("张三", 3, user=cast.cadre01)
    assert found[0] == exact
    assert len(found) == 3
