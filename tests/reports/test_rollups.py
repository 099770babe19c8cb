"""Roll-ups equal plain SQL over the facts, whatever changed and whenever it was filled."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import NotAllowed, RuleBroken
from core.models import ChangeNote
from inventory.models import Vaccine
from reports.models import Rollup, Target
from reports.services import rollups, targets
from residents.services import records
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def vaccine(reference):
    return Vaccine.objects.get(code="CV-SV")


def give(enrolment, vaccine, on, today):
    return records.note_dose(enrolment=enrolment, vaccine=vaccine, given_on=on, actor=None, today=today)


def doses_by_sql(village_code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM residents_vaccinationrecord r JOIN residents_enrolment e"
            " ON e.resident_id = r.resident_id WHERE r.voided_at IS NULL AND e.unit_code = %s",
            [village_code],
        )
        return cursor.fetchone()[0]


def dose_sum(totals, code) -> int:
    return sum(
        value
        for metric, value in totals.get(code, {}).items()
        if metric.startswith(("dose_", "booster_1", "booster_2"))
    )


def test_stored_days_and_live_today_equal_the_facts(town, campaign, vaccine, today, now):
    people = [make_enrolled(town.villages[n % 2], campaign, today) for n in range(6)]
    for n, person in enumerate(people):
        give(person, vaccine, today - timedelta(days=30 + n), today)
    for person in people[:3]:
        give(person, vaccine, today, today)
    rollups.fill_dirty(now=now)
    assert not Rollup.objects.filter(day__gte=today).exists()
    totals = rollups.totals(campaign, {town.town.prefix}, until=today, now=now)
    for village in town.villages:
        assert dose_sum(totals, village.code) == doses_by_sql(village.code)
    assert totals[town.villages[0].code]["first_people"] == 3
    assert totals[town.villages[0].code]["complete_people"] == 2


@pytest.mark.requirement("S40")
def test_one_more_dose_changes_the_total_by_exactly_one(town, campaign, vaccine, today, now):
    person = make_enrolled(town.village, campaign, today)
    other = make_enrolled(town.village, campaign, today)
    give(person, vaccine, today, today)
    before = dose_sum(rollups.totals(campaign, {town.town.prefix}, until=today, now=now), town.village.code)
    give(other, vaccine, today, today)
    after = dose_sum(rollups.totals(campaign, {town.town.prefix}, until=today, now=now), town.village.code)
    assert after == before + 1


def test_a_late_entry_and_a_void_refill_their_day(town, campaign, vaccine, today, now):
    person = make_enrolled(town.village, campaign, today)
    day = today - timedelta(days=5)
    record = give(person, vaccine, day, today)
    rollups.fill_dirty(now=now)
    assert Rollup.objects.get(day=day, metric="dose_1").value == 1
    records.void_record(record=record, actor=None, reason="登记错人", now=now)
    assert rollups.pending(today) > 0
    rollups.fill_dirty(now=now)
    assert not Rollup.objects.filter(day=day).exists()
    assert not ChangeNote.objects.filter(day__lt=today).exists()


def test_notes_of_today_wait_for_the_day_to_end(town, campaign, vaccine, today, now):
    person = make_enrolled(town.village, campaign, today)
    give(person, vaccine, today, today)
    rollups.fill_dirty(now=now)
    assert ChangeNote.objects.filter(day=today).exists()
    rollups.fill_dirty(now=now + timedelta(days=1))
    assert Rollup.objects.get(day=today, metric="first_people").value == 1


def test_filling_again_gives_the_same_rows(town, campaign, vaccine, today, now):
    for n in range(4):
        give(
            make_enrolled(town.villages[n % 3], campaign, today),
            vaccine,
            today - timedelta(days=n + 1),
            today,
        )
    rollups.fill_dirty(now=now)
    first = sorted(Rollup.objects.values_list("place_code", "day", "metric", "value"))
    rollups.fill_all(campaign=campaign, now=now)
    assert sorted(Rollup.objects.values_list("place_code", "day", "metric", "value")) == first
    assert first


@pytest.mark.requirement("S5")
def test_standing_against_the_target(town, campaign, vaccine, today, now, cast):
    for n in range(3):
        give(make_enrolled(town.village, campaign, today), vaccine, today - timedelta(days=n), today)
    due = today + timedelta(days=10)
    targets.assign(
        actor=cast.town,
        campaign=campaign,
        kind="first",
        quantities={town.village: 2},
        due_on=due,
        key=uuid4(),
        now=now,
    )
    rollups.fill_dirty(now=now)
    row = targets.standings(campaign, {town.town.prefix}, kind="first", now=now)[0]
    assert (row.done, row.today, row.rate, row.missing, row.pace, row.days_left) == (3, 1, 1.5, 0, 0, 10)


def test_a_changed_target_keeps_the_old_one(town, campaign, today, now, cast):
    due = today + timedelta(days=10)
    for quantity in (100, 100, 120):
        targets.assign(
            actor=cast.town,
            campaign=campaign,
            kind="first",
            quantities={town.village: quantity},
            due_on=due,
            key=uuid4(),
            now=now,
        )
    assert list(Target.objects.order_by("pk").values_list("quantity", "superseded_at")) == [
        (100, now),
        (120, None),
    ]


def test_targets_only_inside_ones_own_place_and_time(town, campaign, today, now, cast):
    call = {"campaign": campaign, "kind": "first", "key": uuid4(), "now": now}
    with pytest.raises(NotAllowed):
        targets.assign(actor=cast.othertown, quantities={town.village: 5}, due_on=today, **call)
    with pytest.raises(RuleBroken) as refused:
        late = campaign.ends_on + timedelta(days=1)
        targets.assign(actor=cast.town, quantities={town.village: 5}, due_on=late, **call)
    assert refused.value.code == "TARGET_DUE"


def test_voiding_the_first_dose_also_refills_the_day_of_the_second(town, campaign, vaccine, today, now):
    person = make_enrolled(town.village, campaign, today)
    first = give(person, vaccine, today - timedelta(days=30), today)
    give(person, vaccine, today - timedelta(days=5), today)
    rollups.fill_dirty(now=now)
    records.void_record(record=first, actor=None, reason="登记错人", now=now)
    rollups.fill_dirty(now=now)
    rows = sorted(Rollup.objects.values_list("day", "metric", "value"))
    assert rows == [(today - timedelta(days=5), "dose_1", 1), (today - timedelta(days=5), "first_people", 1)]
    rollups.fill_all(campaign=campaign, now=now)
    assert sorted(Rollup.objects.values_list("day", "metric", "value")) == rows
