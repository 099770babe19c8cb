"""An approved plan becomes deliveries: a document for every receiver, who signs for it on arrival."""

from datetime import datetime
from uuid import uuid5

from django.utils import timezone

from core.locks import deed
from inventory.choices import DocumentKind
from inventory.services.consignments import Consignment, send_all
from inventory.services.supplies import hand_over
from inventory.services.supply_posting import lock_supplies
from inventory.supply_choices import SupplyMove
from places.choices import Level
from planning.choices import PlanState
from planning.models import AllocationLine, AllocationPlan, AllocationShare
from planning.services.allocation import check_enough, locked_plan, note_deed


@deed()
def send_plan(*, plan: AllocationPlan, actor, now: datetime) -> AllocationPlan:
    """Write the documents of an approved plan, all or none; what the store keeps for itself does not move.

    Vaccine is under way until the receiver signs; syringes are in the receiver's ledger at once. Raises RuleBroken
    PLAN_STATE, TOO_MUCH (the store has given the vials to others meanwhile), ShortStock.
    """
    plan = locked_plan(plan, PlanState.APPROVED)
    lock_supplies()
    lines = AllocationLine.objects.filter(share__plan=plan, quantity__gt=0).exclude(share__site=plan.source)
    lines = list(lines.select_related("share__site__place", "lot__presentation__vaccine", "supply_lot__item"))
    check_enough(plan, lines, timezone.localdate(now))
    for line in lines:
        if line.supply_lot_id:
            _syringes(plan, line, actor, now)
    _vaccine(plan, [line for line in lines if line.lot_id], actor, now)
    plan.state, plan.sent_at, plan.sent_by = PlanState.SENT, now, actor
    plan.save(update_fields=["state", "sent_at", "sent_by"])
    note_deed("plan.handed_over", plan, actor, receivers=len({line.share_id for line in lines}))
    return plan


def _syringes(plan: AllocationPlan, line: AllocationLine, actor, now: datetime) -> None:
    hand_over(
        site=plan.source,
        lot=line.supply_lot,
        quantity=line.quantity,
        kind=SupplyMove.TRANSFER_OUT,
        other_site=line.share.site,
        other_hand="",
        note=f"按{plan}",
        actor=actor,
        key=uuid5(plan.key, f"supply {line.pk}"),
        now=now,
    )


def _vaccine(plan: AllocationPlan, lines: list[AllocationLine], actor, now: datetime) -> None:
    kind = DocumentKind.TRANSFER if plan.place.level == Level.TOWN else DocumentKind.ISSUE
    goods: dict[AllocationShare, list] = {}
    for line in lines:
        goods.setdefault(line.share, []).append((line.lot, line.quantity))
    consignments = [
        (
            uuid5(plan.key, f"share {share.pk}"),
            Consignment(kind, plan.source, what, other_site=share.site, note=f"按{plan}"),
        )
        for share, what in goods.items()
    ]
    documents = send_all(consignments, actor=actor, now=now)
    for share, document in zip(goods, documents, strict=True):
        share.document = document
    AllocationShare.objects.bulk_update(list(goods), ["document"])
