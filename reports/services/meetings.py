"""Meetings (S114) and what they ask for: who, until when, what has become of it."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from places.models import Place
from reports.choices import FOLLOW_UP_OVER, FollowUpDeed
from reports.models import FollowUp, FollowUpStep, Meeting
from reports.services.duty_book import head, needed, open_book, put, said


@deed()
def record_meeting(*, place: Place, words: dict, actor: User | None, key: UUID, now: datetime) -> Meeting:
    """Write down a meeting that was held; ``words`` by field of ``Meeting.WORDS``.

    Raises NotAllowed; RuleBroken WORDS_MISSING, MEETING_DAY (to come), and as ``duty_book.open_book``.
    """
    open_book(actor, place)
    entry = Meeting(**_checked(words, now), **head(actor, place, key, now))
    return put(entry, subject="meeting", last=None, based_on=0)


@deed()
def correct_meeting(
    *,
    meeting: Meeting,
    words: dict,
    reason: str,
    based_on: int,
    actor: User | None,
    key: UUID,
    now: datetime,
) -> Meeting:
    """The next version of a meeting; what it asked for stays with it.

    Raises as ``record_meeting`` and ``duty_book.put``.
    """
    open_book(actor, meeting.place)
    last = Meeting.objects.filter(uid=meeting.uid).select_related("by").latest("number")
    entry = Meeting(**_checked(words, now), **head(actor, meeting.place, key, now, reason))
    return put(entry, subject="meeting", last=last, based_on=based_on)


def _checked(words: dict, now: datetime) -> dict:
    words = {"starts_at": None, "where": ""} | said(words)
    needed(
        words,
        subject="请填写议题。",
        chair="请填写主持人。",
        present="请填写参加人。",
        decisions="请填写议定事项;没有议定的请写“无”。",
    )
    if words["on"] > timezone.localdate(now):
        raise RuleBroken("MEETING_DAY", "会开过以后再登记,日期不能晚于今天。", "on")
    return words


@deed()
def follow_up(
    *,
    meeting: Meeting,
    what: str,
    who: str,
    due_on: date,
    actor: User | None,
    key: UUID,
    now: datetime,
) -> FollowUp:
    """What the meeting asked ``who`` to do until ``due_on``.

    Raises NotAllowed; RuleBroken WORDS_MISSING, FOLLOW_UP_DAY (before the meeting), KEY_USED, and as ``duty_book.open_book``.
    """
    open_book(actor, meeting.place)
    words = said({"what": what, "who": who, "due_on": due_on})
    needed(words, what="请填写要办的事。", who="请填写责任人。")
    if due_on < meeting.on:
        raise RuleBroken("FOLLOW_UP_DAY", f"办结期限不能早于开会那天({meeting.on})。", "due_on")
    if done := FollowUp.objects.filter(key=key).select_related("meeting").first():
        return same(done, **words)
    row = FollowUp.objects.create(meeting=meeting, key=key, at=now, by=actor, **words)
    _record("added", row, actor, {"due_on": due_on.isoformat()})
    return row


@deed()
def step(
    *,
    follow_up: FollowUp,
    kind: str,
    note: str,
    actor: User | None,
    key: UUID,
    now: datetime,
    due_on: date | None = None,
) -> FollowUpStep:
    """What has become of it: done, moved to ``due_on``, handed back, or no longer wanted (``FollowUpDeed``).

    Raises NotAllowed; RuleBroken WORDS_MISSING (what was done, why), FOLLOW_UP_OVER (already over), FOLLOW_UP_OPEN (nothing to hand
    back), FOLLOW_UP_DAY (no new day, or a past one), KEY_USED, and as ``duty_book.open_book``.
    """
    open_book(actor, follow_up.meeting.place)
    words = {"follow_up_id": follow_up.pk, "kind": kind, "note": note.strip()}
    if done := FollowUpStep.objects.filter(key=key).first():
        return same(done, **words)
    needed(words, note="请写明办理情况或原因。")
    steps = list(follow_up.steps.order_by("number"))
    _check_step(kind, due_on, steps, timezone.localdate(now))
    moved = due_on if kind in (FollowUpDeed.MOVED, FollowUpDeed.REOPENED) else None
    row = FollowUpStep.objects.create(number=len(steps) + 1, due_on=moved, key=key, at=now, by=actor, **words)
    _record(kind, follow_up, actor, {"step": row.number})
    return row


def _check_step(kind: str, due_on: date | None, steps: list[FollowUpStep], today: date) -> None:
    is_over = bool(steps) and steps[-1].kind in FOLLOW_UP_OVER
    if kind == FollowUpDeed.REOPENED and not is_over:
        raise RuleBroken("FOLLOW_UP_OPEN", "这件事还在办,不用退回。", "kind")
    if kind != FollowUpDeed.REOPENED and is_over:
        raise RuleBroken("FOLLOW_UP_OVER", "这件事已经了结;还要办的话,请先“退回重办”。", "kind")
    if kind == FollowUpDeed.MOVED and due_on is None:
        raise RuleBroken("FOLLOW_UP_DAY", "改期请填写新的期限。", "due_on")
    if due_on is not None and due_on < today:
        raise RuleBroken("FOLLOW_UP_DAY", "新的期限不能早于今天。", "due_on")


def _record(done: str, row: FollowUp, actor: User | None, data: dict) -> None:
    audit.record(f"follow_up.{done}", actor=actor, target=row, place_code=row.meeting.place.code, data=data)
