"""Registers on paper: by village and group, by class; the page and its workbook are one list."""

import io
from datetime import timedelta

import openpyxl
import pytest

from core.models import AuditEvent
from residents.choices import NotVaccinatedReason
from residents.models import RosterEntry
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
PAGE, FILE = "/residents/papers/", "/residents/papers/file/"


@pytest.fixture
def groups(town, campaign, today, give):
    """曙光: two people in 2组 (one vaccinated), one in 10组 (61 years old), one in none; one in another village."""

    def person(name, group, village=town.village, **more):
        enrolment = make_enrolled(village, campaign, today, name=name, **more)
        enrolment.resident.group_no = group
        enrolment.resident.save()
        return enrolment

    people = {
        "甲": person("甲甲", "2"),
        "乙": person("乙乙", "2"),
        "丙": person("丙丙", "10", birth_date=today.replace(year=today.year - 61, day=1)),
        "丁": person("丁丁", ""),
        "戊": person("戊戊", "2", town.villages[1]),
    }
    give(people["甲"], 5)
    people["乙"].resident.not_vaccinated_reason = NotVaccinatedReason.TOO_FAR
    people["乙"].resident.save()
    return people


def book(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))


def names(ws) -> list[str]:
    rows = [[cell.value for cell in row] for row in ws.iter_rows()]
    head = next(row for row in rows if "姓名" in row)
    at = head.index("姓名")
    return [row[at] for row in rows if isinstance(row[0], int | float)]


@pytest.mark.requirement("S11")
def test_census_form_is_a_sheet_for_each_group_with_a_sign_off(client_as, cast, town, campaign, groups):
    client = client_as(cast.cadre01)
    page = client.get(PAGE, {"kind": "census"}).content.decode()
    titles = [f"曙光社区 {word} 疫苗接种摸排登记表" for word in ("2组", "10组", "未分组")]
    places = [page.index(f"<h2>{title}</h2>") for title in titles]
    assert places == sorted(places)
    assert page.count('class="sign-off"') == 3
    for word in ("填报人", "负责人", "日期", "盖章", "加强1", "未接种原因"):
        assert word in page
    assert "戊戊" not in page
    number = groups["甲"].resident.identifiers.get().number
    assert number not in page and f"{number[:6]}********{number[-4:]}" in page
    made = book(client.get(FILE, {"kind": "census"}))
    assert made.sheetnames == ["2组", "10组", "未分组"]
    assert [names(ws) for ws in made] == [["甲甲", "乙乙"], ["丙丙"], ["丁丁"]]
    assert cast.cadre01.display_name in made["2组"].oddHeader.right.text
    last = [row[0].value for row in made["2组"].iter_rows() if row[0].value][-1]
    assert all(word in last for word in ("填报人", "负责人", "日期", "盖章"))


def test_one_group_only(client_as, cast, town, campaign, groups):
    client = client_as(cast.town)
    asked = {"kind": "census", "village": town.village.code, "group": "10"}
    page = client.get(PAGE, asked).content.decode()
    assert "丙丙" in page and "甲甲" not in page
    assert book(client.get(FILE, asked)).sheetnames == ["10组"]
    without = book(client.get(FILE, asked | {"group": "-"}))
    assert [names(ws) for ws in without] == [["丁丁"]]
    event = AuditEvent.objects.filter(action="report.exported").latest("pk")
    assert (event.place_code, event.data["kind"], event.data["group"]) == (town.village.code, "census", "")


@pytest.mark.requirement("S64")
def test_unvaccinated_with_reason_and_the_elderly_by_group(client_as, cast, town, campaign, groups):
    client = client_as(cast.cadre01)
    made = book(client.get(FILE, {"kind": "unvaccinated"}))
    assert made.sheetnames == ["2组", "10组", "未分组", "原因汇总"]
    assert names(made["2组"]) == ["乙乙"]
    page = client.get(PAGE, {"kind": "unvaccinated", "group": "2"}).content.decode()
    assert "接种点远" in page and "丙丙" not in page
    old = book(client.get(FILE, {"kind": "elderly"}))
    assert [(ws.title, names(ws)) for ws in old] == [("10组", ["丙丙"])]
    assert client.get(FILE, {"kind": "elderly", "group": "2"}).status_code == 404  # nobody of that age


@pytest.mark.requirement("S30")
def test_a_school_prints_its_own_pupils_by_class(client_as, cast, town, campaign, school, today):
    for name, class_no in (("学甲", "1"), ("学乙", "2"), ("学丙", "1")):
        pupil = make_enrolled(
            town.village, campaign, today, name=name, birth_date=today - timedelta(days=3000)
        )
        RosterEntry.objects.create(
            organisation=school, resident=pupil.resident, grade=13, class_no=class_no, since=today
        )
    client = client_as(cast.school)
    page = client.get(PAGE).content.decode()
    assert "学校摸底登记表" in page and "老年人台账" not in page
    assert client.get(FILE).status_code == 404  # an address must say what it is
    made = book(client.get(FILE, {"kind": "school"}))
    assert [names(ws) for ws in made.worksheets[:2]] == [["学甲", "学丙"], ["学乙"]]
    assert made.sheetnames[2:] == ["汇总"]


def test_what_is_not_ones_own_does_not_exist(client_as, cast, town, campaign, groups, school):
    client = client_as(cast.cadre01)
    assert client.get(PAGE, {"kind": "census", "village": town.villages[1].code}).status_code == 404
    assert client.get(PAGE, {"kind": "nonsense"}).status_code == 404
    assert client_as(cast.othertown).get(PAGE, {"kind": "school", "school": school.pk}).status_code == 404
    assert client_as(cast.employer).get(PAGE).status_code == 403


def test_looking_is_recorded_and_costs_a_fixed_number_of_queries(
    client_as, cast, town, campaign, groups, today, django_assert_max_num_queries
):
    client = client_as(cast.cadre01)
    for kind in ("census", "unvaccinated", "elderly"):
        client.get(PAGE, {"kind": kind})
    for n in range(12):
        person = make_enrolled(town.village, campaign, today).resident
        person.group_no = str(n)
        person.save()
    for kind in ("census", "unvaccinated", "elderly"):
        with django_assert_max_num_queries(20):
            client.get(PAGE, {"kind": kind})
    assert AuditEvent.objects.filter(action="paper.viewed", place_code=town.village.code).count() == 6
