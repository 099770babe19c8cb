"""Two records of one person: merged without losing or doubling anything, and taken apart again exactly."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from clinic.services.verify import floor_problems
from inventory.models import Vaccine
from residents.choices import HoldKind, RecordSource, Removal
from residents.merge_map import ON_MERGE
from residents.models import (
    Charge,
    DutyAssignment,
    Enrolment,
    Hold,
    LiftRequest,
    Merge,
    Move,
    PairMark,
    Resident,
    ResidentIdentifier,
    RosterEntry,
    VaccinationRecord,
)
from residents.services import merge_rooms, moves
from residents.services.enrolments import drift, refresh
from residents.services.holds import place_hold
from residents.services.merging import merge, preview
from residents.services.records import note_dose, void_record
from residents.services.register import add_document, edit_resident, restore
from residents.services.unmerging import unmerge
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import Floor, refused
from tests.factories.people import make_enrolled
from tests.factories.residents import cleaned, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(town, campaign, today):
    """One man on two records: with his card in the first village, with the old number in the second."""
    kept = make_enrolled(town.villages[0], campaign, today, name="王建国", phone="13812345678")
    other = make_enrolled(town.villages[1], campaign, today, name="王建国", address="南山路3号")
    return kept, other


def merged(twins, cast=None, **given):
    kept, absorbed = (row.resident for row in twins)
    values = {
        "kept": kept,
        "absorbed": absorbed,
        "choices": {},
        "actor": cast.town if cast else None,
        "reason": "同一人登记了两次",
        "key": uuid4(),
        "now": timezone.now(),
    }
    return merge(**(values | given))


def dose(enrolment, on, code="CV-SV", *, today, **more):
    values = {"source": RecordSource.ELSEWHERE, "is_verified": False} | more
    vaccine = Vaccine.objects.get(code=code)
    return note_dose(enrolment=enrolment, vaccine=vaccine, given_on=on, actor=None, today=today, **values)


def snapshot(*, without=("updated_at",)) -> dict:
    """Every row of every table that points to people, and the people."""
    labels = {label.rpartition(".")[0] for label in ON_MERGE}
    own = {"residents.Merge", "residents.PairMark"}
    tables = {}
    for label in sorted(labels - own | {"clinic.Dose", "clinic.Screening", "inventory.StockMovement"}):
        model = apps.get_model(label)
        names = [f.attname for f in model._meta.concrete_fields if f.name not in without]
        tables[label] = {row["pk"]: row for row in model._base_manager.values("pk", *names)}
    groups = Resident.priority_groups.through.objects.values_list("resident", "prioritygroup")
    return tables | {"groups": sorted(groups)}


@pytest.fixture
def lived(twins, campaign, site, cast, floor_of, today):
    """Both records have a life: the same injection told in both villages, bookings, a hold, and a needle given here."""
    kept, other = twins
    for row in twins:
        dose(row, today - timedelta(days=90), today=today)
    session = make_session(campaign, site, today + timedelta(days=1))
    make_booking(kept, session.slots.first())
    make_booking(other, session.slots.all()[1])
    until = today + timedelta(days=5)
    since = floor_of.now - timedelta(days=30)
    place_hold(enrolment=other, kind=HoldKind.DEFER, reason="感冒", until=until, by=cast.screener, now=since)
    Hold.objects.update(until=today)
    refresh([other.pk], campaign=campaign, today=today)
    other.refresh_from_db()
    floor_of.leave(floor_of.observed(other))
    assert list(drift(today=today)) == []
    return twins


@pytest.mark.requirement("S110")
def test_every_fact_follows_the_person(twins, cast, today):
    kept, other = twins
    number = other.resident.identifiers.get().number
    dose(kept, today - timedelta(days=90), today=today)
    dose(other, today - timedelta(days=60), today=today)
    row = merged(twins, cast)
    kept.refresh_from_db()
    assert [r.dose_number for r in kept.resident.records.counted()] == [1, 2]
    assert (kept.doses_done, kept.last_dose_on) == (2, today - timedelta(days=60))
    old = Resident.objects.get(pk=other.resident_id)
    assert (old.removal, old.merged_into_id, old.removed_on) == (Removal.DUPLICATE, kept.resident_id, today)
    assert Enrolment.objects.get(pk=other.pk).status == "out"
    assert list(Resident.objects.live().matching(number)) == [kept.resident]
    assert Resident.objects.get(pk=kept.resident_id).address == "南山路3号"  # a value beats none
    assert "现住址" in row.words[0]
    assert list(drift(today=today)) == []


@pytest.mark.requirement("S110")
def test_a_dose_told_twice_is_counted_once(twins, today):
    kept, other = twins
    on = today - timedelta(days=90)
    dose(kept, on, today=today)
    better = dose(other, on, today=today, is_verified=True, proof="接种证")
    row = merged(twins)
    counted = kept.resident.records.counted().get()
    assert counted == better, "the verified one stays"
    voided = kept.resident.records.exclude(pk=better.pk).get()
    assert voided.voided_at and "重复" in voided.void_reason
    assert any("两边都有登记" in word for word in row.words)


def test_an_unknown_product_of_the_same_day_is_the_same_dose(twins, today):
    kept, other = twins
    on = today - timedelta(days=90)
    dose(kept, on, "CV-UNK", today=today)
    known = dose(other, on, "CV-SV", today=today)
    merged(twins)
    assert kept.resident.records.counted().get() == known


def test_two_products_on_one_day_stay_and_wait_for_a_look(twins, today):
    kept, other = twins
    on = today - timedelta(days=90)
    dose(kept, on, "CV-BJ", today=today)
    dose(other, on, "CV-SV", today=today)
    row = merged(twins)
    kept.refresh_from_db()
    assert kept.resident.records.counted().count() == 2
    assert kept.status == "review"
    assert any("两剂都保留" in word for word in row.words)


def test_a_needle_given_here_is_never_voided(twins, floor_of, today):
    """Told elsewhere and given here on the same day: the one with stock behind it stays, in whichever record it is."""
    kept, other = twins
    given = floor_of.observed(other).doses.get()
    floor_of.leave(given.visit)
    dose(kept, today, today=today, is_verified=True)
    merged(twins)
    assert kept.resident.records.counted().get() == given.record
    assert list(floor_problems()) == []


def test_two_needles_given_here_on_one_day_both_stay(twins, floor_of, today):
    for row in twins:
        floor_of.leave(floor_of.observed(row))
    row = merged(twins)
    kept = twins[0]
    kept.refresh_from_db()
    assert (kept.resident.records.counted().count(), kept.status) == (2, "review")
    assert any("两剂都保留" in word for word in row.words)
    assert list(floor_problems()) == []


@pytest.fixture
def floor_of(site, campaign, town, cast):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)

    def leave(visit):
        visit.refresh_from_db()
        visit.stage, visit.left_at, visit.left_by = "left", floor.now, cast.observer
        visit.save()

    floor.leave = leave
    return floor


def test_nobody_is_merged_while_on_the_floor(twins, floor_of):
    visit = floor_of.ready(twins[1])
    with refused("ROOM_REFUSES"):
        merged(twins)
    floor_of.dose(visit)
    with refused("ROOM_REFUSES"):
        merged(twins)
    floor_of.leave(visit)
    merged(twins)
    assert twins[0].visits.get() == visit


def test_one_of_two_bookings_of_a_dose_is_cancelled(twins, campaign, site, today):
    session = make_session(campaign, site, today + timedelta(days=2))
    later = make_booking(twins[0], session.slots.all()[1])
    earlier = make_booking(twins[1], session.slots.first())
    row = merged(twins)
    later.refresh_from_db()
    earlier.refresh_from_db()
    assert (later.state, earlier.state, earlier.enrolment) == ("cancelled", "booked", twins[0])
    assert any("约了两次" in word for word in row.words)


def test_a_booking_for_a_dose_that_was_given_is_cancelled(twins, campaign, site, today):
    kept, other = twins
    dose(kept, today - timedelta(days=60), today=today)
    session = make_session(campaign, site, today + timedelta(days=2))
    booking = make_booking(other, session.slots.first())
    merged(twins)
    booking.refresh_from_db()
    assert (booking.state, booking.end_reason) == ("cancelled", "合并重复档案:这一剂已经接种")


@pytest.mark.requirement("S110")
def test_merge_then_unmerge_changes_nothing(lived, cast, today):
    before = snapshot()
    row = merged(lived, cast, choices={"phone": "absorbed", "village": "absorbed"})
    assert snapshot() != before
    done = unmerge(merge=row, actor=cast.town, reason="查户口本,是两个人", now=timezone.now())
    assert done.undo_words == []
    after = snapshot()
    for table in before:
        assert after[table] == before[table], table
    assert list(drift(today=today)) == []


def proposed(row, actor, today, **values):
    values = {"kind": "move", "reason": "home", "on": today, "key": uuid4(), "today": today} | values
    return moves.propose(resident=row.resident, actor=actor, now=timezone.now(), **values)


def test_an_open_move_follows_the_survivor_or_is_closed_and_comes_back(twins, town, cast, today):
    """The survivor is in the first village, the absorbed record in the second."""
    _, other = twins
    stale = proposed(other, cast.cadre02, today, to_place=town.villages[2])
    row = merged(twins, cast)
    stale.refresh_from_db()
    assert (stale.state, stale.resident_id, "不再办理" in stale.answer_note) == (
        "withdrawn",
        row.kept_id,
        True,
    )
    assert not Move.objects.answerable_by(cast.town).exists()
    unmerge(merge=row, actor=cast.town, reason="查户口本,是两个人", now=timezone.now())
    stale.refresh_from_db()
    assert (stale.state, stale.resident_id, stale.answered_at) == ("open", other.resident_id, None)
    moves.accept(move=stale, actor=cast.town, note="", now=timezone.now(), today=today)


def test_a_claim_that_the_merge_fulfils_is_closed_and_one_still_true_follows(twins, town, cast, today):
    kept, other = twins
    wanted = proposed(other, cast.cadre02, today, to_place=town.villages[2])
    row = merged((kept, other), cast, choices={"village": "absorbed"})
    wanted.refresh_from_db()
    assert (wanted.state, wanted.resident_id) == ("open", kept.resident_id)
    moves.accept(move=wanted, actor=cast.town, note="", now=timezone.now(), today=today)
    assert Resident.objects.get(pk=kept.resident_id).village == town.villages[2]
    assert row.absorbed.moves.count() == 0


def test_of_two_open_moves_the_survivors_stays(twins, town, cast, today):
    kept, other = twins
    mine = proposed(kept, cast.cadre01, today, to_place=town.villages[2])
    theirs = proposed(other, cast.cadre01, today, kind="claim", to_place=town.villages[0])
    merged(twins, cast)
    states = dict(Move.objects.filter(resident=kept.resident).values_list("pk", "state"))
    assert states == {mine.pk: "open", theirs.pk: "withdrawn"}


def test_preview_says_what_the_merge_does_and_leaves_no_trace(lived, cast):
    before = snapshot(without=())
    kept, absorbed = (row.resident for row in lived)
    told = preview(kept=kept, absorbed=absorbed, choices={}, actor=cast.town, now=timezone.now())
    assert snapshot(without=()) == before
    assert not Merge.objects.exists()
    assert [*told.words, *told.doubts] == merged(lived, cast).words


def test_what_came_since_stays_with_the_survivor(twins, cast, today):
    kept, other = twins
    dose(other, today - timedelta(days=60), today=today)
    row = merged(twins, cast)
    mine = dose(kept, today - timedelta(days=30), today=today)
    Resident.objects.filter(pk=kept.resident_id).update(address="新地址1号")
    done = unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    mine.refresh_from_db()
    assert (mine.resident, mine.dose_number) == (kept.resident, 1)
    assert other.resident.records.counted().count() == 1
    assert any("接种记录 1 条" in word for word in done.undo_words)
    assert any("现住址" in word for word in done.undo_words)
    assert Resident.objects.get(pk=kept.resident_id).address == "新地址1号"
    assert list(drift(today=today)) == []


def test_a_booking_whose_place_is_taken_is_not_restored(twins, campaign, site, cast, town, today):
    session = make_session(campaign, site, today + timedelta(days=2), places=1)
    make_booking(twins[1], session.slots.all()[0])
    cancelled = make_booking(twins[0], session.slots.all()[1])
    row = merged(twins, cast)
    make_booking(make_enrolled(town.village, campaign, today), session.slots.all()[1])
    done = unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    cancelled.refresh_from_db()
    assert cancelled.state == "cancelled"
    assert any("名额已给别人" in word for word in done.undo_words)


def test_what_stands_on_a_moved_row_forbids_the_way_back(twins, campaign, site, cast, floor_of, today):
    """The absorbed record's booking was used by a visit after the merge: whose visit is it?"""
    session = make_session(campaign, site, today)
    booking = make_booking(twins[1], session.slots.first())
    row = merged(twins, cast)
    booking.refresh_from_db()
    floor_of.leave(floor_of.check_in(twins[0], booking=booking))
    with refused("BUILT_ON"):
        unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    assert Merge.objects.get().undone_at is None


