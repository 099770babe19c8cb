"""What is typed for one value of a person, judged: each look returns the clean value and adds the problems it finds."""

from datetime import date
from functools import cache

from django.db import models

from core import idnumbers, names, phones
from core.choices import Sex
from core.dates import age_on, parse_loose_date
from core.text import clean
from residents.choices import OF_ANY_COUNTRY, OF_FOREIGNERS, IdType
from residents.models import Resident, ResidentIdentifier
from residents.nationalities import CHINA
from residents.services.person_values import Document, Problem
from residents.words import group_number

_OLDEST = 125  # years; older is a typing slip
_WILLING = {"是": True, "愿意": True, "同意": True, "否": False, "不愿意": False, "不同意": False}
_UNREADABLE = "BIRTH_DATE_FORM"
_LEGACY_FLAGS = {"ID_LEGACY15", "ID_REGION", "ID_FORMAT"}


def name_of(raw, problems) -> str:
    """The name as on the document."""
    try:
        return names.check(raw.get("name"))
    except ValueError as error:
        problems.append(Problem("name", "NAME", str(error)))
        return ""


def phone_of(raw, problems) -> str:
    """A mobile or landline number; nothing is allowed."""
    try:
        return phones.check(raw.get("phone"))
    except ValueError as error:
        problems.append(Problem("phone", "PHONE", str(error)))
        return ""


def sex_of(raw, problems) -> str:
    """M, F or nothing: the number may tell it."""
    return choice_of("sex", Sex, raw.get("sex"), problems)


def birth_date_of(raw, today: date, problems) -> date | None:
    """A day that somebody living can be born on; nothing is allowed, the number may tell it."""
    try:
        born = parse_loose_date(raw.get("birth_date"), today=today)
    except ValueError as error:
        problems.append(Problem("birth_date", _UNREADABLE, f"出生日期{error}"))
        return None
    if born and (born > today or age_on(born, today) > _OLDEST):
        problems.append(
            Problem("birth_date", "BIRTH_DATE", "出生日期在今天以后或早得不合理,请对照证件改正。")
        )
        return None
    return born


def document_of(raw, values, today: date, problems) -> Document | None:
    """Check the number against the typed birth date and sex, and fill these where they were left out."""
    id_type = choice_of("id_type", IdType, raw.get("id_type"), problems) or IdType.ID_CARD
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
    reason = text_of("no_document_reason", raw.get("no_document_reason"), problems, ResidentIdentifier)
    guarantor = text_of("guarantor", raw.get("guarantor"), problems, ResidentIdentifier)
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


def choice_of(key: str, codes: type[models.TextChoices], raw, problems) -> str:
    """The code that a code or its Chinese word means."""
    text = clean(raw)
    if not text:
        return ""
    if (code := _known_words(codes).get(text)) is not None:
        return code
    words = "、".join(codes.labels)
    problems.append(Problem(key, "CHOICE", f"“{text}”不在可选范围内,请填写其中之一:{words}。"))
    return ""


def text_of(key: str, raw, problems, model=Resident) -> str:
    """One line that fits its column."""
    text = group_number(raw) if key == "group_no" else clean(raw)
    if text and len(text) > (limit := _limit(model, key)):
        problems.append(Problem(key, "TOO_LONG", f"最多{limit}个字,现在有{len(text)}个,请缩短。"))
        return ""
    return text


def nationality_of(raw, document: Document | None, problems) -> str:
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


def willing_of(raw, problems) -> bool | None:
    """Yes, no, or nobody asked."""
    if raw is None or isinstance(raw, bool):
        return raw
    text = clean(raw)
    if not text or text in _WILLING:
        return _WILLING.get(text)
    problems.append(Problem("willing", "CHOICE", f"“{text}”看不出是否愿意接种,请填写“愿意”或“不愿意”。"))
    return None


def demand(key: str, word: str, values, problems) -> None:
    """What neither the source nor the number tells."""
    if not values[key] and not any(problem.field == key for problem in problems):
        problems.append(Problem(key, "MISSING", f"没有{word},请填写。"))
