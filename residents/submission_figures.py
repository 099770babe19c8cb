"""The figures of a register that is handed in; each opens the names it counts."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, FilteredRelation, Q
from django.urls import reverse

from residents.choices import Residence
from residents.models import Submission
from residents.services.submission_checks import people_of


@dataclass(frozen=True)
class Line:
    """A kind of people: how many there are, are on target, have a first dose, say yes."""

    word: str
    people: int
    target: int
    dosed: int
    willing: int
    address: str


def figures(submission: Submission) -> list[Line]:
    """One line per 人员类别 in use, then the sum. One query."""
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
    counts = {residence: tuple(numbers) for residence, *numbers in counted}
    lines = [
        Line(residence.label, *counts[residence], _address(submission, residence=residence))
        for residence in Residence
        if residence in counts
    ]
    sums = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 4
    return [*lines, Line("合计", *sums, _address(submission) if _is_whole(submission) else "")]


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
