"""What the check understood of a row, kept (encrypted) for the commit: while nothing by which rows are understood has
changed in between, no row has to be understood a second time."""

import json
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from operator import attrgetter

from django.db import models
from django.db.models import QuerySet

from residents.models import CensusImport
from residents.services.census_interpreting import Interpreter
from residents.services.persons import Document, DoseValues, PersonValues, Problem

_OWN_FORM = {
    "birth_date",
    "village",
    "documents",
    "organisation",
    "priority_groups",
    "tags",
    "doses",
    "unsaid",
}
_PLAIN = [one.name for one in fields(PersonValues) if one.name not in _OWN_FORM]
_DEFAULTS = [getattr(PersonValues, name, None) for name in _PLAIN]
_plain = attrgetter(*_PLAIN)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


def ground_of_understanding(interpreter: Interpreter) -> str:
    """64 hex digits that stay the same as long as ``interpreter`` would understand every row the same way."""
    known = (
        *(interpreter.vaccines, interpreter.groups, interpreter.organisations),
        *(interpreter.ground.villages, interpreter.ground.elsewhere),
    )
    ground = (
        [one.name for one in fields(PersonValues)],  # another version of the product
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

    def text(self, person: PersonValues) -> str:
        """JSON of everything that is not as a person is by default."""
        said = {
            name: value
            for name, value, usual in zip(_PLAIN, _plain(person), _DEFAULTS, strict=True)
            if value != usual
        }
        said["birth_date"] = person.birth_date.isoformat()
        said["village"] = person.village.pk
        said["documents"] = [
            (d.id_type, d.number, d.flags, d.reason, d.guarantor)
            if d.flags or d.reason
            else (d.id_type, d.number)
            for d in person.documents
        ]
        if person.organisation:
            said["organisation"] = person.organisation.pk
        if person.priority_groups:
            said["priority_groups"] = [group.pk for group in person.priority_groups]
        if person.tags:
            said["tags"] = [tag.pk for tag in person.tags]
        if person.doses:
            said["doses"] = [
                (d.given_on.isoformat(), d.vaccine.pk, d.place_name, d.lot_no, d.source, d.is_verified)
                for d in person.doses
            ]
        if person.unsaid:
            said["unsaid"] = sorted(person.unsaid)
        return _encode(said)

    def person(self, text: str) -> PersonValues:
        """The person of a ``text`` that was written on the same ground."""
        said = _decode(text)
        said["birth_date"] = date.fromisoformat(said["birth_date"])
        said["village"] = self._villages[said["village"]]
        said["documents"] = tuple([Document(*_with_flags(*values)) for values in said["documents"]])
        if "organisation" in said:
            said["organisation"] = self._organisations[said["organisation"]]
        if "priority_groups" in said:
            said["priority_groups"] = tuple(self._groups[pk] for pk in said["priority_groups"])
        if "tags" in said:
            said["tags"] = tuple(self._tags[pk] for pk in said["tags"])
        if "doses" in said:
            said["doses"] = tuple(
                DoseValues(date.fromisoformat(day), self._vaccines[pk], *more)
                for day, pk, *more in said["doses"]
            )
        if "unsaid" in said:
            said["unsaid"] = frozenset(said["unsaid"])
        return PersonValues(**said)


@dataclass(slots=True)
class GoodRow:
    """Of a row that may go in: where it stands, what it would do, to whom, and what is to be understood."""

    pk: int
    sheet: str
    state: str
    resident_id: int | None
    text: str


class Understanding:
    """The persons of the rows of a checked import: as they were kept, or understood anew where the ground has moved."""

    def __init__(self, census: CensusImport, interpreter: Interpreter):
        self._interpreter, self._keeper = interpreter, Keeper(interpreter)
        self._same_ground = census.understood_by == ground_of_understanding(interpreter)

    def read(self, rows: QuerySet) -> list[GoodRow]:
        """The rows of this query (one of CensusRow), read without what is not asked for."""
        text = "person" if self._same_ground else "cells"
        return [GoodRow(*row) for row in rows.values_list("pk", "sheet", "state", "resident_id", text)]

    def person(self, row: GoodRow) -> tuple[PersonValues | None, list[Problem]]:
        """As ``Interpreter.person`` says of the row."""
        if self._same_ground:
            return self._keeper.person(row.text), []
        return self._interpreter.person(json.loads(row.text), sheet=row.sheet)


def _by_key(rows) -> dict[int, models.Model]:
    return {row.pk: row for row in rows}


def _with_flags(id_type: str, number: str, flags=(), *words: str) -> tuple:
    return id_type, number, tuple(flags), *words
