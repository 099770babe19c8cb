"""Registers and plans: asked for, handed in, accepted or returned; frozen when handed in (S25, S30, S31)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from residents.choices import Decision, Residence, SubmissionKind
from residents.models import CensusImport, CensusRow, Move, RosterEntry, Submission, SubmissionStep
from residents.services import calls, submissions
from residents.services.census_review import decide
from residents.services.enrolments import enrol
from residents.services.submission_changes import against_former, since
from residents.services.submission_checks import findings
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ask(cast, campaign, town, now):
    def made(kind="resident", **more):
        values = {"due_at": now + timedelta(days=2), "now": now, "key": uuid4(), "place": town.town} | more
        return calls.ask(actor=cast.town, campaign=campaign, kind=kind, **values)

    return made


@pytest.fixture
def person(town, campaign, today):
    def made(**fields):
        village = fields.pop("village", town.village)
        return make_enrolled(village, campaign, today, **({"phone": "13800000001"} | fields)).resident

    return made


def begin(call, actor, sender):
    return submissions.draft(actor=actor, call=call, sender=sender)


def submit(row, actor, now, remark=""):
    return submissions.submit(actor=actor, submission=row, remark=remark, now=now)


def code(refused) -> str:
    return refused.value.code


@pytest.mark.requirement("S25")
def test_a_village_hands_in_and_the_office_accepts(ask, person, cast, town, now):
    person(name="王伟", willing=True)
    person(name="客人", residence=Residence.INFLOW_OTHER)
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now, "已全部入户")
    assert (row.state, row.people, row.is_late) == ("submitted", 1, False)
    done = submissions.accept(actor=cast.town, submission=row, comment="", now=now + timedelta(hours=1))
    assert done.is_accepted
    assert done.version.kind == "submission"
    steps = list(row.steps.values_list("state", "by__username", "comment"))
    assert steps == [("submitted", "cadre01", "已全部入户"), ("accepted", "town", "")]
    inflow = submit(begin(ask("inflow"), cast.cadre01, town.village), cast.cadre01, now)
    assert inflow.people == 1
    assert set(
        AuditEvent.objects.filter(action__startswith="submission.").values_list("action", flat=True)
    ) == {
        "submission.submitted",
        "submission.accepted",
    }


def test_late_is_marked_not_hidden(ask, person, cast, town, now):
    person()
    row = begin(ask(due_at=now + timedelta(hours=1)), cast.cadre01, town.village)
    assert submit(row, cast.cadre01, now + timedelta(hours=2)).is_late
    moved = calls.change_call(
        actor=cast.town, call=row.call, due_at=now + timedelta(days=5), stage="", note="", now=now
    )
    assert Submission.objects.get(call=moved).is_late


def test_at_the_very_deadline_is_in_time(ask, person, cast, town, now):
    person()
    due = now + timedelta(hours=1)
    assert not submit(begin(ask(due_at=due), cast.cadre01, town.village), cast.cadre01, due).is_late


def test_returned_is_mended_and_handed_in_again(ask, person, cast, town, now):
    person(name="王伟")
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now)
    with pytest.raises(RuleBroken) as refused:
        submissions.give_back(actor=cast.town, submission=row, comment=" ", now=now)
    assert code(refused) == "REASON_MISSING"
    submissions.give_back(actor=cast.town, submission=row, comment="漏了三组", now=now)
    person(name="李娜", group_no="3")
    with pytest.raises(RuleBroken) as refused:
        submit(row, cast.cadre01, now)
    assert code(refused) == "REMARK_MISSING"
    row = submit(row, cast.cadre01, now + timedelta(hours=1), "补了三组")
    assert row.people == 2
    former = against_former(row)
    assert ([line.resident.name for line in former.entered], former.left, former.changed) == (
        ["李娜"],
        [],
        [],
    )
    assert former.words == "新增 1,减少 0,变更 0"
    assert list(row.steps.values_list("state", flat=True)) == ["submitted", "returned", "submitted"]


def test_what_was_handed_in_stays_as_it_was(ask, person, cast, town, campaign, now, today):
    gone, moved = person(name="走了"), person(name="换组", group_no="1")
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now)
    row = submissions.accept(actor=cast.town, submission=row, comment="", now=now)
    assert since(row).is_empty
    gone.removed_on, gone.removal = today, "deceased"
    gone.save()
    moved.group_no = "2"
    moved.save()
    person(name="新来")
    person(name="外地人", residence=Residence.INFLOW_OTHER)  # on the other form
    changes = since(Submission.objects.select_related("version", "call__campaign").get(pk=row.pk))
    said = {word: [(line.resident.name, line.words) for line in lines] for word, lines in changes.parts}
    assert said == {"新增": [("新来", "")], "减少": [("走了", "死亡")], "变更": [("换组", "组")]}
    assert row.version.members.count() == 2
    assert Submission.objects.get(pk=row.pk).people == 2


def test_an_accepted_one_cannot_be_touched(ask, person, cast, town, now):
    person()
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now)
    submissions.accept(actor=cast.town, submission=row, comment="", now=now)
    for deed in (
        lambda: submit(row, cast.cadre01, now, "再来"),
        lambda: submissions.save_plan(actor=cast.cadre01, submission=row, rows=[]),
    ):
        with pytest.raises(RuleBroken) as refused:
            deed()
        assert code(refused) == "SUBMISSION_CLOSED"
    for answer in (submissions.accept, submissions.give_back):
        with pytest.raises(RuleBroken) as refused:
            answer(actor=cast.town, submission=row, comment="晚了", now=now)
        assert code(refused) == "SUBMISSION_NOT_WAITING"


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_course_cannot_be_rewritten(ask, person, cast, town, now, verb):
    person()
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now)
    steps = SubmissionStep.objects.filter(submission=row)
    with pytest.raises(DatabaseError), transaction.atomic():
        steps.update(comment="改") if verb == "update" else steps.delete()
    assert steps.get().comment == ""


def test_a_double_click_hands_in_once(ask, person, cast, town, now):
    person()
    call = ask()
    first, second = (begin(call, cast.cadre01, town.village) for _ in range(2))
    assert first.pk == second.pk
    submit(first, cast.cadre01, now)
    submit(second, cast.cadre01, now)
    assert first.steps.count() == 1


def test_checks_name_who_is_meant(ask, person, cast, town, campaign, now, today):
    person(name="无电话", phone="", willing=True)
    person(name="去哪了", residence=Residence.AWAY_PROVINCE, willing=False)
    person(name="没问过")
    person(name="少年", birth_date=today - timedelta(days=3650))  # not on target: nobody has to ask
    leaving = person(name="要迁走", willing=True)
    Move.objects.create(
        key=uuid4(),
        kind="move",
        resident=leaving,
        from_place=town.village,
        to_place=town.villages[1],
        on=today,
        note="搬家",
        proposed_by=cast.cadre01,
        proposed_at=now,
    )
    no_card = person(name="没证件", willing=True)
    no_card.identifiers.all().delete()
    row = begin(ask(), cast.cadre01, town.village)
    found = {one.code: one for one in findings(row, today)}
    named = {key: [person.name for person in one.people] for key, one in found.items() if one.number}
    assert named == {
        "phone": ["无电话"],
        "away": ["去哪了"],
        "willing": ["没问过"],
        "document": ["没证件"],
        "moving": ["要迁走"],
    }
    submit(row, cast.cadre01, now, "三人外出联系不上")
    assert row.steps.get().data["findings"] == {
        "document": 1,
        "phone": 1,
        "away": 1,
        "willing": 1,
        "moving": 1,
    }


def test_a_row_is_settled_by_leaving_the_register_as_it_is(ask, person, cast, town, campaign, now, today):
    census = CensusImport.objects.create(
        place=town.village,
        campaign=campaign,
        file_name="摸排.xlsx",
        file_sha256="0" * 64,
        created_by=cast.cadre01,
        state="committed",
    )
    rows = [
        CensusRow.objects.create(census=census, number=n, state="review", resident=person(), cells="{}")
        for n in (2, 3)
    ]
    decide(rows[0], decision=Decision.DISCARDED, actor=cast.cadre01, now=now, today=today)
    submission = begin(ask(), cast.cadre01, town.village)
    assert {one.code: one.number for one in findings(submission, today)}["review"] == 1


@pytest.mark.requirement("S30")
def test_a_school_hands_in_its_pupils_only(ask, person, cast, town, school, now, today):
    pupil = date(today.year - 8, 1, 1)
    person(name="学生", organisation=school, birth_date=pupil, guardian_name="王强", school_class="三年级1班")
    person(name="村民")
    call = ask("school", due_at=now + timedelta(days=2), stage="第一剂")
    row = submit(begin(call, cast.school, school), cast.school, now)
    assert (row.people, row.place, row.organisation) == (1, town.village, school)
    assert [m.resident.name for m in row.version.members.all()] == ["学生"]
    assert {f.code: f.number for f in findings(row, today)}["pupil"] == 0


@pytest.mark.requirement("S31")
def test_the_second_census_goes_through_the_people_of_the_first(ask, person, cast, school, now, today):
    pupils = [person(name=name, organisation=school) for name in ("甲", "乙")]
    second = ask("second", audience="schools", stage="第二剂", due_at=now + timedelta(days=20))
    with pytest.raises(RuleBroken) as refused:
        begin(second, cast.school, school)
    assert code(refused) == "NO_FIRST_CENSUS"
    first = submit(begin(ask("school"), cast.school, school), cast.school, now)
    with pytest.raises(RuleBroken):  # handed in is not accepted
        begin(second, cast.school, school)
    submissions.accept(actor=cast.town, submission=first, comment="", now=now)
    row = begin(second, cast.school, school)
    assert row.base == first.version

    def answer(**answers):
        pairs = {p.pk: answers[p.name] for p in pupils if p.name in answers}
        return submissions.recheck(actor=cast.school, submission=row, answers=pairs, now=now)

    answer(甲=("same", ""))
    with pytest.raises(RuleBroken, match="还有 1 人没有核对") as refused:
        submit(row, cast.school, now)
    assert code(refused) == "RECHECK_LEFT"
    with pytest.raises(RuleBroken, match="乙有变化") as refused:
        answer(乙=("changed", " "))
    assert code(refused) == "RECHECK_NOTE"
    answer(乙=("changed", "转学到县城"))
    assert submit(row, cast.school, now).people == 2
    stranger = person(name="丙")
    submissions.give_back(actor=cast.town, submission=row, comment="再核一遍", now=now)
    with pytest.raises(RuleBroken) as refused:
        submissions.recheck(actor=cast.school, submission=row, answers={stranger.pk: ("same", "")}, now=now)
    assert code(refused) == "RECHECK_UNKNOWN"


@pytest.mark.requirement("S25")
def test_a_plan_is_kept_line_by_line(ask, cast, town, site, now, today):
    row = begin(ask("plan"), cast.cadre01, town.village)
    with pytest.raises(RuleBroken) as refused:
        submit(row, cast.cadre01, now)
    assert code(refused) == "PLAN_EMPTY"
    line = {
        "from_on": today,
        "to_on": today,
        "cohort": "18–59周岁",
        "dose_number": 1,
        "people": 120,
        "site": site,
    }
    with pytest.raises(RuleBroken) as refused:
        bad = line | {"to_on": today - timedelta(days=1)}
        submissions.save_plan(actor=cast.cadre01, submission=row, rows=[line, bad])
    assert code(refused) == "PLAN_DATES"
    assert not row.plan_rows.exists()
    later = line | {"from_on": today + timedelta(days=7), "to_on": today + timedelta(days=9), "people": 80}
    submissions.save_plan(actor=cast.cadre01, submission=row, rows=[line, later])
    row = submit(row, cast.cadre01, now)
    assert (row.people, row.version) == (200, None)
    kept = row.steps.get().data["plan"]
    assert [(one["from"], one["people"], one["site"]) for one in kept] == [
        (today.isoformat(), 120, site.name),
        ((today + timedelta(days=7)).isoformat(), 80, site.name),
    ]


def test_a_school_is_told_whom_its_roster_has_not_confirmed(ask, person, cast, school, now, today):
    """On the roster counts, also for a pupil whose first roster is another one's."""
    pupils = [person(name=name) for name in ("甲", "乙")]
    for pupil, grade in zip(pupils, (3, None), strict=True):
        RosterEntry.objects.create(
            organisation=school,
            resident=pupil,
            since=today,
            grade=grade and 13,
            guardian_name="王强",
            confirmed_at=now if grade else None,
        )
    row = begin(ask("school"), cast.school, school)
    found = {one.code: [p.name for p in one.people or ()] for one in findings(row, today)}
    assert (found["roster"], found["pupil"]) == (["乙"], ["乙"])
    row = submit(row, cast.school, now)
    assert row.people == row.version.members.count() == 2


