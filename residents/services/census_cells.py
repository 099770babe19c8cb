"""What the rows of a census file say, as the file has it: kept together for ``TOGETHER`` rows of the file, because a text for
each of a hundred thousand rows costs more to encrypt and to write than it holds."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from core import bulk
from residents.models import CensusImport, CensusRow, RowCells

# A page of the preview reads one or two of these texts; one that shows few rows of many, one for each. What is kept is found by
# this number: another one needs a migration.
TOGETHER = 50
_encode = json.JSONEncoder(ensure_ascii=False).encode

Cells = dict[str, str]  # texts by field key


def text_of(rows: Sequence[Cells]) -> str:
    """The text in which up to ``TOGETHER`` rows, neighbours in the file, are kept."""
    return _encode(rows)


def cells_at(position: int, text: str, read: Callable[[str], list[Cells]] = json.loads) -> Cells:
    """What the row at ``position`` of the file (from 1) says, out of the text of its neighbourhood."""
    return read(text)[(position - 1) % TOGETHER]


def keep(census: CensusImport, texts: Iterable[str], *, first: int) -> None:
    """Write down the texts of the rows from position ``first`` on, with which one of them begins."""
    numbered = enumerate(texts, start=(first - 1) // TOGETHER)
    bulk.insert(RowCells, ("census_id", "number", "text"), [(census.pk, *kept) for kept in numbered])


def cells_of(rows: Iterable[CensusRow]) -> dict[int, Cells]:
    """Row key → what the row says (one query)."""
    found: dict[int, Cells] = {}
    wanted: dict[tuple[int, int], list[CensusRow]] = {}  # by import and text
    for row in rows:
        if row.cells:
            found[row.pk] = json.loads(row.cells)
        else:
            wanted.setdefault((row.census_id, (row.position - 1) // TOGETHER), []).append(row)
    numbers: dict[int, list[int]] = {}
    for census, number in wanted:
        numbers.setdefault(census, []).append(number)
    which = [Q(census=census, number__in=some) for census, some in numbers.items()]
    texts = RowCells.objects.filter(reduce(or_, which)) if which else RowCells.objects.none()
    for census, number, text in texts.values_list("census_id", "number", "text"):
        together = json.loads(text)
        for row in wanted[census, number]:
            found[row.pk] = together[(row.position - 1) % TOGETHER]
    return found
