"""The log of a case: who was told, when the card went out, how the person is. Each line is written once and stays."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from clinic import reaction_rules
from clinic.choices import CardState, EntryKind, GroupState
from clinic.models import AdverseEvent, CaseEntry
from clinic.services.access import require_any
from clinic.services.reaction_groups import join_group
from clinic.services.reaction_plans import plan_for
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same

MAY_WRITE = ("aefi.report", "aefi.oversee")


@deed()
def write(
    *,
    event: AdverseEvent,
    kind: str,
    actor,
    key: UUID,
    now: datetime,
    text: str = "",
    to_whom: str = "",
    state: str = "",
    next_on: date | None = None,
) -> CaseEntry:
    """Write one line, and what it means for the case: the card is sent or need not be, the case became serious, the
    office knows of it. A repeat of ``key`` returns the first line.

    Raises NotAllowed; RuleBroken TEXT_MISSING, TO_WHOM, STATE_MISSING, NEXT_ON, CARD_EMPTY, CARD_SETTLED, WAIVE_SERIOUS,
    SERIOUS_ALREADY, KIND.
    """
    alone("aefi")
    visit = locked_visit(event.dose.visit)
    require_any(actor, ("aefi.oversee",) if kind == EntryKind.SEEN else MAY_WRITE, visit.site)
    if repeated := CaseEntry.objects.filter(key=key).first():
        return same(repeated, event_id=event.pk, kind=kind)
    event = AdverseEvent.objects.select_related(
        "dose__visit__enrolment__campaign", "dose__site__place", "group"
    ).get(pk=event.pk)
    text, to_whom = text.strip()[:300], to_whom.strip()[:60]
    _check_words(kind, text, to_whom, state)
    if next_on is not None and next_on < timezone.localdate(now):
        raise RuleBroken("NEXT_ON", "下次随访日期已经过去,请改成今天或以后。", "next_on")
    _EFFECTS.get(kind, _nothing)(event, actor, now)
    entry = CaseEntry.objects.create(
        event=event,
        key=key,
        kind=kind,
        to_whom=to_whom,
        text=text,
        state=state,
        next_on=next_on,
        at=now,
        by=actor,
    )
    note_step(visit, f"aefi.{kind}", actor, case=str(event.uid), to_whom=to_whom)
    return entry


def _check_words(kind: str, text: str, to_whom: str, state: str) -> None:
    if kind not in EntryKind.values or kind == EntryKind.GROUP:
        raise RuleBroken("KIND", "请选择要记的是什么。", "kind")
    if (
        kind in (EntryKind.WAIVED, EntryKind.WORSE, EntryKind.NOTE, EntryKind.FOLLOW, EntryKind.PHONE)
        and not text
    ):
        raise RuleBroken("TEXT_MISSING", "请写明内容(原因、情况或对方答复)。", "text")
    if kind in (EntryKind.SENT, EntryKind.PHONE) and not to_whom:
        raise RuleBroken("TO_WHOM", "请写明报给谁,如“县疾控 张医生”。", "to_whom")
    if kind == EntryKind.FOLLOW and not state:
        raise RuleBroken("STATE_MISSING", "随访请选择这个人现在的情况。", "state")


def _nothing(event: AdverseEvent, actor, now: datetime) -> None:
    return None


def _settle(event: AdverseEvent, state: str, now: datetime) -> None:
    if event.card_state == CardState.SENT or event.card_state == state:
        raise RuleBroken("CARD_SETTLED", f"个案卡{event.get_card_state_display()},不用再登记。", "kind")
    event.card_state, event.card_settled_at = state, now
    event.save(update_fields=["card_state", "card_settled_at"])


def _sent(event: AdverseEvent, actor, now: datetime) -> None:
    if not event.cards.exists():
        raise RuleBroken("CARD_EMPTY", "个案卡还没有填写。请先填个案卡,再登记上报。", "kind")
    _settle(event, CardState.SENT, now)


def _waived(event: AdverseEvent, actor, now: datetime) -> None:
    in_group = event.group is not None and event.group.state != GroupState.DISMISSED
    if event.is_serious or in_group:
        raise RuleBroken("WAIVE_SERIOUS", "严重反应和可能的群体性反应必须上报个案卡。", "kind")
    _settle(event, CardState.WAIVED, now)


def _worse(event: AdverseEvent, actor, now: datetime) -> None:
    """Grave from now on: the short deadline runs from this moment, and a card that was waived is due again."""
    if event.is_serious:
        raise RuleBroken("SERIOUS_ALREADY", "这个病例已经是严重,不用再登记。", "kind")
    plan = plan_for(event.dose.visit.enrolment.campaign, event.dose.site.place.code)
    due = reaction_rules.report_due(now, is_serious=True, serious_hours=plan.serious_hours)
    event.is_serious = True
    if event.card_state == CardState.WAIVED:
        event.card_state, event.card_settled_at, event.report_due = CardState.DUE, None, due
    event.report_due = min(event.report_due, due)
    event.save(update_fields=["is_serious", "card_state", "card_settled_at", "report_due"])
    if event.group_id is None:
        join_group(event, actor=actor, now=now)


def _seen(event: AdverseEvent, actor, now: datetime) -> None:
    if event.seen_at is None:
        event.seen_at = now
        event.save(update_fields=["seen_at"])


_EFFECTS = {
    EntryKind.SENT: _sent,
    EntryKind.WAIVED: _waived,
    EntryKind.WORSE: _worse,
    EntryKind.SEEN: _seen,
}
