"""Whom the register may know twice: the list of a township, from a handful of set queries. Reads only."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from core.crypto import blind_index
from core.idnumbers import CN18_TYPES, upgrade15
from places.querysets import any_code_range
from residents.choices import IdType, PairVerdict
from residents.likeness import Face, Likeness, Reason, card_digits, compare
from residents.models import PairMark, Resident, ResidentIdentifier

_MISFILED = 2000  # documents of type "other" that are decrypted at most, to see whether they are cards
_COLUMNS = ("pk", "name", "pinyin", "sex", "birth_date", "phone", "nationality", "village_code")


def likely_pairs(user) -> list[Likeness]:
    """Pairs of live people in the user's township who may be one person, the surest first; at least one of them lies in
    the user's own places. Pairs that somebody called two people are left out. A fixed number of queries."""
    prefixes = user.scope("duplicates.view").prefixes
    pool = Resident.objects.live().filter(any_code_range("village_code", {p[:9] for p in prefixes}))
    mine = pool.filter(any_code_range("village_code", prefixes))
    faces = _faces(pool, mine)
    found = {(pair.first, pair.second): pair for pair in compare(_groups(faces.values()))}
    for first, second in _misfiled(pool):
        pair = found.setdefault((first, second), Likeness(first, second))
        pair.reasons.append(Reason(100, "一份的证件号码就是另一份的身份证号(证件类型选错)"))
    own = set(mine.filter(pk__in={pk for pair in found for pk in pair}).values_list("pk", flat=True))
    found = {ids: pair for ids, pair in found.items() if not own.isdisjoint(ids)}
    _apply_marks(found, mine)
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.first, pair.second))


def _faces(pool: QuerySet, mine: QuerySet) -> dict[int, Face]:
    """Everybody who shares a name, or sound and birth date, or a child's birth date with somebody else of the pool."""
    twice = pool.order_by().values("name").annotate(n=Count("pk")).filter(n__gt=1).values("name")
    namesakes = Q(name__in=twice) & Q(name__in=mine.order_by().values("name"))
    others = pool.filter(birth_date=OuterRef("birth_date")).exclude(name=OuterRef("name"))
    homophones = Exists(others.filter(pinyin=OuterRef("pinyin")))
    births = ResidentIdentifier.objects.filter(id_type=IdType.BIRTH_CERT, resident__in=pool)
    children = Q(birth_date__in=births.values("resident__birth_date"))
    candidates = pool.filter(namesakes | homophones | children)
    papers = ResidentIdentifier.objects.filter(resident__in=candidates).order_by("resident")
    held = {
        pk: list(rows)
        for pk, rows in groupby(
            papers.values_list("resident_id", "id_type", "masked", "flags"), key=lambda row: row[0]
        )
    }
    return {row[0]: _face(row, held.get(row[0], [])) for row in candidates.order_by().values_list(*_COLUMNS)}


def _face(row: tuple, papers: list[tuple]) -> Face:
    birth_date = row[_COLUMNS.index("birth_date")]
    cards = (card_digits(id_type, masked, birth_date) for _, id_type, masked, _ in papers)
    return Face(
        *row,
        types=frozenset(id_type for _, id_type, _, _ in papers),
        cards=tuple(card for card in cards if card),
        is_legacy=any("ID_LEGACY15" in flags for *_, flags in papers),
    )


def _groups(faces: Iterable[Face]) -> Iterator[list[Face]]:
    """Namesakes; then who sounds alike, and children with the same birth date."""
    by_key: dict[object, list[Face]] = {}
    children = {face.birth_date for face in faces if IdType.BIRTH_CERT in face.types}
    for face in faces:
        by_key.setdefault(face.name, []).append(face)
        by_key.setdefault((face.pinyin, face.birth_date), []).append(face)
        if face.birth_date in children:
            by_key.setdefault(face.birth_date, []).append(face)
    return (group for group in by_key.values() if len(group) > 1)


def _misfiled(pool: QuerySet) -> set[tuple[int, int]]:
    """Somebody's 15 or 18 digit card number that was entered under another type of document."""
    others = ResidentIdentifier.objects.filter(resident__in=pool).exclude(id_type__in=CN18_TYPES)
    rows = others.annotate(size=Length("masked")).filter(size__in=(15, 18)).exclude(id_type=IdType.NONE)
    owners = {}
    for row in rows.order_by("pk")[:_MISFILED]:
        number = upgrade15(row.number) if len(row.number) == 15 and row.number.isdecimal() else row.number
        owners[blind_index(f"CN18:{number}")] = row.resident_id
    cards = ResidentIdentifier.objects.filter(number_hash__in=owners, resident__in=pool)
    pairs = ((owners[digest], pk) for digest, pk in cards.values_list("number_hash", "resident_id"))
    return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


def _apply_marks(found: dict[tuple[int, int], Likeness], mine: QuerySet) -> None:
    """Drop the pairs that are two people; add those that somebody who knows them calls one."""
    marks = PairMark.objects.current().filter(Q(first__in=mine) | Q(second__in=mine)).select_related("by")
    live = marks.filter(first__removed_on__isnull=True, second__removed_on__isnull=True)
    for mark in live:
        ids = mark.first_id, mark.second_id
        if mark.verdict == PairVerdict.DIFFERENT:
            found.pop(ids, None)
        else:
            pair = found.setdefault(ids, Likeness(*ids))
            pair.reasons.append(
                Reason(90, f"{mark.by or '系统'}标记可能重复{f':{mark.reason}' if mark.reason else ''}")
            )
