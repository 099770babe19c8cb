"""Taking rows of an import back: people whom they created are deleted with the import's own facts; blanks they filled are
blank again; doses they added to known people are voided."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from core import audit, changes
from residents.choices import HoldKind
from residents.models import (
    CensusImport,
    CensusRow,
    Enrolment,
    Hold,
    Household,
    PairMark,
    Resident,
    ResidentIdentifier,
    RosterEntry,
    VaccinationRecord,
)
from residents.services import census_rosters, enrolments
from residents.services.census_before import DATES
from residents.services.census_built import UNDONE
from residents.services.census_obstacles import is_new
from residents.services.holds import lift_hold
from residents.services.merging import counted_days, counting_units
from residents.services.records import void_record


def take_back(
    rows: Sequence[CensusRow], census: CensusImport, *, actor, now: datetime, today: date
) -> tuple[int, int]:
    """Take back ``rows`` (with their residents), against which nothing stands; returns how many people were removed and
    restored. Call inside a deed that holds the enrolments of these people."""
    new = [row.resident_id for row in rows if is_new(row)]
    known = [row for row in rows if not is_new(row)]
    shops = census_rosters.shops_of(rows, census)
    for row in known:
        _restore(row, actor=actor, now=now, today=today)
    CensusRow.objects.filter(pk__in=[row.pk for row in rows]).update(resident=None)
    _delete(new, today)
    census_rosters.come_back(known, actor=actor, today=today)
    filled = {(row.resident_id, _workplace_of(row)) for row in known}
    filled |= {(row.resident_id, census.organisation_id) for row in known}
    census_rosters.leave(census, filled, today=today)
    census_rosters.look_at(shops, today=today)
    return len(new), len(known)


def let_go(rows: Sequence[CensusRow], census: CensusImport, *, today: date) -> None:
    """Forget whom rows meant that changed nobody; the file's organisation has them on its roster no more."""
    if census.organisation_id:
        pairs = {(row.resident_id, census.organisation_id) for row in rows}
        census_rosters.leave(census, pairs, today=today)
        census_rosters.look_at({census.organisation_id}, today=today)
    CensusRow.objects.filter(pk__in=[row.pk for row in rows]).update(resident=None)


def _restore(row: CensusRow, *, actor, now: datetime, today: date) -> None:
    written, person = json.loads(row.before), row.resident
    columns = {
        name: date.fromisoformat(old) if name in DATES else old
        for name, (old, _) in written["columns"].items()
    }
    # Nobody wrote since: the person is again what somebody may have open in a form from before.
    untouched = person.updated_at <= row.done_at
    at = datetime.fromisoformat(written["updated_at"]) if untouched else timezone.now()
    Resident.objects.filter(pk=person.pk).update(**columns, updated_at=at)
    through = Resident.priority_groups.through.objects.filter(resident=person)
    through.exclude(prioritygroup__in=written["groups"]).delete()
    Resident.tags.through.objects.filter(resident=person).exclude(tag__in=written["tags"]).delete()
    _take_back_illness(person, written, actor=actor, now=now)
    added = VaccinationRecord.objects.counted().filter(resident=person).exclude(pk__in=written["records"])
    for record in added.filter(recorded_at__lte=row.done_at).order_by("-given_on"):
        void_record(record=record, actor=actor, reason=UNDONE, now=now)
    for enrolment in person.enrolments.select_related("campaign"):
        enrolments.refresh([enrolment.pk], campaign=enrolment.campaign, today=today)
    if "birth_date" in columns:
        changes.note(counted_days(person))  # the counts are kept by age
        changes.note_population(counting_units(person), today)
    audit.record(
        "resident.import_undone",
        actor=actor,
        target=person,
        subject=person,
        place_code=person.village_code,
        data={"columns": sorted(columns), "doses": len(added)},
    )


def _workplace_of(row: CensusRow) -> int | None:
    """The organisation that the row wrote into the person's blank."""
    return json.loads(row.before)["columns"].get("organisation_id", [None, None])[1]


def _take_back_illness(person: Resident, written: dict, *, actor, now: datetime) -> None:
    """What the file said of an illness no longer waits for the doctor."""
    said = written["columns"].get("conditions", ["", ""])[1]
    waiting = Hold.objects.filter(enrolment__resident=person, kind=HoldKind.SELF_REPORTED, lifted_at=None)
    for hold in waiting.filter(reason=said).select_related("enrolment__campaign", "enrolment__resident"):
        lift_hold(hold=hold, actor=actor, reason=UNDONE, now=now)


def _delete(ids: list[int], today: date) -> None:
    """Delete people and the import's own facts about them. A fact that nobody thought of stops it (PROTECT)."""
    records = VaccinationRecord.objects.filter(resident__in=ids)
    units = dict(
        Enrolment.objects.filter(resident__in=ids)
        .exclude(unit_code="")
        .values_list("resident_id", "unit_code")
    )
    days = set(records.values_list("resident_id", "given_on"))
    days |= {
        (pk, timezone.localdate(at))
        for pk, at in Resident.objects.filter(pk__in=ids).values_list("pk", "created_at")
    }
    days |= {(pk, today) for pk in units}
    changes.note({(units[pk], day) for pk, day in days if pk in units})
    changes.note_population(units.values(), today)
    people = Resident.objects.filter(pk__in=ids)
    houses = set(people.exclude(household=None).values_list("household_id", flat=True))
    Hold.objects.filter(enrolment__resident__in=ids).delete()
    PairMark.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    for model in (RosterEntry, VaccinationRecord, Enrolment):
        model.objects.filter(resident__in=ids).delete()
    ResidentIdentifier.objects.filter(resident__in=ids).delete()
    people.delete()
    Household.objects.filter(pk__in=houses, resident__isnull=True, address="").delete()
