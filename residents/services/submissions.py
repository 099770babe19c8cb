"""Filling in, handing in, accepting and returning registers and plans (S25, S30, S31).

Handing in freezes the register as a version (``services.versions``), so what the office looks at and accepts is exactly
what was handed in; later edits of people show as a difference and never change it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.models import Organisation, Place
from residents.choices import RecheckAnswer, SubmissionState, VersionKind
from residents.models import (
    PlanRow,
    Recheck,
    RegisterVersion,
    Resident,
    Submission,
    SubmissionCall,
    SubmissionStep,
)
from residents.services import handed_in, versions
from residents.services.calls import asks
from residents.services.submission_checks import findings, people_of

OPEN = (SubmissionState.DRAFT, SubmissionState.RETURNED)


@deed()
def draft(*, actor, call: SubmissionCall, sender: Place | Organisation) -> Submission:
    """The submission of ``sender`` for ``call``, begun now if need be.

    A second census starts from the newest register of the sender that the office accepted.
    Raises NotAllowed, RuleBroken: CALL_CLOSED, CALL_NOT_ASKED, NO_FIRST_CENSUS.
    """
    of_place = isinstance(sender, Place)
    whose = {"place": sender, "organisation": None} if of_place else {"organisation": sender}
    if found := Submission.objects.filter(call=call, **whose).first():
        _check_sender(actor, found)
        return found
    if call.closed_at:
        raise RuleBroken("CALL_CLOSED", "这项上报要求已经收回。")
    if not asks(call, sender):
        raise RuleBroken("CALL_NOT_ASKED", f"{call}不要求{sender}上报。")
    row = Submission(
        call=call, place=sender if of_place else sender.place, organisation=whose["organisation"]
    )
    _check_sender(actor, row)
    if row.is_second:
        row.base = first_register(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody of the same village pressed the same button
        return Submission.objects.get(call=call, **whose)
    return row


def first_register(row: Submission) -> RegisterVersion:
    """The accepted register that a second census of the sender starts from. Raises RuleBroken NO_FIRST_CENSUS."""
    accepted = Submission.objects.filter(
        call__campaign=row.call.campaign,
        place=row.place,
        organisation=row.organisation,
        state=SubmissionState.ACCEPTED,
        version__isnull=False,
    ).exclude(call=row.call)
    base = RegisterVersion.objects.filter(pk__in=accepted.values("version")).order_by("-frozen_at").first()
    if base is None:
        raise RuleBroken(
            "NO_FIRST_CENSUS", "第一次摸底表还没有被接收,不能开始重新摸底。请先上报第一次摸底表。"
        )
    return base


@deed()
def save_plan(*, actor, submission: Submission, rows: Iterable[Mapping]) -> int:
    """Replace the lines of a plan that is still open; each has from_on, to_on, cohort, dose_number, people, site, note.

    Raises NotAllowed, RuleBroken: SUBMISSION_CLOSED, PLAN_DATES, PLAN_PEOPLE.
    """
    row = _open(actor, submission)
    lines = [PlanRow(submission=row, order=number, **line) for number, line in enumerate(rows, start=1)]
    for line in lines:
        if line.to_on < line.from_on:
            raise RuleBroken("PLAN_DATES", f"第{line.order}行的结束日期早于开始日期。")
        if line.people < 1:
            raise RuleBroken("PLAN_PEOPLE", f"第{line.order}行请填写计划人数。")
    row.plan_rows.all().delete()
    PlanRow.objects.bulk_create(lines)
    return len(lines)


@deed()
def recheck(*, actor, submission: Submission, answers: Mapping[int, tuple[str, str]], now: datetime) -> int:
    """Note what the second census found: {resident id: (answer, note)} for people of the first register.

    Raises NotAllowed, RuleBroken: SUBMISSION_CLOSED, RECHECK_UNKNOWN, RECHECK_NOTE (a change needs words).
    """
    row = _open(actor, submission)
    known = set(
        row.base.members.filter(resident__in=answers).values_list("resident_id", flat=True)
        if row.base
        else ()
    )
    if unknown := set(answers) - known:
        raise RuleBroken("RECHECK_UNKNOWN", f"有 {len(unknown)} 人不在第一次摸底名册上,请刷新页面。")
    for resident_id, (answer, note) in answers.items():
        if answer == RecheckAnswer.CHANGED and not note.strip():
            name = Resident.objects.get(pk=resident_id).name
            raise RuleBroken("RECHECK_NOTE", f"{name}有变化,请写明是什么变化。")
        Recheck.objects.update_or_create(
            submission=row,
            resident_id=resident_id,
            defaults={
                "answer": RecheckAnswer(answer),
                "note": note.strip()[:120] if answer == RecheckAnswer.CHANGED else "",
                "at": now,
                "by": actor,
            },
        )
    return len(answers)


@deed()
def submit(*, actor, submission: Submission, remark: str, now: datetime) -> Submission:
    """Hand in. What is wrong with the register does not stop it, but stands in the step, and a late one is marked.

    Handing in what is handed in already changes nothing. Raises NotAllowed, RuleBroken: SUBMISSION_CLOSED, CALL_CLOSED,
    PLAN_EMPTY, REGISTER_EMPTY, RECHECK_LEFT, REMARK_MISSING (a second round must say what was mended).
    """
    _check_sender(actor, submission)
    alone(f"submission:{submission.pk}")
    row = Submission.objects.select_related("call__campaign", "place", "organisation").get(pk=submission.pk)
    if row.is_waiting:
        return row
    _open(actor, row)
    if row.call.closed_at:
        raise RuleBroken("CALL_CLOSED", "这项上报要求已经收回。")
    again, remark = row.state == SubmissionState.RETURNED, remark.strip()
    if again and not remark:
        raise RuleBroken("REMARK_MISSING", "这是退回后重新上报,请写明改了什么。", "remark")
    today = timezone.localdate(now)
    data = _plan(row) if row.is_plan else _register(row, today)
    if not row.is_plan:
        row.version = versions.freeze(
            campaign=row.call.campaign,
            place=None if row.organisation else row.place,
            organisation=row.organisation,
            kind=VersionKind.SUBMISSION,
            actor=actor,
            reason=f"上报:{row.call}",
            now=now,
            today=today,
        )
        data["figures"] = handed_in.count(row, row.version)
        data["people"] = sum(people for people, *_ in data["figures"].values())
    row.people, row.submitted_at, row.is_late = data["people"], now, now > row.call.due_at
    _move(row, OPEN, SubmissionState.SUBMITTED, actor, now, remark, data)
    return row


@deed()
def accept(*, actor, submission: Submission, comment: str, now: datetime) -> Submission:
    """The office takes what was handed in. Raises NotAllowed, RuleBroken SUBMISSION_NOT_WAITING."""
    return _decide(actor, submission, SubmissionState.ACCEPTED, comment.strip(), now)


@deed()
def give_back(*, actor, submission: Submission, comment: str, now: datetime) -> Submission:
    """The office sends it back to be mended. Raises NotAllowed, RuleBroken: SUBMISSION_NOT_WAITING, REASON_MISSING."""
    if not comment.strip():
        raise RuleBroken("REASON_MISSING", "请写明退回原因,让上报单位知道要改什么。", "comment")
    return _decide(actor, submission, SubmissionState.RETURNED, comment.strip(), now)


def _decide(actor, submission: Submission, state: str, comment: str, now: datetime) -> Submission:
    if actor is not None and not actor.scope("submissions.decide").covers(submission.place.code):
        raise NotAllowed("接收和退回由镇办办理。")
    alone(f"submission:{submission.pk}")
    row = Submission.objects.select_related("call", "place", "organisation").get(pk=submission.pk)
    _move(row, (SubmissionState.SUBMITTED,), state, actor, now, comment, {"people": row.people})
    return row


def _plan(row: Submission) -> dict:
    lines = list(row.plan_rows.select_related("site"))
    if not lines:
        raise RuleBroken("PLAN_EMPTY", "计划表还没有内容。请先填写并保存计划,再上报。")
    return {
        "people": sum(line.people for line in lines),
        "plan": [
            {
                "from": line.from_on.isoformat(),
                "to": line.to_on.isoformat(),
                "cohort": line.cohort,
                "dose": line.dose_number,
                "people": line.people,
                "site": line.site.name if line.site else "",
                "note": line.note,
            }
            for line in lines
        ],
    }


def _register(row: Submission, today: date) -> dict:
    people = people_of(row).count()
    if not people:
        raise RuleBroken("REGISTER_EMPTY", "名册上还没有人。请先登记或导入,再上报。")
    if row.is_second and (left := row.base.counts["people"] - row.rechecks.count()) > 0:
        raise RuleBroken("RECHECK_LEFT", f"还有 {left} 人没有核对。请逐人选“情况不变”或“有变化”后再上报。")
    wrong = {finding.code: finding.number for finding in findings(row, today) if finding.number}
    return {"people": people, "findings": wrong}


def _move(row: Submission, wanted: tuple, state: str, actor, now: datetime, comment: str, data: dict) -> None:
    """Compare and swap: of two who decide at once the second is told."""
    changes = {
        "state": state,
        "people": row.people,
        "submitted_at": row.submitted_at,
        "is_late": row.is_late,
        "version": row.version,
    }
    if not Submission.objects.filter(pk=row.pk, state__in=wanted).update(**changes):
        raise RuleBroken("SUBMISSION_NOT_WAITING", "这份上报刚才已由别人办理,请刷新页面。")
    row.state = state
    SubmissionStep.objects.create(
        submission=row,
        state=state,
        at=now,
        by=actor,
        comment=comment[:300],
        is_late=row.is_late,
        version=row.version,
        data=data,
    )
    audit.record(
        f"submission.{state}",
        actor=actor,
        target=row,
        place_code=row.place.code,
        data={"kind": row.call.kind, "people": row.people, "late": row.is_late},
    )


def _open(actor, submission: Submission) -> Submission:
    _check_sender(actor, submission)
    alone(f"submission:{submission.pk}")
    row = Submission.objects.select_related("call", "base").get(pk=submission.pk)
    if not row.is_open:
        raise RuleBroken("SUBMISSION_CLOSED", "这份表已经上报,不能再改。需要修改请联系镇办退回。")
    return row


def _check_sender(actor, row: Submission) -> None:
    if actor is None:
        return
    scope = actor.scope("submissions.send")
    mine = row.organisation_id in scope.organisations if row.organisation_id else scope.covers(row.place.code)
    if not mine:
        raise NotAllowed("这份表由上报单位自己填写。")
