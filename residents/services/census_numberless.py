"""People without any document in a census file: found again by what else is known of them, or given the register's own
number TMP-{town9}-{yyyy}{seq6}."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from places.querysets import code_range
from residents.choices import IdType
from residents.models import ResidentIdentifier
from residents.services.persons import PersonValues

Who = tuple[int, str, str, date]


def settle(people: Iterable[PersonValues], *, today: date, allot: bool) -> None:
    """Give every person of ``people`` who has no document and no number one, in a fixed number of queries.

    Who is registered already (same village, name, sex, birth date, without document) gets the number on the register. The
    others get a fresh number when ``allot`` is true, else one that is only good for comparing rows of a file.
    """
    waiting = [person for person in people if _is_numberless(person)]
    if not waiting:
        return
    known = _known(waiting)
    fresh: dict[Who, PersonValues] = {}
    for person in waiting:
        number = known.get(_who(person)) or ("" if allot else f"TMP?{_who(person)}")
        if number:
            _give(person, number)
        else:
            fresh.setdefault(_who(person), person)
    by_town: dict[str, list[PersonValues]] = {}
    for person in fresh.values():
        by_town.setdefault(person.village.code[:9], []).append(person)
    for town, persons in by_town.items():
        for person, number in zip(persons, _free_numbers(town, len(persons), today), strict=True):
            _give(person, number)


def has_own_number(person: PersonValues) -> bool:
    """True for a person without document whose row carries a number that only the register may give."""
    document = person.documents[0] if person.documents else None
    return bool(document and document.id_type == IdType.NONE and document.number.startswith("TMP-"))


def _is_numberless(person: PersonValues) -> bool:
    document = person.documents[0] if person.documents else None
    return bool(document and not document.number and document.id_type == IdType.NONE)


def _who(person: PersonValues) -> Who:
    return person.village.pk, person.name, person.sex, person.birth_date


def _give(person: PersonValues, number: str) -> None:
    person.documents = (replace(person.documents[0], number=number), *person.documents[1:])


def _known(people: list[PersonValues]) -> dict[Who, str]:
    rows = ResidentIdentifier.objects.filter(
        id_type=IdType.NONE,
        resident__village__in={person.village.pk for person in people},
        resident__birth_date__in={person.birth_date for person in people},
    ).select_related("resident")
    found: dict[Who, str] = {}
    for row in rows.order_by("-pk"):
        one = row.resident
        found[one.village_id, one.name, one.sex, one.birth_date] = row.number
    return found


def _free_numbers(town: str, wanted: int, today: date) -> list[str]:
    taken = ResidentIdentifier.objects.filter(id_type=IdType.NONE)
    sequence = taken.filter(code_range("resident__village_code", town)).count()
    numbers: list[str] = []
    while len(numbers) < wanted:
        block = {
            ResidentIdentifier.hash_of(IdType.NONE, number): number
            for number in (f"TMP-{town}-{today.year}{sequence + at:06d}" for at in range(1, wanted + 1))
        }
        sequence += wanted
        gone = set(taken.filter(number_hash__in=block).values_list("number_hash", flat=True))
        numbers += [number for digest, number in block.items() if digest not in gone]
    return numbers[:wanted]
