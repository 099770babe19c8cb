"""From the code to the person and back; who got a lot, with phones, and who may know."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Dose
from clinic.recall_list import recipients
from clinic.services import checklist
from clinic.services.verify import floor_problems
from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.services import trace
from places.services.sites import change_site
from residents.models import Resident
from residents.services.records import note_dose
from tests.factories.clinic import Floor, lot_of
from tests.factories.stock import deliver, make_lot, receive

pytestmark = pytest.mark.django_db


def code(serial: int) -> str:
    return f"8112345{serial:09d}7777"


@pytest.fixture
def floor(cast, campaign, town, site):
    return Floor(site=site, campaign=campaign, village=town.village, cast=cast)


def given(floor, lot=None, *, trace_code="", person=None, **more):
    visit = floor.ready(person)
    floor.dose(visit, lot=lot or floor.lot, trace_code=trace_code, **more)
    return visit.doses.get()


@pytest.mark.requirement("S90")
def test_a_code_serves_one_person_and_a_second_use_names_whom_and_when(floor):
    dose = given(floor, trace_code=code(1), person=floor.person(name="王小花"))
    assert Dose.objects.get(trace_code=code(1)) == dose
    with pytest.raises(RuleBroken, match="已经用过.*王小花") as error:
        given(floor, trace_code=code(1))
    assert error.value.code == "CODE_USED" and Dose.objects.count() == 1
    floor.correct(dose, "not_given")
    given(floor, trace_code=code(1))  # it was not given after all


@pytest.mark.requirement("S90")
def test_the_code_of_a_multi_dose_vial_serves_its_people_while_it_is_open(floor):
    triple = lot_of("CV-BJ", doses_per_vial=3)
    triple.presentation.open_vial_minutes = 30
    triple.presentation.save()
    receive(floor.site, triple, 5)
    for _ in range(2):
        given(floor, triple, trace_code=code(2))
    visit = floor.ready()
    with pytest.raises(RuleBroken) as error:
        floor.dose(visit, lot=triple, trace_code=code(2), now=floor.now + timedelta(minutes=31))
    assert error.value.code == "CODE_TOO_LONG"
    floor.dose(visit, lot=triple, trace_code=code(2))
    with pytest.raises(RuleBroken) as error:
        given(floor, triple, trace_code=code(2))
    assert error.value.code == "CODE_USED"
    with pytest.raises(RuleBroken) as error:
        given(floor, trace_code=code(2))
    assert error.value.code == "CODE_OTHER_LOT"


def test_the_proof_finds_a_code_on_more_doses_than_its_vial_holds_or_on_another_lot(floor):
    for number in (1, 2):
        given(floor, trace_code=code(number))
    other = receive(floor.site, make_lot(), 5)
    signed = {"actor": None, "now": floor.now}
    trace.register_range(document=other.document, lot=other.lot, first=code(3), last=code(5), **signed)
    assert list(floor_problems()) == []
    Dose.objects.update(trace_code=code(4))  # past the needle
    said = f"追溯码 {code(4)}: "
    assert list(floor_problems()) == [
        f"{said}接种登记为批号 {floor.lot},入库时是另一个批号",
        f"{said}一支 1 剂,却登记了 2 剂接种",
    ]


def test_without_a_code_the_needle_asks_nothing_and_with_one_once(floor):
    def asked(trace_code) -> int:
        visit = floor.ready()
        with CaptureQueriesContext(connection) as queries:
            floor.dose(visit, lot=floor.lot, trace_code=trace_code)
        return len(queries)

    asked("")
    assert asked(code(5)) == asked("") + 1


@pytest.mark.requirement("S90")
@pytest.mark.requirement("S23")
def test_one_box_finds_code_and_lot_both_ways(floor, cast, client_as, site):
    paper = deliver(site, [(floor.lot, 5)], actor=cast.stock, paper_no="CK-9", counterparty="旗疾控中心")
    trace.register_range(
        document=paper, lot=floor.lot, first=code(1), last=code(5), actor=cast.stock, now=floor.now
    )
    dose = given(floor, trace_code=code(3), person=floor.person(name="王小花"))
    search = reverse("trace:search")
    office = client_as(cast.town)
    shown = office.post(search, {"q": code(3)}).content.decode()
    for word in ("旗疾控中心", paper.no, floor.lot.lot_no, "王小花", "接种员"):
        assert word in shown
    keeper = client_as(cast.stock).post(search, {"q": code(3)}).content.decode()
    assert "接种员" in keeper and "王小花" not in keeper
    assert "旗疾控中心" not in client_as(cast.othertown).post(search, {"q": code(3)}).content.decode()
    page = office.post(search, {"q": floor.lot.lot_no.lower()}, follow=True).content.decode()
    for word in ("来源和单据", "旗疾控中心", "受种者名单 1 人", "5 个"):
        assert word in page
    way = reverse("trace:lot", args=[floor.lot.pk])
    person = dose.record.resident.get_absolute_url()
    for address, user in (
        (person, cast.town),
        (paper.get_absolute_url(), cast.stock),
        (dose.visit.get_absolute_url(), cast.vaccinator),
    ):
        assert f'href="{way}"' in client_as(user).get(address).content.decode(), address
    assert f'href="{way}"' not in client_as(cast.cadre01).get(person).content.decode()
    assert client_as(cast.othertown).get(way).status_code == 404


@pytest.mark.requirement("S23")
def test_everybody_who_got_the_lot_is_on_the_list_and_looking_is_written_down(floor, cast, client_as, town):
    mine = given(floor, person=floor.person(name="王小花", phone="13947700001"))
    guest, home = given(floor, person=floor.person(name="客人李")).record.resident, town.other_villages[0]
    Resident.objects.filter(pk=guest.pk).update(village=home, village_code=home.code)
    away = floor.person(name="在外赵", phone="13947700003")
    note_dose(
        enrolment=away,
        vaccine=floor.lot.presentation.vaccine,
        lot_no=floor.lot.lot_no,
        given_on=floor.today - timedelta(days=3),
        place_name="外地",
        actor=cast.town,
        source="elsewhere",
        today=floor.today,
    )
    gone = given(floor, person=floor.person(name="没打的"))
    floor.correct(gone, "not_given")
    names = {row.name for row in recipients(floor.lot, cast.town)}
    assert names == {"王小花", "在外赵", "客人李"}
    assert {row.name for row in recipients(floor.lot, cast.registrar)} == names - {"在外赵"}
    assert {row.name for row in recipients(floor.lot, cast.othertown)} == {"客人李"}
    office, args = client_as(cast.town), [floor.lot.pk]
    for name in ("people", "paper"):
        assert "13947700001" in office.get(reverse(f"trace:{name}", args=args)).content.decode()
    book = openpyxl.load_workbook(BytesIO(office.get(reverse("trace:file", args=args)).getvalue())).active
    assert "13947700003" in {cell for row in book.iter_rows(values_only=True) for cell in row}
    seen = AuditEvent.objects.filter(action="recall.viewed", actor=cast.town)
    assert sorted(event.data["how"] for event in seen) == ["paper", "screen", "workbook"]
    assert mine.record.resident.phone not in str([event.data for event in seen])
    for user in (cast.stock, cast.vaccinator):
        assert client_as(user).get(reverse("trace:people", args=args)).status_code == 403


@pytest.mark.requirement("S90")
def test_each_site_says_whether_every_vial_is_scanned(floor, cast, client_as, site):
    nurse, visit = client_as(cast.vaccinator), floor.ready()
    change_site(actor=cast.town, site=site, code_scan="required")
    assert "本点每一剂都要扫" in nurse.get(visit.get_absolute_url()).content.decode()
    page = reverse("clinic:dose", args=[visit.uid])
    items = checklist.ticked_by_nurse(checklist.items_of(visit.enrolment))
    data = {"lot": floor.lot.pk, "body_site": "left_arm", "checklist": items, "recipient_confirmed": "1"}
    refused = nurse.post(page, data | {"key": str(uuid4())})
    assert (refused.status_code, "每一剂都要扫追溯码" in refused.content.decode()) == (422, True)
    nurse.post(page, data | {"key": str(uuid4()), "unscanned_reason": "标签破损"})
    assert visit.doses.get().checklist["unscanned_reason"] == "标签破损"
    change_site(actor=cast.town, site=site, code_scan="off")
    paper = deliver(site, [(floor.lot, 5)], actor=cast.stock)
    signed = {"actor": cast.stock, "now": floor.now}
    trace.register_range(document=paper, lot=floor.lot, first=code(1), last=code(5), **signed)
    assert "id_trace_code" not in nurse.get(floor.ready().get_absolute_url()).content.decode()


@pytest.mark.requirement("S90")
def test_the_page_of_the_needle_takes_a_scanned_code(floor, cast, client_as, site):
    nurse, visit = client_as(cast.vaccinator), floor.ready()
    assert "id_trace_code" not in nurse.get(visit.get_absolute_url()).content.decode()
    paper = deliver(site, [(floor.lot, 5)], actor=cast.stock, paper_no="CK-9")
    trace.register_range(
        document=paper, lot=floor.lot, first=code(1), last=code(5), actor=cast.stock, now=floor.now
    )
    shown = nurse.get(visit.get_absolute_url()).content.decode()
    assert "id_trace_code" in shown and 'data-codes="8112345:1-5"' in shown
    other = lot_of("CV-SV", lot_no="OTHERLOT")
    receive(site, other, 5)
    page, data = (
        reverse("clinic:dose", args=[visit.uid]),
        {"lot": other.pk, "trace_code": code(2), "body_site": "left_arm"},
    )
    wrong = nurse.post(page, data | {"key": str(uuid4())})
    assert wrong.status_code == 422 and f"是批号 {floor.lot}" in wrong.content.decode()