def test_merges_are_taken_back_last_first(twins, campaign, cast, town, today):
    third = make_enrolled(town.village, campaign, today, name="王建国")
    first = merged(twins, cast)
    second = merged((third, twins[0]), cast)
    with refused("LATER_MERGE"):
        unmerge(merge=first, actor=cast.town, reason="是两个人", now=timezone.now())
    unmerge(merge=second, actor=cast.town, reason="是两个人", now=timezone.now())
    unmerge(merge=first, actor=cast.town, reason="是两个人", now=timezone.now())
    assert Resident.objects.live().filter(name="王建国").count() == 3


def test_a_pair_taken_apart_is_not_asked_about_again(twins, cast):
    row = merged(twins, cast)
    unmerge(merge=row, actor=cast.town, reason="查户口本,是两个人", now=timezone.now())
    assert PairMark.objects.current().get().verdict == "different"


def test_a_double_click_merges_once(twins, cast):
    key = uuid4()
    assert merged(twins, cast, key=key) == merged(twins, cast, key=key)
    with refused("KEY_USED"):
        merged((twins[1], twins[0]), cast, key=key)
    with refused("NOT_LIVE"):
        merged(twins, cast)


def test_nothing_is_done_on_a_tombstone(twins, cast, town, today):
    merged(twins, cast)
    other = Enrolment.objects.select_related("resident", "campaign").get(pk=twins[1].pk)
    with refused("MERGED"):
        dose(other, today - timedelta(days=3), today=today)
    with refused("MERGED"):
        place_hold(enrolment=other, kind="self", reason="过敏", by=cast.cadre01, now=timezone.now())
    with refused("MERGED"):
        restore(resident=other.resident, actor=cast.town, reason="搞错了", today=today)
    values = cleaned(town.village, today, **typed(date(1980, 5, 1)))
    with refused("MERGED"):
        edit_resident(resident=other.resident, actor=cast.town, values=values, today=today)
    with refused("MERGED"):
        add_document(resident=other.resident, actor=cast.town, document=values.documents[0], primary=False)
    with refused("NOT_LIVE"):
        merged(twins, cast)


