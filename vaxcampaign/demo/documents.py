"""Documents of the demo: a county store that issues, deliveries under way and signed for, one refused, a recall, a disposal."""

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.choices import Role
from accounts.services.accounts import appoint
from inventory.choices import (
    DifferenceReason,
    DocumentKind,
    DocumentState,
    RecallRest,
    TransportMeans,
    WasteReason,
)
from inventory.models import Lot, Vaccine
from inventory.services import disposals, losses, recalls
from inventory.services.arrivals import Count, arrive
from inventory.services.consignments import Consignment, send
from inventory.services.drafts import Transport
from inventory.services.lots import register_lot
from inventory.services.receipts import Delivered, receive
from places.choices import SiteKind
from places.models import Site
from vaxcampaign.demo import closing
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import clock, key

FRESH, OLD, BAD = (
    "SV2026118",
    "SV2026060",
    "SV2026095",
)  # OLD stays set apart after a warm afternoon (demo/cold.py)


def begin(ground: Ground, *, now: datetime) -> None:
    """The county's store and its first receipt; at the clinic a lot near its end is taken in, and a warm one refused."""
    store = Site.objects.create(code="qiku", name="旗疾控疫苗库", kind=SiteKind.STORE, place=ground.county)
    for username, where in (("county", store), ("screener", ground.temporary_site)):
        since = clock(now, 60, 8).date()
        appoint(actor=None, user=ground.users[username], role=Role.STOCK, where=where, since=since)
    fresh, bad = _lot(FRESH, now, 330), _lot(BAD, now, 200)
    _receive(store, [(fresh, 600), (bad, 40)], clock(now, 10, 9, 30), ground.users["county"], "SC-1101")
    old, keeper = _lot(OLD, now, 12), ground.users["stock"]
    _receive(ground.site, [(old, 30)], clock(now, 9, 9, 30), keeper, "出库B-17")
    refused_at = clock(now, 9, 14, 20)
    receive(
        site=ground.site,
        goods=[Delivered(old, 20)],
        counterparty="旗疾病预防控制中心",
        paper_no="出库B-18",
        transport=_transport(refused_at, arrival="11.4"),
        verdict=DocumentState.REFUSED,
        reason="到货温度 11.4 ℃,冷藏箱冰排化完,当场退回并报旗疾控",
        second_name="赵永胜",
        actor=keeper,
        key=key("refused"),
        now=refused_at,
    )


def go_on(ground: Ground, *, now: datetime) -> None:
    """A delivery signed for with two broken vials; a vial dropped; two disposals, one of them signed by both; a recall."""
    store, site, keeper = Site.objects.get(code="qiku"), ground.site, ground.users["stock"]
    fresh, bad, old = (Lot.objects.get(lot_no=lot_no) for lot_no in (FRESH, BAD, OLD))
    county = ground.users["county"]
    sent = _send(DocumentKind.ISSUE, store, site, [(fresh, 120), (bad, 10)], county, clock(now, 6, 9))
    counts = {fresh.pk: Count(118, DifferenceReason.BROKEN_WAY, "箱角压碎 2 支")}
    _arrive(sent, counts, keeper, clock(now, 6, 12, 10))
    closing.close(ground, now=clock(now, 6, 18, 30))
    losses.waste(
        site=site,
        lot=old,
        quantity=2,
        reason=WasteReason.BROKEN,
        note="搬运时掉落",
        actor=keeper,
        key=key("broken"),
        now=clock(now, 5, 10, 30),
    )
    closing.close(ground, now=clock(now, 5, 18, 30))
    _dispose(ground, old, now)
    recalls.recall(
        lot=bad,
        place=ground.county,
        reason="抽检效价不足",
        authority="自治区药监局",
        paper_no="药监召〔2026〕7号",
        rest=RecallRest.RETURN,
        actor=county,
        key=key("recall"),
        now=clock(now, 3, 15, 40),
    )
    closing.close(ground, now=clock(now, 3, 18, 30))


def _dispose(ground: Ground, old: Lot, now: datetime) -> None:
    for number, hour in ((1, 9), (2, 11)):
        plan = disposals.plan_disposal(
            site=ground.site,
            goods=[(old, 3 * number, WasteReason.TEMPERATURE)],
            note="卫生院医疗废物间,交有资质的单位焚烧",
            actor=ground.users["stock"],
            key=key("plan", number),
            now=clock(now, 3, hour),
        )
        if number == 1:
            office, then = ground.users["town"], clock(now, 3, 10)
            disposals.confirm_disposal(plan=plan, actor=office, key=key("disposal"), now=then)


def today(ground: Ground, *, now: datetime) -> None:
    """The rest of the old lot is on its way back, and sixty vials are on their way here."""
    store, old, fresh = Site.objects.get(code="qiku"), *(Lot.objects.get(lot_no=one) for one in (OLD, FRESH))
    keeper, county = ground.users["stock"], ground.users["county"]
    _send(DocumentKind.RETURN, ground.site, store, [(old, 8)], keeper, now - timedelta(hours=4))
    _send(DocumentKind.ISSUE, store, ground.site, [(fresh, 60)], county, now - timedelta(hours=2))


def _lot(lot_no: str, now: datetime, days: int) -> Lot:
    return register_lot(
        vaccine=Vaccine.objects.get(code="CV-SV"),
        doses_per_vial=1,
        lot_no=lot_no,
        expires_on=now.date() + timedelta(days=days),
        release_no=f"批签发{lot_no}",
        approval_no="国药准字S20260001",
        actor=None,
    )


def _transport(arrived: datetime, arrival: str = "4.9") -> Transport:
    return Transport(
        carrier="旗疾控冷链车队",
        means=TransportMeans.TRUCK,
        started_at=arrived - timedelta(hours=2),
        arrived_at=arrived,
        start_celsius=Decimal("4.2"),
        arrival_celsius=Decimal(arrival),
    )


def _receive(site: Site, goods, at: datetime, actor, paper_no: str) -> None:
    receive(
        site=site,
        goods=[Delivered(lot, vials) for lot, vials in goods],
        counterparty="市疾病预防控制中心",
        paper_no=paper_no,
        transport=_transport(at),
        second_name="赵永胜",
        actor=actor,
        key=key("receipt", paper_no),
        now=at,
    )


def _send(kind: DocumentKind, site: Site, other: Site, goods, actor, at: datetime):
    way = Transport(
        carrier="旗疾控冷链车队", means=TransportMeans.BOX, started_at=at, start_celsius=Decimal("4.1")
    )
    words = "旗疾控分配通知〔2026〕19号" if kind == DocumentKind.ISSUE else "冷链异常后不再使用,退回旗疾控"
    consignment = Consignment(
        kind, site, goods, other_site=other, transport=way, second_name="刘师傅", note=words
    )
    return send(consignment, actor=actor, key=key("send", at), now=at)


def _arrive(delivery, counts, actor, at: datetime) -> None:
    arrive(
        delivery=delivery,
        counts=counts,
        transport=_transport(at),
        actor=actor,
        key=key("arrive", delivery.no),
        now=at,
    )
