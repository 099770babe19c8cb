"""Whatever happens in whatever order, and however often it is filled in between: the rows are those of a full fill."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.services.setup import load_reference_data, open_covid_campaign
from core.errors import RuleBroken
from core.models import ChangeNote
from inventory.models import Vaccine
from places.models import Place
from places.services.divisions import import_divisions
from reports import metrics, population
from reports.models import Rollup, TargetPopulation
from reports.services import population as keeping
from reports.services import rollups
from residents.models import Resident, VaccinationRecord
from residents.services import enrolments, records
from tests.conftest import DIVISIONS
from tests.factories.people import make_enrolled
from tests.walks import examples

pytestmark = pytest.mark.django_db
PEOPLE, VILLAGES = 4, 3
persons = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("dose"), persons, st.integers(0, 40)),
        st.tuples(st.just("void"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("move"), persons, st.integers(0, VILLAGES - 1)),
        st.tuples(st.just("remove"), persons, st.just(0)),
        st.tuples(st.just("fill"), st.just(0), st.just(0)),
        st.tuples(st.just("tomorrow"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def ground(db, today):
    import_divisions(DIVISIONS, actor=None, today=today)
    load_reference_data()
    campaign = open_covid_campaign(
        actor=None,
        place=Place.objects.get(level="county"),
        code="c",
        name="c",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=60),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )
    return campaign, list(Place.objects.villages().order_by("code")[:VILLAGES])


def stored() -> list[tuple]:
    return sorted(Rollup.objects.values_list("place_code", "day", "metric", "value"))


def kept() -> list[tuple]:
    return sorted(TargetPopulation.objects.values_list("place_code", "from_age", "people"))


def play(steps, campaign, villages, now) -> object:
    """Do the steps through the services; returns the moment at which they end."""
    today = timezone.localdate(now)
    people = [make_enrolled(villages[n % VILLAGES], campaign, today) for n in range(PEOPLE)]
    vaccines = list(Vaccine.objects.filter(code__in=("CV-SV", "CV-KX")).order_by("code"))
    for verb, who, number in steps:
        today = timezone.localdate(now)
        try:
            if verb == "dose":
                person = people[who]
                records.note_dose(
                    enrolment=person,
                    vaccine=vaccines[who % 2],
                    given_on=today - timedelta(days=number),
                    actor=None,
                    today=today,
                )
            elif verb == "void":
                counted = VaccinationRecord.objects.counted().order_by("pk")
                if record := counted[who : who + 1].first():
                    records.void_record(record=record, actor=None, reason="登记错", now=now)
            elif verb == "move":
                village = villages[number]
                Resident.objects.filter(pk=people[who].resident_id).update(
                    village=village, village_code=village.code
                )
                enrolments.refresh([people[who].pk], campaign=campaign, today=today)
            elif verb == "remove":
                Resident.objects.filter(pk=people[who].resident_id).update(
                    removed_on=today, removal="moved_out"
                )
                enrolments.refresh([people[who].pk], campaign=campaign, today=today)
            elif verb == "fill":
                rollups.fill_dirty(now=now)
            else:
                now += timedelta(days=1)
        except RuleBroken as refused:
            assert refused.code in {"DOSE_REPEATED"}
    return now


@settings(max_examples=examples(25))
@given(steps=steps)
def test_any_history_in_any_order_equals_a_full_fill(ground, steps):
    campaign, villages = ground
    with transaction.atomic():
        now, county = play(steps, campaign, villages, timezone.now()), {campaign.place.prefix}
        assert population.denominators(campaign, county) == metrics.denominators(campaign, county)
        rollups.fill_dirty(now=now)
        by_notes, today = stored(), timezone.localdate(now)
        assert kept() == sorted(metrics.population_rows(campaign, county)) and keeping.pending() == 0
        assert not ChangeNote.objects.filter(day__lt=today).exists()
        rollups.fill_all(campaign=campaign, now=now)
        assert by_notes == stored()
        live = metrics.count(campaign, {campaign.place.prefix})
        assert by_notes == sorted(
            (code, day, metric, value)
            for (code, day), values in live.items()
            for metric, value in values.items()
            if day < today
        )
        transaction.set_rollback(True)


def test_killed_in_the_middle_leaves_the_old_rows(ground, today, monkeypatch):
    campaign, villages = ground
    now = timezone.now()
    person = make_enrolled(villages[0], campaign, today)
    vaccine = Vaccine.objects.get(code="CV-SV")
    day = today - timedelta(days=9)
    common = {"enrolment": person, "vaccine": vaccine, "actor": None, "today": today}
    records.note_dose(given_on=day, **common)
    rollups.fill_dirty(now=now)
    before, notes = stored(), ChangeNote.objects.count()
    records.void_record(record=VaccinationRecord.objects.get(), actor=None, reason="登记错", now=now)
    assert ChangeNote.objects.count() > notes

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rollups, "_write_counted", killed)
        with pytest.raises(KeyboardInterrupt):
            rollups.fill_dirty(now=now)
    assert stored() == before and before
    assert rollups.pending(today) > 0
    rollups.fill_dirty(now=now)
    assert stored() == []
