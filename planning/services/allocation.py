"""A plan is adjusted and approved by the office, and sent by the keeper. Nothing moves before."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from inventory.models import Lot
from planning.choices import PlanState
from planning.models import AllocationLine, AllocationPlan
from planning.stores import batches_at, syringes_at


@deed()
def adjust_plan(
    *, plan: AllocationPlan, quantities: Mapping[int, int], reason: str, actor, now: datetime
) -> AllocationPlan:
    """Decide other quantities, by id of the line. Raises RuleBroken NOT_DRAFT, REASON_MISSING, TOO_MUCH."""
    plan = locked_plan(plan, PlanState.DRAFT)
    lines = {line.pk: line for line in AllocationLine.objects.filter(share__plan=plan)}
    changed = [lines[pk] for pk, n in quantities.items() if pk in lines and lines[pk].quantity != n]
    for line in changed:
        line.quantity = quantities[line.pk]
    if any(line.is_adjusted for line in lines.values()) and not reason.strip():
        raise RuleBroken("REASON_MISSING", "数量与建议不同,请写明调整的理由。", "reason")
    check_enough(plan, lines.values(), timezone.localdate(now))
    AllocationLine.objects.bulk_update(changed, ["quantity"])
    plan.reason = reason.strip()[:200]
    plan.save(update_fields=["reason"])
    note_deed("plan.adjusted", plan, actor, lines=len(changed), reason=plan.reason)
    return plan


@deed()
def approve_plan(*, plan: AllocationPlan, actor, now: datetime) -> AllocationPlan:
    """Make the draft binding: the keeper may send it. Raises RuleBroken NOT_DRAFT, TOO_MUCH, NOTHING."""
    plan = locked_plan(plan, PlanState.DRAFT)
    lines = AllocationLine.objects.filter(share__plan=plan)
    if not lines.exclude(share__site=plan.source).filter(quantity__gt=0).exists():
        raise RuleBroken(
            "NOTHING", "没有要发给别的接种点的疫苗或注射器,不用批准。请调整数量,或作废这份方案。"
        )
    check_enough(plan, lines, timezone.localdate(now))
    plan.state, plan.approved_at, plan.approved_by = PlanState.APPROVED, now, actor
    plan.save(update_fields=["state", "approved_at", "approved_by"])
    note_deed("plan.approved", plan, actor)
    return plan


@deed()
def drop_plan(*, plan: AllocationPlan, reason: str, actor, now: datetime) -> AllocationPlan:
    """Give the plan up before it is sent. Raises RuleBroken REASON_MISSING, PLAN_OVER."""
    plan = locked_plan(plan, PlanState.DRAFT, PlanState.APPROVED)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明作废的原因。", "reason")
    plan.state, plan.end_reason = PlanState.DROPPED, reason.strip()[:120]
    plan.save(update_fields=["state", "end_reason"])
    note_deed("plan.dropped", plan, actor, reason=plan.end_reason)
    return plan


def locked_plan(plan: AllocationPlan, *states: PlanState) -> AllocationPlan:
    """The plan, fresh, while nobody else decides on any plan."""
    alone("allocation")
    plan = AllocationPlan.objects.select_related("source__place", "place").get(pk=plan.pk)
    if plan.state not in states:
        word = plan.get_state_display()
        raise RuleBroken("PLAN_STATE", f"{plan}{word},不能再改。需要时请另做一份方案。")
    return plan


def check_enough(plan: AllocationPlan, lines, today: date) -> None:
    """No lot is shared out beyond what may be taken from the source today."""
    have = {("lot", batch.lot): batch.vials for batch in batches_at(plan.source, today)}
    have |= {("supply", row.lot_id): row.balance for row in syringes_at(plan.source, today)}
    asked = Counter()
    for line in lines:
        asked["lot" if line.lot_id else "supply", line.lot_id or line.supply_lot_id] += line.quantity
    over = [what for what, n in asked.items() if n > have.get(what, 0)]
    if over:
        names = {
            ("lot", lot.pk): lot.lot_no
            for lot in Lot.objects.filter(pk__in=[pk for kind, pk in over if kind == "lot"])
        }
        words = ";".join(
            f"{names.get(what, '注射器')}:要分 {asked[what]} 支,可用 {have.get(what, 0)} 支" for what in over
        )
        raise RuleBroken("TOO_MUCH", f"分出的比出库点可用的多。{words}。请改小,或先入库。")


def note_deed(action: str, plan: AllocationPlan, actor, **data) -> None:
    """Record a deed on the plan."""
    audit.record(
        action, actor=actor, target=plan, place_code=plan.place.code, data={"plan": str(plan), **data}
    )