def test_everybody_keeps_to_the_own_part(ask, person, cast, town, school, now):
    person()
    call = ask()
    with pytest.raises(NotAllowed):
        begin(call, cast.cadre02, town.village)
    with pytest.raises(NotAllowed):
        begin(call, cast.town, town.village)
    with pytest.raises(RuleBroken) as refused:
        begin(call, cast.school, school)
    assert code(refused) == "CALL_NOT_ASKED"
    row = submit(begin(call, cast.cadre01, town.village), cast.cadre01, now)
    for user in (cast.cadre01, cast.county, cast.othertown):
        with pytest.raises(NotAllowed):
            submissions.accept(actor=user, submission=row, comment="", now=now)
    with pytest.raises(NotAllowed):
        calls.close_call(actor=cast.othertown, call=call, now=now)
    assert not Submission.objects.visible_to(cast.othertown).exists()
    assert Submission.objects.visible_to(cast.county).get() == row
    assert not Submission.objects.sent_by(cast.town).exists()


def test_a_call_is_made_once_and_not_for_the_past(ask, cast, campaign, town, now):
    key = uuid4()
    assert ask(key=key) == ask(key=key)
    with pytest.raises(RuleBroken) as refused:
        ask()
    assert code(refused) == "CALL_TWICE"
    with pytest.raises(RuleBroken) as refused:
        ask("inflow", due_at=now)
    assert code(refused) == "CALL_PAST"
    with pytest.raises(RuleBroken) as refused:
        ask(SubmissionKind.SCHOOL, audience="villages")
    assert code(refused) == "CALL_AUDIENCE"
    with pytest.raises(NotAllowed):
        calls.ask(
            actor=cast.town,
            campaign=campaign,
            place=town.county,
            kind="inflow",
            due_at=now + timedelta(days=1),
            now=now,
            key=uuid4(),
        )


