"""Moves and removals: proposed by one side, answered by the other, never silent."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.choices import BookingState
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent, ChangeNote
from inventory.models import Vaccine
from residents.choices import EnrolmentStatus, MoveState, Residence
from residents.models import Enrolment, Move
from residents.services import enrolments, moves, records
from residents.services.name_checks import MOST_MISSES
from residents.services.persons import Document
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled
from tests.factories.residents import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(town, campaign, today):
    """Somebody of the first village with one dose."""
    row = make_enrolled(town.village, campaign, today, name="王迁", group_no="3")
    vaccine = Vaccine.objects.get(code="CV-SV")
    records.note_dose(
        enrolment=row, vaccine=vaccine, given_on=today - timedelta(days=40), actor=None, today=today
    )
    return row


def propose(row, actor, today, **values):
    values = {"kind": "move", "reason": "home", "on": today, "key": uuid4()} | values
    return moves.propose(resident=row.resident, actor=actor, now=timezone.now(), today=today, **values)


def remove(row, actor, today, **values):
    return propose(row, actor, today, kind="removal", **({"removal": "deceased"} | values))


def answer(verb, move, actor, today, note=""):
    more = {"today": today} if verb in ("accept", "overrule") else {}
    more |= {} if verb == "withdraw" else {"note": note}
    return getattr(moves, verb)(move=move, actor=actor, now=timezone.now(), **more)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(RuleBroken) as error:
        call(*args, **kwargs)
    return error.value.code


def test_a_move_waits_for_the_other_village_and_then_takes_everything_along(town, cast, row, today):
    move = propose(row, cast.cadre01, today, to_place=town.villages[1])
    row.resident.refresh_from_db()
    assert (move.state, row.resident.village) == (MoveState.OPEN, town.village)
    for stranger in (cast.cadre01, cast.othertown, cast.othercadre):
        with pytest.raises(NotAllowed):
            answer("accept", move, stranger, today)
    ChangeNote.objects.all().delete()
    answer("accept", move, cast.cadre02, today)
    row.refresh_from_db()
    person = row.resident
    person.refresh_from_db()
    assert (person.village, person.village_code, person.group_no) == (
        town.villages[1],
        town.villages[1].code,
        "",
    )
    assert (row.unit, row.doses_done) == (town.villages[1], 1)
    days = set(ChangeNote.objects.values_list("place_code", "day"))
    for code in (town.village.code, town.villages[1].code):
        assert {(code, today), (code, today - timedelta(days=40))} <= days
    assert list(enrolments.drift(today=today)) == []
    assert refused(answer, "accept", move, cast.cadre02, today) == "MOVE_ANSWERED"


def test_a_claim_is_answered_by_the_village_that_has_the_person(town, cast, row, today):
    claim = propose(row, cast.cadre02, today, kind="claim", to_place=town.villages[1])
    with pytest.raises(NotAllowed):
        answer("accept", claim, cast.cadre02, today)
    answer("refuse", claim, cast.cadre01, today, note="人一直住在我村")
    claim.refresh_from_db()
    assert (claim.state, claim.answer_note) == (MoveState.REFUSED, "人一直住在我村")
    answer("overrule", claim, cast.town, today, note="镇办入户核实,人已搬走")
    row.resident.refresh_from_db()
    claim.refresh_from_db()
    assert (claim.state, row.resident.village) == (MoveState.SETTLED, town.villages[1])


def test_between_two_towns_only_the_county_may_overrule(town, cast, row, today):
    move = propose(row, cast.cadre01, today, to_place=town.other_villages[0])
    answer("refuse", move, cast.othercadre, today, note="查无此人")
    for office in (cast.town, cast.othertown):
        with pytest.raises(NotAllowed):
            answer("overrule", move, office, today, note="x")
    answer("overrule", move, cast.county, today, note="两镇核实")
    assert Move.objects.get().state == MoveState.SETTLED


@pytest.mark.parametrize("removal", ["deceased", "moved_out"])
def test_a_removal_waits_for_the_office_frees_the_place_and_keeps_the_history(
    town, cast, row, site, campaign, today, removal
):
    session = make_session(campaign, site, today + timedelta(days=3))
    booking = make_booking(row, session.slots.first())
    move = remove(row, cast.cadre01, today, removal=removal)
    assert Enrolment.objects.due(today).filter(pk=row.pk).exists()
    for nobody in (cast.cadre01, cast.cadre02, cast.othertown):
        with pytest.raises(NotAllowed):
            answer("accept", move, nobody, today)
    answer("accept", move, cast.town, today)
    row.refresh_from_db()
    booking.refresh_from_db()
    assert (row.status, row.unit_code, row.is_target) == (EnrolmentStatus.OUT, "", False)
    assert (booking.state, "移出名册" in booking.end_reason) == (BookingState.CANCELLED, True)
    assert row.resident.records.counted().count() == 1
    for day in (today, today + timedelta(days=400)):
        assert not Enrolment.objects.due(day).filter(pk=row.pk).exists()


def test_the_office_does_both_at_once_and_is_recorded_for_both(town, cast, row, today):
    move = remove(row, cast.town, today, removal="error", note="登记时看错村")
    assert (move.state, move.proposed_by, move.answered_by) == (MoveState.ACCEPTED, cast.town, cast.town)


def test_a_booking_follows_the_person_to_the_new_village(town, cast, row, site, campaign, today):
    booking = make_booking(row, make_session(campaign, site, today + timedelta(days=3)).slots.first())
    propose(row, cast.town, today, to_place=town.villages[1])
    booking.refresh_from_db()
    assert (booking.state, booking.village_code) == (BookingState.BOOKED, town.villages[1].code)


def test_what_makes_no_sense_is_refused_with_the_reason(town, cast, row, today):
    def code(**values):
        return refused(propose, row, cast.cadre01, today, **values)

    there = town.villages[1]
    assert code(to_place=town.village) == "MOVE_SAME"
    assert code(to_place=town.town) == "MOVE_PLACE"
    assert code(to_place=there, reason="other") == "NOTE_MISSING"
    assert code(to_place=there, on=today + timedelta(days=1)) == "MOVE_DATE"
    assert code(kind="removal", removal="") == "REMOVAL_REASON"
    assert code(kind="removal", removal="duplicate") == "NOTE_MISSING"
    with pytest.raises(NotAllowed):
        propose(row, cast.cadre02, today, to_place=there)
    with pytest.raises(NotAllowed):
        propose(row, cast.cadre01, today, kind="claim", to_place=there)
    key = uuid4()
    first = propose(row, cast.cadre01, today, to_place=there, key=key)
    assert propose(row, cast.cadre01, today, to_place=there, key=key) == first
    assert code(to_place=there) == "MOVE_OPEN"
    assert refused(answer, "refuse", first, cast.cadre02, today) == "NOTE_MISSING"
    answer("withdraw", first, cast.cadre01, today)
    assert remove(row, cast.town, today).state == MoveState.ACCEPTED
    assert code(to_place=there) == "REMOVED_ALREADY"


def test_both_desks_and_the_person_page_show_what_is_open(client_as, town, cast, row, today):
    move = propose(row, cast.cadre01, today, to_place=town.villages[1], note="搬到女儿家")
    for name in ("cadre01", "cadre02", "town"):
        assert "王迁" in client_as(getattr(cast, name)).get(reverse("residents:moves")).text
    assert "王迁" not in client_as(cast.othertown).get(reverse("residents:moves")).text
    assert "迁移、移出等我答复<strong>1" in client_as(cast.cadre02).get("/").text
    page = client_as(cast.cadre01).get(reverse("residents:story", args=[row.resident.uid])).text
    assert "提出迁出" in page and "搬到女儿家" in page
    address = move.get_absolute_url()
    own = client_as(cast.cadre01).get(address).text
    assert "撤回" in own and 'name="accept"' not in own
    asked = client_as(cast.cadre02).get(address).text
    assert 'class="btn btn-primary" name="accept"' in asked
    assert 'class="btn btn-outline-danger" name="refuse"' in asked
    assert "<textarea" in asked, "Enter in a field of one line would press the first button, which agrees"
    assert client_as(cast.cadre01).post(address, {"accept": "同意"}).status_code == 422
    assert client_as(cast.cadre02).post(address, {"accept": "同意"}).status_code == 302
    move.refresh_from_db()
    assert move.state == MoveState.ACCEPTED


def test_a_number_that_another_village_has_is_claimed_in_one_click(client_as, town, cast, row, today):
    number = row.resident.identifiers.get().number
    form = typed(row.resident.birth_date, name="王迁", number=number) | {
        "village": town.villages[1].pk,
        "residence": "local",
        "phone_owner": "self",
        "key": str(uuid4()),
        "then": "done",
    }
    cadre = client_as(cast.cadre02)
    answer = cadre.post(reverse("residents:add"), form)
    assert answer.status_code == 422 and f'formaction="{reverse("residents:claim")}"' in answer.text
    wrong = cadre.post(reverse("residents:claim"), form | {"name": "李四"})
    assert wrong.status_code == 422 and "不一致" in wrong.text
    assert cadre.post(reverse("residents:claim"), form).status_code == 302
    claim = Move.objects.get()
    assert (claim.kind, claim.from_place, claim.to_place) == ("claim", town.village, town.villages[1])
    assert (claim.state, claim.asked) == (MoveState.OPEN, town.village)


def test_who_guesses_the_name_behind_a_number_is_stopped(town, cast, row, today):
    document = Document("01", row.resident.identifiers.get().number)

    def claim(actor, name, village):
        asked = {"document": document, "name": name, "to_place": village, "actor": actor, "key": uuid4()}
        return refused(moves.claim, **asked, now=timezone.now(), today=today)

    for n in range(MOST_MISSES):
        assert claim(cast.cadre02, f"王{n}", town.villages[1]) == "CLAIM_UNKNOWN"
    assert claim(cast.cadre02, "王迁", town.villages[1]) == "GUESSING"
    assert not Move.objects.exists()
    missed = AuditEvent.objects.filter(actor=cast.cadre02, action="resident.name_missed")
    assert missed.filter(subject=str(row.resident.uid)).count() == MOST_MISSES
    assert claim(cast.cadre01, "王迁", town.village) == "MOVE_SAME"  # others are not hindered


def test_who_came_in_from_elsewhere_still_did_after_a_claim(town, cast, campaign, today):
    came = {
        "residence": Residence.INFLOW_PROVINCE,
        "away_place": "山西省大同市",
        "responsible_name": "王组长",
    }
    person = make_enrolled(town.village, campaign, today, name="王流", **came).resident
    document = Document("01", person.identifiers.get().number)
    asked = {"document": document, "name": "王流", "to_place": town.villages[1], "actor": cast.cadre02}
    claim = moves.claim(**asked, key=uuid4(), now=timezone.now(), today=today)
    answer("accept", claim, cast.cadre01, today)
    person.refresh_from_db()
    assert person.village == town.villages[1]
    assert (person.residence, person.away_place) == (came["residence"], came["away_place"])
    assert person.responsible_name == ""  # the old village's


def test_the_county_is_not_waited_for_where_the_town_answers(town, cast, row, today):
    move = propose(row, cast.cadre01, today, to_place=town.villages[1])
    assert list(Move.objects.awaiting(cast.town)) == list(Move.objects.awaiting(cast.cadre02)) == [move]
    assert not Move.objects.awaiting(cast.county).exists()
    answer("accept", move, cast.county, today)  # but it may
    move.refresh_from_db()
    assert move.state == MoveState.ACCEPTED


def test_the_side_that_is_asked_cannot_take_the_question_back(town, cast, row, today):
    claim = propose(row, cast.othercadre, today, kind="claim", to_place=cast.othercadre.main_role.place)
    with pytest.raises(NotAllowed):
        answer("withdraw", claim, cast.town, today)  # it must say no, with a reason
    answer("withdraw", claim, cast.othertown, today)
    claim.refresh_from_db()
    assert claim.state == MoveState.WITHDRAWN


def test_a_village_proposes_a_removal_and_the_office_removes(client_as, cast, row, today):
    address = reverse("residents:remove", args=[row.resident.uid])
    gone = {"removal": "deceased", "on": today.isoformat(), "note": "", "key": str(uuid4())}
    sent = client_as(cast.cadre01).post(address, gone, follow=True)
    assert "已提出移出,等镇办核实" in sent.text
    row.resident.refresh_from_db()
    assert row.resident.removed_on is None
    move = Move.objects.get()
    done = client_as(cast.town).post(move.get_absolute_url(), {"accept": "同意"}, follow=True)
    assert "已生效" in done.text
    row.resident.refresh_from_db()
    assert row.resident.removed_on == today
