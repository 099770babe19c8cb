"""Adding, editing, removing, restoring a person; showing a number."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from residents.choices import EnrolmentStatus
from residents.models import Enrolment, Resident
from residents.services import enrolments, register
from residents.services.duplicates import likely_duplicates
from residents.services.persons import Document, clean_values
from tests.factories.people import id_number
from tests.factories.residents import cleaned, register_person, typed

BORN = date(1980, 5, 1)


def audit_of(person, action) -> AuditEvent:
    return AuditEvent.objects.get(subject=str(person.uid), action=action)


def raw_of(person, **more) -> dict:
    """What the edit form would send for ``person``."""
    document = person.primary_identifier
    kept = {"name": person.name, "sex": person.sex, "birth_date": person.birth_date, "phone": person.phone}
    return kept | {"id_type": document.id_type, "number": document.number} | more


def test_a_person_is_registered_found_and_enrolled_at_once(town, campaign, cast, today):
    person = register_person(
        town.village,
        today,
        actor=cast.cadre01,
        name="单田芳",
        birth_date=BORN,
        group_no="三组",
        household_no="12",
    )
    assert (person.birth_date, person.sex) == (BORN, "M")
    assert person.initials.split() == ["stf", "dtf"]
    assert person.phone_tail == "5678"
    assert person.household.number == "12"
    enrolment = Enrolment.objects.get(resident=person, campaign=campaign)
    assert enrolment.unit == town.village
    assert enrolment.is_target
    assert enrolment.status == EnrolmentStatus.OPEN
    assert audit_of(person, "resident.added").actor == cast.cadre01


def test_the_number_is_unreadable_in_the_database_and_nowhere_in_the_audit(town, campaign, cast, today):
    number = id_number(BORN, 17, "998811")
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN, number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_hash, masked FROM residents_residentidentifier")
        stored, digest, masked = cursor.fetchone()
    assert number not in stored
    assert number not in digest
    assert number[6:14] not in stored + digest + masked
    assert masked == f"{number[:6]}********{number[-4:]}"
    assert person.identifiers.get().number == number
    assert all(number not in str(event.data) for event in AuditEvent.objects.all())


def test_the_same_form_sent_twice_registers_once(town, campaign, today):
    values = cleaned(town.village, today, **typed(BORN))
    key = uuid4()
    first = register.add_resident(actor=None, values=values, key=key, today=today)
    again = register.add_resident(actor=None, values=values, key=key, today=today)
    assert first == again
    assert Resident.objects.count() == 1


def test_a_taken_number_names_the_person_only_to_those_who_may_see_it(town, campaign, cast, today):
    number = id_number(BORN, 19, "998812")
    register_person(town.village, today, actor=cast.cadre01, birth_date=BORN, number=number, name="赵秘密")
    for actor, village in ((cast.cadre01, town.village), (cast.town, town.villages[1])):
        with pytest.raises(RuleBroken) as refused:
            register_person(village, today, actor=actor, birth_date=BORN, number=number, name="别人")
        assert refused.value.code == "NUMBER_TAKEN"
        assert "赵秘密" in refused.value.message
    with pytest.raises(RuleBroken) as refused:
        register_person(
            town.other_villages[0], today, actor=cast.othercadre, birth_date=BORN, number=number, name="别人"
        )
    assert "赵秘密" not in refused.value.message
    assert "已在迎泽街道登记" in refused.value.message
    assert Resident.objects.count() == 1


def test_a_card_and_the_household_book_share_one_numbering(town, campaign, today):
    number = id_number(BORN, 21, "998813")
    register_person(town.village, today, birth_date=BORN, number=number)
    with pytest.raises(RuleBroken, match="已经登记"):
        register_person(town.village, today, birth_date=BORN, number=number, id_type="02", name="另一名")


def test_nobody_registers_outside_the_own_place(town, campaign, cast, today):
    with pytest.raises(NotAllowed):
        register_person(town.villages[1], today, actor=cast.cadre01)
    with pytest.raises(NotAllowed):
        register_person(town.village, today, actor=cast.othertown)
    # The counter of a site registers anybody of its township who walks in.
    assert register_person(town.villages[1], today, actor=cast.registrar).village == town.villages[1]


def test_without_a_document_the_register_gives_a_number_and_asks_who_vouches(town, campaign, today):
    raw = {"name": "无名氏", "id_type": "N0", "sex": "F", "birth_date": "1950.1.2"}
    values, problems = clean_values(raw, village=town.village, today=today)
    assert values is None
    assert {problem.field for problem in problems} == {"no_document_reason", "guarantor"}
    raw |= {"no_document_reason": "证件遗失", "guarantor": "村主任 王军"}
    numbers = [
        register.add_resident(
            actor=None, values=cleaned(town.village, today, **raw), key=uuid4(), today=today
        )
        .identifiers.get()
        .number
        for _ in range(2)
    ]
    assert numbers == [f"TMP-150622002-{today.year}00000{n}" for n in (1, 2)]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"number": "110105194912310020"}, "number", "ID_CHECK"),
        ({"birth_date": "1980-05-02"}, "birth_date", "ID_BIRTH_MISMATCH"),
        ({"sex": "F"}, "sex", "ID_SEX_MISMATCH"),
        ({"phone": "1381234"}, "phone", "PHONE"),
        ({"name": "王"}, "name", "NAME"),
        ({"residence": "火星"}, "residence", "CHOICE"),
        ({"note": "字" * 201}, "note", "TOO_LONG"),
    ],
)
def test_a_wrong_value_is_an_error_of_its_field(town, today, changed, field, code):
    values, problems = clean_values(typed(BORN) | changed, village=town.village, today=today)
    assert values is None
    assert [(p.field, p.code, p.level) for p in problems if p.level == "error"] == [(field, code, "error")]


def test_a_birth_date_nobody_can_read_keeps_nobody_out_whose_number_tells_it(town, today):
    raw = typed(BORN) | {"birth_date": "约八十年代"}
    values, [problem] = clean_values(raw, village=town.village, today=today)
    assert values.birth_date == BORN
    assert (problem.field, problem.level) == ("birth_date", "warning")
    assert f"已按证件号码记为{BORN}" in problem.message
    values, problems = clean_values(
        raw | {"id_type": "03", "number": "E12345678"}, village=town.village, today=today
    )
    assert values is None
    assert ("birth_date", "error") in {(p.field, p.level) for p in problems}


@pytest.mark.parametrize(
    ("typed_as", "kept"),
    [
        ("第三村民小组", "3"),
        ("3社", "3"),
        ("03", "3"),
        ("十二组", "12"),
        ("3", "3"),
        ("东社", "东社"),
        ("3号楼", "3号楼"),
    ],
)
def test_one_group_has_one_word_however_it_is_written(town, today, typed_as, kept):
    values, _ = clean_values(typed(BORN) | {"group_no": typed_as}, village=town.village, today=today)
    assert values.group_no == kept


def test_an_unknown_region_is_a_warning_and_stays_marked(town, today):
    number = id_number(BORN, 23, "058812")
    values, problems = clean_values(typed(BORN, number=number), village=town.village, today=today)
    assert [(p.code, p.level) for p in problems] == [("ID_REGION", "warning")]
    assert values.documents[0].flags == ("ID_REGION",)


def test_an_edit_tells_old_and_new_and_masks_the_phone(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    values = cleaned(town.village, today, **raw_of(person, phone="13987654321", group_no="二组"))
    register.edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    changes = audit_of(person, "resident.edited").data["changes"]
    assert changes == {"phone": ["138****5678", "139****4321"], "group_no": ["", "2"]}
    person.refresh_from_db()
    assert (person.phone, person.phone_tail, person.group_no) == ("13987654321", "4321", "2")


def test_an_edit_without_change_leaves_no_trace(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    values = cleaned(town.village, today, **raw_of(person))
    register.edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    assert not AuditEvent.objects.filter(action="resident.edited").exists()


def test_who_saves_second_is_told_and_overwrites_nothing(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    seen = Resident.objects.get(pk=person.pk).updated_at
    first = cleaned(town.village, today, **raw_of(person, note="甲写的"))
    register.edit_resident(
        resident=person, actor=cast.cadre01, values=first, today=today, expected_updated_at=seen
    )
    second = cleaned(town.village, today, **raw_of(person, note="乙写的"))
    with pytest.raises(RuleBroken) as refused:
        register.edit_resident(
            resident=person, actor=cast.town, values=second, today=today, expected_updated_at=seen
        )
    assert refused.value.code == "CHANGED_MEANWHILE"
    assert Resident.objects.get().note == "甲写的"


def test_another_village_is_no_edit_and_another_residence_moves_the_count(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.town, birth_date=BORN)
    values = cleaned(town.villages[1], today, **raw_of(person))
    with pytest.raises(RuleBroken) as refused:
        register.edit_resident(resident=person, actor=cast.town, values=values, today=today)
    assert (refused.value.code, Enrolment.objects.get().unit) == ("VILLAGE_BY_MOVE", town.village)
    away = cleaned(town.village, today, **raw_of(person, residence="外出(省外)", away_place="江苏苏州"))
    register.edit_resident(resident=person, actor=cast.town, values=away, today=today)
    enrolment = Enrolment.objects.get()
    assert (enrolment.unit, enrolment.unit_rule, enrolment.is_target) == (None, "AWAY", False)


def test_removal_keeps_history_and_can_be_undone(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    with pytest.raises(RuleBroken, match="晚于今天"):
        register.remove_resident(
            resident=person, actor=cast.cadre01, removal="moved_out", on=today + timedelta(1), today=today
        )
    register.remove_resident(
        resident=person, actor=cast.cadre01, removal="moved_out", on=today, today=today, note="迁往呼市"
    )
    assert not Resident.objects.live().exists()
    assert Enrolment.objects.get().status == EnrolmentStatus.OUT
    with pytest.raises(RuleBroken, match="已经移出"):
        register.remove_resident(
            resident=person, actor=cast.cadre01, removal="deceased", on=today, today=today
        )
    register.restore(resident=person, actor=cast.cadre01, reason="没有迁走", today=today)
    assert Resident.objects.live().get() == person
    assert Enrolment.objects.get().status == EnrolmentStatus.OPEN


def test_a_number_is_shown_only_for_a_purpose_and_recorded(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    document = person.identifiers.get()
    with pytest.raises(RuleBroken, match="用途"):
        register.reveal_number(identifier=document, actor=cast.cadre01, purpose=" ")
    assert not AuditEvent.objects.filter(action="resident.number_revealed").exists()
    shown = register.reveal_number(identifier=document, actor=cast.cadre01, purpose="核对接种凭证")
    event = audit_of(person, "resident.number_revealed")
    assert shown == document.number
    assert event.data == {"document": document.masked, "purpose": "核对接种凭证"}


def test_a_second_document_may_become_the_main_one(town, campaign, today):
    raw = {"name": "王小宝", "id_type": "B1", "number": "X320101001", "sex": "M", "birth_date": "2020-03-04"}
    child = register.add_resident(
        actor=None, values=cleaned(town.village, today, **raw), key=uuid4(), today=today
    )
    card = Document("01", id_number(date(2020, 3, 4), 25, "998814"))
    register.add_document(resident=child, actor=None, document=card, primary=True)
    assert Resident.objects.get().primary_identifier.id_type == "01"
    assert child.identifiers.count() == 2


def test_likeness_is_told_with_its_reason_and_only_within_reach(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN, name="李小明")
    asked = {"name": "李小明", "birth_date": BORN, "sex": "M", "phone": ""}
    found = likely_duplicates(user=cast.cadre01, **asked)
    assert [(like.resident, like.reason) for like in found] == [(person, "姓名、性别、出生日期都相同")]
    by_phone = asked | {"birth_date": date(1999, 1, 1), "phone": "13812345678"}
    assert [like.reason for like in likely_duplicates(user=cast.cadre01, **by_phone)] == ["姓名和电话相同"]
    assert likely_duplicates(user=cast.cadre01, **asked, holder=person) == []
    assert likely_duplicates(user=cast.othercadre, **asked) == []


def test_a_changed_birth_date_renews_the_counts_of_every_dose_day(town, campaign, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01, birth_date=BORN)
    number = id_number(date(1950, 5, 1), 27, "998815")
    values = cleaned(town.village, today, **raw_of(person, number=number, birth_date="1950-05-01", sex="M"))
    register.edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    data = audit_of(person, "resident.edited").data["changes"]
    assert data["birth_date"] == ["1980-05-01", "1950-05-01"]
    assert data["number"][1].startswith("998815********")
    assert enrolments.verdict(Enrolment.objects.get(), on=today).may_be_given
