"""Judging the rows of a census file against themselves and the register; nothing is written here."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import islice

from places.models import Organisation
from residents.choices import IdType, RowState
from residents.fields import BY_KEY
from residents.models import Resident
from residents.services.census_cells import TOGETHER, Cells, cells_at, text_of
from residents.services.census_interpreting import Interpreter
from residents.services.census_numberless import has_own_number, settle
from residents.services.census_reading import RawRow, cell_text
from residents.services.differences import Conflict
from residents.services.duplicates import lookalikes
from residents.services.people import CHUNK, Outcome, compare_people
from residents.services.persons import PersonValues, Problem

ERROR, WARNING = "error", "warning"
# Titles of what the form has no column for.
_OTHER_TITLES = {
    "doses": "接种记录",
    "removed": "在册情况",
    "nationality": "国籍",
    "organisation": "工作单位/学校",
}
Keep = Callable[[Sequence[PersonValues | None]], None]
_COMPARED = [f.name for f in fields(PersonValues) if f.name not in ("documents", "unsaid")]


@dataclass(slots=True)
class CheckedRow:
    """A row with its verdict. ``text`` holds its ``cells`` and those of its neighbours; ``position`` is its place in the file;
    ``problems`` are dicts with column, key, code, message and level; ``beside`` is the position under which it is shown: rows with
    one number share the first one's; ``conflicts`` (field, register, file) of a row for review.

    Texts instead of dicts, nothing instead of empty lists: a file has a hundred thousand rows.
    """

    sheet: str
    number: int
    state: str = RowState.CREATE
    problems: Sequence[dict] = ()
    resident: Resident | None = None
    position: int = 0
    beside: int = 0
    text: str = ""
    conflicts: Sequence[tuple[str, str, str]] = ()

    @property
    def cells(self) -> Cells:
        """Texts by field key."""
        return cells_at(self.position, self.text)

    def note(self, problem: Problem) -> None:
        """Add a problem under the title of its column."""
        said = {
            "column": column_title(problem.field),
            "key": problem.field,
            "code": problem.code,
            "message": problem.message,
            "level": problem.level,
        }
        self.problems = [*self.problems, said]

    def reject(self, problem: Problem) -> None:
        """Add a problem that keeps the row out."""
        self.note(problem)
        self.state = RowState.REJECTED


def column_title(key: str) -> str:
    """The title of a field as the form has it."""
    return BY_KEY[key].full_title if key in BY_KEY else _OTHER_TITLES.get(key, "")


def check_rows(
    rows: Iterable[RawRow],
    *,
    interpreter: Interpreter,
    keep: Keep = lambda people: None,
    progress: Callable[[int], None] | None = None,
) -> list[CheckedRow]:
    """The verdict on every row: create, update, unchanged, review or rejected. Reads only.

    ``keep`` is given the persons of every ``CHUNK`` rows as they were understood (None for a row that was not), and
    ``progress`` told how many rows are done. Persons are not kept beside their rows: of a large file there is room for one
    form of it.
    """
    checked: list[CheckedRow] = []
    first: dict[str, CheckedRow] = {}  # by number
    repeated: dict[str, list[CheckedRow]] = {}
    rows = iter(rows)
    while raws := list(islice(rows, CHUNK)):
        chunk = [_interpreted(raw, interpreter) for raw in raws]
        _place([row for row, _ in chunk], raws, first=len(checked) + 1)
        checked += [row for row, _ in chunk]
        keep([values for _, values in chunk])
        people = [(row, values) for row, values in chunk if values is not None]
        settle((values for _, values in people), today=interpreter.today, allot=False)
        for row, values in people:
            digest = values.documents[0].digest
            if first.setdefault(digest, row) is not row:
                repeated.setdefault(digest, [first[digest]]).append(row)
        _compare(people, interpreter.organisation)
        if progress:
            progress(len(checked))
    read = lru_cache(maxsize=16)(
        json.loads
    )  # two parts of a file that are alike: row by row from the same two texts
    for same in repeated.values():
        _settle_repeats(same, [cells_at(row.position, row.text, read) for row in same], interpreter)
    return checked


def _place(rows: Sequence[CheckedRow], raws: Sequence[RawRow], *, first: int) -> None:
    """Say where neighbouring rows stand in the file, and what they say."""
    for position, row in enumerate(rows, start=first):
        row.position = row.beside = position
    for start in range(0, len(rows), TOGETHER):
        some = slice(start, start + TOGETHER)
        text = text_of([{key: cell_text(cell) for key, cell in raw.cells.items()} for raw in raws[some]])
        for row in rows[some]:
            row.text = text


def _compare(people: Sequence[tuple[CheckedRow, PersonValues]], organisation: Organisation | None) -> None:
    """What the register says of these rows."""
    outcomes = compare_people(values for _, values in people)
    for (row, _), outcome in zip(people, outcomes, strict=True):
        row.state, row.resident = outcome.state, outcome.known
        if outcome.conflicts:
            row.conflicts = [(c.field, c.ours, c.theirs) for c in outcome.conflicts]
            for problem in conflict_problems(outcome, organisation):
                row.note(problem)
    new = [(row, values) for row, values in people if row.state == RowState.CREATE]
    for row, values in new:
        if has_own_number(values):
            message = "名册上没有这个编号。无证件人员的编号由系统给出,请把证件号码留空。"
            row.reject(Problem("number", "NO_DOCUMENT", message))
    for at, resident in lookalikes([values for _, values in new]).items():
        row, values = new[at]
        if row.state != RowState.REJECTED:
            _doubt(row, values, resident, organisation)


def _doubt(
    row: CheckedRow, values: PersonValues, resident: Resident, organisation: Organisation | None
) -> None:
    """Somebody of the village has the same name, sex and birth date under another number: a person has to say who is who."""
    row.state, row.resident = RowState.REVIEW, resident
    document = resident.primary_identifier
    ours = f"{document.get_id_type_display()} {document.masked}" if document else "没有证件"
    said = values.documents[0]
    row.conflicts = [("number", ours, f"{IdType(said.id_type).label} {said.masked}")]
    if organisation is None or resident.organisation_id == organisation.pk:
        message = f"本村名册中已有姓名、性别、出生日期都相同的人({ours}),没有导入,请核对是不是同一个人。"
    else:
        message = "村(社区)名册中已有姓名、性别、出生日期都相同的人,没有导入,由村(社区)核对。"
    row.note(Problem("number", "LIKENESS", message, WARNING))


def conflict_problems(outcome: Outcome, organisation: Organisation | None) -> list[Problem]:
    """Contradictions between register and file, in words; they wait for a person.

    What the register says is shown to those who may see it: an organisation knows its own people only.
    """
    known = organisation is None or (outcome.resident and outcome.resident.organisation_id == organisation.pk)
    return [
        Problem(conflict.field, "CONFLICT", _conflict_words(conflict, bool(known)), WARNING)
        for conflict in outcome.conflicts
    ]


def _conflict_words(conflict: Conflict, may_see_ours: bool) -> str:
    if conflict.field == "village":
        return f"这个证件号码{conflict.ours},没有导入。要转到本村,请与对方或镇办联系办理转移。"
    if conflict.field == "removed":
        return f"此人{conflict.ours},没有导入。仍在本村的,请先由镇办在其页面恢复。"
    if not may_see_ours:
        return f"表中是“{conflict.theirs}”,与村(社区)名册不一致,没有改动,请与村(社区)核对。"
    return f"名册中是“{conflict.ours}”,表中是“{conflict.theirs}”,没有改动,请核对。"


def _interpreted(row: RawRow, interpreter: Interpreter) -> tuple[CheckedRow, PersonValues | None]:
    checked = CheckedRow(row.sheet, row.number)
    values, problems = interpreter.person(row.cells, sheet=row.sheet)
    for problem in problems:
        checked.note(problem)
    if values is None:
        checked.state = RowState.REJECTED
    return checked, values


def _settle_repeats(same: Sequence[CheckedRow], said: Sequence[Cells], interpreter: Interpreter) -> None:
    """One number on several rows: alike, the first counts; different, none does, because nobody knows which is right."""
    again = [
        _interpreted(RawRow(row.sheet, row.number, cells), interpreter)
        for row, cells in zip(same, said, strict=True)
    ]
    people = [values for _, values in again if values is not None]
    settle(people, today=interpreter.today, allot=False)
    differing = {key for other in people[1:] for key in _differing(people[0], other)}
    for row, (own, values) in zip(same, again, strict=True):
        row.beside = same[0].beside
        if row is same[0] and values is not None and not differing:
            continue
        # What the register says of the number is nothing that this row may be told.
        row.state, row.resident, row.conflicts, row.problems = RowState.UNCHANGED, None, (), own.problems
        others = "、".join(_where(other, row) for other in same if other is not row)
        if values is None:  # its kept text says less than the file did
            row.state = RowState.REJECTED
        elif differing:
            titles = "、".join(column_title(key) or key for key in _COMPARED if key in differing)
            message = f"与{others}是同一个证件号码,但“{titles}”不一样。请核对后只保留正确的一行。"
            row.reject(Problem("number", "ROW_CONFLICT", message))
        else:
            message = f"与{_where(same[0], row)}重复(内容相同),这一行不再导入。"
            row.note(Problem("number", "ROW_REPEATED", message, WARNING))


def _differing(one: PersonValues, other: PersonValues) -> list[str]:
    return [key for key in _COMPARED if getattr(one, key) != getattr(other, key)]


def _where(row: CheckedRow, seen_from: CheckedRow) -> str:
    sheet = f"工作表“{row.sheet}”" if row.sheet != seen_from.sheet else ""
    return f"{sheet}第{row.number}行"
