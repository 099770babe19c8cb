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
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key


def sign(ground: Ground, *, now: datetime) -> None:
    """A few papers of each kind, of the last ten days."""
    store = Site.objects.create(code="qiku", name="旗疾控疫苗库", kind=SiteKind.STORE, place=ground.county)
    county = ground.users["county"]
    appoint(actor=None, user=county, role=Role.STOCK, where=store, since=(now - timedelta(days=60)).date())
    fresh, old, bad = (
        _lot(lot_no, now, days)
        for lot_no, days in (("SV2026118", 330), ("SV2026060", 12), ("SV2026095", 200))
    )
    _receive(store, [(fresh, 600), (bad, 40)], now - timedelta(days=10), county, "SC-1101")
    _issues(ground, store, fresh, bad, now)
    _at_the_clinic(ground, store, old, now)
    recalls.recall(
        lot=bad,
        place=ground.county,
        reason="抽检效价不足",
        authority="自治区药监局",
        paper_no="药监召〔2026〕7号",
        rest=RecallRest.RETURN,
        actor=county,
        key=key("recall"),
        now=now - timedelta(days=1),
    )


def _issues(ground: Ground, store: Site, fresh: Lot, bad: Lot, now: datetime) -> None:
    """One signed for with two broken vials, one still on its way."""
    sent = now - timedelta(days=6)
    first = _send(
        DocumentKind.ISSUE, store, ground.site, [(fresh, 120), (bad, 10)], ground.users["county"], sent
    )
    counts = {fresh.pk: Count(118, DifferenceReason.BROKEN_WAY, "箱角压碎 2 支")}
    _arrive(first, counts, ground.users["stock"], sent + timedelta(hours=3))
    _send(
        DocumentKind.ISSUE,
        store,
        ground.site,
        [(fresh, 60)],
        ground.users["county"],
        now - timedelta(hours=2),
    )


def _at_the_clinic(ground: Ground, store: Site, old: Lot, now: datetime) -> None:
    site, keeper, office = ground.site, ground.users["stock"], ground.users["town"]
    _receive(site, [(old, 30)], now - timedelta(days=9), keeper, "出库B-17")
    warm = _transport(now - timedelta(days=8), arrival="11.4")
    receive(
        site=site,
        goods=[Delivered(old, 20)],
        counterparty="旗疾病预防控制中心",
        paper_no="出库B-18",
        transport=warm,
        verdict=DocumentState.REFUSED,
        reason="到货温度 11.4 ℃,冷藏箱冰排化完,当场退回并报旗疾控",
        second_name="赵永胜",
        actor=keeper,
        key=key("refused"),
        now=now - timedelta(days=8),
    )
    losses.waste(
        site=site,
        lot=old,
        quantity=2,
        reason=WasteReason.BROKEN,
        note="搬运时掉落",
        actor=keeper,
        key=key("broken"),
        now=now - timedelta(days=5),
    )
    for number, signed in ((1, True), (2, False)):
        plan = disposals.plan_disposal(
            site=site,
            goods=[(old, 3 * number, WasteReason.LABEL)],
            note="卫生院医疗废物间,交有资质的单位焚烧",
            actor=keeper,
            key=key("plan", number),
            now=now - timedelta(days=4 - number),
        )
        if signed:
            then = now - timedelta(days=2)
            disposals.confirm_disposal(plan=plan, actor=office, key=key("disposal"), now=then)
    _send(DocumentKind.RETURN, site, store, [(old, 8)], keeper, now - timedelta(hours=4))


def _lot(lot_no: str, now: datetime, days: int) -> Lot:
    return register_lot(
        vaccine=Vaccine.objects.get(code="CV-SV"),
        doses_per_vial=1,
        lot_no=lot_no,
        expires_on=now.date() + timedelta(days=days),
        release_no=f"批签发{lot_no}",
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
    consignment = Consignment(kind, site, goods, other_site=other, transport=way, second_name="刘师傅")
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
