"""What the check understood of a row, kept (encrypted) for the commit: while nothing by which rows are understood has
changed in between, no row has to be understood a second time."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from operator import attrgetter

from django.db import models
from django.db.models import QuerySet

from residents.models import CensusImport, CensusRow
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

Said = list  # the values of a person in the order of PersonValues, each as JSON can hold it


def ground_of_understanding(interpreter: Interpreter) -> str:
    """64 hex digits that stay the same as long as ``interpreter`` would understand every row the same way."""
    known = (
        *(interpreter.vaccines, interpreter.groups, interpreter.organisations),
        *(interpreter.ground.villages, interpreter.ground.elsewhere),
    )
    ground = (
        _ALL,  # another version of the product
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
    """Writes persons down and reads them again, with the places, products, groups and tags of ``interpreter``."""

    def __init__(self, interpreter: Interpreter):
        self._villages = _by_key([interpreter.ground.place, *interpreter.ground.villages.values()])
        self._organisations = _by_key(
            [*filter(None, [interpreter.organisation]), *interpreter.organisations.values()]
        )
        self._vaccines = _by_key(interpreter.vaccines.values())
        self._groups = _by_key(interpreter.groups.values())
        self._tags = _by_key(interpreter.tags)

    def text(self, people: Iterable[PersonValues | None]) -> str:
        """JSON of these people, in their order: all at once, which costs a quarter of one by one."""
        return _encode([person and self._said(person) for person in people])

    def _said(self, person: PersonValues) -> Said:
        said = list(_all(person))
        said[_BIRTH_DATE] = person.birth_date.isoformat()
        said[_VILLAGE] = person.village.id
        said[_DOCUMENTS] = [_of_document(document) for document in person.documents]
        said[_UNSAID] = sorted(person.unsaid)
        if person.organisation:
            said[_ORGANISATION] = person.organisation.pk
        if person.priority_groups:
            said[_GROUPS] = [group.pk for group in person.priority_groups]
        if person.tags:
            said[_TAGS] = [tag.pk for tag in person.tags]
        if person.doses:
            said[_DOSES] = [
                (d.given_on.isoformat(), d.vaccine.pk, d.place_name, d.lot_no, d.source, d.is_verified)
                for d in person.doses
            ]
        return said

    def person(self, said: Said) -> PersonValues:
        """The person of one element of a ``text`` that was written on the same ground."""
        said = said.copy()
        said[_BIRTH_DATE] = date.fromisoformat(said[_BIRTH_DATE])
        said[_VILLAGE] = self._villages[said[_VILLAGE]]
        said[_DOCUMENTS] = tuple([_to_document(*values) for values in said[_DOCUMENTS]])
        said[_UNSAID] = frozenset(said[_UNSAID])
        if said[_ORGANISATION]:
            said[_ORGANISATION] = self._organisations[said[_ORGANISATION]]
        said[_GROUPS] = tuple([self._groups[pk] for pk in said[_GROUPS]])
        said[_TAGS] = tuple([self._tags[pk] for pk in said[_TAGS]])
        said[_DOSES] = tuple(
            [
                DoseValues(date.fromisoformat(day), self._vaccines[pk], *more)
                for day, pk, *more in said[_DOSES]
            ]
        )
        return PersonValues(*said)


@dataclass(slots=True)
class GoodRow:
    """Of a row that may go in: where it stands, what it would do, to whom; what was understood, or else what it says."""

    pk: int
    sheet: str
    state: str
    resident_id: int | None
    said: Said | None
    cells: str


class Understanding:
    """The persons of the rows of a checked import: as they were kept, or understood anew where the ground has moved."""

    def __init__(self, census: CensusImport, interpreter: Interpreter):
        self._census, self._interpreter, self._keeper = census, interpreter, Keeper(interpreter)
        self._same_ground = census.understood_by == ground_of_understanding(interpreter)
        self._at_hand: dict[int, dict[int, Said | None]] = {}  # by the last of their rows

    def read(self, rows: QuerySet) -> list[GoodRow]:
        """The rows of this query (one of CensusRow, by pk) with what is needed to understand them."""
        found = list(rows.values_list("pk", "sheet", "state", "resident_id"))
        said = self._kept(found[0][0], found[-1][0]) if found and self._same_ground else {}
        lacking = [pk for pk, *_ in found if said.get(pk) is None]
        cells = dict(CensusRow.objects.filter(pk__in=lacking).values_list("pk", "cells")) if lacking else {}
        return [GoodRow(*row, said.get(row[0]), cells.get(row[0], "")) for row in found]

    def _kept(self, first: int, last: int) -> dict[int, Said | None]:
        """Row key → what was understood, at least of the rows from ``first`` to ``last``."""
        self._at_hand = {end: people for end, people in self._at_hand.items() if end >= first}
        wanted = self._census.understood.filter(last__gte=first, first__lte=last)
        for kept in wanted.exclude(last__in=self._at_hand):
            self._at_hand[kept.last] = dict(zip(kept.keys, json.loads(kept.people), strict=True))
        return {pk: said for people in self._at_hand.values() for pk, said in people.items()}

    def person(self, row: GoodRow) -> tuple[PersonValues | None, list[Problem]]:
        """As ``Interpreter.person`` says of the row."""
        if row.said is not None:
            return self._keeper.person(row.said), []
        return self._interpreter.person(json.loads(row.cells), sheet=row.sheet)


def _by_key(rows) -> dict[int, models.Model]:
    return {row.pk: row for row in rows}


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
