"""People counted in a table: lines by village or by who answers for them, columns by condition. A number and the list of
names behind it are the same condition over the same people, so they cannot differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from django.db.models import Count, Q, QuerySet

from core.xlsx import Column, Sheet
from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from residents.models import DutyAssignment, Enrolment
from residents.responsibility import answering

TOWN_DIGITS = PREFIX_DIGITS[Level.TOWN]
NOBODY, NOBODY_WORD = "none", "未落实包保人"


@dataclass(frozen=True)
class Counted:
    """One column: ``condition`` over the people of the table, what it means in words, the heading over its neighbours."""

    code: str
    title: str
    meaning: str
    condition: Q
    group: str = ""
    is_kept: bool = True  # stays when nobody is counted


@dataclass(frozen=True)
class Line:
    """One village, or one of those who answer for people there (``who``: a key without a name, ``who_word``)."""

    place: Place
    who: str
    who_word: str
    numbers: dict[str, int]


@dataclass(frozen=True)
class Tally:
    """``columns`` and ``lines`` as counted; ``totals`` by column code; ``by_who``: the lines are people who answer."""

    place: Place
    columns: list[Counted]
    lines: list[Line]
    by_who: bool

    @property
    def head(self) -> str:
        """What a line is."""
        return "包保人" if self.by_who else "乡镇(街道)" if _is_above_town(self.place) else "村(社区)"

    @property
    def totals(self) -> dict[str, int]:
        return {c.code: sum(line.numbers[c.code] for line in self.lines) for c in self.columns}

    def sheet(self, name: str, title: str, *, tint=None, **heads) -> Sheet:
        """As a sheet of a workbook; what a column counts stands on its head."""
        columns = [Column("place", "村(社区)" if self.by_who else self.head, width=18)]
        columns += [Column("who", "包保人", width=14)] * self.by_who
        columns += [
            Column(c.code, c.title, group=c.group, width=9, format="int", total="sum", note=c.meaning)
            for c in self.columns
        ]
        rows = [{"place": str(line.place), "who": line.who_word} | line.numbers for line in self.lines]
        return Sheet(
            name, columns, rows, title=title, highlight=tint, freeze_columns=1 + self.by_who, **heads
        )


def tally(
    people: QuerySet[Enrolment], columns: Sequence[Counted], *, village: str, place: Place, by_who: bool
) -> Tally:
    """Count ``people`` by the code in their column ``village`` (and by who answers for them); three queries.

    Without ``by_who`` every current village under ``place`` has its line; above a township every township has. A column that may go and counts nobody goes.
    """
    keys = (village, "who", "resident__responsible_name") if by_who else (village,)
    counts = {f"n_{c.code}": Count("pk", filter=c.condition) for c in columns}
    rows = list((with_who(people) if by_who else people).order_by().values(*keys).annotate(**counts))
    used = [c for c in columns if c.is_kept or any(row[f"n_{c.code}"] for row in rows)]
    found: dict[tuple[str, str], dict[str, int]] = {}
    words = _words(rows) if by_who else {}
    for row in rows:
        who, _ = words[_pair(row)] if by_who else ("", "")
        code = row[village]
        if not by_who and _is_above_town(place):
            code = f"{code[:TOWN_DIGITS]}000"
        line = found.setdefault((code, who), dict.fromkeys((c.code for c in used), 0))
        for c in used:
            line[c.code] += row[f"n_{c.code}"]
    places = _places(place, {code for code, _ in found}, by_who=by_who)
    if not by_who:
        found = {(code, ""): dict.fromkeys((c.code for c in used), 0) for code in places} | found
    named = dict(words.values())
    lines = [
        Line(places[code], who, named.get(who, ""), numbers)
        for (code, who), numbers in found.items()
        if code in places
    ]
    lines.sort(key=lambda line: (line.place.code, line.who == NOBODY, line.who_word, line.who))
    return Tally(place, used, lines, by_who)


def _is_above_town(place: Place) -> bool:
    return len(place.prefix) < TOWN_DIGITS


def _places(place: Place, counted: set[str], *, by_who: bool) -> dict[str, Place]:
    """The current villages (or townships) of ``place`` and those gone that still count people, by code."""
    if place.level == Level.VILLAGE:
        return {place.code: place}
    here = Place.objects.under(place)
    here = here.filter(level=Level.TOWN if _is_above_town(place) and not by_who else Level.VILLAGE)
    return {p.code: p for p in here.filter(Q(valid_to__isnull=True) | Q(code__in=counted))}


def with_who(people: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Adds ``who``: the id of the duty that answers for the person, or None."""
    return people.annotate(who=answering("resident__"))


def answered_by(people: QuerySet[Enrolment], who: str) -> QuerySet[Enrolment]:
    """Those of one line: ``who`` is its key."""
    rows = with_who(people)
    if who.isdigit():
        return rows.filter(who=int(who))
    pairs = rows.filter(who=None).order_by().values_list("resident__responsible_name", flat=True).distinct()
    names = [name for name in pairs if _key(None, name) == who]
    return rows.filter(who=None, resident__responsible_name__in=names)


def _pair(row: dict) -> tuple[int | None, str]:
    """Who answers, and where nobody was named here, whom the census file names."""
    return row["who"], "" if row["who"] else row["resident__responsible_name"]


def _key(duty: int | None, name: str) -> str:
    """Names do not stand in addresses."""
    return str(duty) if duty else f"c{crc32(name.encode()):08x}" if name else NOBODY


def _words(rows: Iterable[dict]) -> dict[tuple, tuple[str, str]]:
    """(duty, census name) → (key, word)."""
    pairs = {_pair(row) for row in rows}
    duties = DutyAssignment.objects.filter(pk__in=[duty for duty, _ in pairs if duty]).select_related(
        "holder"
    )
    names = {duty.pk: duty.name for duty in duties}
    return {(d, name): (_key(d, name), names[d] if d else name or NOBODY_WORD) for d, name in pairs}
