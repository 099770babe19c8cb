"""Where raw values become a person: the one way from a form, a grid or a census file into the register.

``clean_values`` judges what was typed and returns a ``PersonValues``; ``resident_row`` and ``identifier_rows`` turn one
into unsaved rows (the bulk import saves thousands at once), ``write_person`` saves a single one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from django.db import models

from campaigns.models import PriorityGroup
from core import idnumbers, names, phones
from core.choices import Sex
from core.dates import age_on, parse_loose_date
from core.text import clean
from inventory.models import Vaccine
from places.models import Organisation, Place
from residents.choices import (
    OF_ANY_COUNTRY,
    OF_FOREIGNERS,
    IdType,
    NotVaccinatedReason,
    PhoneOwner,
    RecordSource,
    Residence,
)
from residents.models import Household, Resident, ResidentIdentifier, Tag
from residents.nationalities import CHINA
from residents.words import group_number

OLDEST = 125  # years; older is a typing slip
# Copied as they are (trimmed, half-width) into the column of the same name.
TEXTS = (
    "group_no",
    "grid",
    "relation_to_head",
    "hukou_address",
    "address",
    "away_place",
    "workplace",
    "school_class",
    "occupation",
    "conditions",
    "special_needs",
    "guardian_name",
    "responsible_name",
    "note",
)
_COPIED = (*TEXTS, "household_no")
CHOICES: dict[str, type[models.TextChoices]] = {
    "residence": Residence,
    "phone_owner": PhoneOwner,
    "not_vaccinated_reason": NotVaccinatedReason,
}
_WILLING = {"是": True, "愿意": True, "同意": True, "否": False, "不愿意": False, "不同意": False}
_DEFAULTED = ("residence", "phone_owner", "nationality")
_UNREADABLE = "BIRTH_DATE_FORM"
_LEGACY_FLAGS = {"ID_LEGACY15", "ID_REGION", "ID_FORMAT"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value: ``field`` as in PersonValues, stable ``code``, Chinese ``message``, and ``level``
    'error' (cannot be saved) or 'warning' (should be looked at)."""

    field: str
    code: str
    message: str
    level: str = "error"


@dataclass(unsafe_hash=True)  # never changed; but freezing would double the price of a hundred thousand
class Document:
    """One identity document with its number in the stored form. A person without any has type N0: then ``number`` is
    empty until the register gives one, and ``reason`` and ``guarantor`` say why and who vouches."""

    id_type: str
    number: str
    flags: tuple[str, ...] = ()
    reason: str = ""
    guarantor: str = ""

    @cached_property
    def digest(self) -> str:
        """The blind index under which the number is unique and can be found."""
        return ResidentIdentifier.hash_of(self.id_type, self.number)

    @property
    def masked(self) -> str:
        """What lists show. Our own TMP- numbers name nobody and stay readable."""
        return self.number if self.id_type == IdType.NONE else idnumbers.mask(self.number)


@dataclass(frozen=True)
class DoseValues:
    """An earlier dose as somebody says it: the day, the product (the unknown one where nobody knows), where."""

    given_on: date
    vaccine: Vaccine
    place_name: str = ""
    lot_no: str = ""
    source: str = RecordSource.ELSEWHERE
    is_verified: bool = False


@dataclass(slots=True)
class PersonValues:
    """A cleaned person, ready to be written. Texts are trimmed, codes are valid, the number passed its checks.

    ``unsaid`` names the fields that carry a default only because the source is silent about them; they never
    contradict what the register knows.
    """

    name: str
    sex: str
    birth_date: date
    village: Place
    documents: tuple[Document, ...] = ()
    nationality: str = CHINA
    group_no: str = ""
    grid: str = ""
    household_no: str = ""
    relation_to_head: str = ""
    residence: str = Residence.LOCAL_RESIDENT
    hukou_address: str = ""
    address: str = ""
    away_place: str = ""
    phone: str = ""
    phone_owner: str = PhoneOwner.SELF
    organisation: Organisation | None = None
    workplace: str = ""
    school_class: str = ""
    occupation: str = ""
    priority_groups: tuple[PriorityGroup, ...] = field(default=())
    tags: tuple[Tag, ...] = field(default=())
    conditions: str = ""
    special_needs: str = ""
    guardian_name: str = ""
    willing: bool | None = None
    not_vaccinated_reason: str = ""
    responsible_name: str = ""
    note: str = ""
    doses: tuple[DoseValues, ...] = ()
    unsaid: frozenset[str] = frozenset()


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
    values: dict[str, object] = {"name": _name(raw, problems), "sex": _sex(raw, problems)}
    values["birth_date"] = _birth_date(raw, today, problems)
    document = _document(raw, values, today, problems)
    values["phone"] = _phone(raw, problems)
    for key, codes in CHOICES.items():
        if (cell := raw.get(key)) not in (None, ""):
            values[key] = _choice(key, codes, cell, problems)
    for key in _COPIED:
        if (cell := raw.get(key)) not in (None, ""):
            values[key] = _text(key, cell, problems)
    values["willing"] = _willing(raw.get("willing"), problems)
    values["nationality"] = _nationality(raw, document, problems)
    if document:  # a wrong number is put right first: it usually tells both
        _demand("sex", "性别", values, problems)
        _demand("birth_date", "出生日期", values, problems)
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


def _name(raw, problems) -> str:
    try:
        return names.check(raw.get("name"))
    except ValueError as error:
        problems.append(Problem("name", "NAME", str(error)))
        return ""


