"""What a search box may mean: text in, database conditions out. Every condition is a prefix or an equality, so both
engines answer it from an index; no substring search (trigram indexes fail silently for one and two characters)."""

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from django.db import connection
from django.db.models import F, Func, Q, QuerySet
from django.db.models.expressions import OrderBy

from core.crypto import blind_index
from core.idnumbers import CN18_TYPES, ID_TYPES, check_digit, normalise, number_family, upgrade15
from core.names import SURNAMES
from core.text import is_cjk

_LAST_CHARACTER = "\U0010ffff"


class Beside(Func):
    """A column compared row by row, never through its index.

    SQLite keeps no statistics of ours: of two ranges it takes either index, and walks a township for a rare name or the
    whole county for a common one within a village. What we know (a village is small, a whole name is rare) decides
    instead. PostgreSQL knows its data and is left alone.
    """

    template = "+%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class AsIndexed(OrderBy):
    """In the order of the index that answers the prefix: character codes, whatever collation the database has."""

    def as_postgresql(self, compiler, connection):
        # Django insists on finding a direction in it.
        return self.as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")


@dataclass
class Arm:
    """One way to understand a text. ``means``: the condition, over the aliases ``beside`` too. ``leads``: few people of
    a whole county answer to it, so that its own index is the way to them, not the index of the place.

    ``order`` is that of the leading index. Without it PostgreSQL reads the table from its start, expecting to meet the
    first few people soon, and meets a whole township first where neighbours lie together.
    """

    means: Q
    leads: bool = True
    order: tuple = ()
    beside: dict[str, Beside] = dataclass_field(default_factory=dict)


def prefix(field: str, text: str) -> Q:
    """``field`` begins with ``text``, written so that the engine in use takes its index: LIKE with an operator class
    on PostgreSQL, a range on SQLite (whose LIKE never uses a binary index)."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST_CHARACTER})


def arms(text: str, documents: QuerySet, *, near: bool = False) -> list[Arm]:
    """The ways ``text`` (cleaned) can be understood, likeliest first; ``documents`` is the table of identifiers.

    ``near``: the search stays within a village, whose few thousand people are fewer than those of a short text.
    Nothing when the text cannot mean anybody (empty, punctuation).
    """
    if not text:
        return []
    if is_cjk(text[0]):
        return [Arm(Q(name=text)), _begins("name", text, 3, near), _begins("given", text, 2, near)]
    packed = re.sub(r"[\s\-]+", "", text)
    if re.fullmatch(r"[A-Za-zÀ-ɏ'·]+", packed):
        return _pinyin(packed.lower(), near) + whole_number(packed, documents)
    if re.fullmatch(r"\d+[Xx]?", packed):
        return _digits(packed.upper(), documents, near)
    return whole_number(packed, documents)


def _begins(field: str, text: str, telling: int, near: bool) -> Arm:
    """``field`` begins with ``text``, which tells little unless it has ``telling`` characters."""
    if near and len(text) < telling:
        aside = {f"beside_{field}": Beside(field)}
        return Arm(prefix(f"beside_{field}", text), leads=False, order=("village_code", "id"), beside=aside)
    return Arm(prefix(field, text), order=(AsIndexed(F(field)),))


def _pinyin(text: str, near: bool) -> list[Arm]:
    found = [_begins("initials", text, 4, near), _begins("pinyin", text, 6, near)]
    second = _second_readings(text)
    return [*found, Arm(second)] if second else found


def _second_readings(text: str) -> Q:
    """A surname read the other way (dantianfang for 单, shantianfang by the book): asked for under its first reading,
    because a range finds beginnings only and the second reading stands behind the first."""
    found = Q()
    for surname, readings in SURNAMES.items():
        syllables = [reading.split() for reading in readings]
        for column, words in (
            ("initials", ["".join(s[0] for s in reading) for reading in syllables]),
            ("pinyin", ["".join(reading) for reading in syllables]),
        ):
            for second in words[1:]:
                if second != words[0] and text.startswith(second):
                    found |= prefix(column, words[0] + text[len(second) :]) & Q(name__startswith=surname)
                elif second != words[0] and second.startswith(text):
                    found |= prefix("name", surname)
    return found


def _digits(text: str, documents: QuerySet, near: bool) -> list[Arm]:
    found = []
    if len(text) == 4:
        found = [_holding(documents.filter(last4=text)), Arm(Q(phone_tail=text))]
    elif len(text) in (5, 6):
        found = [_tail_of_card(text, documents)]
    if len(text) >= 3 and text[0] in "01":
        found.append(_begins("phone", text, 6, near))
        if text[0] == "0" and len(text) > 3:  # area codes of land lines have three or four digits
            found += [Arm(prefix("phone", f"{text[:n]}-{text[n:]}")) for n in (3, 4) if len(text) > n]
    return found + whole_number(text, documents)


def _tail_of_card(text: str, documents: QuerySet) -> Arm:
    """The last five or six characters: before the last four stands the day of birth, which need not be decrypted."""
    days = [int(text[:2])] if len(text) == 6 else [ten + int(text[0]) for ten in (0, 10, 20, 30)]
    cards = documents.filter(last4=text[-4:], id_type__in=CN18_TYPES)
    return Arm(_holding(cards).means & Q(birth_date__day__in=days))


def whole_number(text: str, documents: QuerySet) -> list[Arm]:
    """Somebody's complete number of whatever kind of document, found by its blind index; [] when it is too short."""
    if len(text) < 6:
        return []
    numbers = {(number_family(code), normalise(code, text)) for code, _ in ID_TYPES}
    if re.fullmatch(r"\d{15}", text):
        numbers.add(("CN18", upgrade15(text)))
    if re.fullmatch(r"\d{17}", text):  # the scanner of some counters drops the X
        numbers.add(("CN18", text + check_digit(text)))
    numbers |= {(family, number[:9]) for family, number in numbers if family == "06"}
    numbers |= {(family, number[:8]) for family, number in numbers if family == "07"}
    hashes = [blind_index(f"{family}:{number}") for family, number in numbers]
    return [_holding(documents.filter(number_hash__in=hashes))]


def _holding(documents: QuerySet) -> Arm:
    return Arm(Q(pk__in=documents.values("resident_id")))
