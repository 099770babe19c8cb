"""Do two records speak of one person? Pure: facts of two people in, reasons in words out (domain §1.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from core.idnumbers import CN18_TYPES

_CROWD = 40  # more people than this under one key tell nothing; only their exact matches are compared


@dataclass(frozen=True, slots=True)
class Face:
    """What is compared of one person. ``cards``: 18-character numbers as far as they need no decryption (region, birth,
    last four; the middle is not known and not compared) by document; ``types``: the types of all documents."""

    pk: int
    name: str
    pinyin: str
    sex: str
    birth_date: date
    phone: str
    nationality: str
    village_code: str
    types: frozenset[str] = frozenset()
    cards: tuple[str, ...] = ()
    is_legacy: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two records may be one person; ``weight`` 100 is as good as certain."""

    weight: int
    words: str


@dataclass(slots=True)
class Likeness:
    """Two people, by ascending id, with every reason."""

    first: int
    second: int
    reasons: list[Reason] = field(default_factory=list)

    @property
    def score(self) -> int:
        """The best reason, and ten for each further one."""
        weights = sorted((reason.weight for reason in self.reasons), reverse=True)
        return weights[0] + 10 * (len(weights) - 1)

    @property
    def level(self) -> tuple[str, str]:
        """Kind and word of the tag."""
        if self.score >= 100:
            return "stop", "很可能"
        return ("due", "可能") if self.score >= 70 else ("plain", "疑似")


def card_digits(id_type: str, masked: str, birth_date: date) -> str:
    """Region, birth and last four of a card, from what lists show: the register refuses a card that tells another birth."""
    if id_type not in CN18_TYPES or len(masked) != 18:
        return ""
    return f"{masked[:6]}{birth_date:%Y%m%d}{masked[-4:]}"


def reasons(one: Face, other: Face) -> list[Reason]:
    """Every reason to take these two for one person; empty when there is none."""
    found = _by_name(one, other)
    if one.birth_date == other.birth_date:
        if one.name != other.name and _sounds_alike(one, other):
            found.append(Reason(60, "姓名读音相同、写法不同,出生日期相同"))
        elif one.name != other.name and _one_character(one, other) and _certificate_and_card(one, other):
            found.append(Reason(60, "姓名只差一个字,出生日期相同"))
        if found:
            found += _by_papers(one, other)
    elif one.name == other.name and _without_number(one, other) and _same_year(one, other):
        found.append(Reason(70, "姓名、出生年份相同,其中一份没有证件(临时编号)"))
    return found


def _by_name(one: Face, other: Face) -> list[Reason]:
    found = []
    if one.name != other.name:
        return found
    if one.birth_date == other.birth_date:
        same_sex = one.sex == other.sex
        words = "姓名、性别、出生日期都相同" if same_sex else "姓名、出生日期相同,性别不同"
        found.append(Reason(100 if same_sex else 70, words))
    if one.phone and one.phone == other.phone:
        found.append(Reason(80, "姓名和电话相同"))
    if any(near(a, b) for a in one.cards for b in other.cards):
        found.append(Reason(75, "姓名相同,身份证号只差一位或两位颠倒"))
    return found


def _by_papers(one: Face, other: Face) -> Iterator[Reason]:
    """What the documents add when name and birth date agree."""
    if _certificate_and_card(one, other):
        yield Reason(90, "一份是出生证、一份是身份证")
    if "03" in one.types and "03" in other.types and one.nationality == other.nationality:
        yield Reason(90, "国籍相同,护照号不同(可能换了护照)")
    if _without_number(one, other):
        yield Reason(85, "其中一份没有证件(临时编号)")
    if one.is_legacy != other.is_legacy:
        yield Reason(60, "其中一份是15位旧证号换算的")


def _certificate_and_card(one: Face, other: Face) -> bool:
    """One was registered with the birth certificate, the other with a card."""
    return any(
        "B1" in a.types and not CN18_TYPES.isdisjoint(b.types) for a, b in ((one, other), (other, one))
    )


def _sounds_alike(one: Face, other: Face) -> bool:
    return bool(one.pinyin) and one.pinyin == other.pinyin


def _one_character(one: Face, other: Face) -> bool:
    """A rare character that somebody wrote another way; of two-character names that would be everybody."""
    if len(one.name) != len(other.name) or len(one.name) < 3:
        return False
    return sum(a != b for a, b in zip(one.name, other.name, strict=True)) == 1


def near(one: str, other: str) -> bool:
    """One digit differs, or two neighbours are transposed; the check digit, which then differs too, is not compared."""
    if not one or not other or one[:-1] == other[:-1]:
        return False
    places = [n for n in range(len(one) - 1) if one[n] != other[n]]
    if len(places) == 1:
        return True
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    left, right = places
    return (one[left], one[right]) == (other[right], other[left])


def compare(groups: Iterable[list[Face]]) -> Iterator[Likeness]:
    """The pairs with a reason, within each group of people who share something. Big groups are first split by birth
    date and by phone, so the work grows with the people and not with their square."""
    seen: set[tuple[int, int]] = set()
    for group in groups:
        for crowd in [group] if len(group) <= _CROWD else _split(group):
            for one, other in combinations(crowd, 2):
                pair = (min(one.pk, other.pk), max(one.pk, other.pk))
                if pair not in seen and (found := reasons(one, other)):
                    seen.add(pair)
                    yield Likeness(*pair, found)


def _split(group: list[Face]) -> list[list[Face]]:
    buckets: dict[object, list[Face]] = {}
    for face in group:
        buckets.setdefault(face.birth_date, []).append(face)
        if face.phone:
            buckets.setdefault(face.phone, []).append(face)
    return [bucket[:_CROWD] for bucket in buckets.values() if len(bucket) > 1]


def _without_number(one: Face, other: Face) -> bool:
    return (one.types == {"N0"}) != (other.types == {"N0"})


def _same_year(one: Face, other: Face) -> bool:
    return one.birth_date.year == other.birth_date.year
