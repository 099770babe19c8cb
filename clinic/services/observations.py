"""留观: release after the time, or before it with a reason; never while a reaction is open."""

from datetime import datetime

from clinic import rules
from clinic.models import AdverseEvent, Visit
from clinic.services.access import require
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed


@deed()
def release(*, visit: Visit, actor, now: datetime, reason: str = "") -> Visit:
    """End the observation. Before ``release_due`` a ``reason`` is needed and the actor answers for it. A repeat leaves
    the visit as it is. Raises NotAllowed; RuleBroken of docs/visit-states.md, TOO_EARLY, REACTION_OPEN."""
    row = locked_visit(visit)
    require(actor, "visits.observe", row.site)
    if row.stage == "left":
        return row
    row.stage = rules.step(row.stage, rules.Deed.RELEASE)
    if open_reactions(row).exists():
        raise RuleBroken("REACTION_OPEN", "此人有未结案的异常反应,不能放行。请先处置并结案,或转诊。")
    rules.check_leaving_on_time(row.release_due, now, reason)
    row.left_at, row.left_by = now, actor
    row.leave_reason = reason.strip()[:200] if now < row.release_due else ""
    row.save(update_fields=["stage", "left_at", "left_by", "leave_reason"])
    note_step(row, "visit.released", actor, early=now < row.release_due, reason=row.leave_reason)
    return row


@deed()
def transfer(*, visit: Visit, actor, hospital: str, reason: str, now: datetime) -> Visit:
    """Send a person under observation to ``hospital``; open reactions name it. Raises NotAllowed; RuleBroken of
    docs/visit-states.md, HOSPITAL, REASON_MISSING."""
    row = locked_visit(visit)
    require(actor, "aefi.report", row.site)
    row.stage = rules.step(row.stage, rules.Deed.TRANSFER)
    if not hospital.strip():
        raise RuleBroken("HOSPITAL", "请填写转往的医院。", "hospital")
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明转诊原因。", "reason")
    row.left_at, row.left_by, row.leave_reason = now, actor, reason.strip()[:200]
    row.save(update_fields=["stage", "left_at", "left_by", "leave_reason"])
    open_reactions(row).update(hospital=hospital.strip()[:60])
    note_step(row, "visit.transferred", actor, hospital=hospital, reason=reason)
    return row


def open_reactions(visit: Visit):
    """Reactions of this visit's doses that are not closed."""
    return AdverseEvent.objects.open().filter(dose__visit=visit)
