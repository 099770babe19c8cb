"""Which version of a quick card was seen on a case, and what of it was done when by whom."""

from datetime import datetime

from clinic.models import AdverseEvent, CardMark
from clinic.quick_cards import QuickCard
from clinic.services.access import require
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed


@deed()
def open_card(*, event: AdverseEvent, card: QuickCard, actor, now: datetime) -> None:
    """Note that ``actor`` saw this version on this case, once. Raises NotAllowed."""
    visit = locked_visit(event.dose.visit)
    require(actor, "aefi.report", visit.site)
    what = {"event": event, "card": card.code, "version": card.version, "by": actor, "step": ""}
    if CardMark.objects.filter(**what).exists():
        return
    CardMark.objects.create(**what, digest=card.digest, at=now)
    note_step(visit, "aefi.card_opened", actor, case=str(event.uid), card=card.code, version=card.version)


@deed()
def tick(*, event: AdverseEvent, card: QuickCard, step: str, done: bool, actor, now: datetime) -> None:
    """Tick (or take back) one line of the card on an open case; saying the same again changes nothing.

    Raises NotAllowed, RuleBroken STEP_UNKNOWN, CASE_CLOSED.
    """
    visit = locked_visit(event.dose.visit)
    require(actor, "aefi.report", visit.site)
    if step not in card.step_codes:
        raise RuleBroken("STEP_UNKNOWN", "这张卡上没有这一步。请重新打开这张卡。")
    if not AdverseEvent.objects.open().filter(pk=event.pk).exists():
        raise RuleBroken("CASE_CLOSED", "这个病例已经结案,不能再勾选步骤。")
    marks = steps_done(event, card)
    if (step in marks) == done:
        return
    CardMark.objects.create(
        event=event,
        card=card.code,
        version=card.version,
        digest=card.digest,
        step=step,
        done=done,
        at=now,
        by=actor,
    )
    note_step(visit, "aefi.step_ticked", actor, case=str(event.uid), card=card.code, step=step, done=done)


def cards_used(event: AdverseEvent) -> list[dict]:
    """The cards that were opened on this case: card, version, name, opened_at, and how many of its lines are done."""
    found: dict[tuple[str, int], dict] = {}
    ticked: dict[tuple[str, int], dict[str, bool]] = {}
    for mark in CardMark.objects.filter(event=event).order_by("at", "pk"):
        which = mark.card, mark.version
        card = mark.quick_card
        found.setdefault(
            which,
            {
                "card": mark.card,
                "version": mark.version,
                "name": card.name if card else mark.card,
                "all": len(card.steps) if card else 0,
                "opened_at": mark.at,
            },
        )
        if mark.step:
            ticked.setdefault(which, {})[mark.step] = mark.done
    return [one | {"done": sum(ticked.get(which, {}).values())} for which, one in found.items()]


def steps_done(event: AdverseEvent, card: QuickCard) -> dict[str, CardMark]:
    """The ticked lines of this version on this case: step code → its mark."""
    marks = CardMark.objects.filter(event=event, card=card.code, version=card.version).exclude(step="")
    last = {mark.step: mark for mark in marks.select_related("by").order_by("at", "pk")}
    return {code: mark for code, mark in last.items() if mark.done}
