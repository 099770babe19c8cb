"""Why an import cannot be taken back: what was done with its people since."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from residents.choices import Decision, RowState
from residents.models import CensusImport, CensusRow, Resident
from residents.services.census_before import DATES
from residents.services.census_built import built_on_new, doses_since, merged_since

_CHUNK = 500


@dataclass(frozen=True)
class Obstacle:
    """Why one row cannot be taken back."""

    row: CensusRow
    resident: Resident
    reason: str


def obstacles(census: CensusImport) -> Iterator[Obstacle]:
    """Everything that stands in the way of an undo, in the order of the file (reads only)."""
    for rows in _chunks(written(census)):
        yield from obstacles_of(rows, census)


def obstacles_of(rows: Sequence[CensusRow], census: CensusImport) -> Iterator[Obstacle]:
    """``obstacles`` of some rows, read with their residents."""
    new = {row.resident_id: row for row in rows if is_new(row)}
    found = built_on_new(new, census)
    filled = {row.resident_id: row.done_at for row in rows if not is_new(row)}
    late, merged = doses_since(filled), merged_since(filled)
    for row in rows:
        if is_new(row):
            reason = found.get(row.resident_id, "")
        elif row.resident_id in merged:
            reason = "后来与另一份档案合并了,请先撤销合并"
        else:
            reason = _changed_since(row) or ("又登记了接种记录" if row.resident_id in late else "")
        if reason:
            yield Obstacle(row, row.resident, reason)


def written(census: CensusImport):
    """Rows that changed the register and were not taken back, with their residents."""
    rows = census.rows.filter(is_done=True, resident__isnull=False, done_at__isnull=False)
    mine = rows.filter(state__in=(RowState.CREATE, RowState.UPDATE)) | rows.filter(
        decision__in=(Decision.APPLIED, Decision.TWINS)
    )
    return mine.select_related("resident").order_by("pk")


def _chunks(rows) -> Iterator[list[CensusRow]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:_CHUNK]):
        yield chunk
        last = chunk[-1].pk


def is_new(row: CensusRow) -> bool:
    """Whether the row brought this person in; the others filled somebody who was known."""
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
        if (value.isoformat() if name in DATES else value) != after:
            word = Resident._meta.get_field(name.removesuffix("_id")).verbose_name
            return f"导入的“{word}”后来又改过"
    return "已移出名册" if row.resident.removed_on else ""
