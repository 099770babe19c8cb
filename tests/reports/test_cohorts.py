"""Figures of a cohort: ages from the stored days, key groups and grades live; sums, names and the old codes agree."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, PriorityGroup
from reports import cohorts, metrics, population
from reports.models import Rollup
from reports.services import population as keeping
from reports.services import rollup_parts, rollups, targets
from residents.choices import Decision
from residents.models import Resident, RosterEntry
from residents.services import census
from residents.services.census_review import decide, values_of
from residents.services.census_undo import undo
from residents.services.merging import merge
from residents.services.register import edit_resident
from residents.services.unmerging import unmerge
from tests.factories.people import id_number, make_enrolled
from tests.residents.census_files import simple

pytestmark = pytest.mark.django_db
AGES = {"a": 20, "b": 59, "c": 60, "d": 79, "e": 80, "f": 95}


def born(today, age):
    """Who is ``age`` years old today."""
    return today.replace(year=today.year - age, day=min(today.day, 28))


@pytest.fixture
def people(town, campaign, give, today, now):
    """Six people of the first village, each with a first dose some days ago, c and e with the whole course, f today."""
    found = {
        name: make_enrolled(town.village, campaign, today, birth_date=born(today, age))
        for name, age in AGES.items()
    }
    for n, (name, person) in enumerate(found.items()):
        give(person, 0 if name == "f" else 30 + n)
    give(found["c"], 3)
    give(found["e"])
    rollups.fill_dirty(now=now)
    return found


def reached(campaign, town, now, cohort, metric=metrics.FIRST) -> int:
    sums = rollups.totals(
        campaign, {town.town.prefix}, until=timezone.localdate(now), now=now, of=(metric,), cohort=cohort
    )
    return sums.get(town.village.code, {}).get(metric.code, 0)


def names(campaign, town, today, cohort, metric=metrics.FIRST):
    span = {"since": None, "until": today, "cohort": cohort}
    return metrics.people_behind(metric, campaign, {town.town.prefix}, **span)


@pytest.mark.requirement("S3")
def test_ages_of_stored_days_and_today_are_the_people_behind_them(town, campaign, people, today, now):
    expected = {"": "abcdef", "u18": "", "18-59": "ab", "60": "cdef", "80": "ef"}
    for cohort in cohorts.AGES:
        ids = {people[name].pk for name in expected[cohort.code]}
        assert {row.pk for row in names(campaign, town, today, cohort)} == ids
        assert reached(campaign, town, now, cohort) == len(ids)
        live = metrics.count(campaign, {town.town.prefix}, cohort=cohort)
        assert sum(values.get("first_people", 0) for values in live.values()) == len(ids)
    together = rollups.by_cohort(campaign, {town.town.prefix}, until=today, now=now)
    assert {
        code: sums.get(town.village.code, {}).get("first_people", 0) for code, sums in together.items()
    } == {code: len(who) for code, who in expected.items()}


def test_the_columns_of_the_daily_report_keep_their_codes(town, campaign, people, today, now):
    sums = rollups.totals(campaign, {town.town.prefix}, until=today, now=now)[town.village.code]
    assert (sums["first_people"], sums["first_people_60"], sums["first_people_80"]) == (6, 4, 2)
    assert (sums["complete_people"], sums["complete_people_60"], sums["complete_people_80"]) == (2, 2, 1)
    assert sums["dose_1"] == 6 and sums["dose_2"] == 2
    assert not Rollup.objects.filter(metric__endswith="0").exists()


@pytest.mark.requirement("S106")
def test_key_groups_and_grades_are_counted_live_with_their_names(
    town, campaign, people, site, school, cast, today, now
):
    group = PriorityGroup.objects.get(campaign=None, code="K5")
    for name in "ac":
        people[name].resident.priority_groups.add(group)
    RosterEntry.objects.create(organisation=school, resident=people["b"].resident, grade=11, since=today)
    by_code = {cohort.code: cohort for cohort in cohorts.cohorts_of(campaign)}
    assert {"", "18-59", "60", "80", "group:K5", "grade:11"} <= set(by_code) and "u18" not in by_code
    for code, expected in (("group:K5", "ac"), ("grade:11", "b")):
        ids = {people[name].pk for name in expected}
        assert {row.pk for row in names(campaign, town, today, by_code[code])} == ids
        assert reached(campaign, town, now, by_code[code]) == len(ids)
        denominator = metrics.denominators(campaign, {town.town.prefix}, by_code[code])
        assert denominator[town.village.code]["target"] == len(ids)
    assert reached(campaign, town, now, by_code["group:K5"], metrics.COMPLETE) == 1
    doses = metrics.doses_behind(
        None, campaign, {town.town.prefix}, since=None, until=today, cohort=by_code["group:K5"]
    )
    assert doses.count() == 3


def test_the_night_finds_what_no_note_told(town, campaign, people, today, now):
    """A birthday put right beside the services, another reference day, a row written by hand."""
    Resident.objects.filter(pk=people["a"].resident_id).update(birth_date=born(today, 85))
    Rollup.objects.filter(metric="dose_1").first().delete()
    assert rollups.pending(today) == 0 and reached(campaign, town, now, cohorts.OVER_80) == 2
    assert rollup_parts.nightly(now=now) > 0
    assert reached(campaign, town, now, cohorts.OVER_80) == 3
    assert rollup_parts.nightly(now=now) == 0
    Campaign.objects.filter(pk=campaign.pk).update(target_age_ref_date=today + timedelta(days=366))
    campaign.refresh_from_db()
    rollup_parts.nightly(now=now)
    assert reached(campaign, town, now, cohorts.OVER_60) == 6  # a was put right, b is 60 by then
    kept = sorted(Rollup.objects.values_list("place_code", "day", "metric", "from_age", "value"))
    rollups.fill_all(campaign=campaign, now=now)
    assert sorted(Rollup.objects.values_list("place_code", "day", "metric", "from_age", "value")) == kept


@pytest.fixture
def misread(town, campaign, give, today, now):
    """Somebody of 85 by the card whom the register holds for 20, with a dose a month ago."""
    card = id_number(born(today, 85), 7)
    person = make_enrolled(town.village, campaign, today, birth_date=born(today, 20), number=card)
    give(person, 30)
    rollups.fill_dirty(now=now)
    return person.resident


def by_edit(person, cast, campaign, today, now):
    right = replace(values_of(person), birth_date=born(today, 85))
    edited = edit_resident(resident=person, actor=cast.cadre01, values=right, today=today)
    wrong = replace(values_of(edited), birth_date=born(today, 20))
    yield
    edit_resident(resident=edited, actor=cast.cadre01, values=wrong, today=today)
    yield


def by_census(person, cast, campaign, today, now):
    content = simple({"姓名": person.name, "身份证号": person.primary_identifier.number})
    asked = {"place": person.village, "campaign": campaign, "actor": cast.cadre01}
    file = census.take_in(content=content, file_name="摸排.xlsx", **asked)
    census.check(file, today=today)
    census.commit(file, actor=cast.cadre01, now=now, today=today)
    decide(file.rows.get(), decision=Decision.APPLIED, actor=cast.cadre01, now=now, today=today)
    yield
    undo(file, actor=cast.cadre01, now=timezone.now(), today=today)
    yield


def by_merge(person, cast, campaign, today, now):
    twin = make_enrolled(person.village, campaign, today, birth_date=born(today, 85)).resident
    choices = {"birth_date": "absorbed"}
    of = {"actor": cast.town, "reason": "同一人登记了两次", "now": now}
    row = merge(kept=person, absorbed=twin, choices=choices, key=uuid4(), **of)
    yield
    unmerge(merge=row, **of)
    yield


def by_newcomer(person, cast, campaign, today, now):
    content = simple({"姓名": "新来的", "身份证号": id_number(born(today, 81), 9)})
    asked = {"place": person.village, "campaign": campaign, "actor": cast.cadre01}
    file = census.take_in(content=content, file_name="摸排.xlsx", **asked)
    census.check(file, today=today)
    census.commit(file, actor=cast.cadre01, now=now, today=today)
    yield
    undo(file, actor=cast.cadre01, now=timezone.now(), today=today)
    yield


# How many of 80 and over have had a dose and how many there are, when it was done and when it was taken back.
WAYS = {
    by_edit: [(1, 1), (0, 0)],
    by_census: [(1, 1), (0, 0)],
    by_merge: [(1, 1), (0, 1)],
    by_newcomer: [(0, 1), (0, 0)],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_birthday_put_right_moves_the_stored_ages_at_once(way, town, campaign, misread, cast, today, now):
    """And whom a page says to be vaccinated is right even before anything was filled."""
    here, found = {town.town.prefix}, []
    for _ in way(misread, cast, campaign, today, now):
        people = population.denominators(campaign, here)
        rollups.fill_dirty(now=now)
        assert keeping.pending() == 0
        assert people == population.denominators(campaign, here) == metrics.denominators(campaign, here)
        old = people[town.village.code].get("target_80", 0)
        found.append((reached(campaign, town, now, cohorts.OVER_80), old))
    assert found == WAYS[way]


@pytest.mark.requirement("S6")
def test_a_board_of_elders_opens_lists_of_elders(client_as, cast, town, campaign, people, today, now):
    due = today + timedelta(days=10)
    targets.assign(
        actor=cast.town,
        campaign=campaign,
        kind="first",
        cohort=cohorts.OVER_60,
        quantities={town.village: 8},
        due_on=due,
        key=uuid4(),
        now=now,
    )
    office = client_as(cast.town)
    page = office.get(reverse("reports:dashboard"), {"cohort": "60"})
    row = page.context["board"].rows[0]
    assert (row.standing.done, row.standing.quantity, row.people) == (4, 8, 4)
    assert row.standing.lately == 0 and row.standing.forecast is None and row.standing.is_late
    asked = {"place": town.village.code, "metric": "first_people", "span": "ever", "cohort": "60"}
    assert office.get(reverse("reports:names"), asked).context["table"].paginator.count == 4
    assert office.get(reverse("reports:dashboard")).context["board"].rows[0].standing.quantity is None
    assert office.get(reverse("reports:dashboard"), {"cohort": "group:none"}).status_code == 404
