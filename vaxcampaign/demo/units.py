"""Organisations of the demo and their rosters: schools, a factory, a building site, twenty shops, a care home, a unit."""

from datetime import date, datetime, timedelta
from itertools import cycle

from campaigns.models import Campaign
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from places.services.organisations import add_organisation, change_organisation
from residents.models import Enrolment, Resident, RosterEntry
from residents.services import reconciling, rosters
from residents.services.rosters import RosterDetails
from vaxcampaign.demo.ground import Ground

SHOPS = ("福来", "平安", "好日子", "顺达", "鑫源", "乡情", "金桥", "老兵", "四季", "暖水")
_WORDS = {
    ShopType.HOTEL: "旅馆",
    ShopType.STORE: "商店",
    ShopType.SUPERMARKET: "超市",
    ShopType.RESTAURANT: "餐馆",
    ShopType.BEAUTY: "美发店",
}
OUTSIDE = "陕西省榆林市榆阳区"


def fill(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Everybody through the services; people come from the register, in its order, so the same seed gives the same rosters."""
    today = now.date()
    office = ground.users["town"]
    school, factory, care_home = ground.organisations[:3]
    kinder = _add(office, ground.villages[1], "暖水乡幼儿园", OrganisationKind.SCHOOL)
    building = _add(
        office,
        ground.villages[2],
        "暖水移民小区工地",
        OrganisationKind.CONSTRUCTION,
        starts_on=today - timedelta(days=80),
        ends_on=today + timedelta(days=150),
    )
    centre = _add(office, ground.villages[0], "暖水乡供销社", OrganisationKind.UNIT)
    change_organisation(actor=office, organisation=factory, parent=centre)

    _pupils(ground, school, today)
    taken = set(RosterEntry.objects.values_list("resident", flat=True))
    _staff(care_home, _free(taken, ground.villages[1].code, campaign)[:12], "护理", office, today)
    _staff(building, _free(taken, ground.villages[2].code, campaign)[:18], "钢筋班", office, today)
    children = Resident.objects.live().filter(
        village=ground.villages[1], birth_date__gt=today - timedelta(days=6 * 365)
    )
    for n, child in enumerate(children.exclude(pk__in=taken).order_by("pk")[:24]):
        details = RosterDetails(grade=1 + n % 3, class_no="1", guardian_name=child.guardian_name)
        rosters.add_to_roster(organisation=kinder, resident=child, actor=office, today=today, details=details)
    _shops(ground, campaign, office, now, taken)
    for organisation in (building, care_home, factory):
        if RosterEntry.objects.current().filter(organisation=organisation).exists():
            rosters.confirm_roster(organisation=organisation, actor=office, now=now - timedelta(days=3))
    _compare(ground, school, campaign, now)


def _add(actor, place, name: str, kind: str, **more) -> Organisation:
    return add_organisation(actor=actor, place=place, name=name, kind=kind, **more)


def _free(taken: set[int], village_code: str, campaign: Campaign, **more) -> list[Resident]:
    """Grown-ups of the village on no roster yet, in the order of the register."""
    rows = Enrolment.objects.filter(
        campaign=campaign, resident__village_code=village_code, is_target=True, **more
    )
    rows = rows.exclude(resident__in=taken).select_related("resident").order_by("pk")
    return [row.resident for row in rows[:60]]


def _staff(organisation: Organisation, people: list[Resident], job: str, actor, today: date) -> None:
    for person in people:
        rosters.add_to_roster(
            organisation=organisation,
            resident=person,
            actor=actor,
            today=today,
            since=today - timedelta(days=60),
            details=RosterDetails(job=job),
        )


def _pupils(ground: Ground, school: Organisation, today: date) -> None:
    """Classes by age; two pupils live in the next county; a third of the list waits for the school's look."""
    teacher = ground.users["school"]
    pupils = (
        RosterEntry.objects.current()
        .filter(organisation=school)
        .select_related("resident", "organisation__place")
    )
    for n, entry in enumerate(pupils.order_by("resident__birth_date", "pk")):
        years = (today - entry.resident.birth_date).days // 365
        details = RosterDetails(
            grade=min(max(years - 6, 0), 8) + 11,
            class_no=str(1 + n % 2),
            guardian_name=entry.resident.guardian_name,
            guardian_relation="father",
            guardian_phone=entry.resident.phone,
            home_county=OUTSIDE if n in (3, 11) else "",
        )
        rosters.change_entry(entry=entry, details=details, actor=teacher, today=today)
        if n == 0:
            rosters.leave_roster(entry=entry, on=today, reason="转学", actor=teacher, today=today)


def _shops(ground: Ground, campaign: Campaign, actor, now: datetime, taken: set[int]) -> None:
    """Twenty shops of the five kinds: two of three have only vaccinated people; one loses its sticker today."""
    today = now.date()
    villages = ground.villages[:4]
    done = {v: iter(_free(taken, v.code, campaign, primary_complete_on__isnull=False)) for v in villages}
    other = {v: iter(_free(taken, v.code, campaign, primary_complete_on=None)) for v in villages}
    granted = []
    for n, (village, (kind, word)) in zip(range(20), zip(cycle(villages), cycle(_WORDS.items()))):  # noqa: B905
        name = f"{SHOPS[n % len(SHOPS)]}{word}"
        shop = _add(actor, village, name, OrganisationKind.SHOP, shop_type=kind)
        is_done = n % 3 != 2
        people = [p for p in (next(done[village], None), next(done[village], None)) if p]
        people += [] if is_done else [p for p in (next(other[village], None),) if p]
        _staff(shop, people, "店员", actor, today)
        if people and n % 7 != 6:
            rosters.confirm_roster(organisation=shop, actor=actor, now=now - timedelta(days=2))
            granted += [(shop, village)] if is_done else []
    if granted:
        shop, village = granted[0]
        _staff(shop, [p for p in (next(other[village], None),) if p], "新店员", actor, today)


def _compare(ground: Ground, school: Organisation, campaign: Campaign, now: datetime) -> None:
    """The school has begun to fill in the list: one difference waits for the site."""
    teacher, about = ground.users["school"], {"campaign": campaign, "dose_number": 1}
    lines = reconciling.lines(school, **about)
    unknown = next((line.entry for line in lines if line.record is None), None)
    if unknown:
        reconciling.say(
            entry=unknown,
            is_vaccinated=True,
            given_on=now.date() - timedelta(days=20),
            place_name="榆阳区疾控中心门诊",
            actor=teacher,
            now=now,
            **about,
        )
        reconciling.say_rest(organisation=school, actor=teacher, now=now, **about)
