"""Rows of one file with the same number."""

import json
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache

from core.idnumbers import normalise
from residents.choices import IdType, RowState
from residents.fields import BY_KEY
from residents.models import ResidentIdentifier
from residents.services.census_cells import Cells, cells_at
from residents.services.census_interpreting import Interpreter
from residents.services.census_numberless import settle
from residents.services.census_reading import RawRow
from residents.services.census_verdicts import WARNING, CheckedRow, column_title, interpreted
from residents.services.person_checks import choice_of
from residents.services.persons import PersonValues, Problem

_COMPARED = [f.name for f in fields(PersonValues) if f.name not in ("documents", "unsaid")]


class Repeats:
    """Rows by number, while a file is looked through: nothing is kept of a row but the row."""

    def __init__(self):
        self._first: dict[str, CheckedRow] = {}  # by number
        self._repeated: dict[str, list[CheckedRow]] = {}
        self._refused: dict[str, list[CheckedRow]] = {}

    def add(self, row: CheckedRow, values: PersonValues) -> None:
        """A row that was understood."""
        digest = values.documents[0].digest
        if self._first.setdefault(digest, row) is not row:
            self._repeated.setdefault(digest, [self._first[digest]]).append(row)

    def add_refused(self, row: CheckedRow, raw: RawRow) -> None:
        """A row of which no person could be made."""
        if said := raw.cells.get("number"):
            word = raw.cells.get("id_type")
            known = word and choice_of("id_type", IdType, BY_KEY["id_type"].read(word), [])
            id_type = known or IdType.ID_CARD
            digest = ResidentIdentifier.hash_of(id_type, normalise(id_type, said))
            self._refused.setdefault(digest, []).append(row)

    def settle(self, interpreter: Interpreter) -> None:
        """Once the whole file has been looked through."""
        read = lru_cache(maxsize=16)(json.loads)  # two parts alike: row by row from the same two texts
        for same in self._repeated.values():
            _settle(same, [cells_at(row.position, row.text, read) for row in same], interpreter)
        for digest, refused in self._refused.items():
            if digest in self._first:
                _tell(self._first[digest], refused)


def _tell(good: CheckedRow, refused: Sequence[CheckedRow]) -> None:
    """Beside a row that can be read, others with its number have errors of their own: both sides are told, and shown together.

    The row that can be read goes its way: waiting for the others would keep a person out because of a slip elsewhere.
    """
    for row in refused:
        row.beside = good.beside
        message = f"与{_where(good, row)}是同一个证件号码。同一个人只留一行;不是同一个人的,请核对号码。"
        row.note(Problem("number", "ROW_BESIDE", message, WARNING))
    others = "、".join(_where(row, good) for row in refused)
    message = f"{others}也是这个证件号码,但填写有错,没有导入。请核对哪一行是对的。"
    good.note(Problem("number", "ROW_BESIDE", message, WARNING))


def _settle(same: Sequence[CheckedRow], said: Sequence[Cells], interpreter: Interpreter) -> None:
    """One number on several rows: alike, the first counts; different, none does, because nobody knows which is right."""
    again = [
        interpreted(RawRow(row.sheet, row.number, cells), interpreter)
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
