"""Who handed what in: the matrix of the office, and the same cells for the one who hands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from campaigns.models import Campaign
from core.dates import day_zh
from places.models import Organisation, Place
from places.querysets import any_code_range
from residents.choices import SubmissionState
from residents.models import Submission, SubmissionCall
from residents.services.calls import asks, senders


@dataclass(frozen=True)
class Cell:
    """What one sender owes for one call."""

    call: SubmissionCall
    sender: Place | Organisation
    submission: Submission | None
    now: datetime

    @property
    def is_missing(self) -> bool:
        """Not handed in, or handed back."""
        return self.submission is None or self.submission.is_open

    @property
    def is_overdue(self) -> bool:
        return self.is_missing and self.now > self.call.due_at

    @property
    def state_pair(self) -> tuple[str, str]:
        """(kind, word) of the tag."""
        return state_pair(self.submission, self.call, self.now)

    @property
    def is_of_place(self) -> bool:
        return isinstance(self.sender, Place)


@dataclass(frozen=True)
class Row:
    """One sender and its cell for every call; None where it is not asked."""

    sender: Place | Organisation
    cells: list[Cell | None]


def state_pair(submission: Submission | None, call: SubmissionCall, now: datetime) -> tuple[str, str]:
    """(kind, word): late is said beside the state, never hidden."""
    late = now > call.due_at
    if submission is None:
        return ("stop", "逾期未报") if late else ("plain", "未上报")
    if submission.state == SubmissionState.DRAFT:
        return ("stop", "逾期未报(填报中)") if late else ("due", "填报中")
    word = {
        SubmissionState.SUBMITTED: ("hold", "待接收"),
        SubmissionState.ACCEPTED: ("done", "已接收"),
        SubmissionState.RETURNED: ("stop", "退回修改"),
    }
    kind, said = word[SubmissionState(submission.state)]
    return kind, f"{said}(逾期)" if submission.is_late else said


def calls_for(user, campaign: Campaign | None) -> list[SubmissionCall]:
    """The calls that still stand in ``campaign``, soonest first."""
    mine = SubmissionCall.objects.visible_to(user).open().filter(campaign=campaign)
    return list(mine.select_related("place", "campaign"))


def rows_for(
    user, calls: list[SubmissionCall], *, prefixes: Iterable[str], organisations: Iterable[int], now: datetime
) -> list[Row]:
    """Villages on ``prefixes`` and organisations (on them, or by id) that any of ``calls`` asks. Three queries."""
    audiences = {call.audience for call in calls}
    asked: dict[tuple[str, int], Place | Organisation] = {
        (type(sender).__name__, sender.pk): sender
        for sender in senders(audiences, frozenset(prefixes), frozenset(organisations))
    }
    found = {
        (
            row.call_id,
            "Organisation" if row.organisation_id else "Place",
            row.organisation_id or row.place_id,
        ): row
        for row in Submission.objects.visible_to(user).filter(call__in=calls).select_related("call")
    }
    rows = []
    for (kind, pk), sender in asked.items():
        cells = [
            Cell(call, sender, found.get((call.pk, kind, pk)), now) if asks(call, sender) else None
            for call in calls
        ]
        if any(cells):
            rows.append(Row(sender, cells))
    return rows


def owed_by(user, campaign: Campaign | None, now: datetime) -> list[Cell]:
    """What ``user`` hands in: the own villages and organisations, soonest first within each. At most four queries."""
    calls, scope = calls_for(user, campaign), user.scope("submissions.send")
    if not calls:
        return []
    rows = rows_for(user, calls, prefixes=scope.prefixes, organisations=scope.organisations, now=now)
    return [cell for row in rows for cell in row.cells if cell and is_of(cell, scope)]


def is_of(cell: Cell, scope) -> bool:
    """True when a user with this scope of "submissions.send" fills the cell in."""
    if cell.is_of_place:
        return scope.covers(cell.sender.code)
    return cell.sender.pk in scope.organisations


def waiting_and_overdue(user, campaign: Campaign | None, now: datetime) -> tuple[int, int] | None:
    """For the office: how many wait to be accepted, how many let their deadline pass; None where nothing was asked.

    One query; three more once a deadline has passed.
    """
    prefixes = user.scope("submissions.decide").prefixes
    mine = Q(submissions__state=SubmissionState.SUBMITTED) & any_code_range(
        "submissions__place__code", prefixes
    )
    asked = SubmissionCall.objects.visible_to(user).open().filter(campaign=campaign)
    calls = list(asked.select_related("place").annotate(waiting=Count("submissions", filter=mine)))
    if not calls:
        return None
    over = [call for call in calls if now > call.due_at]
    rows = rows_for(user, over, prefixes=prefixes, organisations=(), now=now) if over else []
    missing = sum(1 for row in rows for cell in row.cells if cell and cell.is_missing)
    return sum(call.waiting for call in calls), missing


@dataclass(frozen=True)
class Summary:
    """One call over all senders: how many came, who is missing, and the words that remind them."""

    call: SubmissionCall
    cells: list[Cell]
    now: datetime

    @property
    def missing(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_missing]

    @property
    def came(self) -> int:
        return len(self.cells) - len(self.missing)

    @property
    def waiting(self) -> int:
        return sum(1 for cell in self.cells if cell.submission and cell.submission.is_waiting)

    @property
    def reminder(self) -> str:
        """Ready to be pasted into the group chat; names places and organisations, nobody's people."""
        due = timezone.localtime(self.call.due_at)
        names = "、".join(str(cell.sender) for cell in self.missing)
        when = "已于" if self.now > self.call.due_at else "将于"
        return (
            f"【催报】{self.call}{when}{day_zh(timezone.localdate(due))} {due:%H:%M}截止。"
            f"应报 {len(self.cells)} 个单位,已报 {self.came} 个,还没有报的 {len(self.missing)} 个:{names}。"
            "请尽快在系统“摸底上报”里核对名册并上报,有困难请联系镇办。"
        )


def summaries(calls: list[SubmissionCall], rows: list[Row], now: datetime) -> list[Summary]:
    """``Summary`` of each call over ``rows``."""
    return [
        Summary(call, [row.cells[at] for row in rows if row.cells[at]], now) for at, call in enumerate(calls)
    ]
