"""Figures about reactions and contraindications for publication (S51): counted once here, for screen, paper and file.

Reactions are counted by vaccine and class after doses of the period given at the sites of a place. Contraindications and
deferrals are people by the reason of their last decision in the period that was not a pass, and by what it bars.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from campaigns.models import Campaign
from campaigns.rules import QuestionKind, question_set_from_data
from clinic.choices import AefiClass, Outcome
from clinic.models import AdverseEvent, Dose, Screening
from inventory.models import Vaccine
from places.models import Place
from places.querysets import code_range
from reports.small_cells import hidden_cells

PER = 100_000  # rate = cases / doses × 100,000 (domain §5)
HIDDEN = "*"
DEFER, ALL = "defer", "all"
OTHER_REASON = "其他(健康码等)"


@dataclass(frozen=True)
class Asked:
    """Which campaign, where and when."""

    campaign: Campaign
    place: Place
    since: date
    until: date

    @property
    def span(self) -> tuple[date, date]:
        return self.since, self.until


@dataclass(frozen=True)
class Cell:
    """One number with where it comes from; ``text`` is what may be published."""

    value: int
    text: str
    row: str
    column: str


@dataclass(frozen=True)
class Line:
    """One row: its code and word, its cells (the last is the sum), doses and cases per ``PER`` doses where counted."""

    code: str
    word: str
    cells: list[Cell]
    doses: int | None = None
    rate: str = ""
    public_rate: str = ""


@dataclass(frozen=True)
class Table:
    """Columns as (code, word), lines, the sums."""

    columns: list[tuple[str, str]]
    lines: list[Line]
    total: Line


def cases_of(asked: Asked):
    """The cases that ``reaction_table`` counts."""
    return AdverseEvent.objects.filter(
        code_range("dose__site__place__code", asked.place.prefix),
        dose__visit__enrolment__campaign=asked.campaign,
        dose__record__given_on__range=asked.span,
    )


def doses_of(asked: Asked):
    """The doses after which the cases of ``reaction_table`` came."""
    return Dose.objects.counted().filter(
        code_range("site__place__code", asked.place.prefix),
        visit__enrolment__campaign=asked.campaign,
        record__given_on__range=asked.span,
    )


def reaction_table(asked: Asked) -> Table:
    """Cases by vaccine and class, with the doses they came after."""
    counts = Counter()
    rows = cases_of(asked).order_by().values_list("dose__lot__presentation__vaccine", "first_class")
    for vaccine, kind, number in rows.annotate(n=Count("pk")):
        counts[vaccine, kind] = number
    given = doses_of(asked).order_by().values_list("lot__presentation__vaccine")
    doses = dict(given.annotate(n=Count("pk")))
    seen = {vaccine for vaccine, _ in counts} | set(doses)
    vaccines = Vaccine.objects.filter(pk__in=seen).order_by("code")
    return _table(
        [(vaccine.code, str(vaccine), doses.get(vaccine.pk, 0)) for vaccine in vaccines],
        AefiClass.choices,
        {(vaccine.code, kind): counts[vaccine.pk, kind] for vaccine in vaccines for kind in AefiClass.values},
    )


def _rate(cases: int, doses: int | None) -> str:
    return f"{cases * PER / doses:.2f}" if doses else "—"


def _table(
    rows: list[tuple], columns: Iterable[tuple[str, str]], counts: dict[tuple[str, str], int]
) -> Table:
    """``rows`` as (code, word, doses or None). Sums are added, small cells hidden in the published text."""
    columns = list(columns)
    numbers = [[counts.get((row[0], code), 0) for code, _ in columns] for row in rows]
    numbers = [[*line, sum(line)] for line in numbers]
    numbers.append([sum(line[c] for line in numbers) for c in range(len(columns) + 1)])
    hidden = hidden_cells(numbers)
    with_doses = bool(rows) and rows[0][2] is not None
    heads = [*rows, ("", "合计", sum(row[2] for row in rows) if with_doses else None)]
    codes = [*(code for code, _ in columns), ""]
    lines = []
    for r, (code, word, doses) in enumerate(heads):
        cells = [
            Cell(value, HIDDEN if (r, c) in hidden else f"{value:,}", code, codes[c])
            for c, value in enumerate(numbers[r])
        ]
        rate = _rate(cells[-1].value, doses)
        public = HIDDEN if cells[-1].text == HIDDEN else rate
        lines.append(Line(code, word, cells, doses, rate, public))
    return Table(columns, lines[:-1], lines[-1])


@dataclass(frozen=True)
class Refusal:
    """One person's last decision that was not a pass."""

    enrolment: int
    reason: str
    column: str


def refusals(asked: Asked) -> list[Refusal]:
    """Whom the screening doctors sent away in the period, each person once by the last such decision."""
    rows = (
        Screening.objects.filter(
            code_range("visit__site__place__code", asked.place.prefix),
            visit__enrolment__campaign=asked.campaign,
            visit__on__range=asked.span,
        )
        .exclude(outcome=Outcome.PASS)
        .order_by("at", "pk")
    )
    sets: dict[int, list] = {}
    last: dict[int, Refusal] = {}
    for row in rows.select_related("visit", "question_set", "hold__vaccine"):
        if row.question_set_id not in sets:
            sets[row.question_set_id] = question_set_from_data(row.question_set.data).questions
        person = row.visit.enrolment_id
        last[person] = Refusal(person, _reason(row, sets[row.question_set_id]), _column(row))
    return list(last.values())


def _reason(row: Screening, questions) -> str:
    """The first answer that leads to this outcome, in the words of its consequence up to the comma."""
    for question in questions:
        if question.kind == QuestionKind.TEMPERATURE:
            bad = question.threshold is not None and float(row.celsius) >= question.threshold
        else:
            bad = row.answers.get(question.code, {}).get("yes") is question.bad
        options = [then for then in (question.then, *(question.platforms or {}).values()) if then is not None]
        found = next((then for then in options if then.outcome == row.outcome), None)
        if bad and found is not None:
            return found.reason.replace(",", ",").split(",")[0].rstrip("。;")
    return OTHER_REASON


def _column(row: Screening) -> str:
    if row.outcome == Outcome.DEFER:
        return DEFER
    return row.hold.vaccine.code if row.hold and row.hold.vaccine else ALL


def refusal_table(asked: Asked) -> Table:
    """People by reason and by what is barred: 暂缓, 禁忌 of all vaccines, 禁忌 of one product (or its like)."""
    found = refusals(asked)
    counts = Counter((one.reason, one.column) for one in found)
    codes = {one.column for one in found} - {DEFER, ALL}
    products = Vaccine.objects.filter(code__in=codes).order_by("code")
    columns = [(DEFER, "暂缓"), (ALL, "禁忌(所有疫苗)")]
    columns += [(vaccine.code, f"禁忌({vaccine.short_name})") for vaccine in products]
    reasons = sorted({one.reason for one in found}, key=lambda word: (word == OTHER_REASON, word))
    return _table([(word, word, None) for word in reasons], columns, counts)


def people_behind(asked: Asked, reason: str, column: str) -> list[int]:
    """Enrolments of one number of ``refusal_table``; "" stands for the sum over reasons or columns."""
    return [
        one.enrolment for one in refusals(asked) if reason in ("", one.reason) and column in ("", one.column)
    ]
