"""Whom the register has and a census file has not: nobody is left out of a list without somebody having looked (S110)."""

from django.db.models import Exists, OuterRef, QuerySet

from places.choices import Level
from residents.choices import ImportState
from residents.models import CensusImport, CensusRow, Resident, RosterEntry

LOOKED_THROUGH = frozenset({ImportState.CHECKED, ImportState.COMMITTED})


def absent(census: CensusImport) -> QuerySet[Resident]:
    """The live people of the villages (of the roster) that the file is about, of whom no row of it speaks.

    A file of a township is about the villages of the people it has.
    """
    rows = CensusRow.objects.filter(census=census, resident__isnull=False)
    people = Resident.objects.live().exclude(Exists(rows.filter(resident=OuterRef("pk"))))
    if census.organisation_id:
        entries = RosterEntry.objects.current().filter(organisation=census.organisation_id)
        return people.filter(Exists(entries.filter(resident=OuterRef("pk"))))
    if census.place.level == Level.VILLAGE:
        return people.filter(village=census.place)
    return people.filter(village__in=rows.order_by().values("resident__village"))
