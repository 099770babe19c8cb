"""Rows that contradict the register: decided by a person, whole or not at all; and an import taken back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent, ChangeNote
from residents.choices import Decision, ImportState
from residents.models import (
    CensusRow,
    Enrolment,
    Hold,
    PairMark,
    Resident,
    ResidentIdentifier,
    VaccinationRecord,
)
from residents.services import census as service
from residents.services import census_committing, register
from residents.services.census_review import conflicts_of, decide, values_of
from residents.services.census_undo import obstacles, undo
from residents.services.merging import merge
from residents.services.tags import load_default_tags
from residents.services.unmerging import unmerge
from tests.factories.appointments import make_booking, make_session
from tests.residents.census_files import number, simple, the_office_file


@pytest.fixture
def put(cast, town, campaign, today):
    """``put(rows…)``: import into the first village and commit."""

    def run(*people, content=None):
        census = service.take_in(
            content=content or simple(*people),
            file_name="摸排.xlsx",
            place=town.village,
            campaign=campaign,
            actor=cast.cadre01,
        )
        service.check(census, today=today)
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
        return census

    return run


@pytest.fixture
def settle(cast, today):
    def run(row, decision, actor=None):
        return decide(row, decision=decision, actor=actor or cast.cadre01, now=timezone.now(), today=today)

    return run


def person(n=1, **more):
    return {"姓名": "王伟", "身份证号": number(n), **more}


@pytest.fixture
def doubtful(put):
    """A row with another phone and village group, and a blank it would fill."""
    put(person(电话="13800000001", 组="1"))
    census = put(person(电话="13900000009", 组="2", 职业="务农"))
    return census.rows.get()


def test_a_contradiction_changes_nothing_until_somebody_decides(doubtful):
    assert [c[0] for c in conflicts_of(doubtful)] == ["group_no", "phone"]
    resident = Resident.objects.get()
    assert (resident.phone, resident.group_no, resident.occupation) == ("13800000001", "1", "")
    assert CensusRow.objects.open_reviews().count() == 1


def test_applying_writes_the_whole_row(doubtful, settle, cast):
    settle(doubtful, Decision.APPLIED)
    resident = Resident.objects.get()
    assert (resident.phone, resident.phone_tail) == ("13900000009", "0009")
    assert (resident.group_no, resident.occupation) == ("2", "务农")
    assert not CensusRow.objects.open_reviews().exists()
    edit = AuditEvent.objects.get(action="resident.edited")
    assert set(edit.data["changes"]) == {"phone", "group_no"}
    event = AuditEvent.objects.get(action="census.review_applied")
    assert (event.actor, event.subject) == (cast.cadre01, str(resident.uid))
    settle(CensusRow.objects.get(pk=doubtful.pk), Decision.APPLIED)
    assert AuditEvent.objects.filter(action="census.review_applied").count() == 1
    with pytest.raises(RuleBroken) as refused:
        doubtful.decision = ""
        settle(doubtful, Decision.DISCARDED)
    assert refused.value.code == "DECIDED_ALREADY"


def test_discarding_keeps_the_register(doubtful, settle):
    before = Resident.objects.values().get()
    settle(doubtful, Decision.DISCARDED)
    assert Resident.objects.values().get() == before
    assert AuditEvent.objects.filter(action="census.review_discarded").count() == 1


def test_a_comparison_that_is_out_of_date_is_shown_again_first(doubtful, settle):
    Resident.objects.update(group_no="7")
    with pytest.raises(RuleBroken) as refused:
        settle(doubtful, Decision.APPLIED)
    assert refused.value.code == "CHANGED_MEANWHILE"
    doubtful.refresh_from_db()
    assert conflicts_of(doubtful)[0] == ["group_no", "7", "2"]
    settle(doubtful, Decision.APPLIED)
    assert Resident.objects.get().group_no == "2"


def test_a_dose_is_never_rewritten_by_a_list(put, settle):
    put(person(第1针日期="2021-06-01", 第1针厂家="科兴"))
    row = put(person(第1针日期="2021-06-01", 第1针厂家="智飞", 电话="13900000009")).rows.get()
    with pytest.raises(RuleBroken, match="接种记录不能用名单改写"):
        settle(row, Decision.APPLIED)
    assert Resident.objects.get().phone == ""
    assert CensusRow.objects.open_reviews().count() == 1


def test_only_who_keeps_the_person_may_apply(doubtful, settle, cast):
    for user in (cast.cadre02, cast.othertown, cast.school):
        assert not CensusRow.objects.open_reviews().visible_to(user).exists()
        with pytest.raises(NotAllowed):
            settle(doubtful, Decision.APPLIED, user)
    assert CensusRow.objects.open_reviews().visible_to(cast.town).count() == 1
    settle(doubtful, Decision.APPLIED, cast.town)


def test_the_same_number_is_never_two_people(doubtful, settle):
    with pytest.raises(RuleBroken) as refused:
        settle(doubtful, Decision.TWINS)
    assert refused.value.code == "SAME_NUMBER"
    assert Resident.objects.count() == 1


@pytest.fixture
def lookalike(put):
    """A second man of the same name and birth date under another number."""
    put(person(1, 电话="13800000001"))
    return put(person(3, 电话="13800000003", 第1针日期="2021-06-01")).rows.get()


def test_a_lookalike_waits_and_may_be_kept_as_a_twin(lookalike, settle, cast):
    assert Resident.objects.count() == 1
    assert lookalike.problems[0]["code"] == "LIKENESS"
    first = Resident.objects.get()
    settle(lookalike, Decision.TWINS)
    second = Resident.objects.exclude(pk=first.pk).get()
    assert (second.phone, second.records.count(), second.enrolments.count()) == ("13800000003", 1, 1)
    assert PairMark.objects.get().verdict == "different"
    again = CensusRow.objects.get(pk=lookalike.pk)
    settle(again, Decision.TWINS)
    assert Resident.objects.count() == 2


def test_a_lookalike_may_be_the_same_person_with_the_right_number(lookalike, settle):
    [first] = Resident.objects.all()
    first.phone = ""
    first.save()
    settle(lookalike, Decision.APPLIED)
    resident = Resident.objects.get()
    assert resident.identifiers.get().number == number(3)
    assert (resident.phone, resident.records.count()) == ("13800000003", 1)


def test_values_of_a_person_are_what_an_edit_would_write(put):
    put(content=the_office_file())
    for resident in Resident.objects.select_related("household", "organisation", "village"):
        values = values_of(resident)
        assert (values.name, values.phone, values.group_no) == (
            resident.name,
            resident.phone,
            resident.group_no,
        )
        assert values.household_no == (resident.household.number if resident.household else "")


# Undo


@pytest.fixture
def take_back(cast, today):
    def run(census):
        return undo(census, actor=cast.cadre01, now=timezone.now(), today=today)

    return run


def everything():
    return [
        sorted(model.objects.values_list("pk", flat=True))
        for model in (Resident, ResidentIdentifier, Enrolment, VaccinationRecord)
    ]


def test_an_import_is_taken_back_whole(put, take_back, campaign, town, today):
    known = put(person(21, 电话="13800000021"))
    before, row = everything(), Resident.objects.values("phone", "occupation", "group_no").get()
    census = put(
        person(21, 职业="务农", 组="3", 第1针日期="2021-06-01"),
        {"姓名": "李娜", "身份证号": number(2), "户号": "009", "第1针日期": "2021-06-01"},
    )
    assert Resident.objects.count() == 2
    ChangeNote.objects.all().delete()
    assert take_back(census) == {"removed": 1, "restored": 1}
    assert census.state == ImportState.UNDONE
    assert Resident.objects.values("phone", "occupation", "group_no").get() == row
    assert everything()[:3] == before[:3]
    assert VaccinationRecord.objects.get().void_reason == "撤销导入"
    assert Enrolment.objects.get().doses_done == 0
    noted = set(ChangeNote.objects.values_list("place_code", "day"))
    assert {(town.village.code, today), (town.village.code, date(2021, 6, 1))} <= noted
    assert AuditEvent.objects.get(action="census.undone").data == {"removed": 1, "restored": 1}
    with pytest.raises(RuleBroken) as refused:
        take_back(census)
    assert refused.value.code == "NOT_UNDOABLE"
    assert take_back(known)["removed"] == 1
    assert not Resident.objects.exists()


def test_tags_and_illness_of_a_file_are_taken_back_too(put, take_back):
    load_default_tags()
    put(person(21))
    census = put(person(21, 慢病="癫痫病史", 人员标签="党员"), person(2, 慢病="癫痫病史", 特殊需要="听力"))
    assert Hold.objects.filter(lifted_at=None).count() == 2
    take_back(census)
    known = Resident.objects.get()
    assert list(known.tags.all()) == []
    assert Hold.objects.get().lift_reason == "撤销导入"
    assert known.enrolments.get().status == "open"


@pytest.mark.parametrize("built", ["edit", "document", "dose", "remove", "booking", "import"])
def test_what_was_built_on_stops_all_of_it(put, take_back, built, cast, campaign, site, today, town):
    census = put(person(1), {"姓名": "李娜", "身份证号": number(2)})
    resident = Resident.objects.get(name="王伟")
    build(built, resident, put, cast, campaign, site, today)
    with pytest.raises(RuleBroken) as refused:
        take_back(census)
    assert refused.value.code == "UNDO_BLOCKED"
    census.refresh_from_db()
    assert census.state == ImportState.COMMITTED
    assert Resident.objects.count() == 2
    [obstacle] = obstacles(census)
    assert (obstacle.resident, obstacle.row.number) == (resident, 2)


def build(what, resident, put, cast, campaign, site, today):
    """Something that hangs on the person now."""
    if what == "edit":
        Resident.objects.filter(pk=resident.pk).update(updated_at=timezone.now())
    elif what == "document":
        document = register.Document("03", "E12345678")
        register.add_document(resident=resident, actor=cast.cadre01, document=document, primary=False)
    elif what == "dose":
        put(person(1, 第1针日期="2021-06-01"))
    elif what == "remove":
        register.remove_resident(
            resident=resident, actor=cast.cadre01, removal="moved_out", on=today, today=today
        )
    elif what == "booking":
        session = make_session(campaign, site, today + timedelta(days=1))
        make_booking(resident.enrolments.get(), session.slots.first())
    else:
        put(person(1))


def test_a_filled_blank_that_was_changed_since_stops_it(put, take_back):
    put(person(1))
    census = put(person(1, 电话="13800000001"))
    Resident.objects.update(phone="13800000002")
    with pytest.raises(RuleBroken, match="导入的“联系电话”后来又改过"):
        take_back(census)
    Resident.objects.update(phone="13800000001", occupation="务农")
    take_back(census)
    resident = Resident.objects.get()
    assert (resident.phone, resident.phone_tail, resident.occupation) == ("", "", "务农")


def test_a_merge_into_a_filled_person_stops_it_so_that_no_taken_back_dose_comes_back(
    put, take_back, cast, town, campaign, today
):
    """The merge voids the file's dose as a repeat; taking back the file, then the merge, would let it stand again."""
    put(person(1), {"姓名": "王炜", "身份证号": number(3), "第1针日期": "2021-06-01"})
    kept, absorbed = Resident.objects.order_by("pk")
    census = put(person(1, 第1针日期="2021-06-01"))
    row = merge(
        kept=kept,
        absorbed=absorbed,
        choices={"number": "kept"},
        reason="同一个人",
        actor=cast.town,
        key=uuid4(),
        now=timezone.now(),
    )
    with pytest.raises(RuleBroken, match="请先撤销合并"):
        take_back(census)
    unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    take_back(census)
    assert VaccinationRecord.objects.counted().get().resident == absorbed


def test_an_applied_row_is_taken_back_with_its_import(doubtful, settle, take_back):
    settle(doubtful, Decision.APPLIED)
    take_back(doubtful.census)
    resident = Resident.objects.get()
    assert (resident.phone, resident.group_no, resident.occupation) == ("13800000001", "1", "")


def test_half_an_import_can_be_taken_back_or_gone_on_with(
    cast, town, campaign, today, take_back, monkeypatch
):
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 3)
    census = service.take_in(
        content=the_office_file(),
        file_name="a.xlsx",
        place=town.village,
        campaign=campaign,
        actor=cast.cadre01,
    )
    service.check(census, today=today)

    def stop(done, total, message=""):
        if done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today, step=stop)
    assert Resident.objects.count() == 3
    assert take_back(census)["removed"] == 3
    assert not Resident.objects.exists()
    with pytest.raises(RuleBroken):
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=today)
    assert not Resident.objects.exists()
