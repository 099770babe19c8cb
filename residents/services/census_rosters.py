"""Rosters and census files: a decided row joins the roster of the file, and an import taken back leaves the rosters."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from residents.models import CensusImport, CensusRow, Resident, RosterEntry
from residents.services import rosters, stickers


def join(row: CensusRow, person: Resident, *, actor, today: date) -> None:
    """Whom a decided row of an organisation's file means stands on its roster, as everybody else of the file does."""
    organisation = row.census.organisation
    if organisation is not None:
        rosters.put_on_rosters([person], organisation=organisation, actor=actor, today=today)


def shops_of(people: Iterable[int], census: CensusImport) -> set[int]:
    """The organisations whose stickers an undo for these people may move: ask before anything is taken back."""
    entries = RosterEntry.objects.filter(resident__in=people, until__isnull=True)
    return {*entries.values_list("organisation", flat=True), census.organisation_id} - {None}


def leave(census: CensusImport, pairs: Iterable[tuple[int, int | None]], *, today: date) -> None:
    """People are off the rosters that ``census`` put them on: (resident id, organisation id). What stood there before, and
    what an organisation has confirmed since, stays."""
    pairs = set(pairs)
    fresh = RosterEntry.objects.filter(
        resident__in={person for person, _ in pairs},
        organisation__in={organisation for _, organisation in pairs} - {None},
        until__isnull=True,
        added_at__gte=census.created_at,
        confirmed_at=None,
    )
    entries = [entry for entry in fresh if (entry.resident_id, entry.organisation_id) in pairs]
    RosterEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    left = Resident.objects.filter(pk__in=[entry.resident_id for entry in entries])
    if census.organisation_id:
        left.filter(organisation=census.organisation).update(organisation=None, updated_at=timezone.now())
    rosters.settle(list(left.select_related("organisation")), today=today)


def look_at(shops: set[int], *, today: date) -> None:
    """Stickers say at once what the rosters say."""
    stickers.refresh(shops, today=today)
