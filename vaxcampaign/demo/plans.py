"""Plans of the demo: one sent and signed for last week, one that waits for the office; and a vaccine to be used up tonight."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns.models import Campaign
from inventory.models import Vaccine
from inventory.services.arrivals import arrive
from inventory.services.drafts import Transport
from planning.models import AllocationLine, AllocationPlan
from planning.services import allocation, clear_outs, proposing, sending
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import clock, key


def last_week(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Before there were sessions the office gave the temporary site thirty vials; the doctor there signed for them."""
    then = clock(now, 7, 10)
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
        transport=Transport(
            carrier="卫生院",
            means="box",
            started_at=then + timedelta(hours=1),
            arrived_at=then + timedelta(hours=2),
            start_celsius=cold,
            arrival_celsius=cold,
        ),
        actor=ground.users["screener"],
        key=key("plan", "arrival"),
        now=then + timedelta(hours=2),
    )


def this_week(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """As computed; nobody has looked at it yet."""
    _propose(ground, campaign, now)


def tonight(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """All of one vaccine at the clinic is to be in arms before the night is over."""
    clear_outs.begin_clear_out(
        campaign=campaign,
        place=ground.town,
        vaccines=list(Vaccine.objects.filter(code="CV-SV")),
        sites=[ground.site],
        deadline_at=now + timedelta(hours=5),
        owed_reason="旗疾控已答应下周补科兴第2剂的苗",
        actor=ground.users["town"],
        key=key("clear-out", timezone.localdate(now)),
        now=now,
    )


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
