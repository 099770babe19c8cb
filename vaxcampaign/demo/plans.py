"""Plans of the demo: one sent and signed for last week, one that waits for the office."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns.models import Campaign
from inventory.services.arrivals import arrive
from inventory.services.drafts import Transport
from planning.models import AllocationLine, AllocationPlan
from planning.services import allocation, proposing, sending
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key


def last_week(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Before there were sessions the office gave the temporary site thirty vials; the doctor there signed for them."""
    then = now - timedelta(days=7)
    plan = _propose(ground, campaign, then)
    lines = AllocationLine.objects.filter(share__plan=plan, share__site=ground.temporary_site)
    line = lines.get(lot__lot_no="SV2026101")
    words = "临时接种点下周开点,先备 30 支"
    allocation.adjust_plan(
        plan=plan, quantities={line.pk: 30}, reason=words, actor=ground.users["town"], now=then
    )
    allocation.approve_plan(plan=plan, actor=ground.users["town"], now=then)
    sent = sending.send_plan(plan=plan, actor=ground.users["stock"], now=then + timedelta(hours=1))
    cold = Decimal("4.8")
    arrive(
        delivery=sent.shares.get(site=ground.temporary_site).document,
        counts={},
        transport=Transport(carrier="卫生院冷藏车", start_celsius=cold, arrival_celsius=cold),
        actor=ground.users["screener"],
        key=key("plan", "arrival"),
        now=then + timedelta(hours=2),
    )


def this_week(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """As computed; nobody has looked at it yet."""
    _propose(ground, campaign, now)


def _propose(ground: Ground, campaign: Campaign, now: datetime) -> AllocationPlan:
    today = timezone.localdate(now)
    return proposing.propose_plan(
        campaign=campaign,
        place=ground.town,
        source=ground.site,
        since=today + timedelta(days=1),
        until=today + timedelta(days=7),
        actor=ground.users["town"],
        key=key("plan", today),
        now=now,
    )
