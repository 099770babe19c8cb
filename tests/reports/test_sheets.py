"""Reports of the office: every number of a register opens exactly its people; one way to make a workbook; lists of people
stay with whoever made them and name the one who takes them."""

import io
import re
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from django.urls import reverse

from core.models import AuditEvent
from places.choices import Level
from reports.choices import ReportKind
from reports.models import ReportFile
from reports.registers import REGISTERS
from reports.services import files
from reports.sheet_kinds import KINDS
from reports.tally import NOBODY
from residents.choices import HoldKind, NotVaccinatedReason
from residents.services.holds import place_hold
from tests.factories.people import make_enrolled
from tests.workbooks import faults, is_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(town, campaign, under_way, today, now):
    """曙光: one not vaccinated says it is too far and has 李组长; an old one says he is ill and waits for the doctor."""
    person = under_way.people[town.village.code][2].resident
    person.responsible_name, person.not_vaccinated_reason = "李组长", NotVaccinatedReason.TOO_FAR
    person.save()
    old = make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 85, day=1))
    place_hold(
        enrolment=old, kind=HoldKind.SELF_REPORTED, scope="all", vaccine=None, reason="自述", until=None,
        review_on=None, by=None, now=now,
    )  # fmt: skip
    return old


def page(client, kind, **asked):
    return client.get(reverse("reports:sheet", args=[kind]), asked)


@pytest.fixture
def made(django_capture_on_commit_callbacks):
    """``made(client, kind)``: (the kept file, what the client takes)."""

    def make(client, kind, **asked) -> tuple[ReportFile, bytes]:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("reports:sheet_produce", args=[kind]), asked)
        row = ReportFile.objects.latest("pk")
        return row, client.get(reverse("reports:download", args=[row.uid])).content

    return make


@pytest.mark.requirement("S64", "S110")
@pytest.mark.parametrize("kind", REGISTERS)
@pytest.mark.parametrize("level", [Level.COUNTY, Level.TOWN, Level.VILLAGE])
def test_each_number_opens_as_many_names(kind, level, client_as, cast, town, told):
    client = client_as(cast.county if level == Level.COUNTY else cast.town)
    place = {Level.COUNTY: town.county, Level.TOWN: town.town, Level.VILLAGE: town.village}[level]
    text = page(client, kind, place=place.code).content.decode()
    links = re.findall(r'<td class="num"><a href="([^"]+)">([\d,]+)</a>', text)
    assert links
    for address, number in links:
        listed = client.get(unescape(address))
        assert listed.context["table"].paginator.count == int(number), address


@pytest.mark.requirement("S64")
def test_unvaccinated_by_who_answers_and_reason(cast, town, campaign, told, today):
    register = REGISTERS[ReportKind.UNVACCINATED]
    table = register.tally(campaign, town.town, today, by_who=False)
    assert [line.numbers["people"] for line in table.lines] == [2, 2, 3]
    assert table.totals["people"] == 7 and table.totals["R09"] == 1 and "R04" not in table.totals
    mine = register.tally(campaign, town.village, today, by_who=True)
    assert [(line.who_word, line.numbers["R09"]) for line in mine.lines] == [
        ("李组长", 1),
        ("未落实包保人", 0),
    ]
    assert mine.lines[1].who == NOBODY and "李" not in mine.lines[0].who


@pytest.mark.requirement("S117")
def test_a_village_is_struck_off_when_nobody_is_left_to_see_to(cast, town, campaign, told, give, today):
    register = REGISTERS[ReportKind.ZERO]
    line = register.tally(campaign, town.town, today, by_who=False).lines[0]
    assert (line.numbers["open"], line.numbers["left"], line.numbers["self"], line.numbers["done"]) == (
        2,
        1,
        1,
        2,
    )
    assert line.numbers["all"] == line.numbers["open"] + line.numbers["done"]


@pytest.mark.requirement("S26", "S64")
def test_a_list_of_people_is_kept_sealed_and_names_who_takes_it(client_as, made, cast, town, told, now):
    cadre = client_as(cast.cadre01)
    row, content = made(cadre, "unvaccinated", place=town.village.code)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert row.file_name.startswith("曙光社区_未接种名单_") and (row.created_by, row.place) == (
        cast.cadre01,
        town.village,
    )
    assert "李组长".encode() not in files.files.kept(row.stored_as).read_bytes()
    for sheet in book:
        assert cast.cadre01.display_name in sheet["A3"].value and "不得外传" in sheet.oddHeader.right.text
    event = AuditEvent.objects.get(action="report.downloaded")
    assert event.data["sha256"] != row.sha256  # of the copy that was handed out
    assert "做日报" not in cadre.get(reverse("reports:files")).content.decode()
    office = client_as(cast.town)
    assert "由生成人下载" in office.get(reverse("reports:files")).content.decode()
    assert office.get(reverse("reports:download", args=[row.uid])).status_code == 404
    later = now + timedelta(days=files.KEEP_PERSONAL_DAYS + 1)
    assert (files.remove_old(now=later), files.remove_old(now=later)) == (1, 0)
    assert cadre.get(reverse("reports:download", args=[row.uid])).status_code == 404
    assert "内容已清除" in cadre.get(reverse("reports:files")).content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_a_page_and_a_workbook_whose_sums_are_the_values(
    kind, client_as, made, cast, town, told
):
    client = client_as(cast.town)
    assert page(client, kind).status_code == 200
    row, content = made(client, kind)
    assert row.is_personal == KINDS[kind].is_personal
    assert faults(content) == []
    assert is_signed(content, str(cast.town)) == KINDS[kind].is_personal


@pytest.mark.requirement("S30")
def test_a_school_makes_its_own_summary_only(client_as, made, cast, campaign, school):
    client = client_as(cast.school)
    assert page(client, "school").status_code == 200
    row, content = made(client, "school")
    assert row.organisation == school
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["学生名册", "汇总"]
    assert page(client, "school", school="0").status_code == 404
    assert page(client, "elderly").status_code == 403


def test_places_of_others_do_not_exist(client_as, cast, town, under_way):
    client = client_as(cast.cadre02)
    for name in ("sheet", "sheet_names"):
        address = reverse(f"reports:{name}", args=["elderly"])
        assert client.get(address, {"place": town.village.code, "column": "due_60"}).status_code == 404
    assert page(client, "nothing").status_code == 404
    assert page(client, "stock").status_code == 403


def test_a_page_costs_the_same_for_any_number_of_people(
    client_as, cast, town, campaign, told, today, django_assert_max_num_queries
):
    client = client_as(cast.town)
    for kind in REGISTERS:
        page(client, kind)
    for n in range(6):
        make_enrolled(
            town.villages[n % 3], campaign, today, birth_date=today.replace(year=today.year - 70, day=1)
        )
    for kind in REGISTERS:
        for place in (town.town, town.village):
            with django_assert_max_num_queries(20):
                page(client, kind, place=place.code)
