"""Taking a whole import back while nothing was built on it: all of it or nothing.

People whom the import created are deleted with the import's own facts; blanks it filled are blank again; doses it added to
known people are voided. What was done with a person since is named, and then nothing is changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from core import audit, changes
from core.errors import RuleBroken
from core.locks import alone, deed, lock
from residents.choices import Decision, HoldKind, ImportState, RowState
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
from residents.services.census_built import UNDONE, built_on_new, doses_since, merged_since
from residents.services.holds import lift_hold
from residents.services.people import Outcome
from residents.services.persons import TEXTS
from residents.services.records import void_record

CHUNK = 500
# Everything that filling a blank, or settling a contradiction, may write.
_COLUMNS = (
    *(key for key in TEXTS),
    *("name", "pinyin", "initials", "given", "sex", "phone", "phone_tail", "phone_owner", "residence"),
    *("nationality", "not_vaccinated_reason", "willing", "organisation_id", "household_id"),
)
_DATES = ("birth_date",)
_UNDOABLE = (ImportState.COMMITTED, ImportState.COMMITTING)


@dataclass(frozen=True)
class Obstacle:
    """Why one row cannot be taken back."""

    sheet: str
    number: int
    resident: Resident
    reason: str


@dataclass(frozen=True)
class Snapshot:
    """A known person before a row was put in."""

    columns: dict[str, object]
    groups: list[int]
    tags: list[int]
    records: list[int]
    updated_at: str


def snapshot(resident: Resident) -> Snapshot:
    """Of a resident read with ``priority_groups``, ``tags`` and ``records``."""
    columns = {name: getattr(resident, name) for name in _COLUMNS}
    columns |= {name: getattr(resident, name).isoformat() for name in _DATES}
    groups = [group.pk for group in resident.priority_groups.all()]
    tags = [tag.pk for tag in resident.tags.all()]
    records = [record.pk for record in resident.records.all()]
    return Snapshot(columns, groups, tags, records, resident.updated_at.isoformat())


def before_rows(rows: Iterable[CensusRow]) -> dict[int, Snapshot]:
    """Row id → the person whom the row is about to fill, as the person is now (four queries)."""
    known = {row.resident_id: row.pk for row in rows if row.state == RowState.UPDATE and row.resident_id}
    people = Resident.objects.filter(pk__in=known).prefetch_related("priority_groups", "tags", "records")
    return {known[resident.pk]: snapshot(resident) for resident in people} if known else {}


def remember_before(before: Mapping[int, Snapshot], done: Iterable[tuple[CensusRow, Outcome]]) -> None:
    """Keep with each row what an undo has to put back, and what the row wrote."""
    rows = []
    for row, outcome in done:
        if row.pk in before and outcome.state == RowState.UPDATE:
            row.before = change_text(before[row.pk], outcome.resident)
            rows.append(row)
    if rows:
        CensusRow.objects.bulk_update(rows, ["before"], batch_size=CHUNK)


def change_text(before: Snapshot, after: Resident, **more) -> str:
    """The difference between a snapshot and the columns of ``after``, as rows keep it."""
    now = {name: getattr(after, name) for name in _COLUMNS}
    now |= {name: getattr(after, name).isoformat() for name in _DATES}
    changed = {name: [old, now[name]] for name, old in before.columns.items() if old != now[name]}
    kept = {name: getattr(before, name) for name in ("groups", "tags", "records", "updated_at")}
    data = {"columns": changed, **kept, **more}
    return json.dumps(data, ensure_ascii=False)


def obstacles(census: CensusImport) -> Iterator[Obstacle]:
    """Everything that stands in the way of an undo, in the order of the file (reads only)."""
    for rows in _chunks(_written(census)):
        new = {row.resident_id: row for row in rows if _is_new(row)}
        found = built_on_new(new, census)
        filled = {row.resident_id: row.done_at for row in rows if not _is_new(row)}
        late, merged = doses_since(filled), merged_since(filled)
        for row in rows:
            if _is_new(row):
                reason = found.get(row.resident_id, "")
            elif row.resident_id in merged:
                reason = "后来与另一份档案合并了,请先撤销合并"
            else:
                reason = _changed_since(row) or ("又登记了接种记录" if row.resident_id in late else "")
            if reason:
                yield Obstacle(row.sheet, row.number, row.resident, reason)


@deed()
def undo(census: CensusImport, *, actor, now: datetime, today: date) -> dict[str, int]:
    """Take ``census`` back in one transaction; returns how many people were removed and restored.

    Raises RuleBroken: NOT_UNDOABLE, UNDO_BLOCKED (``obstacles`` tells by what); Busy.
    """
    alone(f"census:{census.pk}")  # not between two rows that a worker is putting in
    mine = CensusImport.objects.filter(pk=census.pk, state__in=_UNDOABLE)
    if not mine.update(state=ImportState.UNDONE, undone_at=now, undone_by=actor):
        raise RuleBroken("NOT_UNDOABLE", "这次导入没有写入名册,或者已经撤销,不能再撤销。")
    ids = _written(census).values("resident")
    lock(Enrolment, Enrolment.objects.filter(resident__in=ids).values_list("pk", flat=True))
    if found := list(obstacles(census)):
        number, first = len(found), found[0]
        raise RuleBroken(
            "UNDO_BLOCKED",
            f"有 {number} 人在导入之后又有变动(如第{first.number}行:{first.reason}),整个导入没有撤销。请查看名单。",
        )
    shops = census_rosters.shops_of(ids, census)
    removed, restored_people, filled = 0, [], set()
    for rows in list(_chunks(_written(census))):
        new = [row for row in rows if _is_new(row)]
        for row in rows:
            if not _is_new(row):
                _restore(row, actor=actor, now=now, today=today)
                filled.add((row.resident_id, _workplace_of(row)))
        removed += len(new)
        restored_people += [row.resident_id for row in rows if not _is_new(row)]
        gone = [row.resident_id for row in new]
        CensusRow.objects.filter(pk__in=[row.pk for row in rows]).update(resident=None)
        _delete(gone, today)
    left = census.rows.filter(resident__isnull=False)
    if census.organisation_id:
        named = restored_people + list(left.values_list("resident_id", flat=True))
        filled |= {(person, census.organisation_id) for person in named}
    census_rosters.leave(census, filled, today=today)
    census_rosters.look_at(shops, today=today)
    left.update(resident=None)
    data = {"removed": removed, "restored": len(restored_people)}
    audit.record("census.undone", actor=actor, target=census, place_code=census.place.code, data=data)
    census.refresh_from_db()
    return data


def _written(census: CensusImport):
    """Rows that changed the register."""
    rows = census.rows.filter(is_done=True, resident__isnull=False, done_at__isnull=False)
    written = rows.filter(state__in=(RowState.CREATE, RowState.UPDATE)) | rows.filter(
        decision__in=(Decision.APPLIED, Decision.TWINS)
    )
    return written.select_related("resident").order_by("pk")


def _chunks(rows) -> Iterator[list[CensusRow]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _is_new(row: CensusRow) -> bool:
    return row.decision == Decision.TWINS or (row.state == RowState.CREATE and not row.decision)


def _changed_since(row: CensusRow) -> str:
    """Columns that the row wrote and somebody wrote again since."""
    if not row.before:
        return "导入时别人正在登记此人"
    written = json.loads(row.before)
    if written.get("document"):
        return "证件号码已按名单改过"
    for name, (_, after) in written["columns"].items():
        value = getattr(row.resident, name)
        if (value.isoformat() if name in _DATES else value) != after:
            word = Resident._meta.get_field(name.removesuffix("_id")).verbose_name
            return f"导入的“{word}”后来又改过"
    return "已移出名册" if row.resident.removed_on else ""


def _restore(row: CensusRow, *, actor, now: datetime, today: date) -> None:
    written, person = json.loads(row.before), row.resident
    columns = {
        name: date.fromisoformat(old) if name in _DATES else old
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
    people = Resident.objects.filter(pk__in=ids)
    houses = set(people.exclude(household=None).values_list("household_id", flat=True))
    Hold.objects.filter(enrolment__resident__in=ids).delete()
    PairMark.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    for model in (RosterEntry, VaccinationRecord, Enrolment):
        model.objects.filter(resident__in=ids).delete()
    ResidentIdentifier.objects.filter(resident__in=ids).delete()
    people.delete()
    Household.objects.filter(pk__in=houses, resident__isnull=True, address="").delete()
