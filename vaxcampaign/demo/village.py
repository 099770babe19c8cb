"""What the villages did besides: duties, visits, rides, publicity, tags. Few deeds, so that the demo stays quick."""

from datetime import datetime, timedelta

from campaigns.models import Campaign, PriorityGroup
from residents.choices import DutyLevel, PublicityKind
from residents.models import Enrolment, Resident, Tag
from residents.services import duties, lifts, outreach, publicity, tags
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

_LEADERS = ("党委书记", "镇长", "人大主席", "副书记", "组织委员", "副镇长")
_SAID = (
    ("R08", "春耕忙"),
    ("R04", ""),
    ("R10", "腿脚不好,要人接"),
    ("R07", ""),
    ("", "已讲解,再考虑"),
    ("R05", ""),
)


def tell(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """The last village is left without a leader and one group without a cadre: the list of gaps is not empty."""
    tags.load_default_tags()
    for number, village in enumerate(ground.villages):
        cadre = ground.users.get(f"cadre{number + 1:02d}")
        _duties(ground, village, number, now)
        _tags(village)
        if cadre:
            _visits(campaign, village, cadre, now)
            _publicity(village, cadre, number, now)


def _duties(ground: Ground, village, number: int, now: datetime) -> None:
    today, office = now.date(), ground.users["town"]
    common = {"actor": office, "village": village, "since": today - timedelta(days=40)}

    def put(level, name, **more):
        phone = f"1990000{number:02d}{more.pop('tail'):02d}"
        tag = key("duty", village.code, level, more.get("group_no", ""))
        return duties.assign(level=level, name=name, phone=phone, key=tag, **common, **more)

    if village != ground.villages[-1]:
        put(
            DutyLevel.LEADER,
            f"{_LEADERS[number % 6]} {village.name[:1]}同志",
            post=_LEADERS[number % 6],
            tail=0,
        )
    for group in range(1, 6 if number else 7):  # the first village is complete, the others lack a cadre
        put(DutyLevel.CADRE, f"包组干部{number + 1}-{group}", group_no=str(group), tail=group)
    if number % 3 != 2:
        duties.heads_from_census(village=village, actor=office, today=today, key=key("heads", village.code))


def _tags(village) -> None:
    words = {tag.code: tag for tag in Tag.objects.filter(place=None)}
    people = Resident.objects.live().filter(village=village).order_by("pk").values_list("pk", flat=True)
    for group, step in zip(PriorityGroup.objects.in_use()[3:8], (29, 53, 31, 71, 37), strict=False):
        adults = people.filter(birth_date__range=("1966-01-01", "2004-01-01"))
        _put(Resident.priority_groups.through, adults[::step], prioritygroup=group)
    for code, step in (("party", 17), ("official", 90), ("alone", 41), ("mobility", 67), ("hearing", 83)):
        old = code in ("alone", "mobility", "hearing")
        chosen = people.filter(birth_date__lt=f"{1966 if old else 2006}-01-01")
        _put(Resident.tags.through, chosen[::step], tag=words[code])


def _put(link, people: list[int], **word) -> None:
    link.objects.bulk_create([link(resident_id=pk, **word) for pk in people], ignore_conflicts=True)


def _visits(campaign: Campaign, village, cadre, now: datetime) -> None:
    waiting = Enrolment.objects.filter(campaign=campaign, unit_code=village.code, doses_done=0).on_target()
    rows = waiting.select_related("resident").order_by("resident__birth_date")[:12]
    for number, row in enumerate(rows):
        reason, note = _SAID[number % len(_SAID)]
        at = now - timedelta(days=1 + number % 4, minutes=7 * number)
        promised = number % 4 == 3
        outreach.log(
            resident=row.resident,
            by=cadre,
            kind="visit" if number % 3 else "call",
            met=True,
            reason="" if promised else reason,
            promised_on=at.date() + timedelta(days=number % 3) if promised else None,
            next_on=max(now.date() + timedelta(days=number % 3 - 1), at.date()) if not promised else None,
            note=note,
            key=key("visit", row.resident.uid, number),
            now=at,
        )
        if reason == "R10":
            _ride(row.resident, cadre, now, arranged=number < 6)


def _ride(person: Resident, cadre, now: datetime, *, arranged: bool) -> None:
    lift = lifts.ask(
        resident=person,
        actor=cadre,
        on=now.date() + timedelta(days=1),
        pick_up=person.address,
        agreed_by=person.name,
        agreed_on=now.date(),
        key=key("lift", person.uid),
        today=now.date(),
    )
    if arranged:
        lifts.arrange(
            lift=lift,
            actor=cadre,
            driver_name="赵师傅",
            driver_phone="19900009999",
            plate="蒙K00000",
            at=None,
            companion="村干部",
        )


def _publicity(village, cadre, number: int, now: datetime) -> None:
    for ago in (0, 7):
        counts = {kind: (number + 3) * (place + 1) % 40 for place, kind in enumerate(PublicityKind.values)}
        publicity.record(
            place=village,
            day=now.date() - timedelta(days=ago),
            counts=counts,
            actor=cadre,
            key=key("publicity", village.code, ago),
            now=now,
        )
