"""What an edit changed, in words fit for the audit trail: no full phone number, no internal id."""

from django.db import models

from core import phones
from residents.models import Resident

LISTS = ("priority_groups", "tags")  # what is not a column of the row: words that the person has
_FOLLOWERS = {"village_code", "pinyin", "initials", "given", "phone_tail"}  # follow another column


def edited_fields(old: Resident, columns: dict[str, object]) -> dict[str, list[str]]:
    """{column: [old, new]} as screen words for every column of ``columns`` that differs from ``old``."""
    changed = {}
    for name, new in columns.items():
        if name in _FOLLOWERS:
            continue
        before = _value(old, name)
        after = sorted(str(one) for one in new) if name in LISTS else new
        if before != after:
            changed[name] = [_word(name, before), _word(name, after)]
    return changed


def field_label(name: str) -> str:
    """The screen word of a column; "number" is the document's."""
    return "证件号码" if name == "number" else str(Resident._meta.get_field(name).verbose_name)


def _value(old: Resident, name: str):
    if name in LISTS:
        return sorted(str(one) for one in getattr(old, name).all())
    return getattr(old, name)


def _word(name: str, value) -> str:
    if name == "phone":
        return phones.mask(value) if value else ""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    field = Resident._meta.get_field(name)
    if isinstance(field, models.CharField) and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)
