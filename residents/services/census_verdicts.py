"""The verdict on one row of a census file."""

from collections.abc import Sequence
from dataclasses import dataclass

from residents.choices import RowState
from residents.fields import BY_KEY
from residents.models import Resident
from residents.services.census_cells import Cells, cells_at
from residents.services.census_interpreting import Interpreter
from residents.services.census_reading import RawRow
from residents.services.persons import PersonValues, Problem

WARNING = "warning"
# Titles of what the form has no column for.
_OTHER_TITLES = {
    "doses": "接种记录",
    "removed": "在册情况",
    "nationality": "国籍",
    "organisation": "工作单位/学校",
}


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


def interpreted(row: RawRow, interpreter: Interpreter) -> tuple[CheckedRow, PersonValues | None]:
    """The verdict on a row by itself, and the person that it means, if one can be made out."""
    checked = CheckedRow(row.sheet, row.number)
    values, problems = interpreter.person(row.cells, sheet=row.sheet)
    for problem in problems:
        checked.note(problem)
    if values is None:
        checked.state = RowState.REJECTED
    return checked, values
