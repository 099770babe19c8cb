"""The register under many hands: double clicks, two offices at one paper, an import taken back while it is being used."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.repeats import again
from inventory.models import Vaccine
from residents.choices import ImportState, RowState
from residents.models import (
    CensusImport,
    DutyAssignment,
    Hold,
    LiftRequest,
    Move,
    Outreach,
    PublicityCount,
    RegisterMember,
    RegisterVersion,
    Resident,
    RosterEntry,
    Submission,
    SubmissionCall,
    SubmissionStep,
    Tag,
    VaccinationRecord,
)
from residents.services import (
    calls,
    census,
    census_committing,
    duties,
    holds,
    lifts,
    moves,
    outreach,
    publicity,
    records,
    rosters,
    submissions,
    tags,
    versions,
)
from residents.services.census_undo import undo
from residents.services.enrolments import drift
from tests.concurrency.test_floor import at_once
from tests.factories.people import make_enrolled, make_resident
from tests.residents.census_files import number, simple

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
HANDS = 8


@pytest.fixture
def person(town, campaign, today):
    return make_enrolled(town.village, campaign, today, name="王一").resident


def proposed(person, town, cast, today) -> Move:
    return moves.propose(
        resident=person,
        kind="move",
        to_place=town.villages[1],
        reason="check",
        on=today,
        actor=cast.cadre01,
        key=uuid4(),
        now=timezone.now(),
        today=today,
    )


def test_a_move_is_accepted_or_withdrawn_never_both(person, town, cast, today):
    move = proposed(person, town, cast, today)

    def answer(n):
        if n % 2:
            return moves.withdraw(move=move, actor=cast.cadre01, now=timezone.now()).state
        return moves.accept(move=move, actor=cast.cadre02, note="", now=timezone.now(), today=today).state

    ended = at_once(answer, people=HANDS)
    assert ended.count("MOVE_ANSWERED") == HANDS - 1
    move.refresh_from_db()
    person.refresh_from_db()
    assert person.village == town.villages[1 if move.state == "accepted" else 0]
    assert list(drift(today=today)) == []


def test_two_villages_ask_for_one_person_at_once(person, town, cast, today):
    def propose(n):
        return moves.propose(
            resident=person,
            kind="move",
            to_place=town.villages[1 + n % 2],
            reason="check",
            on=today,
            actor=cast.cadre01,
            key=uuid4(),
            now=timezone.now(),
            today=today,
        ).pk

    ended = at_once(propose, people=HANDS)
    assert ended.count("MOVE_OPEN") == HANDS - 1
    assert Move.objects.count() == 1


def test_double_clicks_write_once(person, town, employer, campaign, cast, today):
    """The same form sent by many clicks: each deed stands once, and every click is answered by it."""
    now, key = timezone.now(), uuid4()
    stranger = make_resident(town.village, name="李二")
    clicks = {
        Outreach: lambda: outreach.log(
            resident=person, by=cast.cadre01, kind="visit", met=True, key=key, now=now
        ),
        LiftRequest: lambda: lifts.ask(
            resident=person,
            actor=cast.cadre01,
            on=today,
            pick_up="村口",
            agreed_by="王一",
            agreed_on=today,
            key=key,
            today=today,
        ),
        PublicityCount: lambda: publicity.record(
            place=town.village, day=today, counts={"banner": 3}, actor=cast.cadre01, key=key, now=now
        )[0],
        DutyAssignment: lambda: duties.assign(
            actor=cast.town, level="leader", village=town.village, since=today, key=key, name="刘建军"
        ),
        SubmissionCall: lambda: calls.ask(
            actor=cast.town,
            campaign=campaign,
            place=town.town,
            kind="plan",
            due_at=now + timedelta(days=2),
            now=now,
            key=key,
        ),
        Hold: lambda: holds.place_hold(
            enrolment=person.enrolments.get(), kind="self", reason="哮喘", by=cast.cadre01, now=now
        ),
    }
    for model, click in clicks.items():
        ended = at_once(lambda n, click=click: again(click).pk, people=HANDS)
        assert set(ended) == {model.objects.get().pk}, model
    joined = at_once(
        lambda n: (
            again(
                lambda: rosters.add_to_roster(
                    organisation=employer, resident=stranger, actor=None, today=today
                )
            ).pk
        ),
        people=HANDS,
    )
    assert joined.count("ON_ROSTER") == HANDS - 1
    assert RosterEntry.objects.count() == 1


def test_a_township_adds_many_words_at_once(town, cast):
    before = Tag.objects.count()
    at_once(
        lambda n: again(lambda: tags.add_tag(actor=cast.town, place=town.town, kind="tag", name=f"词{n}")).pk,
        people=2,
    )
    assert Tag.objects.count() == before + 2


def test_one_leader_at_a_time(town, cast, today):
    at_once(
        lambda n: (
            duties.assign(
                actor=cast.town,
                level="leader",
                village=town.village,
                since=today,
                key=uuid4(),
                name=f"领导{n}",
            ).pk
        ),
        people=HANDS,
    )
    assert DutyAssignment.objects.count() == HANDS
    assert DutyAssignment.objects.filter(until=None).count() == 1


def test_people_are_given_to_one_head(person, town, cast, today):
    heads = [
        duties.assign(
            actor=cast.cadre01, level="head", village=town.village, since=today, key=uuid4(), name=f"组长{n}"
        )
        for n in range(2)
    ]

    def work(n):
        if n == 2:
            return duties.end(duty=heads[0], actor=cast.cadre01, reason="调离", today=today)
        return duties.charge(duty=heads[n % 2], residents=[person], actor=cast.cadre01, today=today)

    at_once(work, people=HANDS)
    assert person.charges.filter(until=None).count() <= 1
    assert not heads[0].charges.filter(until=None).exists()  # nobody stays with a head who is gone


def test_every_freeze_has_a_number_of_its_own(person, town, campaign, cast, today):
    at_once(
        lambda n: (
            versions.freeze(
                campaign=campaign,
                place=town.village,
                kind="submission",
                actor=cast.cadre01,
                reason="核对",
                now=timezone.now(),
                today=today,
            ).pk
        ),
        people=4,
    )
    assert sorted(RegisterVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert RegisterMember.objects.count() == 4


@pytest.fixture
def paper(person, town, campaign, cast):
    def begun(kind):
        now = timezone.now()
        call = calls.ask(
            actor=cast.town,
            campaign=campaign,
            place=town.town,
            kind=kind,
            due_at=now + timedelta(days=2),
            now=now,
            key=uuid4(),
        )
        return submissions.draft(actor=cast.cadre01, call=call, sender=town.village)

    return begun


def test_a_register_is_handed_in_once_and_answered_once(paper, cast):
    row = paper("resident")
    hand_in = {"actor": cast.cadre01, "submission": row, "remark": ""}
    ended = at_once(lambda n: submissions.submit(**hand_in, now=timezone.now()).pk, people=HANDS)
    assert set(ended) == {row.pk}  # a double click is answered like a single one
    assert (RegisterVersion.objects.count(), SubmissionStep.objects.count()) == (1, 1)

    def answer(n):
        given = {"actor": cast.town, "submission": row, "now": timezone.now()}
        if n % 2:
            return submissions.accept(**given, comment="").state
        return submissions.give_back(**given, comment="缺三组").state

    ended = at_once(answer, people=HANDS)
    assert ended.count("SUBMISSION_NOT_WAITING") == HANDS - 1
    assert SubmissionStep.objects.count() == 2
    assert Submission.objects.get().state == SubmissionStep.objects.last().state


def test_a_plan_saved_by_many_clicks_is_not_doubled(paper, cast, today):
    row = paper("plan")
    line = {"from_on": today, "to_on": today, "people": 20}
    at_once(
        lambda n: submissions.save_plan(actor=cast.cadre01, submission=row, rows=[line, line]), people=HANDS
    )
    assert row.plan_rows.count() == 2


@pytest.fixture
def file(town, campaign, cast, today):
    row = census.take_in(
        content=simple(*({"姓名": f"王{'甲乙丙丁戊己'[n]}", "身份证号": number(n + 1)} for n in range(6))),
        file_name="名单.xlsx",
        place=town.village,
        campaign=campaign,
        actor=cast.cadre01,
    )
    census.check(row, today=today)
    assert row.counts[RowState.CREATE] == 6
    return row


def commit(file, cast, today):
    own = CensusImport.objects.select_related("place", "campaign", "organisation").get(pk=file.pk)
    census.commit(own, actor=cast.cadre01, now=timezone.now(), today=today)
    return "committed"


def taken_back(file, cast, today):
    own = CensusImport.objects.select_related("place", "campaign", "organisation").get(pk=file.pk)
    undo(own, actor=cast.cadre01, now=timezone.now(), today=today)
    return "undone"


def test_the_button_pressed_twice_imports_once(file, cast, today, monkeypatch):
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 1)
    ended = at_once(lambda n: commit(file, cast, today), people=3)
    assert set(ended) <= {"committed", "NOT_CHECKED"}
    assert Resident.objects.count() == 6
    assert file.rows.filter(state=RowState.CREATE, is_done=True).count() == 6
    assert taken_back(file, cast, today) == "undone"  # every row still knows that it brought its person
    assert Resident.objects.count() == 0


def test_an_import_taken_back_while_it_runs_leaves_nobody(file, cast, today, monkeypatch):
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 1)
    CensusImport.objects.filter(pk=file.pk).update(
        state=ImportState.COMMITTING
    )  # else undo has nothing to do yet
    at_once(lambda n: (taken_back if n else commit)(file, cast, today), people=2)
    file.refresh_from_db()
    assert (file.state, Resident.objects.count()) == (ImportState.UNDONE, 0)


def test_taking_back_twice_while_a_dose_is_told(file, cast, today, campaign):
    """Whoever is first: the dose stands and nothing is taken back, or the person is gone and the dose refused."""
    commit(file, cast, today)
    enrolment = Resident.objects.first().enrolments.get()

    def work(n):
        if n < 2:
            return taken_back(file, cast, today)
        return records.note_dose(
            enrolment=enrolment,
            vaccine=Vaccine.objects.get(code="CV-SV"),
            given_on=today,
            actor=cast.cadre01,
            today=today,
            source="elsewhere",
        ).pk

    ended = at_once(work, people=3)
    file.refresh_from_db()
    if file.state == ImportState.UNDONE:
        assert sorted(map(str, ended)) == ["GONE", "NOT_UNDOABLE", "undone"]
        assert (Resident.objects.count(), VaccinationRecord.objects.count()) == (0, 0)
    else:
        assert ended[:2] == ["UNDO_BLOCKED"] * 2
        assert (Resident.objects.count(), VaccinationRecord.objects.count()) == (6, 1)
    assert list(drift(today=today)) == []
