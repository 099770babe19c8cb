"""Judging the rows of a census file against themselves and the register; nothing is written here."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from places.models import Organisation
from residents.choices import IdType, RowState
from residents.models import Resident
from residents.services.census_cells import TOGETHER, text_of
from residents.services.census_interpreting import Interpreter
from residents.services.census_numberless import has_own_number, settle
from residents.services.census_reading import RawRow, cell_text
from residents.services.census_repeats import Repeats
from residents.services.census_verdicts import WARNING, CheckedRow, interpreted
from residents.services.differences import Conflict
from residents.services.duplicates import lookalikes
from residents.services.people import CHUNK, Outcome, compare_people
from residents.services.persons import PersonValues, Problem

Keep = Callable[[Sequence[PersonValues | None]], None]


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
    repeats = Repeats()
    rows = iter(rows)
    while raws := list(islice(rows, CHUNK)):
        chunk = [interpreted(raw, interpreter) for raw in raws]
        _place([row for row, _ in chunk], raws, first=len(checked) + 1)
        checked += [row for row, _ in chunk]
        keep([values for _, values in chunk])
        people = [(row, values) for row, values in chunk if values is not None]
        settle((values for _, values in people), today=interpreter.today, allot=False)
        for row, values in people:
            repeats.add(row, values)
        for raw, (row, values) in zip(raws, chunk, strict=True):
            if values is None:
                repeats.add_refused(row, raw)
        _compare(people, interpreter.organisation)
        if progress:
            progress(len(checked))
    repeats.settle(interpreter)
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
