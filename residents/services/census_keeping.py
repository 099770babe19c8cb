"""What the check understood of a row, kept (encrypted) for the commit: while nothing by which rows are understood has
changed in between, no row has to be understood a second time."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from itertools import repeat
from operator import attrgetter

from django.db import models
from django.db.models import QuerySet

from residents.models import CensusImport, CensusRow
from residents.services.census_cells import Cells, cells_of
from residents.services.census_interpreting import Interpreter
from residents.services.persons import Document, DoseValues, PersonValues, Problem

_ALL = [one.name for one in fields(PersonValues)]
_all = attrgetter(*_ALL)
# Where those stand that JSON cannot hold as they are.
_BIRTH_DATE, _VILLAGE, _DOCUMENTS, _ORGANISATION, _GROUPS, _TAGS, _DOSES, _UNSAID = map(
    _ALL.index,
    ("birth_date", "village", "documents", "organisation", "priority_groups", "tags", "doses", "unsaid"),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_WRITTEN = "in columns"  # changes when persons are written down in another way

_One = Callable[[object], object]


def ground_of_understanding(interpreter: Interpreter) -> str:
    """64 hex digits that stay the same as long as ``interpreter`` would understand every row the same way."""
    known = (
        *(interpreter.vaccines, interpreter.groups, interpreter.organisations),
        *(interpreter.ground.villages, interpreter.ground.elsewhere),
    )
    ground = (
        (_ALL, _WRITTEN),  # another version of the product
        (interpreter.today, interpreter.disease, sorted(interpreter.sheets.items())),
        interpreter.campaign and interpreter.campaign.pk,
        (sorted(interpreter.ground.above.items()), interpreter.ground.town_names),
        [_columns(row) for row in (interpreter.ground.place, interpreter.organisation)],
        [sorted((name, _columns(row)) for name, row in rows.items()) for rows in known],
        sorted(_columns(tag) for tag in interpreter.tags),
    )
    return sha256(repr(ground).encode()).hexdigest()


def _columns(row: models.Model | None) -> str:
    return repr([str(getattr(row, column.attname)) for column in row._meta.concrete_fields] if row else row)


class Keeper:
    """Writes persons down and reads them again, with the places, products, groups and tags of ``interpreter``.

    Field by field, not person by person: of the three dozen fields of a person most are the same for everybody.
    """

    def __init__(self, interpreter: Interpreter):
        villages = _by_key([interpreter.ground.place, *interpreter.ground.villages.values()])
        organisations = _by_key(
            [*filter(None, [interpreter.organisation]), *interpreter.organisations.values()]
        )
        organisations[None] = None
        groups, tags = _by_key(interpreter.groups.values()), _by_key(interpreter.tags)
        self._vaccines = _by_key(interpreter.vaccines.values())
        # What JSON cannot hold as it is: how it is written, and how it is read again.
        self._written: dict[str, tuple[_One, _One]] = {
            "birth_date": (date.isoformat, date.fromisoformat),
            "village": (_key, villages.__getitem__),
            "organisation": (_key, organisations.__getitem__),
            "documents": (_of_documents, _to_documents),
            "priority_groups": (_keys, lambda keys: tuple([groups[key] for key in keys])),
            "tags": (_keys, lambda keys: tuple([tags[key] for key in keys])),
            "doses": (_of_doses, self._to_doses),
            "unsaid": (sorted, frozenset),
        }

    def text(self, people: Sequence[PersonValues | None]) -> str:
        """JSON of these people, in their order: all at once, which costs a quarter of one by one."""
        known = [person for person in people if person is not None]
        gaps = [at for at, person in enumerate(people) if person is None]
        columns = zip(*map(_all, known), strict=True)
        return _encode([len(known), gaps, *map(self._said, _ALL, columns)])

    def _said(self, name: str, values: Sequence) -> list:
        """The values of one field as JSON can hold them; only one where all are the same."""
        if name in self._written:
            write, _ = self._written[name]
            values = [write(value) for value in values]
        return values[:1] if values.count(values[0]) == len(values) else values

    def people(self, text: str) -> list[PersonValues | None]:
        """The people of a ``text`` that was written on the same ground."""
        count, gaps, *columns = json.loads(text)
        columns = [self._values(name, said, count) for name, said in zip(_ALL, columns, strict=bool(count))]
        people = list(map(PersonValues, *columns)) if count else []
        for at in gaps:
            people.insert(at, None)
        return people

    def _values(self, name: str, said: list, count: int) -> Iterable:
        if name in self._written:
            _, read = self._written[name]
            said = [read(value) for value in said]
        return repeat(said[0], count) if len(said) == 1 else said

    def _to_doses(self, said: list) -> tuple[DoseValues, ...]:
        return tuple(
            [DoseValues(date.fromisoformat(day), self._vaccines[pk], *more) for day, pk, *more in said]
        )


@dataclass(slots=True)
class GoodRow:
    """Of a row that may go in: where it stands, what it would do, to whom; who was understood, or else what it says."""

    pk: int
    sheet: str
    state: str
    resident_id: int | None
    values: PersonValues | None
    cells: Cells


class Understanding:
    """The persons of the rows of a checked import: as they were kept, or understood anew where the ground has moved."""

    def __init__(self, census: CensusImport, interpreter: Interpreter):
        self._census, self._interpreter, self._keeper = census, interpreter, Keeper(interpreter)
        self._same_ground = census.understood_by == ground_of_understanding(interpreter)
        self._at_hand: dict[int, dict[int, PersonValues | None]] = {}  # by the last of their rows

    def read(self, rows: QuerySet) -> list[GoodRow]:
        """The rows of this query (one of CensusRow, by pk) with what is needed to understand them."""
        found = list(rows.values_list("pk", "sheet", "state", "resident_id"))
        known = self._kept(found[0][0], found[-1][0]) if found and self._same_ground else {}
        lacking = [pk for pk, *_ in found if known.get(pk) is None]
        cells = cells_of(CensusRow.objects.filter(pk__in=lacking)) if lacking else {}
        return [GoodRow(*row, known.get(row[0]), cells.get(row[0], {})) for row in found]

    def _kept(self, first: int, last: int) -> dict[int, PersonValues | None]:
        """Row key → who was understood, at least of the rows from ``first`` to ``last``."""
        self._at_hand = {end: people for end, people in self._at_hand.items() if end >= first}
        wanted = self._census.understood.filter(last__gte=first, first__lte=last)
        for kept in wanted.exclude(last__in=self._at_hand):
            self._at_hand[kept.last] = dict(zip(kept.keys, self._keeper.people(kept.people), strict=True))
        return {pk: person for people in self._at_hand.values() for pk, person in people.items()}

    def person(self, row: GoodRow) -> tuple[PersonValues | None, list[Problem]]:
        """As ``Interpreter.person`` says of the row."""
        if row.values is not None:
            return row.values, []
        return self._interpreter.person(row.cells, sheet=row.sheet)


def _by_key(rows) -> dict[int, models.Model]:
    return {row.pk: row for row in rows}


def _key(row: models.Model | None) -> int | None:
    return row and row.id


def _keys(rows: Sequence[models.Model]) -> list[int]:
    return [row.pk for row in rows]


def _of_doses(doses: Sequence[DoseValues]) -> list[tuple]:
    return [
        (d.given_on.isoformat(), d.vaccine.pk, d.place_name, d.lot_no, d.source, d.is_verified) for d in doses
    ]


def _of_documents(documents: Sequence[Document]) -> list[tuple]:
    return [_of_document(document) for document in documents]


def _to_documents(said: list) -> tuple[Document, ...]:
    return tuple([_to_document(*values) for values in said])


def _of_document(document: Document) -> tuple:
    digest = document.digest if document.number else ""
    short = document.id_type, document.number, digest
    if document.flags or document.reason:
        return *short, document.flags, document.reason, document.guarantor
    return short


def _to_document(id_type: str, number: str, digest: str, flags=(), *words: str) -> Document:
    document = Document(id_type, number, tuple(flags), *words)
    if digest:
        document.__dict__["digest"] = digest
    return document
