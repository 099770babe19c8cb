"""Where raw values become a person: the one way from a form, a grid or a census file into the register.

``clean_values`` judges what was typed and returns a ``PersonValues``; ``resident_row`` and ``identifier_rows`` turn one
into unsaved rows (the bulk import saves thousands at once), ``write_person`` saves a single one.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from campaigns.models import PriorityGroup
from core import names
from core.text import clean
from places.models import Organisation, Place
from residents.models import Household, Resident, ResidentIdentifier, Tag
from residents.services.person_checks import (
    birth_date_of,
    choice_of,
    demand,
    document_of,
    name_of,
    nationality_of,
    phone_of,
    sex_of,
    text_of,
    willing_of,
)
from residents.services.person_values import CHOICES, TEXTS, Document, DoseValues, PersonValues, Problem

__all__ = [
    "CHOICES",
    "TEXTS",
    "Document",
    "DoseValues",
    "PersonValues",
    "Problem",
    "clean_values",
    "column_values",
    "household_of",
    "identifier_columns",
    "identifier_rows",
    "resident_row",
    "search_columns",
    "write_person",
]
_COPIED = (*TEXTS, "household_no")
_DEFAULTED = ("residence", "phone_owner", "nationality")


def clean_values(
    raw: Mapping[str, object],
    *,
    village: Place,
    today: date,
    organisation: Organisation | None = None,
    priority_groups: Iterable[PriorityGroup] = (),
    tags: Iterable[Tag] = (),
) -> tuple[PersonValues | None, list[Problem]]:
    """Judge raw values; return the person (None when an error was found) and all problems, warnings included.

    ``raw`` has the keys of PersonValues with text, numbers or dates as typed or as a cell holds them, and ``id_type``,
    ``number``, ``no_document_reason``, ``guarantor`` for the document. Codes may be given as code or as their Chinese
    word. Sex and birth date may be missing where the number tells them. Never raises for bad input.
    """
    problems: list[Problem] = []
    values: dict[str, object] = {"name": name_of(raw, problems), "sex": sex_of(raw, problems)}
    values["birth_date"] = birth_date_of(raw, today, problems)
    document = document_of(raw, values, today, problems)
    values["phone"] = phone_of(raw, problems)
    for key, codes in CHOICES.items():
        if (cell := raw.get(key)) not in (None, ""):
            values[key] = choice_of(key, codes, cell, problems)
    for key in _COPIED:
        if (cell := raw.get(key)) not in (None, ""):
            values[key] = text_of(key, cell, problems)
    values["willing"] = willing_of(raw.get("willing"), problems)
    values["nationality"] = nationality_of(raw, document, problems)
    if document:  # a wrong number is put right first: it usually tells both
        demand("sex", "性别", values, problems)
        demand("birth_date", "出生日期", values, problems)
    if problems and any(problem.level == "error" for problem in problems):
        return None, problems
    unsaid = frozenset([key for key in _DEFAULTED if not raw.get(key) or not clean(raw[key])])
    values = {key: value for key, value in values.items() if value != ""}
    documents = (document,) if document else ()
    person = PersonValues(
        **values,
        village=village,
        documents=documents,
        organisation=organisation,
        priority_groups=tuple(priority_groups),
        tags=tuple(tags),
        unsaid=unsaid,
    )
    return person, problems


def search_columns(name: str, phone: str) -> dict[str, str]:
    """The columns by which a person is found as one types; they always follow ``name`` and ``phone``."""
    full, initials = names.pinyin(name)
    return {
        "pinyin": full[:120],
        "initials": initials[:40],
        "given": name[1:],
        "phone_tail": (phone if phone.isdigit() else "".join(filter(str.isdigit, phone)))[-4:],
    }


def column_values(values: PersonValues, household: Household | None) -> dict[str, object]:
    """Every column of Resident that follows from ``values``."""
    copied = ("name", "sex", "birth_date", "nationality", "phone", "willing", "village", "organisation")
    columns = {key: getattr(values, key) for key in (*copied, *TEXTS, *CHOICES)}
    columns |= {"village_code": values.village.code, "household": household}
    return columns | search_columns(values.name, values.phone)


def resident_row(values: PersonValues, *, household: Household | None, actor, key=None) -> Resident:
    """The unsaved Resident of ``values``."""
    return Resident(**column_values(values, household), created_by=actor, key=key)


def identifier_columns(document: Document) -> dict[str, object]:
    """Every column of ResidentIdentifier that follows from a document."""
    return {
        "id_type": document.id_type,
        "number": document.number,
        "number_hash": document.digest,
        "masked": document.masked,
        "last4": document.number[-4:],
        "flags": list(document.flags),
        "no_document_reason": document.reason,
        "guarantor": document.guarantor,
    }


def identifier_rows(values: PersonValues, resident: Resident) -> list[ResidentIdentifier]:
    """The unsaved documents of ``values``; the first one is the one lists show."""
    return [
        ResidentIdentifier(resident=resident, is_primary=position == 0, **identifier_columns(document))
        for position, document in enumerate(values.documents)
    ]


def household_of(values: PersonValues) -> Household | None:
    """The household of the village with that number, made when new."""
    if not values.household_no:
        return None
    return Household.objects.get_or_create(village=values.village, number=values.household_no)[0]


def write_person(values: PersonValues, *, actor, key=None) -> Resident:
    """Save one new person with documents and groups. Call inside a deed; the caller has checked for duplicates."""
    resident = resident_row(values, household=household_of(values), actor=actor, key=key)
    resident.save()
    ResidentIdentifier.objects.bulk_create(identifier_rows(values, resident))
    if values.priority_groups:
        resident.priority_groups.set(values.priority_groups)
    if values.tags:
        resident.tags.set(values.tags)
    return resident
