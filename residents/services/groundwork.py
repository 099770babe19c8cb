"""What can be worked out of new people before the transaction that writes them: on SQLite all other writers wait for that."""

from collections.abc import Sequence
from operator import attrgetter, is_

from core import bulk
from residents.models import Resident, ResidentIdentifier
from residents.services.persons import (
    CHOICES,
    TEXTS,
    Document,
    PersonValues,
    identifier_columns,
    search_columns,
)

_FOUND_BY = ("pinyin", "initials", "given", "phone_tail")
# Columns of Resident that are copied as they are.
_COPIED = ("name", "sex", "birth_date", "nationality", "phone", "willing", *TEXTS, *CHOICES)
_copied = attrgetter(*_COPIED)


class Groundwork:
    """The columns that follow from people alone, which is most of the work: others need not wait while it is done."""

    def __init__(self, people: Sequence[PersonValues]):
        self._people = people
        rows = [(*search_columns(person.name, person.phone).values(), *_copied(person)) for person in people]
        self.residents = bulk.ready(Resident, (*_FOUND_BY, *_COPIED), rows) if rows else {}
        documents = [document for person in people for document in person.documents]
        # Who has no document gets a number when the register is asked which are free.
        self._documents = _of(documents) if all(one.number for one in documents) else None

    def is_of(self, people: Sequence[PersonValues]) -> bool:
        """Whether it was laid for exactly these people in this order."""
        return len(people) == len(self._people) and all(map(is_, people, self._people))

    @property
    def documents(self) -> bulk.Ready:
        """Of the documents of the people in their order, once all have numbers."""
        return self._documents or _of([document for person in self._people for document in person.documents])


def _of(documents: Sequence[Document]) -> bulk.Ready:
    rows = [tuple(identifier_columns(document).values()) for document in documents]
    return bulk.ready(ResidentIdentifier, tuple(identifier_columns(documents[0])), rows) if rows else {}
