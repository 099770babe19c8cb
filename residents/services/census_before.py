"""What a person was before a row of a file was put in: kept with the row, for an undo."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core import bulk
from residents.choices import RowState
from residents.models import CensusRow, Resident
from residents.services.census_keeping import GoodRow
from residents.services.people import Outcome
from residents.services.persons import TEXTS

# Everything that filling a blank, or settling a contradiction, may write.
_COLUMNS = (
    *(key for key in TEXTS),
    *("name", "pinyin", "initials", "given", "sex", "phone", "phone_tail", "phone_owner", "residence"),
    *("nationality", "not_vaccinated_reason", "willing", "organisation_id", "household_id"),
)
DATES = ("birth_date",)


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
    columns |= {name: getattr(resident, name).isoformat() for name in DATES}
    groups = [group.pk for group in resident.priority_groups.all()]
    tags = [tag.pk for tag in resident.tags.all()]
    records = [record.pk for record in resident.records.all()]
    return Snapshot(columns, groups, tags, records, resident.updated_at.isoformat())


def before_rows(rows: Iterable[GoodRow]) -> dict[int, Snapshot]:
    """Row id → the person whom the row is about to fill, as the person is now (four queries)."""
    known = {row.resident_id: row.pk for row in rows if row.state == RowState.UPDATE and row.resident_id}
    people = Resident.objects.filter(pk__in=known).prefetch_related("priority_groups", "tags", "records")
    return {known[resident.pk]: snapshot(resident) for resident in people} if known else {}


def remember_before(before: Mapping[int, Snapshot], done: Iterable[tuple[GoodRow, Outcome]]) -> None:
    """Keep with each row what an undo has to put back, and what the row wrote."""
    rows = [
        (row.pk, change_text(before[row.pk], outcome.resident))
        for row, outcome in done
        if row.pk in before and outcome.state == RowState.UPDATE
    ]
    bulk.update(CensusRow, ["before"], rows)


def change_text(before: Snapshot, after: Resident, **more) -> str:
    """The difference between a snapshot and the columns of ``after``, as rows keep it."""
    now = {name: getattr(after, name) for name in _COLUMNS}
    now |= {name: getattr(after, name).isoformat() for name in DATES}
    changed = {name: [old, now[name]] for name, old in before.columns.items() if old != now[name]}
    kept = {name: getattr(before, name) for name in ("groups", "tags", "records", "updated_at")}
    data = {"columns": changed, **kept, **more}
    return json.dumps(data, ensure_ascii=False)
