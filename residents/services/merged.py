"""A record that went into another one is a tombstone: nothing is done on it any more."""

from core.errors import RuleBroken
from residents.models import Resident


def survivor_of(tombstone: Resident) -> Resident:
    """The live end of the chain of merges that ``tombstone`` went into."""
    person, seen = tombstone, {tombstone.pk}
    while person.merged_into_id and person.merged_into_id not in seen:
        person = Resident.objects.select_related("village").get(pk=person.merged_into_id)
        seen.add(person.pk)
    return person


def refuse_merged(resident_id: int) -> None:
    """Raise RuleBroken MERGED when this record went into another one. Call it with the person's enrolments locked, so that
    a merge at this very moment cannot leave a fact behind."""
    merged = Resident.objects.filter(pk=resident_id, merged_into__isnull=False)
    row = merged.select_related("merged_into__village").first()
    if row is not None:
        other = row.merged_into
        raise RuleBroken(
            "MERGED", f"这份档案已并入{other.name}({other.village})的档案,请打开那份档案再办理。"
        )
