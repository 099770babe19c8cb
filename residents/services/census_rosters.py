"""Rosters and census files: a decided row joins the roster of the file, and an import taken back leaves the rosters."""

import json
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from core import audit
from residents.models import CensusImport, CensusRow, Resident, RosterEntry
from residents.services import rosters, stickers


def join(row: CensusRow, person: Resident, *, actor, today: date) -> None:
    """Whom a decided row of an organisation's file means stands on its roster, as everybody else of the file does."""
    organisation = row.census.organisation
    if organisation is not None:
        rosters.put_on_rosters([person], organisation=organisation, actor=actor, today=today)


def entries_of(person: Resident) -> set[int]:
    """The rosters that the person is on now (ids of entries)."""
    return set(RosterEntry.objects.filter(resident=person, until__isnull=True).values_list("pk", flat=True))


def shops_of(rows: Sequence[CensusRow], census: CensusImport) -> set[int]:
    """The organisations whose stickers an undo of these rows may move: ask before anything is taken back."""
    entries = RosterEntry.objects.filter(resident__in=[row.resident_id for row in rows], until__isnull=True)
    entries |= RosterEntry.objects.filter(pk__in=_ended_by(rows))
    return {*entries.values_list("organisation", flat=True), census.organisation_id} - {None}


def come_back(rows: Sequence[CensusRow], *, actor, today: date) -> None:
    """People are again on the rosters that a decided row took them off, as if they had never left. Call before ``leave``,
    which shows a person on one of the rosters that are open then."""
    back = []
    ended = RosterEntry.objects.filter(pk__in=_ended_by(rows), until__isnull=False)
    for entry in ended.select_related("organisation__place", "resident"):
        here = RosterEntry.objects.filter(organisation=entry.organisation_id, resident=entry.resident_id)
        if here.filter(until__isnull=True).exists():
            continue  # somebody put the person on it again since
        here.filter(pk=entry.pk).update(until=None, end_reason="", ended_by=None)
        back.append(entry.resident_id)
        audit.record(
            "member.rejoined",
            actor=actor,
            target=entry,
            subject=entry.resident,
            place_code=entry.organisation.place.code,
            data={"organisation": entry.organisation_id},
        )
    _settle(back, today)


def _ended_by(rows: Sequence[CensusRow]) -> list[int]:
    return [pk for row in rows if row.before for pk in json.loads(row.before).get("left", ())]


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
    left = [entry.resident_id for entry in entries]
    if census.organisation_id:
        shown = Resident.objects.filter(pk__in=left, organisation=census.organisation)
        shown.update(organisation=None, updated_at=timezone.now())
    _settle(left, today)


def _settle(people: list[int], today: date) -> None:
    found = Resident.objects.filter(pk__in=people).select_related("organisation")
    rosters.settle(list(found), today=today)


def look_at(shops: set[int], *, today: date) -> None:
    """Stickers say at once what the rosters say."""
    stickers.refresh(shops, today=today)
