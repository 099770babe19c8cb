"""Taking tasks back that were a mistake: nothing stands in their place, and they stay in the history with the reason."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.choices import Level
from reports.models import Target
from reports.services.targets import is_from_above

SHORTEST_REASON = 4


def may_withdraw(user: User, target: Target) -> bool:
    """Whoever may give the task, may take it back: inside the scope; of one's own place only what the place gave itself."""
    scope = user.scope("targets.assign")
    if not scope.covers(target.place.code):
        return False
    is_own = not target.group_no and target.place.prefix in scope.prefixes
    return not is_own or (target.place.level != Level.VILLAGE and not is_from_above(target))


@deed()
def withdraw(*, targets: Iterable[Target], reason: str, actor: User, now: datetime) -> list[Target]:
    """Take these tasks back; returns those that were not back already, so a repeat changes nothing.

    Raises NotAllowed for the task of another office or of one's own from above; RuleBroken: REASON_MISSING, TARGET_OVER
    (another one stands in its place already).
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        text = f"请写明撤回的原因(至少{SHORTEST_REASON}个字),例如“期限填错了”。"
        raise RuleBroken("REASON_MISSING", text, "reason")
    targets = list(targets)
    for campaign in sorted({target.campaign_id for target in targets}):
        alone(f"targets:{campaign}")
    rows = Target.objects.filter(pk__in=[target.pk for target in targets])
    rows = list(rows.select_related("place", "assigned_by").order_by("place__code", "group_no", "pk"))
    if not all(may_withdraw(actor, row) for row in rows):
        raise NotAllowed("只能撤回本级下达的任务;上级下达的,请上级撤回。")
    return [row for row in rows if _take_back(row, reason, actor, now)]


def _take_back(target: Target, reason: str, actor: User, now: datetime) -> bool:
    if target.withdrawal:
        return False
    if target.superseded_at:
        text = f"{target.unit_word}的这个任务已经改过,请刷新页面,看现行的任务。"
        raise RuleBroken("TARGET_OVER", text)
    target.superseded_at, target.withdrawal, target.withdrawn_by = now, reason[:120], actor
    target.save(update_fields=["superseded_at", "withdrawal", "withdrawn_by"])
    data = {"kind": target.kind, "quantity": target.quantity, "due_on": target.due_on.isoformat()}
    data |= {name: getattr(target, name) for name in ("cohort", "group_no") if getattr(target, name)}
    audit.record(
        "target.withdrawn",
        actor=actor,
        target=target,
        place_code=target.place.code,
        data=data | {"reason": target.withdrawal},
    )
    return True
