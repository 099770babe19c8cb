"""What a search box may mean: text in, database conditions out. Every condition is a prefix or an equality, so both
engines answer it from an index; no substring search (trigram indexes fail silently for one and two characters)."""

import re

from django.db import connection
from django.db.models import Q, QuerySet

from core.crypto import blind_index
from core.idnumbers import CN18_TYPES, ID_TYPES, check_digit, normalise, number_family, upgrade15
from core.names import SURNAMES
from core.text import is_cjk

_LAST_CHARACTER = "\U0010ffff"


def prefix(field: str, text: str) -> Q:
    """``field`` begins with ``text``, written so that the engine in use takes its index: LIKE with an operator class
    on PostgreSQL, a range on SQLite (whose LIKE never uses a binary index)."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST_CHARACTER})


def arms(text: str, documents: QuerySet) -> list[Q]:
    """The ways ``text`` (cleaned) can be understood, likeliest first; ``documents`` is the table of identifiers.

    Nothing when the text cannot mean anybody (empty, punctuation).
    """
    if not text:
        return []
    if is_cjk(text[0]):
        return [Q(name=text), prefix("name", text), prefix("given", text)]
    packed = re.sub(r"[\s\-]+", "", text)
    if re.fullmatch(r"[A-Za-zÀ-ɏ'·]+", packed):
        return _pinyin(packed.lower()) + _whole_number(packed, documents)
    if re.fullmatch(r"\d+[Xx]?", packed):
        return _digits(packed.upper(), documents)
    return _whole_number(packed, documents)


def _pinyin(text: str) -> list[Q]:
    found = [prefix("initials", text), prefix("pinyin", text)]
    # The second reading of a surname stands behind a blank: reached through the few surnames that have one.
    second = [s for s, readings in SURNAMES.items() if any(r[0] == text[0] for r in readings[1:])]
    if second:
        names = Q()
        for surname in second:
            names |= prefix("name", surname)
        found.append(names & (Q(initials__contains=f" {text}") | Q(pinyin__contains=f" {text}")))
    return found


def _digits(text: str, documents: QuerySet) -> list[Q]:
    found = []
    if len(text) == 4:
        found = [_holding(documents.filter(last4=text)), Q(phone_tail=text)]
    elif len(text) in (5, 6):
        found = [_tail_of_card(text, documents)]
    if len(text) >= 3 and text[0] in "01":
        found.append(prefix("phone", text))
        if text[0] == "0" and len(text) > 3:  # area codes of land lines have three or four digits
            found += [prefix("phone", f"{text[:n]}-{text[n:]}") for n in (3, 4) if len(text) > n]
    return found + _whole_number(text, documents)


def _tail_of_card(text: str, documents: QuerySet) -> Q:
    """The last five or six characters: before the last four stands the day of birth, which need not be decrypted."""
    days = [int(text[:2])] if len(text) == 6 else [ten + int(text[0]) for ten in (0, 10, 20, 30)]
    cards = documents.filter(last4=text[-4:], id_type__in=CN18_TYPES)
    return _holding(cards) & Q(birth_date__day__in=days)


def _whole_number(text: str, documents: QuerySet) -> list[Q]:
    """Somebody's complete number of whatever kind of document, found by its blind index."""
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


def _holding(documents: QuerySet) -> Q:
    return Q(pk__in=documents.values("resident_id"))
