"""What the person page reads, by statements that are built once. What nobody has put on a person is not asked for: one
statement says what there is."""

from functools import lru_cache

from django.db.models import Exists, OuterRef

from accounts.models import Scope
from campaigns.models import PriorityGroup
from core.kept import Hole, Kept, give
from residents.models import Enrolment, Hold, Merge, Resident, ResidentIdentifier, Tag, VaccinationRecord
from residents.querysets import find_prefixes

_PERSON = Hole("person")
_OPEN_HOLDS = Hold.objects.filter(lifted_at=None)
_PARTS = {  # related rows → the question, and whether ``_findable`` says that there are any
    "identifiers": (Kept(lambda: ResidentIdentifier.objects.filter(resident=_PERSON)), False),
    "priority_groups": (Kept(lambda: PriorityGroup.objects.filter(resident=_PERSON)), True),
    "tags": (Kept(lambda: Tag.objects.filter(residents=_PERSON)), True),
    "records": (
        Kept(lambda: VaccinationRecord.objects.select_related("vaccine").filter(resident=_PERSON)),
        True,
    ),
    "enrolments": (
        Kept(
            lambda: (
                Enrolment.objects.select_related("campaign", "unit")
                .filter(resident=_PERSON)
                .order_by("-campaign")
            )
        ),
        False,
    ),
}
_HOLDS = Kept(lambda: _OPEN_HOLDS.filter(enrolment__resident=_PERSON))


def opened(uid, *, user) -> Resident | None:
    """The person with this ``uid`` whom ``user`` may find, with everything that the page shows of campaigns and doses; or None.

    ``has_merges``: other records were merged into this one.
    """
    person = _findable(find_prefixes(user), user.scope("residents.view")).first(uid=uid)
    if person is None:
        return None
    for name, (question, is_told) in _PARTS.items():
        there = not is_told or getattr(person, f"has_{name}")
        give(person, name, question(person=person.pk) if there else [])
    holds = _HOLDS(person=person.pk) if person.has_holds else []
    for enrolment in person.enrolments.all():
        give(enrolment, "holds", [hold for hold in holds if hold.enrolment_id == enrolment.pk])
    return person


@lru_cache(maxsize=256)
def _findable(prefixes: frozenset[str], scope: Scope) -> Kept:
    """The person with a ``uid``, for all who have the same reach."""
    me = OuterRef("pk")
    people = Resident.objects.select_related("village__parent", "household", "organisation").annotate(
        has_priority_groups=Exists(Resident.priority_groups.through.objects.filter(resident=me)),
        has_tags=Exists(Resident.tags.through.objects.filter(resident=me)),
        has_records=Exists(VaccinationRecord.objects.filter(resident=me)),
        has_holds=Exists(_OPEN_HOLDS.filter(enrolment__resident=me)),
        has_merges=Exists(Merge.objects.standing().filter(kept=me)),
    )
    return Kept(lambda: people.findable_in(prefixes, scope).filter(uid=Hole("uid")))
