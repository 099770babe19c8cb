"""Judging the rows of a census file against themselves and the register; nothing is written here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

from places.models import Organisation
from residents.choices import IdType, RowState
from residents.fields import BY_KEY
from residents.models import Resident
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
_COMPARED = [f.name for f in fields(PersonValues) if f.name not in ("documents", "unsaid")]


@dataclass
class CheckedRow:
    """A row with its verdict. ``cells`` are texts by field key; ``problems`` dicts with column, key, code, message and
    level; ``values`` the person, None where the row cannot be imported; ``beside`` the place among the rows under which it
    is shown: rows with one number share the first one's; ``conflicts`` (field, register, file) of a row for review."""

    sheet: str
    number: int
    cells: dict[str, str]
    state: str = RowState.CREATE
    problems: list[dict] = field(default_factory=list)
    values: PersonValues | None = None
    resident: Resident | None = None
    beside: int = 0
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        """Add a problem under the title of its column."""
        self.problems.append(
            {
                "column": column_title(problem.field),
                "key": problem.field,
                "code": problem.code,
                "message": problem.message,
                "level": problem.level,
            }
        )

    def reject(self, problem: Problem) -> None:
        """Add a problem that keeps the row out."""
        self.note(problem)
        self.state, self.values = RowState.REJECTED, None


def column_title(key: str) -> str:
    """The title of a field as the form has it."""
    return BY_KEY[key].full_title if key in BY_KEY else _OTHER_TITLES.get(key, "")


def check_rows(
    rows: Sequence[RawRow], *, interpreter: Interpreter, progress: Callable[[int], None] | None = None
) -> list[CheckedRow]:
    """The verdict on every row: create, update, unchanged, review or rejected. Reads only.

    ``progress`` is told every ``CHUNK`` rows how many are done; every row is looked at twice, so each look counts half.
    """
    tell = progress or (lambda done: None)
    checked: list[CheckedRow] = []
    for row in rows:
        checked.append(_interpreted(row, interpreter))
        checked[-1].beside = len(checked)
        if len(checked) % CHUNK == 0:
            tell(len(checked) // 2)
    settle((row.values for row in checked if row.values), today=interpreter.today, allot=False)
    _find_repeats(checked)
    good = [row for row in checked if row.values is not None and row.state == RowState.CREATE]
    for start in range(0, len(good), CHUNK):
        _compare(good[start : start + CHUNK], interpreter.organisation)
        tell((len(checked) + start) // 2)
    return checked


def _compare(rows: list[CheckedRow], organisation: Organisation | None) -> None:
    """What the register says of these rows."""
    for row, outcome in zip(rows, compare_people(row.values for row in rows), strict=True):
        row.state, row.resident = outcome.state, outcome.resident
        row.conflicts = [(c.field, c.ours, c.theirs) for c in outcome.conflicts]
        for problem in conflict_problems(outcome, organisation):
            row.note(problem)
    new = [row for row in rows if row.state == RowState.CREATE]
    for row in new:
        if has_own_number(row.values):
            message = "名册上没有这个编号。无证件人员的编号由系统给出,请把证件号码留空。"
            row.reject(Problem("number", "NO_DOCUMENT", message))
    for at, resident in lookalikes([row.values for row in new]).items():
        if new[at].values is not None:
            _doubt(new[at], resident, organisation)


def _doubt(row: CheckedRow, resident: Resident, organisation: Organisation | None) -> None:
    """Somebody of the village has the same name, sex and birth date under another number: a person has to say who is who."""
    row.state, row.resident = RowState.REVIEW, resident
    document = resident.primary_identifier
    ours = f"{document.get_id_type_display()} {document.masked}" if document else "没有证件"
    said = row.values.documents[0]
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


def _interpreted(row: RawRow, interpreter: Interpreter) -> CheckedRow:
    checked = CheckedRow(row.sheet, row.number, {key: cell_text(cell) for key, cell in row.cells.items()})
    checked.values, problems = interpreter.person(row.cells, sheet=row.sheet)
    for problem in problems:
        checked.note(problem)
    if checked.values is None:
        checked.state = RowState.REJECTED
    return checked


def _find_repeats(rows: Iterable[CheckedRow]) -> None:
    """One number on several rows: alike, the first counts; different, none does, because nobody knows which is right."""
    by_digest: dict[str, list[CheckedRow]] = {}
    for row in rows:
        if row.values is not None:
            by_digest.setdefault(row.values.documents[0].digest, []).append(row)
    for same in by_digest.values():
        if len(same) < 2:
            continue
        for row in same:
            row.beside = same[0].beside
        differing = {key for other in same[1:] for key in _differing(same[0].values, other.values)}
        for row in same:
            others = "、".join(_where(other, row) for other in same if other is not row)
            if differing:
                titles = "、".join(column_title(key) or key for key in _COMPARED if key in differing)
                message = f"与{others}是同一个证件号码,但“{titles}”不一样。请核对后只保留正确的一行。"
                row.reject(Problem("number", "ROW_CONFLICT", message))
            elif row is not same[0]:
                row.state = RowState.UNCHANGED
                message = f"与{_where(same[0], row)}重复(内容相同),这一行不再导入。"
                row.note(Problem("number", "ROW_REPEATED", message, WARNING))


def _differing(one: PersonValues, other: PersonValues) -> list[str]:
    return [key for key in _COMPARED if getattr(one, key) != getattr(other, key)]


def _where(row: CheckedRow, seen_from: CheckedRow) -> str:
    sheet = f"工作表“{row.sheet}”" if row.sheet != seen_from.sheet else ""
    return f"{sheet}第{row.number}行"
