"""A marked list comes back: matched by number, every difference shown by name, nothing taken over unseen (S33)."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from inventory.models import Vaccine
from residents.marks import NO_DAY, against, read_mark
from residents.models import SchoolClaim, VaccinationRecord
from residents.reconciling import Said
from residents.services import marked_lists, reconciling, records, rosters
from residents.services.rosters import RosterDetails
from tests.factories.clinic import refused
from tests.factories.people import make_enrolled
from tests.residents.census_files import number, simple

pytestmark = pytest.mark.requirement("S33")


def test_what_a_mark_says(today):
    day = today - timedelta(days=3)

    def mark(dose=1, **cells):
        return read_mark(cells, dose, today=today)

    for word in ("是", "已种", "√", 1):
        assert mark(vaccinated=word).said == Said(True)
    for word in ("否", "未接种", "×"):
        assert mark(vaccinated=word).said == Said(False)
    assert mark(dose1_on=day, dose1_place="县医院").said == Said(True, day)
    assert mark(dose=2, dose1_on=day).said is None
    assert mark().said is None and not mark().problem
    wrong = [
        mark(vaccinated="大概吧"),
        mark(vaccinated="否", dose1_on=day),
        mark(dose1_on=today + timedelta(days=1)),
        mark(dose1_on="31月40日"),
    ]
    assert all(one.problem and one.said is None for one in wrong)


def test_a_day_left_out_is_no_difference(today):
    yes = read_mark({"vaccinated": "是"}, 1, today=today)
    assert against(yes, Said(True, today)) == ""
    assert against(yes, Said(False)) == "学校说已种,接种点没有记录"
    assert against(read_mark({}, 1, today=today), Said(True, today)) == ""


@pytest.fixture
def pupils(town, school, campaign, today):
    """Four pupils by name; 甲一 has a dose at our site."""
    people = {}
    for n, name in enumerate(("甲一", "乙二", "丙三", "丁四"), start=1):
        person = make_enrolled(town.village, campaign, today, name=name)
        rosters.add_to_roster(
            organisation=school,
            resident=person.resident,
            actor=None,
            today=today,
            details=RosterDetails(grade=21, class_no=str(n)),
        )
        people[name] = person
    records.note_dose(
        enrolment=people["甲一"],
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=30),
        actor=None,
        today=today,
        source="here",
    )
    return people


@pytest.fixture
def about(school, campaign):
    return {"organisation": school, "campaign": campaign, "dose_number": 1}


def row(person, mark="", **more):
    document = person.resident.identifiers.get()
    return {"姓名": person.resident.name, "证件号码": document.number, "是否接种": mark, **more}


@pytest.mark.django_db
def test_rows_are_matched_by_number_and_differences_named(pupils, about, today):
    file = simple(
        row(pupils["甲一"], "否"),  # the site has it
        row(pupils["乙二"], "是", 接种日期=today - timedelta(days=2), 接种地点="县医院"),
        row(pupils["丙三"], "否"),
        {"姓名": "路人", "证件号码": number(99), "是否接种": "否"},
        row(pupils["丙三"], "是"),
    )
    found = marked_lists.compare(file, **about, today=today)
    assert [(r.name, r.difference, bool(r.problem), r.may_be_taken) for r in found.rows] == [
        ("甲一", "学校说未种,接种点有记录", False, True),
        ("乙二", "学校说已种,接种点没有记录", False, True),
        ("丙三", "", False, True),
        ("路人", "", True, False),
        ("丙三", "", True, False),
    ]
    assert "不在本校名册上" in found.rows[3].problem and "重复" in found.rows[4].problem
    assert [line.entry.resident.name for line in found.absent] == ["丁四"]
    assert not SchoolClaim.objects.exists()  # looking writes nothing


@pytest.mark.django_db
def test_a_hidden_number_matches_with_the_name_and_a_wrong_name_never(pupils, about, today):
    person = pupils["乙二"].resident
    hidden = {"姓名": "乙二", "证件号码": person.identifiers.get().masked, "是否接种": "否"}
    whole = {**row(pupils["丙三"], "否"), "姓名": "丙丙"}
    found = marked_lists.compare(simple(hidden, whole), **about, today=today)
    assert found.rows[0].line.entry.resident == person and not found.rows[0].problem
    assert found.rows[1].problem == "证件号码在名册上是丙三"
    stranger = {**hidden, "姓名": "别人"}
    assert marked_lists.compare(simple(stranger), **about, today=today).rows[0].line is None


@pytest.mark.django_db
def test_vaccinated_without_a_day_cannot_be_taken_over(pupils, about, today):
    found = marked_lists.compare(simple(row(pupils["乙二"], "是")), **about, today=today)
    assert (found.rows[0].problem, found.rows[0].may_be_taken) == (NO_DAY, False)


@pytest.mark.django_db
def test_only_what_was_chosen_is_taken_over(pupils, about, cast, today):
    day, now = today - timedelta(days=2), timezone.now()
    file = simple(row(pupils["乙二"], "是", 接种日期=day, 接种地点="县医院"), row(pupils["丙三"], "否"))
    found = marked_lists.compare(file, **about, today=today)
    packed = [found.rows[0].packed]
    assert marked_lists.take(packed, **about, actor=cast.school, now=now) == 1
    claim = SchoolClaim.objects.get()
    assert (claim.entry.resident.name, claim.given_on, claim.place_name) == ("乙二", day, "县医院")
    assert not VaccinationRecord.objects.filter(resident=pupils["乙二"].resident).exists()
    line = next(one for one in reconciling.lines(**about) if one.claim)
    assert line.is_open  # and is settled as any other difference
    assert marked_lists.take(packed, **about, actor=cast.school, now=now) == 0
    assert SchoolClaim.objects.count() == 1
    assert not marked_lists.compare(file, **about, today=today).rows[0].changes
    with refused("NOTHING_CHOSEN"):
        marked_lists.take([], **about, actor=cast.school, now=now)
    for bad in ("x", "{}", packed[0].replace(str(line.entry.uid), "00000000-0000-0000-0000-000000000000")):
        with refused("ROW_UNREADABLE"):
            marked_lists.take([bad], **about, actor=cast.school, now=now)


@pytest.mark.django_db
def test_the_list_goes_out_and_comes_back_through_the_pages(
    pupils, school, campaign, cast, client_as, today, django_assert_max_num_queries
):
    site = client_as(cast.registrar)
    page = reverse("residents:reconcile_list", args=[school.pk])
    sent = site.get(reverse("residents:reconcile_file", args=[school.pk]))
    book = openpyxl.load_workbook(io.BytesIO(sent.content))
    sheet = book.active
    head = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "姓名")
    titles = {cell.value: cell.column for cell in sheet[head.row]}
    by_name = {sheet.cell(at, head.column).value: at for at in range(head.row + 1, sheet.max_row + 1)}
    assert {"乙二", "丙三", "丁四"} <= by_name.keys() and "甲一" not in by_name
    whole = pupils["乙二"].resident.identifiers.get().number
    assert whole not in str([[cell.value for cell in line] for line in sheet.iter_rows()])
    sheet.cell(by_name["乙二"], titles["是否接种"]).value = "是"
    sheet.cell(by_name["乙二"], titles["第1针日期"]).value = (today - timedelta(days=2)).isoformat()
    sheet.cell(by_name["丙三"], titles["是否接种"]).value = "否"
    sheet.delete_rows(by_name["丁四"])
    buffer = io.BytesIO()
    book.save(buffer)
    with django_assert_max_num_queries(20):
        answer = site.post(page, {"file": SimpleUploadedFile("名单.xlsx", buffer.getvalue())})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "学校说已种,接种点没有记录" in shown and "名单上没有的未接种学生 1 人" in shown
    rows = {row.name: row for row in answer.context["found"].rows}
    assert not SchoolClaim.objects.exists()
    take = reverse("residents:reconcile_take", args=[school.pk])
    done = site.post(take, {"take": [rows["丙三"].packed, rows["乙二"].packed]}, follow=True)
    assert "已采用 2 人的填报" in done.content.decode()
    assert SchoolClaim.objects.filter(replaced_at=None).count() == 2
    assert site.post(page, {}).status_code == 422
    bad = site.post(page, {"file": SimpleUploadedFile("名单.xlsx", b"no sheet at all")})
    assert bad.status_code == 422
    assert client_as(cast.othertown).post(take, {"take": []}).status_code == 404
