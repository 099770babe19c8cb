"""Frozen registers: whole, numbered, unchangeable, and told apart by name."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import RuleBroken
from core.models import AuditEvent
from inventory.models import Vaccine
from residents.choices import Residence
from residents.models import RegisterMember, RegisterVersion
from residents.services import enrolments, records, versions
from residents.services.register import remove_resident
from tests.factories.people import make_enrolled, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def freeze(campaign, today):
    """Freeze the base of a place (or organisation)."""

    def frozen(place=None, *, organisation=None, kind="base", actor=None, reason="首次定基数"):
        return versions.freeze(
            campaign=campaign,
            place=place,
            organisation=organisation,
            kind=kind,
            actor=actor,
            reason=reason,
            now=timezone.now(),
            today=today,
        )

    return frozen


def names(rows) -> list[str]:
    return [row.resident.name for row in rows]


def test_a_version_holds_everybody_on_the_live_register(town, campaign, today, freeze, cast):
    child = today.replace(year=today.year - 9, day=1)
    make_enrolled(town.village, campaign, today, name="甲")
    make_enrolled(town.village, campaign, today, name="孩", birth_date=child)
    make_enrolled(
        town.villages[1], campaign, today, name="外", residence=Residence.AWAY_PROVINCE, away_place="北京"
    )
    make_enrolled(town.other_villages[0], campaign, today)
    gone = make_enrolled(town.village, campaign, today, name="亡").resident
    remove_resident(resident=gone, actor=None, removal="deceased", on=today, today=today)
    version = freeze(town.town, actor=cast.town)
    assert sorted(names(version.members.select_related("resident"))) == ["外", "孩", "甲"]
    assert version.counts == {
        "people": 3,
        "target": 1,
        "counted": 2,
        "dosed": 0,
        "residence": {"local": 2, "away_province": 1},
        "villages": {
            town.village.code: {"people": 2, "target": 1},
            town.villages[1].code: {"people": 1, "target": 0},
        },
    }
    assert version.definition == {
        "cohort": {"age_min": 18},
        "age_ref": today.isoformat(),
        "movers": "hukou",
        "inflow": "village",
    }
    assert AuditEvent.objects.filter(action="register.frozen", actor=cast.town).count() == 1


def test_versions_are_numbered_per_register_and_kind(town, freeze):
    assert [freeze(town.town).number, freeze(town.town).number] == [1, 2]
    assert freeze(town.village).number == 1
    assert freeze(town.town, kind="submission").number == 1


def test_an_organisation_freezes_its_own_people(town, campaign, today, school, freeze):
    make_enrolled(town.village, campaign, today, name="师", organisation=school)
    make_enrolled(town.village, campaign, today)
    version = freeze(organisation=school, kind="submission")
    assert names(version.members.all()) == ["师"]
    assert versions.latest(campaign=version.campaign, kind="submission", organisation=school) == version


def test_a_version_needs_a_reason_and_exactly_one_register(town, school, freeze):
    with pytest.raises(RuleBroken) as refused:
        freeze(town.town, reason=" ")
    assert refused.value.code == "REASON_MISSING"
    for place, organisation in ((None, None), (town.town, school)):
        with pytest.raises(ValueError, match="place or an organisation"):
            freeze(place, organisation=organisation)


def test_the_difference_names_who_entered_left_and_changed(town, campaign, today, freeze):
    stays = make_enrolled(town.village, campaign, today, name="留")
    moves = make_enrolled(town.village, campaign, today, name="动")
    leaves = make_enrolled(town.village, campaign, today, name="走")
    old = freeze(town.town)
    remove_resident(resident=leaves.resident, actor=None, removal="moved_out", on=today, today=today)
    make_enrolled(town.village, campaign, today, name="来")
    type(moves.resident).objects.filter(pk=moves.resident_id).update(residence=Residence.AWAY_ABROAD)
    enrolments.refresh([moves.pk], campaign=campaign, today=today)
    records.note_dose(
        enrolment=stays,
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=1),
        actor=None,
        today=today,
    )
    new = freeze(town.town, reason="复核")
    found = versions.compare(old, new)
    assert (names(found.entered), names(found.left)) == (["来"], ["走"])
    assert {c.resident.name: c.fields for c in found.changed} == {
        "动": ("residence", "unit_code", "is_target"),
        "留": ("doses_done",),
    }
    assert {c.resident.name: c.words for c in found.changed}["留"] == "已种剂次"
    assert [c.resident.name for c in versions.compare(old, new, fields=["unit_code"]).changed] == ["动"]
    base = versions.compare(old, new, target_only=True)
    assert (names(base.entered), names(base.left)) == (["来"], ["动", "走"])
    same = versions.compare(new, new)
    assert (same.entered, same.left, same.changed) == ([], [], [])


@pytest.mark.parametrize("model", [RegisterVersion, RegisterMember])
def test_the_database_refuses_to_change_or_delete_a_version(town, campaign, today, freeze, model):
    make_enrolled(town.village, campaign, today)
    freeze(town.town)
    column = "reason" if model is RegisterVersion else "unit_code"
    for write in (
        lambda: model.objects.update(**{column: "x"}),
        lambda: model.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            write()


def test_freezing_takes_the_same_queries_for_more_people(
    town, campaign, today, freeze, django_assert_max_num_queries
):
    people = [make_resident(town.village) for _ in range(60)]
    enrolments.enrol(residents=people, campaign=campaign, actor=None, today=today)
    with django_assert_max_num_queries(16):
        version = freeze(town.town)
    assert version.counts["people"] == 60


def test_versions_are_seen_inside_the_scope_only(town, cast, school, freeze):
    mine, village, of_school, theirs = (
        freeze(town.town),
        freeze(town.village),
        freeze(organisation=school),
        freeze(town.other_town),
    )
    seen = {
        name: set(RegisterVersion.objects.visible_to(getattr(cast, name)))
        for name in ("town", "cadre01", "cadre02", "school", "othertown")
    }
    assert seen == {
        "town": {mine, village, of_school},
        "cadre01": {village, of_school},
        "cadre02": set(),
        "school": {of_school},
        "othertown": {theirs},
    }
