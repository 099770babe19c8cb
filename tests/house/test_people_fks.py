"""Every foreign key to a person, or to a person's place in a campaign, is known to the later merge of two records."""

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

from residents.merge_map import JOIN, KEEP, MOVE, ON_MERGE
from residents.models import Enrolment, Resident


def _pointing_to_people() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=False)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | ManyToManyField) and field.related_model in (Resident, Enrolment)
    }


def test_every_key_to_a_person_is_in_the_merge_map():
    assert _pointing_to_people() - set(ON_MERGE) == set(), (
        "say in residents/merge_map.py what a merge does with it"
    )


def test_merge_map_names_nothing_that_is_gone():
    assert set(ON_MERGE) - _pointing_to_people() == set()


def test_every_entry_says_how_and_why():
    for how, why in ON_MERGE.values():
        assert how in {MOVE, JOIN, KEEP}
        assert len(why) > 20