def test_the_card_decides_birth_date_and_sex(twins, cast):
    kept, other = twins
    ResidentIdentifier.objects.filter(resident=other.resident).update(id_type="B1")
    Resident.objects.filter(pk=other.resident_id).update(birth_date=date(1980, 5, 2))
    with refused("NOT_BY_CARD"):
        merged(twins, cast, choices={"birth_date": "absorbed"})
    merged(twins, cast)
    primary = kept.resident.identifiers.get(is_primary=True)
    assert (primary.id_type, kept.resident.identifiers.count()) == ("01", 2)


def test_the_survivors_own_card_stays_in_front(twins, cast):
    """Also when the absorbed record is the older one: its card came first into the table."""
    old, new = twins
    own = new.resident.identifiers.get()
    merged((new, old), cast)
    assert new.resident.identifiers.get(is_primary=True) == own


def test_only_the_office_of_both_merges(twins, cast, town, campaign, today):
    foreign = make_enrolled(town.other_villages[0], campaign, today, name="王建国")
    for actor, pair in ((cast.cadre01, twins), (cast.othertown, twins), (cast.town, (twins[0], foreign))):
        with refused("NOT_ALLOWED"):
            merged(pair, cast, actor=actor)
    assert Resident.objects.live().count() == 3


def test_a_campaign_that_only_the_other_was_in_is_taken_over(twins, cast, today):
    twins[0].delete()
    dose(twins[1], today - timedelta(days=40), today=today)
    before = snapshot()
    row = merged(twins, cast)
    mine = Enrolment.objects.get(resident=twins[0].resident)
    assert mine.doses_done == 1
    unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    assert snapshot() == before


