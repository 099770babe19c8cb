"""The doctors' list: what people say of themselves, who came in, deferrals that ran out; and the judgement (S109)."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.models import AuditEvent
from residents import doctors
from residents.choices import HoldKind, Residence
from residents.models import Enrolment, Hold, Resident
from residents.services import outreach, register
from residents.services.holds import place_hold
from residents.services.judging import judge
from tests.factories.clinic import refused
from tests.factories.people import make_enrolled
from tests.factories.residents import cleaned, typed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S109")]


@pytest.fixture
def people(town, campaign, today):
    """One at each step, and one with whom all is well."""
    long_ago = timezone.now() - timedelta(days=20)
    names = {
        "自述": make_enrolled(town.village, campaign, today, name="自述", phone="13812345678"),
        "流入": make_enrolled(
            town.villages[1], campaign, today, name="流入", residence=Residence.INFLOW_PROVINCE
        ),
        "到期": make_enrolled(town.village, campaign, today, name="到期"),
        "未到": make_enrolled(town.village, campaign, today, name="未到"),
        "无事": make_enrolled(town.village, campaign, today, name="无事"),
    }
    place_hold(
        enrolment=names["自述"], kind=HoldKind.SELF_REPORTED, reason="青霉素过敏", by=None, now=long_ago
    )
    for name, days in (("到期", 1), ("未到", 9)):
        until = today + timedelta(days=days)
        place_hold(
            enrolment=names[name], kind=HoldKind.DEFER, reason="感冒", until=until, by=None, now=long_ago
        )
    Hold.objects.filter(enrolment=names["到期"]).update(until=today)
    return names


def at(step, user, campaign, today) -> set[str]:
    rows = doctors.of_step(doctors.waiting(user, campaign, today), step, today)
    return set(rows.values_list("resident__name", flat=True))


def test_each_stands_at_the_right_step(people, cast, campaign, today):
    steps = {step: at(step, cast.screener, campaign, today) for step, _ in doctors.STEPS}
    assert steps == {"said": {"自述"}, "incoming": {"流入"}, "again": {"到期"}}
    assert at("incoming", cast.cadre01, campaign, today) == set()
    assert at("incoming", cast.cadre02, campaign, today) == {"流入"}
    assert at("said", cast.othertown, campaign, today) == set()


def test_fit_lifts_what_stood_and_leaves_the_list(people, cast, campaign, today):
    now = timezone.now()
    for name in ("自述", "流入", "到期"):
        judge(enrolment=people[name], judgement="fit", reason="问诊无禁忌", actor=cast.screener, now=now)
    assert not any(at(step, cast.screener, campaign, today) for step, _ in doctors.STEPS)
    for name in ("自述", "流入", "到期"):
        row = Enrolment.objects.get(pk=people[name].pk)
        assert (row.status, row.holds.filter(lifted_at=None).exists()) == ("open", False)
    asked = people["流入"].holds.get()  # that somebody looked is kept
    assert asked.lifted_by == cast.screener and "问诊无禁忌" in asked.lift_reason
    with refused("JUDGED_ALREADY"):
        judge(enrolment=people["流入"], judgement="fit", reason="再看", actor=cast.screener, now=now)


@pytest.mark.requirement("S117")
def test_before_the_deadline_everybody_is_looked_at_until_nobody_is_left(
    people, cast, client_as, campaign, today
):
    client, page = client_as(cast.screener), reverse("residents:doctors")
    assert at("later", cast.screener, campaign, today) == {"未到"}
    for name in ("自述", "流入", "到期"):
        judge(enrolment=people[name], judgement="fit", reason="无", actor=cast.screener, now=timezone.now())
    assert "1 人在暂缓期内" in client.get(page, {"step": "again"}).content.decode()
    assert "未到" in client.get(page, {"step": "later"}).content.decode()
    judge(enrolment=people["未到"], judgement="fit", reason="已好", actor=cast.screener, now=timezone.now())
    assert "零消号" in client.get(page, {"step": "again"}).content.decode()


def test_later_and_never_hold_until_their_day(people, cast, campaign, today):
    now, day = timezone.now(), today + timedelta(days=7)
    with refused("HOLD_NEEDS_END"):
        judge(enrolment=people["自述"], judgement="later", reason="发热", actor=cast.screener, now=now)
    assert people["自述"].holds.filter(lifted_at=None).get().kind == HoldKind.SELF_REPORTED
    judge(enrolment=people["自述"], judgement="later", reason="发热", until=day, actor=cast.screener, now=now)
    judge(
        enrolment=people["到期"],
        judgement="never",
        reason="对疫苗成分过敏",
        review_on=day,
        actor=cast.screener,
        now=now,
    )
    kinds = {name: people[name].holds.filter(lifted_at=None).get().kind for name in ("自述", "到期")}
    assert kinds == {"自述": HoldKind.DEFER, "到期": HoldKind.CONTRA}
    assert at("said", cast.screener, campaign, today) == at("again", cast.screener, campaign, today) == set()
    assert at("again", cast.screener, campaign, day) == {"自述", "到期"}
    event = AuditEvent.objects.filter(action="condition.judged").latest("pk")
    assert event.data["judgement"] == "never"


def test_what_is_typed_on_the_form_waits_for_the_doctor_too(town, campaign, cast, today):
    values = cleaned(
        town.village, today, **typed(today.replace(year=today.year - 40, day=1), conditions="癫痫")
    )
    person = register.add_resident(actor=cast.cadre01, values=values, key=None, today=today)
    assert at("said", cast.screener, campaign, today) == {person.name}
    hold = Hold.objects.get()
    assert (hold.kind, hold.reason) == (HoldKind.SELF_REPORTED, "癫痫")
    judge(
        enrolment=hold.enrolment, judgement="fit", reason="控制良好", actor=cast.screener, now=timezone.now()
    )
    values.note = "改了备注"
    register.edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    assert at("said", cast.screener, campaign, today) == set()  # judged is judged
    values.conditions = "癫痫;对鸡蛋过敏"
    person = Resident.objects.get()
    register.edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    assert at("said", cast.screener, campaign, today) == {person.name}


def test_the_doctor_judges_from_the_list(
    people, cast, campaign, town, client_as, today, django_assert_max_num_queries
):
    doctor, page = client_as(cast.screener), reverse("residents:doctors")
    with django_assert_max_num_queries(20):
        shown = doctor.get(page).content.decode()
    person = people["自述"].resident
    address = reverse("residents:judge", args=[person.uid])
    assert "青霉素过敏" in shown and address in shown and person.phone not in shown[shown.index("<tbody") :]
    assert "流入" in doctor.get(page, {"step": "incoming"}).content.decode()
    elsewhere = {"step": "incoming", "village": town.village.code}
    assert "没有等着看的人" in doctor.get(page, elsewhere).content.decode()
    assert doctor.post(address, {"judgement": "later", "reason": "发热"}).status_code == 422
    answer = doctor.post(
        address, {"judgement": "fit", "reason": "皮试阴性", "together_with": "旗医院 张医生"}, follow=True
    )
    assert "鉴定结论已保存" in answer.content.decode()
    lifted = people["自述"].holds.get()
    assert "皮试阴性(与旗医院 张医生共同鉴定)" in lifted.lift_reason and lifted.lifted_by == cast.screener
    assert "青霉素过敏" not in answer.content.decode().split("<tbody")[-1]
    cadre = client_as(cast.cadre01)
    assert address not in cadre.get(page).content.decode()
    assert cadre.get(address).status_code == 403
    assert client_as(cast.screener).get("/").content.decode().count("暂缓到期再筛") == 1


def test_a_step_of_the_list_as_a_workbook(people, cast, client_as):
    file = client_as(cast.screener).get(reverse("residents:doctors_file"), {"step": "again"})
    sheet = load_workbook(io.BytesIO(file.content)).active
    cells = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    [line] = [row for row in cells if "到期" in row]
    assert "感冒" in line
    assert not any("自述" in row for row in cells)
    assert AuditEvent.objects.latest("pk").data["how"] == "downloaded"


def test_what_is_said_on_a_visit_waits_for_the_doctor(town, campaign, cast, today):
    row = make_enrolled(town.village, campaign, today, name="走访")

    def visit(note):
        said = {"kind": "visit", "met": True, "reason": "R01", "note": note, "key": uuid4()}
        outreach.log(resident=row.resident, by=cast.cadre01, now=timezone.now(), **said)

    visit("心脏病,住过院")
    assert at("said", cast.screener, campaign, today) == {"走访"}
    row.refresh_from_db()
    assert (row.status, row.holds.get().reason) == ("review", "心脏病,住过院")
    judge(enrolment=row, judgement="fit", reason="病情稳定", actor=cast.screener, now=timezone.now())
    visit("心脏病,住过院")  # judged is judged
    assert at("said", cast.screener, campaign, today) == set()


@pytest.mark.requirement("S45")
def test_the_village_brings_the_paper_and_only_the_doctor_opens_it(
    people, cast, client_as, campaign, today, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    hold, person = people["自述"].holds.get(), people["自述"].resident
    add = reverse("residents:hold_proof_add", args=[hold.pk])
    cadre, doctor = client_as(cast.cadre01), client_as(cast.screener)
    assert add in cadre.get(person.get_absolute_url()).content.decode()
    content = b"%PDF-1.4 allergy"
    for _ in range(2):  # the same file twice is one
        answer = cadre.post(add, {"upload": SimpleUploadedFile("病历.html", content)})
        assert answer.status_code == 302
    refused_file = cadre.post(add, {"upload": SimpleUploadedFile("a.pdf", b"<html><script>")})
    assert refused_file.status_code == 422 and "只能上传照片" in refused_file.content.decode()
    proof = hold.proofs.get()
    (kept,) = tmp_path.rglob("*.sealed")
    assert b"allergy" not in kept.read_bytes()
    judge(
        enrolment=people["自述"],
        judgement="never",
        reason="过敏属实",
        actor=cast.screener,
        now=timezone.now(),
    )
    late = cadre.post(add, {"upload": SimpleUploadedFile("b.pdf", content + b"2")})
    assert late.status_code == 404, "what stood is settled; a paper goes with what stands now"

    look = reverse("residents:hold_proof", args=[proof.uid])
    assert look in doctor.get(reverse("residents:judge", args=[person.uid])).content.decode()
    file = doctor.get(look)
    assert (file.content, file["X-Content-Type-Options"]) == (content, "nosniff")
    assert file["Content-Disposition"] == 'attachment; filename="proof.pdf"'
    assert cadre.get(look).status_code == 403
    actions = set(AuditEvent.objects.filter(subject=str(person.uid)).values_list("action", flat=True))
    assert {"proof.added", "proof.viewed"} <= actions