def _phone(raw, problems) -> str:
    try:
        return phones.check(raw.get("phone"))
    except ValueError as error:
        problems.append(Problem("phone", "PHONE", str(error)))
        return ""


def _sex(raw, problems) -> str:
    return _choice("sex", Sex, raw.get("sex"), problems)


def _birth_date(raw, today: date, problems) -> date | None:
    try:
        born = parse_loose_date(raw.get("birth_date"), today=today)
    except ValueError as error:
        problems.append(Problem("birth_date", _UNREADABLE, f"出生日期{error}"))
        return None
    if born and (born > today or age_on(born, today) > OLDEST):
        problems.append(
            Problem("birth_date", "BIRTH_DATE", "出生日期在今天以后或早得不合理,请对照证件改正。")
        )
        return None
    return born


def _document(raw, values, today: date, problems) -> Document | None:
    """Check the number against the typed birth date and sex, and fill these where they were left out."""
    id_type = _choice("id_type", IdType, raw.get("id_type"), problems) or IdType.ID_CARD
    if id_type == IdType.NONE:
        return _no_document(raw, problems)
    found = idnumbers.check(
        id_type, raw.get("number"), today=today, birth_date=values["birth_date"], sex=values["sex"] or None
    )
    for problem in found.problems:
        where = {"ID_BIRTH_MISMATCH": "birth_date", "ID_SEX_MISMATCH": "sex"}.get(problem.code, "number")
        problems.append(Problem(where, problem.code, problem.message, problem.level))
    if not found.ok:
        return None
    if found.birth_date:
        _tell_birth_date(found.birth_date, problems)
    values["birth_date"] = values["birth_date"] or found.birth_date
    values["sex"] = values["sex"] or found.sex or ""
    if not found.problems:
        return Document(id_type, found.number)
    flags = tuple(problem.code for problem in found.warnings if problem.code in _LEGACY_FLAGS)
    return Document(id_type, found.number, flags)


def _tell_birth_date(born: date, problems: list[Problem]) -> None:
    """A birth date that nobody can read keeps nobody out whose number tells it."""
    for at, problem in enumerate(problems):
        if problem.code == _UNREADABLE:
            words = f"{problem.message.split(',')[0]},已按证件号码记为{born:%Y-%m-%d}。"
            problems[at] = Problem(problem.field, problem.code, words, "warning")


def _no_document(raw, problems) -> Document:
    reason = _text("no_document_reason", raw.get("no_document_reason"), problems, ResidentIdentifier)
    guarantor = _text("guarantor", raw.get("guarantor"), problems, ResidentIdentifier)
    if not reason:
        problems.append(Problem("no_document_reason", "NO_DOCUMENT", "没有证件的人,请写明原因。"))
    if not guarantor:
        problems.append(
            Problem("guarantor", "NO_DOCUMENT", "没有证件的人,请填写担保人(如村干部、房东、亲属)。")
        )
    return Document(IdType.NONE, "", reason=reason, guarantor=guarantor)


@cache
def _known_words(codes: type[models.TextChoices]) -> dict[str, str]:
    """Every value and every word of ``codes`` → the value."""
    return {str(word): str(code) for code, word in codes.choices} | {str(v): str(v) for v in codes.values}


@cache
def _limit(model: type[models.Model], key: str) -> int:
    return 20 if key == "household_no" else model._meta.get_field(key).max_length


def _choice(key: str, codes: type[models.TextChoices], raw, problems) -> str:
    text = clean(raw)
    if not text:
        return ""
    if (code := _known_words(codes).get(text)) is not None:
        return code
    words = "、".join(codes.labels)
    problems.append(Problem(key, "CHOICE", f"“{text}”不在可选范围内,请填写其中之一:{words}。"))
    return ""


def _text(key: str, raw, problems, model=Resident) -> str:
    text = group_number(raw) if key == "group_no" else clean(raw)
    if text and len(text) > (limit := _limit(model, key)):
        problems.append(Problem(key, "TOO_LONG", f"最多{limit}个字,现在有{len(text)}个,请缩短。"))
        return ""
    return text


def _nationality(raw, document: Document | None, problems) -> str:
    """The code that was said; China where nothing was, which a document of any country makes doubtful."""
    said = clean(raw.get("nationality"))
    code, kind = said or CHINA, document.id_type if document else None
    if not (len(code) == 3 and code.isdigit() and code.isascii()):
        words = f"“{code}”认不出是哪个国家,请填国家名称或3位数字代码,中国可不填。"
        problems.append(Problem("nationality", "CHOICE", words))
    elif code == CHINA and kind in OF_FOREIGNERS:
        words = f"持{IdType(kind).label}的不是中国国籍,请写明国籍。"
        problems.append(Problem("nationality", "NATIONALITY", words))
    elif not said and kind in OF_ANY_COUNTRY:
        words = f"证件是{IdType(kind).label},没有写国籍,先记为中国;外国人请写明国籍。"
        problems.append(Problem("nationality", "NATIONALITY", words, "warning"))
    return code


def _willing(raw, problems) -> bool | None:
    if raw is None or isinstance(raw, bool):
        return raw
    text = clean(raw)
    if not text or text in _WILLING:
        return _WILLING.get(text)
    problems.append(Problem("willing", "CHOICE", f"“{text}”看不出是否愿意接种,请填写“愿意”或“不愿意”。"))
    return None


def _demand(key: str, word: str, values, problems) -> None:
    if not values[key] and not any(problem.field == key for problem in problems):
        problems.append(Problem(key, "MISSING", f"没有{word},请填写。"))
