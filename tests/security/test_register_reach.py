"""How far a deed on the register reaches: nobody's roster, village or doubt is changed past those who answer for it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment, User
from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.models import Vaccine
from places.choices import OrganisationKind
from places.models import Organisation
from residents.models import CensusImport, Move, Resident, RosterEntry, VaccinationRecord
from residents.services import calls, census, moves, publicity, records, register, rosters, submissions
from tests.factories.people import make_enrolled, make_resident
from tests.residents.census_files import number, simple

pytestmark = pytest.mark.django_db


def at(name, *args) -> str:
    return reverse(f"residents:{name}", args=args)


def typed(person: Resident, **changed) -> dict:
    """The edit form of a person as the page shows it."""
    return {
        "id_type": "01",
        "number": "",
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "village": person.village_id,
        "residence": person.residence,
        "phone_owner": person.phone_owner,
        "organisation": person.organisation_id or "",
        "school_class": person.school_class,
        "seen_at": person.updated_at.isoformat(),
        "key": uuid4(),
        "confirmed": "1",
    } | changed


def put(organisation, person, today) -> None:
    rosters.add_to_roster(organisation=organisation, resident=person, actor=None, today=today)
    person.refresh_from_db()


def on_roster(organisation, person) -> bool:
    return RosterEntry.objects.filter(organisation=organisation, resident=person, until=None).exists()


def test_an_employer_does_not_take_a_person_off_the_roster_of_a_school(
    town, school, employer, cast, client_as, today
):
    person = make_resident(town.village, name="赵强")
    put(school, person, today)
    put(employer, person, today)
    client, page = client_as(cast.employer), at("edit", person.uid)
    for organisation in (employer.pk, ""):
        answer = client.post(page, typed(person, organisation=organisation, phone="13800000001"))
        assert answer.status_code == 422
        assert "第一单位" in answer.content.decode()
    assert on_roster(school, person)
    assert client.post(page, typed(person, phone="13800000001")).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.organisation) == ("13800000001", school)


def test_a_save_in_the_village_leaves_a_person_on_the_roster_of_another_villages_factory(
    town, cast, client_as, today
):
    there = Organisation.objects.create(
        name="铁北砖厂", kind=OrganisationKind.ENTERPRISE, place=town.villages[1]
    )
    person = make_resident(town.village, name="赵强")
    put(there, person, today)
    page = at("edit", person.uid)
    shown = client_as(cast.cadre01).get(page).content.decode()
    assert f'value="{there.pk}" selected' in shown
    assert client_as(cast.cadre01).post(page, typed(person, phone="13800000001")).status_code == 302
    assert on_roster(there, person)


@pytest.mark.parametrize("who", ["employer", "registrar", "cadre01"])
def test_only_the_office_takes_a_removal_back(town, employer, cast, client_as, today, who):
    person = make_resident(town.village, removed_on=today, removal="deceased", organisation=employer)
    sent = {"reason": "又回来了", "key": uuid4()}
    assert client_as(getattr(cast, who)).post(at("restore", person.uid), sent).status_code == 403
    person.refresh_from_db()
    assert person.removed_on == today


@pytest.mark.parametrize(("who", "verified"), [("cadre01", False), ("employer", False), ("town", True)])
def test_who_may_not_verify_enters_doubtful_doses(
    town, employer, campaign, cast, client_as, today, who, verified
):
    person = make_enrolled(town.village, campaign, today).resident
    put(employer, person, today)
    sent = {
        "key": uuid4(),
        "vaccine": Vaccine.objects.get(code="CV-BJ").pk,
        "given_on": str(today - timedelta(90)),
        "place_name": "江苏苏州园区医院",
        "proof": "接种证",
        "is_verified": "1",
    }
    assert client_as(getattr(cast, who)).post(at("dose", person.uid), sent).status_code == 302
    dose = VaccinationRecord.objects.get()
    assert (dose.is_verified, dose.proof) == (verified, "接种证")


def test_an_import_is_out_of_reach_once_the_village_is_somebody_elses(town, campaign, cast, client_as, today):
    row = census.take_in(
        content=simple({"姓名": "王伟", "身份证号": number(1)}, {"姓名": "", "身份证号": number(2)}),
        file_name="摸排.xlsx",
        place=town.village,
        campaign=campaign,
        actor=cast.cadre01,
    )
    census.check(row, today=today)
    RoleAssignment.objects.filter(user=cast.cadre01).update(place=town.villages[1])
    former = User.objects.get(pk=cast.cadre01.pk)
    client = client_as(former)
    for name in ("import_detail", "import_errors"):  # names, and whole numbers
        assert client.get(at(name, row.uid)).status_code == 404
    assert client.post(at("import_commit", row.uid)).status_code == 404
    assert not CensusImport.objects.visible_to(former).exists()
    assert CensusImport.objects.visible_to(cast.town).exists()


def test_an_organisation_keeps_its_import_whoever_sent_it_in(town, employer, cast, today):
    row = census.take_in(
        content=simple({"姓名": "王伟", "身份证号": number(1)}),
        file_name="名单.xlsx",
        place=town.town,
        campaign=None,
        actor=cast.town,
        organisation=employer,
    )
    assert list(CensusImport.objects.visible_to(cast.employer)) == [row]
    assert not CensusImport.objects.visible_to(cast.school).exists()


def test_a_used_key_brings_nobody_elses_move_call_or_count(town, campaign, cast, today):
    now, key = timezone.now(), uuid4()
    one, other = make_resident(town.village, name="王一"), make_resident(town.village, name="王二")
    given = {"kind": "move", "reason": "check", "on": today, "key": key, "now": now, "today": today}
    there = {"to_place": town.villages[1], "actor": cast.cadre01}
    first = moves.propose(resident=one, **given, **there)
    assert moves.propose(resident=one, **given, **there) == first
    for again in (
        {"resident": other, **there},
        {"resident": one, "to_place": town.villages[2], "actor": cast.cadre01},
        {"resident": one, "to_place": town.villages[1], "actor": cast.othercadre},
    ):
        with pytest.raises(RuleBroken) as refused:
            moves.propose(**given, **again)
        assert refused.value.code == "KEY_USED"
    assert Move.objects.count() == 1
    count = {"day": today, "counts": {"banner": 2}, "key": key, "now": now}
    publicity.record(place=town.village, actor=cast.cadre01, **count)
    with pytest.raises(RuleBroken, match="已经提交过"):
        publicity.record(place=town.villages[1], actor=cast.cadre02, **count)
    call = {"campaign": campaign, "due_at": now + timedelta(2), "now": now, "key": key, "actor": cast.town}
    calls.ask(place=town.town, kind="resident", **call)
    with pytest.raises(RuleBroken, match="已经提交过"):
        calls.ask(place=town.town, kind="plan", **call)


def test_a_review_does_not_tell_whose_number_was_sent_in(town, cast, client_as, today):
    person = make_resident(town.other_villages[0], name="钱多")
    client, guess = client_as(cast.cadre01), {"姓名": "猜一", "身份证号": person.identifiers.get().number}
    row = census.take_in(
        content=simple(guess), file_name="猜.xlsx", place=town.village, campaign=None, actor=cast.cadre01
    )
    census.check(row, today=today)
    census.commit(row, actor=cast.cadre01, now=timezone.now(), today=today)
    for decision in ("applied", "twins", "", "discarded"):
        answer = client.post(at("review", row.rows.get().pk), {"decision": decision}, follow=True)
        assert "猜一" in answer.content.decode()
        assert "钱多" not in answer.content.decode()


def test_the_same_proof_sent_twice_is_kept_once(town, campaign, cast, client_as, today):
    enrolment = make_enrolled(town.village, campaign, today)
    dose = records.note_dose(
        enrolment=enrolment,
        vaccine=Vaccine.objects.get(code="CV-BJ"),
        given_on=today - timedelta(90),
        source="elsewhere",
        is_verified=False,
        actor=None,
        today=today,
    )
    for _ in range(2):
        upload = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff photo")
        sent = {"upload": upload, "key": uuid4()}
        assert client_as(cast.cadre01).post(at("proof_add", dose.uid), sent).status_code == 302
    assert dose.proofs.count() == 1


def test_a_number_typed_into_a_reason_or_a_files_name_is_not_in_the_trail(town, cast, today):
    whole = number(1)
    person = make_resident(town.village, removed_on=today, removal="error")
    register.restore(
        resident=person, actor=cast.town, reason=f"本人{whole}又回来了,电话13812345678", today=today
    )
    row = census.take_in(
        content=b"x", file_name=f"王伟{whole}.xlsx", place=town.village, campaign=None, actor=cast.cadre01
    )
    assert row.file_name == f"王伟{whole[:6]}********{whole[-4:]}.xlsx"
    kept = json.dumps(list(AuditEvent.objects.values_list("data", flat=True)), ensure_ascii=False)
    assert whole not in kept
    assert f"本人{whole[:6]}********{whole[-4:]}又回来了,电话138****5678" in kept
    assert row.file_sha256 in kept


@pytest.mark.parametrize("forged", ["²", "9" * 30, "x", "\x00", "中" * 36, "z" * 36])
def test_forged_numbers_days_and_uids_are_no_server_errors(town, campaign, cast, client_as, today, forged):
    person = make_enrolled(town.village, campaign, today, phone="13800000001").resident
    client = client_as(cast.cadre01)
    now = timezone.now()
    call = {"campaign": campaign, "place": town.town, "due_at": now + timedelta(2), "now": now}
    for kind in ("resident", "second"):
        asked = calls.ask(actor=cast.town, kind=kind, audience="villages", key=uuid4(), **call)
        row = submissions.draft(actor=cast.cadre01, call=asked, sender=town.village)
        if kind == "resident":
            submissions.submit(actor=cast.cadre01, submission=row, remark="", now=now)
            submissions.accept(actor=cast.town, submission=row, comment="", now=now)
    assert client.get(at("reviews"), {"census": forged}).status_code == 200
    assert (
        client.post(at("duty_people"), {"duty": forged, "who": [forged, str(person.uid)]}).status_code == 302
    )
    assert client.post(at("import_headers"), {"memory": forged, "field": "name"}).status_code == 404
    assert client.post(at("submission_recheck", row.uid), {f"answer_{forged}": "same"}).status_code == 302
    for day in (forged, "9999-12-31", "0001-01-01"):
        assert client.get(at("publicity"), {"week": day}).status_code == 200
        assert client.get(at("lifts"), {"on": day}).status_code == 200
