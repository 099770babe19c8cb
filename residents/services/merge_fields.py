"""Which values of two records differ, and which of the two a careful clerk would keep."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from core import phones
from residents.choices import IdType
from residents.models import Resident, ResidentIdentifier
from residents.services.merge_log import MergeLog

KEPT, ABSORBED, BOTH = "kept", "absorbed", "both"
# Columns that only make sense together are chosen together; the first names the choice.
_TOGETHER = (
    ("name", "pinyin", "initials", "given"),
    ("village", "village_code", "group_no", "grid", "household", "relation_to_head"),
    ("phone", "phone_tail", "phone_owner"),
    ("organisation", "workplace", "school_class"),
    ("residence", "away_place"),
)
# Who and when of the record itself, and what the merge sets.
_OF_THE_RECORD = {
    "id", "uid", "key", "created_at", "created_by", "updated_at", "removed_on", "removal", "merged_into",
}  # fmt: skip
_BY_CARD = ("name", "sex", "birth_date")  # proven by an ID card: the number tells sex and birth date
_CARDS = (IdType.ID_CARD, IdType.HUKOU_BOOK, IdType.HMT_RESIDENCE, IdType.FOREIGN_PR)
_RANK = {IdType.NONE: 9, IdType.BIRTH_CERT: 5, IdType.OTHER: 7}


@dataclass(frozen=True)
class Difference:
    """One choice: ``key`` (first column of a group), screen word, both values in words, and the default side."""

    key: str
    word: str
    kept: str
    absorbed: str
    default: str

    @property
    def sides(self) -> tuple[str, ...]:
        """What may be chosen."""
        return (KEPT, ABSORBED, BOTH) if self.key in _sets() else (KEPT, ABSORBED)


def differences(kept: Resident, absorbed: Resident) -> list[Difference]:
    """Every value in which the two differ, in the order of the columns. Prefetch identifiers, groups and tags."""
    found = [
        Difference(key, word, _words(kept, names), _words(absorbed, names), _default(kept, absorbed, names))
        for key, word, names in _choices()
        if any(_value(kept, name) != _value(absorbed, name) for name in names)
    ]
    for name, word in _sets().items():
        mine, theirs = _members(kept, name), _members(absorbed, name)
        if mine != theirs:
            words = ("、".join(sorted(str(member) for member in side)) for side in (mine, theirs))
            found.append(Difference(name, word, *words, BOTH))
    return found


def take_over(kept: Resident, absorbed: Resident, choices: Mapping[str, str], log: MergeLog) -> list[str]:
    """Write the chosen values of ``absorbed`` into ``kept``; returns the words of what was taken over."""
    taken = []
    for difference in differences(kept, absorbed):
        side = choices.get(difference.key, difference.default)
        if difference.key in _sets():
            mine, theirs = _members(kept, difference.key), _members(absorbed, difference.key)
            chosen = {KEPT: mine, ABSORBED: theirs}.get(side, mine | theirs)
            log.change_members(kept, difference.key, {member.pk for member in chosen})
        elif side == ABSORBED:
            names = next(names for key, _, names in _choices() if key == difference.key)
            columns = [Resident._meta.get_field(name).attname for name in names]
            log.change(kept, **{column: getattr(absorbed, column) for column in columns})
            taken.append(difference.word)
    return taken


def better_first(one: Resident, other: Resident) -> tuple[Resident, Resident]:
    """(the record to keep, the one to absorb) by default: the better document, else the older record."""
    ranked = sorted((one, other), key=lambda person: (document_rank(best_document(person)), person.pk))
    return ranked[0], ranked[1]


def best_document(person: Resident) -> ResidentIdentifier | None:
    """The document that proves most; the primary one among equals. Prefetch identifiers."""
    return min(
        person.identifiers.all(), key=lambda d: (document_rank(d), not d.is_primary, d.pk), default=None
    )


def document_rank(document: ResidentIdentifier | None) -> int:
    """Lower proves more: a card before other papers, a birth certificate, and no document at all."""
    if document is None:
        return 10
    if document.id_type in _CARDS:
        return 1 if "ID_LEGACY15" in document.flags else 0
    return _RANK.get(document.id_type, 3)


def _choices() -> list[tuple[str, str, tuple[str, ...]]]:
    """(key, word, columns); a column that a later version adds to a person is a choice of its own without being named."""
    grouped = {name: names for names in _TOGETHER for name in names}
    result, seen = [], set()
    for column in Resident._meta.concrete_fields:
        names = grouped.get(column.name, (column.name,))
        if column.name in _OF_THE_RECORD or names[0] in seen:
            continue
        seen.add(names[0])
        result.append((names[0], str(Resident._meta.get_field(names[0]).verbose_name), names))
    return result


def _value(person: Resident, name: str):
    return getattr(person, Resident._meta.get_field(name).attname)


def _sets() -> dict[str, str]:
    """What a person has several of (key groups, tags): name → word."""
    return {field.name: str(field.verbose_name) for field in Resident._meta.many_to_many}


def _members(person: Resident, name: str) -> set:
    return set(getattr(person, name).all())


def _default(kept: Resident, absorbed: Resident, names: tuple[str, ...]) -> str:
    """A value beats none; what a card proves beats what was said; nobody changes villages unless asked; else what was
    written last."""
    mine, theirs = (any(_said(person, name) for name in names) for person in (kept, absorbed))
    if mine != theirs:
        return KEPT if mine else ABSORBED
    if names[0] == "village":
        return KEPT
    if names[0] in _BY_CARD:
        ranks = [document_rank(best_document(person)) for person in (kept, absorbed)]
        return KEPT if ranks[0] <= ranks[1] else ABSORBED
    return KEPT if kept.updated_at >= absorbed.updated_at else ABSORBED


def _said(person: Resident, name: str) -> bool:
    return _value(person, name) not in (None, "") and name not in ("phone_owner",)


def _words(person: Resident, names: tuple[str, ...]) -> str:
    shown = (_word(person, name) for name in names if _shown(name))
    return " ".join(word for word in shown if word)


def _shown(name: str) -> bool:
    return name not in ("pinyin", "initials", "given", "phone_tail", "village_code")


def _word(person: Resident, name: str) -> str:
    column = Resident._meta.get_field(name)
    value = getattr(person, name)
    if value is None or value == "":
        return ""
    if name == "phone_owner" and not person.phone:
        return ""
    if name == "phone":
        return phones.mask(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(column, models.CharField) and column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return f"{value}组" if name == "group_no" and value.isdigit() else str(value)
