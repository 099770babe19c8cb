"""The person page reads by statements built once: the same as the ORM's own, for whoever has nothing and whoever has all."""

from datetime import timedelta

import pytest
from django.db.models import Prefetch
from django.utils import timezone

from campaigns.models import PriorityGroup
from inventory.models import Vaccine
from residents.choices import HoldKind, RecordSource
from residents.models import Enrolment, Hold, Resident, Tag, VaccinationRecord
from residents.opening import opened
from residents.services.holds import lift_hold, place_hold
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def _columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _parts(person):
    """Everything the page walks through, in its order."""
    return [
        [_columns(row) for row in rows]
        for rows in (
            [person, person.village, person.village.parent],
            person.identifiers.all(),
            person.priority_groups.all(),
            person.tags.all(),
            person.records.all(),
            [record.vaccine for record in person.records.all()],
            person.enrolments.all(),
            [row.campaign for row in person.enrolments.all()],
            [row.unit for row in person.enrolments.all()],
            *(row.holds.all() for row in person.enrolments.all()),
        )
    ]


def _read_by_the_orm(person):
    return (
        Resident.objects.select_related("village__parent")
        .prefetch_related(
            "identifiers",
            "priority_groups",
            "tags",
            Prefetch("records", VaccinationRecord.objects.select_related("vaccine")),
            Prefetch(
                "enrolments", Enrolment.objects.select_related("campaign", "unit").order_by("-campaign")
            ),
            Prefetch("enrolments__holds", Hold.objects.filter(lifted_at=None)),
        )
        .get(pk=person.pk)
    )


def test_whoever_has_nothing_and_whoever_has_all(town, campaign, cast, today, django_assert_num_queries):
    bare, full = (make_enrolled(town.village, campaign, today).resident for _ in range(2))
    full.priority_groups.set(PriorityGroup.objects.all()[:2])
    full.tags.set(Tag.objects.all()[:3])
    vaccine = Vaccine.objects.first()
    for n in (1, 2):
        VaccinationRecord.objects.create(
            resident=full,
            disease="COVID",
            dose_number=n,
            vaccine=vaccine,
            given_on=today - timedelta(days=90 - n),
            source=RecordSource.ELSEWHERE,
            recorded_by=cast.town,
        )
    now = timezone.now()
    asked = {"enrolment": full.enrolments.get(), "kind": HoldKind.DEFER, "by": cast.town}
    holds = [
        place_hold(**asked, reason=why, until=today + timedelta(days=7), now=now) for why in ("发热", "复查")
    ]
    lift_hold(hold=holds[0], actor=cast.town, reason="已退烧", now=now)
    cast.town.roles()
    opened(bare.uid, user=cast.town)  # the statements are built
    for person, queries in ((bare, 3), (full, 7)):
        with django_assert_num_queries(queries):
            found = opened(person.uid, user=cast.town)
            said = _parts(found)
        assert said == _parts(_read_by_the_orm(person))
        assert found.records.filter(dose_number=1).count() == person.records.filter(dose_number=1).count()
    assert len(said[-1]) == 1, "the lifted one is not shown"


def test_only_who_may_find_a_person_reads_it(town, campaign, cast, today):
    person = make_enrolled(town.village, campaign, today).resident
    for name in ("town", "cadre01", "registrar", "othertown", "school", "county"):
        user = getattr(cast, name)
        may = Resident.objects.findable_by(user).filter(pk=person.pk).exists()
        assert (opened(person.uid, user=user) is not None) == may, name
