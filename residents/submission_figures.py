"""The figures of a register that is handed in, as it was handed in and as it is today; today's open the names they count."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, FilteredRelation, Q
from django.urls import reverse

from residents.choices import Residence
from residents.models import Submission, SubmissionStep
from residents.services import handed_in
from residents.services.submission_checks import people_of

TOTAL = "合计"


@dataclass(frozen=True)
class Line:
    """A kind of people: how many there are, are on target, have a first dose, say yes."""

    word: str
    people: int
    target: int
    dosed: int
    willing: int
    address: str = ""

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """In the order of the columns."""
        return self.people, self.target, self.dosed, self.willing


@dataclass(frozen=True)
class Frozen:
    """A line as it was handed in, and ``moved``: what has come to each number since (None where nothing has)."""

    then: Line
    now: Line

    @property
    def moved(self) -> list[str]:
        """+3, -1, or "" for no change."""
        pairs = zip(self.then.numbers, self.now.numbers, strict=True)
        return [f"{now - then:+d}" if now != then else "" for then, now in pairs]


def figures(submission: Submission) -> list[Line]:
    """Today: one line per 人员类别 in use, then the sum. One query."""
    joined = FilteredRelation("enrolments", condition=Q(enrolments__campaign=submission.call.campaign_id))
    target = Q(mine__is_target=True)
    counted = (
        people_of(submission)
        .annotate(mine=joined)
        .order_by()
        .values_list("residence")
        .annotate(
            people=Count("pk", distinct=True),
            target=Count("pk", target, distinct=True),
            dosed=Count("pk", target & Q(mine__doses_done__gt=0), distinct=True),
            willing=Count("pk", target & Q(willing=True), distinct=True),
        )
    )
    return _lines({residence: tuple(numbers) for residence, *numbers in counted}, submission)


def frozen(submission: Submission, step: SubmissionStep | None) -> list[Frozen] | None:
    """The lines as they were handed in with ``step`` beside those of today; None before the first hand-in."""
    counts = handed_in.kept(submission, step)
    if counts is None:
        return None
    then = {line.word: line for line in _lines(counts, submission)}
    now = {line.word: line for line in figures(submission)}
    words = [residence.label for residence in Residence if residence.label in then.keys() | now.keys()]
    return [
        Frozen(then.get(word, Line(word, 0, 0, 0, 0)), now.get(word, Line(word, 0, 0, 0, 0)))
        for word in (*words, TOTAL)
    ]


def _lines(counts: handed_in.Counts, submission: Submission) -> list[Line]:
    lines = [
        Line(residence.label, *counts[residence], _address(submission, residence=residence))
        for residence in Residence
        if residence in counts
    ]
    sums = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 4
    return [*lines, Line(TOTAL, *sums, _address(submission) if _is_whole(submission) else "")]


def _is_whole(submission: Submission) -> bool:
    """True when the list without a filter of 人员类别 shows the same people."""
    return submission.call.kind not in ("resident", "inflow")


def _address(submission: Submission, **query: str) -> str:
    whose = (
        {"organisation": submission.organisation_id}
        if submission.organisation_id
        else {"village": submission.place.code}
    )
    return f"{reverse('residents:list')}?{urlencode(whose | query)}"
