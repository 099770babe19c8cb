"""The campaign of the demo: targets, census, stock. One village runs ahead, one is behind."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.setup import load_reference_data, open_covid_campaign
from inventory.choices import TransportMeans
from inventory.models import Vaccine
from inventory.services import lots
from inventory.services.drafts import Transport
from inventory.services.receipts import Delivered, receive
from reports.services import rollups, targets
from residents.services.people import put_people
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.people import Crowd, VillagePlan

TARGET = 11_100  # S5: the county's task, 18–59, resident and inflow
CAMPAIGN_DAYS = 45
NAMESPACE = UUID("6f2a3f1c-52a5-4b73-9f0e-0d3f6f1f2a11")
PRODUCTS = ("CV-SV", "CV-BJ", "CV-ZF", "CV-KX")
# (product, doses per vial, lot, days until expiry, vials, 批签发 known): plenty, near expiry, low, held.
LOTS = (
    ("CV-SV", 1, "SV2026101", 300, 900, True),
    ("CV-SV", 2, "SV2026077", 120, 120, True),
    ("CV-BJ", 1, "BJ2026033", 24, 90, True),
    ("CV-ZF", 1, "ZF2026018", 210, 6, True),
    ("CV-KX", 3, "KX2026002", 150, 30, False),
)


def key(*parts: object) -> UUID:
    """A key that is the same every time the demo is built."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


def clock(now: datetime, days_ago: int, hour: int, minute: int = 0) -> datetime:
    """A time of day so many days before ``now``. The demo signs its papers in this order: their numbers follow the days."""
    day = timezone.localtime(now).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_current_timezone())


def open_campaign(ground: Ground, today: date) -> Campaign:
    """The county's campaign; the phase of minors is prepared but closed (S7)."""
    load_reference_data()
    start = today - timedelta(days=CAMPAIGN_DAYS)
    end = today + timedelta(days=45)
    return open_covid_campaign(
        actor=None,
        place=ground.county,
        code="demo-covid",
        name="新冠疫苗接种",
        starts_on=start,
        ends_on=end,
        target_age_ref_date=start,
        cohort={"age_min": 18},
        products=PRODUCTS,
        phases=[
            {
                "name": "第一步 18–59周岁",
                "starts_on": start,
                "ends_on": today + timedelta(days=39),
                "cohort": {"age_min": 18, "age_max": 59},
                "is_open": True,
            },
            {
                "name": "第二步 60周岁及以上",
                "starts_on": today - timedelta(days=10),
                "ends_on": end,
                "cohort": {"age_min": 60},
                "is_open": True,
            },
            {
                "name": "第三步 18周岁以下(待国家安排)",
                "starts_on": today + timedelta(days=20),
                "ends_on": end,
                "cohort": {"age_min": 3, "age_max": 17},
                "is_open": False,
            },
        ],
    )


def plans(ground: Ground, people: int) -> list[VillagePlan]:
    """Villages of different size; the third is ahead, the eighth behind."""
    weights = [13, 11, 10, 9, 9, 8, 8, 8, 7, 6, 6, 5][: len(ground.villages)]
    shares = [0.47, 0.43, 0.70, 0.45, 0.41, 0.5, 0.44, 0.18, 0.39, 0.46, 0.43, 0.41]
    total = sum(weights)
    return [
        VillagePlan(
            village=village,
            people=people * weight // total,
            first_dose=share,
            organisations=[o for o in ground.organisations if o.place_id == village.pk],
        )
        for village, weight, share in zip(ground.villages, weights, shares, strict=True)
    ]


def census(
    ground: Ground, campaign: Campaign, *, people: int, seed: int, today: date, say: Callable[[str], None]
) -> None:
    """Put the people of all villages on the register, and a few of the neighbour's."""
    vaccines = [vaccine for vaccine in Vaccine.objects.filter(code__in=PRODUCTS) if vaccine.primary_doses]
    crowd = Crowd(seed, today, sorted(vaccines, key=lambda v: PRODUCTS.index(v.code)), CAMPAIGN_DAYS - 1)
    for plan in plans(ground, people):
        put_people(crowd.village(plan), actor=ground.users["town"], campaign=campaign, today=today)
        say(f"{plan.village.name}: {plan.people} 人")
    for village in ground.other_villages[:2]:
        neighbours = crowd.village(VillagePlan(village, max(10, people // 200), 0.5))
        put_people(neighbours, actor=ground.users["othertown"], campaign=campaign, today=today)


def assign_targets(ground: Ground, campaign: Campaign, *, people: int, now: datetime) -> None:
    """The county's task for the town, shared out over the villages to the last person."""
    goal = TARGET * people // 20_000
    due_on = campaign.ends_on - timedelta(days=6)
    common = {"campaign": campaign, "kind": "first", "due_on": due_on, "now": now}
    targets.assign(
        actor=ground.users["county"], quantities={ground.town: goal}, key=key("target", "town"), **common
    )
    sizes = {plan.village: plan.people for plan in plans(ground, people)}
    shares = {village: goal * size // sum(sizes.values()) for village, size in sizes.items()}
    shares[ground.villages[0]] += goal - sum(shares.values())
    targets.assign(actor=ground.users["town"], quantities=shares, key=key("target", "villages"), **common)


def stock(ground: Ground, *, now: datetime) -> None:
    """Receipts of the last weeks at the clinic: enough, near expiry, low, and one lot held for a missing paper."""
    keeper = ground.users["stock"]
    received_at = clock(now, 12, 9, 30)
    for number, (product, doses_per_vial, lot_no, days, vials, released) in enumerate(LOTS, start=1):
        lot = lots.register_lot(
            vaccine=Vaccine.objects.get(code=product),
            doses_per_vial=doses_per_vial,
            lot_no=lot_no,
            expires_on=now.date() + timedelta(days=days),
            release_no=f"批签发{lot_no}" if released else "",
            approval_no=f"国药准字S202600{number:02d}",
            actor=keeper,
        )
        receive(
            site=ground.site,
            goods=[Delivered(lot, vials)],
            counterparty="旗疾病预防控制中心",
            paper_no=f"出库{received_at:%Y%m%d}-{number:02d}",
            transport=Transport(
                carrier="旗疾控冷链车队",
                means=TransportMeans.TRUCK,
                started_at=received_at - timedelta(hours=2),
                arrived_at=received_at,
                start_celsius=Decimal("4.2"),
                arrival_celsius=Decimal("4.6"),
            ),
            second_name="赵永胜",
            actor=keeper,
            key=key("receipt", lot_no),
            now=received_at,
        )


def roll_up(campaign: Campaign, *, now: datetime) -> None:
    """Fill every finished day, then nothing is left to refill."""
    rollups.fill_all(campaign=campaign, now=now)
    rollups.fill_dirty(now=now)
