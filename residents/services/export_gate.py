"""The one gate of exports: a list of more than ``settings.EXPORT_FREE_PEOPLE`` people is made only after a second person has
agreed. Every job that writes a list of people asks here first.
"""

import json
from collections.abc import Callable
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import audit, jobs
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from core.models import Job
from residents.choices import ExportState
from residents.models import ExportRequest

ACTION = "exports.approve"


class NeedsApproval(RuleBroken):
    """Too many people for one person's word; ``people`` says how many."""

    def __init__(self, people: int):
        most = settings.EXPORT_FREE_PEOPLE
        super().__init__(
            "EXPORT_APPROVAL",
            f"共 {people} 人,超过 {most} 人的名单要另一个人批准后才能生成。请缩小范围,或申请批准。",
        )
        self.people = people


@deed()
def admit(people: int, *, approval: int | None, job: Job | None, now: datetime) -> None:
    """Let ``people`` through, on the ``approval`` (a request's key) that this job was started with, where they are many.

    Raises NeedsApproval; RuleBroken EXPORT_OVER when the approval was used, is too old, or was for fewer people.
    """
    if people <= settings.EXPORT_FREE_PEOPLE:
        return
    if approval is None:
        raise NeedsApproval(people)
    alone("export_gate")
    mine = ExportRequest.objects.filter(
        pk=approval, job=job, state__in=(ExportState.APPROVED, ExportState.DONE)
    )
    row = mine.first()  # a job that is delivered a second time finds its own approval used by itself
    if row is None or now >= row.expires_at or people > row.people + row.people // 10:
        raise RuleBroken("EXPORT_OVER", "批准已经用过、过期,或名单比批准时多了许多。请重新申请。")
    ExportRequest.objects.filter(pk=row.pk).update(state=ExportState.DONE)


class Gate:
    """The gate of one job: ``task`` with its arguments ``asked``, and the ``approval`` that it was started with."""

    def __init__(self, task, job_id: int, approval: int | None, asked: dict):
        self.task, self.job_id, self.approval, self.asked = task, job_id, approval, asked

    def admit(self, people: int) -> None:
        """See ``admit``."""
        admit(people, approval=self.approval, job=Job.objects.get(pk=self.job_id), now=timezone.now())

    def guarding(self, work: Callable) -> Callable:
        """``work`` of the job, which ends with a request where it needs an approval."""

        def guarded(progress) -> dict:
            try:
                return work(progress)
            except NeedsApproval as stop:
                progress.message = stop.message
                job = Job.objects.select_related("created_by").get(pk=self.job_id)
                return ask(task=self.task, job=job, people=stop.people, asked=self.asked, now=timezone.now())

        return guarded


def ask(*, task, job: Job, people: int, asked: dict, now: datetime) -> dict:
    """Keep what ``job`` wanted as a request of its user; returns the job's result, which leads there."""
    place_code = job.created_by.main_role.home.code
    with deed():
        row = ExportRequest.objects.create(
            title=job.title,
            kind=job.kind,
            task=task.name,
            asked=json.dumps(asked, ensure_ascii=False),
            people=people,
            place_code=place_code,
            purpose=asked.get("purpose", "")[:200],
            by=job.created_by,
            at=now,
        )
        audit.record(
            "export.needs_approval",
            actor=job.created_by,
            target=row,
            place_code=place_code,
            data={"people": people},
        )
    return {"next": reverse("residents:export_request", args=[row.uid]), "next_word": "申请批准"}


@deed()
def submit(row: ExportRequest, *, purpose: str, actor, now: datetime) -> None:
    """Say what for, and put it before those who may approve. Raises RuleBroken EXPORT_STATE, NotAllowed."""
    row = _open(row, ExportState.DRAFT, now)
    if row.by_id != actor.pk:
        raise NotAllowed
    ExportRequest.objects.filter(pk=row.pk).update(state=ExportState.WAITING, purpose=purpose, at=now)
    data = {"people": row.people, "purpose": purpose}
    audit.record("export.requested", actor=actor, target=row, place_code=row.place_code, data=data)


@deed()
def approve(row: ExportRequest, *, actor, now: datetime) -> Job:
    """Agree: the list is made at once, for the one who has asked. Raises RuleBroken EXPORT_STATE, NotAllowed."""
    row = _decide(row, ExportState.APPROVED, actor=actor, reason="", now=now)
    task = current_app.tasks[row.task]
    job = jobs.start(
        task, kind=row.kind, title=row.title, by=row.by, approval=row.pk, **json.loads(row.asked)
    )
    ExportRequest.objects.filter(pk=row.pk).update(job=job)
    return job


@deed()
def refuse(row: ExportRequest, *, actor, reason: str, now: datetime) -> None:
    """Say no, and why. Raises RuleBroken EXPORT_STATE, NotAllowed."""
    _decide(row, ExportState.REFUSED, actor=actor, reason=reason, now=now)


def may_decide(row: ExportRequest, user) -> bool:
    """True for somebody else with the right over the place."""
    return row.by_id != user.pk and user.scope(ACTION).covers(row.place_code)


def _decide(row: ExportRequest, state: str, *, actor, reason: str, now: datetime) -> ExportRequest:
    row = _open(row, ExportState.WAITING, now)
    if not may_decide(row, actor):
        raise NotAllowed
    ExportRequest.objects.filter(pk=row.pk).update(
        state=state, decided_by=actor, decided_at=now, reason=reason[:200]
    )
    data = {"people": row.people, "purpose": row.purpose, "by": row.by_id, "reason": reason}
    audit.record(f"export.{state}", actor=actor, target=row, place_code=row.place_code, data=data)
    return row


def _open(row: ExportRequest, state: str, now: datetime) -> ExportRequest:
    alone("export_gate")
    row = ExportRequest.objects.select_related("by").get(pk=row.pk)
    if row.state != state or row.is_over(now):
        raise RuleBroken("EXPORT_STATE", "这份申请已经处理过或已过期。请刷新页面查看。")
    return row
