"""Syringes and diluent of the demo: received, used day by day, some at the temporary site, counted once."""

from datetime import datetime, timedelta

from django.utils import timezone

from inventory.choices import MovementKind
from inventory.models import StockMovement, SupplyLot, SupplyMovement
from inventory.services import supplies
from inventory.supply_rules import spread
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

# (kind, maker, spec, 批准文号, lot, days until expiry, pieces)
BOXES = (
    ("auto_disable", "山东威高", "0.5", "国械注准20193140102", "WG260311", 500, 700),
    ("single_use", "江西三鑫", "1", "国械注准20183141557", "SX250918", 160, 500),
    ("diluent", "北京生物", "0.5", "国药准字S20100003", "XS260120", 75, 60),
)


def stock(ground: Ground, *, now: datetime) -> None:
    """Until yesterday the ledger is complete; today's use is still to be written down."""
    keeper, came = ground.users["stock"], now - timedelta(days=12)
    lots = [_receive(ground, box, came).lot for box in BOXES]
    supplies.hand_over(
        site=ground.site,
        lot=lots[0],
        quantity=120,
        kind="transfer_out",
        other_site=ground.temporary_site,
        other_hand="赵铁军",
        note="临时接种点开点备用",
        actor=keeper,
        key=key("supply", "temporary"),
        now=came + timedelta(hours=2),
    )
    days = StockMovement.objects.filter(
        site=ground.site, kind=MovementKind.USE, on__lt=timezone.localdate(now)
    )
    for day in sorted(set(days.values_list("on", flat=True))):
        _use(ground, lots[:2], day, now)
    last = SupplyMovement.objects.latest_of(ground.site, lots[0]).balance
    supplies.count_supply(
        site=ground.site,
        lot=lots[0],
        counted=last - 1,
        other_hand="登记 孙丽",
        reason="一支针筒开裂,当时没有登记",
        actor=keeper,
        key=key("supply", "count"),
        now=now,
    )


def _receive(ground: Ground, box: tuple, came: datetime) -> SupplyMovement:
    kind, maker, spec, approval_no, lot_no, days, pieces = box
    return supplies.receive_supply(
        site=ground.site,
        item={"kind": kind, "maker": maker, "spec": spec, "programme": "2", "approval_no": approval_no},
        lot_no=lot_no,
        expires_on=timezone.localdate(came) + timedelta(days=days),
        quantity=pieces,
        counterparty="旗疾病预防控制中心",
        document_no=f"耗材{came:%Y%m%d}",
        other_hand="送货 李强",
        actor=ground.users["stock"],
        key=key("supply", lot_no),
        now=came,
    )


def _use(ground: Ground, lots: list[SupplyLot], day, now: datetime) -> None:
    evening = timezone.make_aware(datetime(day.year, day.month, day.day, 17, 40))
    doses = StockMovement.objects.injections(ground.site, day)
    here = [(lot, SupplyMovement.objects.latest_of(ground.site, lot).balance) for lot in lots]
    if doses:
        supplies.use_supplies(
            site=ground.site,
            on=day,
            taken=spread(doses + doses // 20, here),  # one in twenty fails while drawing up
            reason="",
            actor=ground.users["stock"],
            key=key("supply", "use", day),
            now=min(now, evening),
        )
