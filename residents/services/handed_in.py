"""The figures of a register as it was handed in: counted once from the frozen version, kept in the step, never counted again."""

from collections.abc import Iterable

from django.db.models import Count, Q

from places.querysets import code_range
from residents.choices import INFLOW, SubmissionKind, SubmissionState
from residents.models import RegisterMember, RegisterVersion, Submission, SubmissionStep

# {人员类别: (people, on target, of these with a first dose, of these willing)}
Counts = dict[str, tuple[int, int, int, int]]


def count(submission: Submission, version: RegisterVersion) -> Counts:
    """The people of ``version`` on the form of this submission. One query.

    Willingness is not among the columns of a version: call this in the deed that freezes it.
    """
    members = RegisterMember.objects.filter(version=version)
    if not submission.organisation_id:  # a version also holds who is registered elsewhere and counted here
        members = members.filter(code_range("village_code", submission.place.prefix))
    if submission.call.kind == SubmissionKind.RESIDENT:
        members = members.exclude(residence__in=INFLOW)
    elif submission.call.kind == SubmissionKind.INFLOW:
        members = members.filter(residence__in=INFLOW)
    target = Q(is_target=True)
    counted = (
        members.order_by()
        .values_list("residence")
        .annotate(
            people=Count("pk"),
            target=Count("pk", target),
            dosed=Count("pk", target & Q(doses_done__gt=0)),
            willing=Count("pk", target & Q(resident__willing=True)),
        )
    )
    return {residence: tuple(numbers) for residence, *numbers in counted}


def last_step(steps: Iterable[SubmissionStep]) -> SubmissionStep | None:
    """The last handing in among the ``steps`` of a submission, which are in the order of time."""
    sent = [step for step in steps if step.state == SubmissionState.SUBMITTED]
    return sent[-1] if sent else None


def kept(submission: Submission, step: SubmissionStep | None) -> Counts | None:
    """What was counted when it was handed in last, in ``step``; None before the first hand-in."""
    if submission.version_id is None:
        return None
    figures = step.data.get("figures") if step else None
    if figures is None:  # handed in before figures were kept
        return count(submission, submission.version)
    return {residence: tuple(numbers) for residence, numbers in figures.items()}


def plan_lines(submission: Submission, step: SubmissionStep | None) -> list[dict] | None:
    """The lines of a plan that waits or was accepted, as they were handed in; None while it is still filled in."""
    return step.data["plan"] if step and submission.is_plan and not submission.is_open else None