def test_a_closed_call_takes_nothing_more(ask, person, cast, town, now):
    person()
    call = ask()
    row = begin(call, cast.cadre01, town.village)
    calls.close_call(actor=cast.town, call=call, now=now)
    with pytest.raises(RuleBroken) as refused:
        submit(row, cast.cadre01, now)
    assert code(refused) == "CALL_CLOSED"
    with pytest.raises(RuleBroken) as refused:
        begin(call, cast.cadre02, town.villages[1])
    assert code(refused) == "CALL_CLOSED"
    assert ask().pk != call.pk  # may be asked for anew


def test_an_empty_register_is_not_handed_in(ask, cast, town, now):
    row = begin(ask(), cast.cadre01, town.village)
    with pytest.raises(RuleBroken) as refused:
        submit(row, cast.cadre01, now)
    assert code(refused) == "REGISTER_EMPTY"


def test_whoever_is_not_in_the_campaign_is_not_frozen_unseen(ask, person, cast, town, campaign, now, today):
    """The register counts people, the version those enrolled: everybody on the register is enrolled."""
    resident = person()
    enrol(residents=[resident], campaign=campaign, actor=None, today=today)
    row = submit(begin(ask(), cast.cadre01, town.village), cast.cadre01, now)
    assert row.people == row.version.counts["people"] == 1