def test_every_join_has_a_rule_of_its_own():
    """What the map calls JOIN is either settled by the register itself or by a room that registered."""
    own = {"residents.VaccinationRecord.resident", "residents.Enrolment.resident"}
    joins = {label for label, (how, _) in ON_MERGE.items() if how == "join"}
    assert joins - own == merge_rooms.registered()


def test_a_dose_voided_since_stays_voided(twins, cast, today):
    record = dose(twins[1], today - timedelta(days=60), today=today)
    row = merged(twins, cast)
    record = VaccinationRecord.objects.get(pk=record.pk)
    void_record(record=record, actor=cast.town, reason="录错", now=timezone.now())
    unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    record.refresh_from_db()
    assert record.resident == twins[1].resident and record.voided_at


def test_care_lifts_and_rosters_are_joined(twins, cast, town, employer, today):
    kept, other = (row.resident for row in twins)
    duties = [
        DutyAssignment.objects.create(
            level="head", village=town.village, village_code=town.village.code, holder_name=name, since=today
        )
        for name in ("组长甲", "组长乙")
    ]
    for person, duty in zip((kept, other), duties, strict=True):
        Charge.objects.create(duty=duty, resident=person, since=today)
        RosterEntry.objects.create(organisation=employer, resident=person, since=today)
        for day in (today, today + timedelta(days=person.pk)):
            LiftRequest.objects.create(
                key=uuid4(), resident=person, on=day, pick_up="村口", agreed_by="本人", agreed_on=today
            )
    before = snapshot()
    row = merged(twins, cast)
    assert kept.charges.get(until=None).duty == duties[0]
    assert kept.roster_entries.filter(until=None).count() == 1
    assert kept.lifts.exclude(state="cancelled").count() == 3
    assert (kept.charges.count(), kept.roster_entries.count(), kept.lifts.count()) == (2, 2, 4)
    unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    assert snapshot() == before
