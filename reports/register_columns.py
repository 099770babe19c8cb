"""Whom the registers of the office count, and in which columns: not vaccinated, 60 and over, 零消号, the coming week."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from appointments.models import Booking
from campaigns.models import Campaign
from places.querysets import any_code_range
from reports import funnel, metrics
from reports.tally import Counted
from residents.choices import LiftState, NotVaccinatedReason
from residents.models import Enrolment, LiftRequest, Outreach, Resident


def unvaccinated(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    """Target persons without a first dose at the end of ``day``."""
    return metrics.unreached(metrics.FIRST, campaign, prefixes, until=day)


def reasons(campaign: Campaign, day: date) -> list[Counted]:
    """By the reason that the village has noted."""
    old = Q(resident__birth_date__lte=metrics.born_until(campaign, 60))
    reasons = [*NotVaccinatedReason.choices, ("", "未登记原因")]
    return [
        Counted("people", "未接种", "目标人群中还没有接种首剂的人", Q()),
        Counted("elder", "其中60岁及以上", "按活动年龄基准日满60周岁", old),
        Counted("visited", "其中已走访", "至少登记过一次走访", _visited()),
        *(
            Counted(
                code or "untold",
                word,
                "村里登记的未接种原因",
                Q(resident__not_vaccinated_reason=code),
                group="未接种原因(人)",
                is_kept=False,
            )
            for code, word in reasons
        ),
    ]


def elders(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    """Target persons of 60 and over on the campaign's reference day."""
    born = metrics.born_until(campaign, 60)
    return metrics.people_of(campaign, prefixes).filter(resident__birth_date__lte=born)


def ages(campaign: Campaign, day: date) -> list[Counted]:
    """How far those of 60 and of 80 are, and who sees to those without a dose."""
    first = Q(first_dose_on__lte=day)
    none = Q(first_dose_on__isnull=True) | Q(first_dose_on__gt=day)
    states = (
        ("due", "应种", "目标人群", Q()),
        ("first", "首剂", "已接种首剂", first),
        ("complete", "全程", "已完成基础免疫", Q(primary_complete_on__lte=day)),
        ("booster", "加强", "已接种第一剂加强", Q(booster_on__lte=day)),
        ("none", "未种", "还没有接种首剂", none),
    )
    columns = []
    for age in (60, 80):
        born = Q(resident__birth_date__lte=metrics.born_until(campaign, age))
        for code, title, meaning, state in states:
            words = f"{meaning},按活动年龄基准日满{age}周岁"
            columns.append(Counted(f"{code}_{age}", title, words, born & state, group=f"{age}岁及以上(人)"))
    return [*columns, *_care(none)]


def _care(none: Q) -> list[Counted]:
    """What is done for those of 60 and over who have no dose."""
    alone = Q(Exists(Resident.tags.through.objects.filter(resident=OuterRef("resident"), tag__code="alone")))
    visits = Outreach.objects.filter(resident=OuterRef("resident"))
    rides = LiftRequest.objects.filter(
        resident=OuterRef("resident"), state__in=(LiftState.ASKED, LiftState.ARRANGED)
    )
    group = "60岁及以上未种的人"
    return [
        Counted("alone", "独居", "有“独居”标签", none & alone, group=group),
        Counted("visited", "已走访", "至少登记过一次走访", none & Q(Exists(visits)), group=group),
        Counted("unseen", "没走访", "一次走访也没有登记", none & ~Q(Exists(visits)), group=group),
        Counted("ride", "要接送", "接送待安排或已安排", none & Q(Exists(rides)), group=group),
    ]


def _visited() -> Q:
    return Q(Exists(Outreach.objects.filter(resident=OuterRef("resident"))))


# What is left of a person until the village is 零消号: the parts of the funnel that somebody must still see to.
OPEN_PARTS = {
    "left": ("能种未种", "没有禁忌、不用暂缓、没有外出到县外,一剂没打", "联系本人,约号接种"),
    "self": ("自述禁忌待鉴定", "自己说有禁忌,医生还没有鉴定", "请医生鉴定"),
    "later": ("暂缓或待核实", "医生暂缓、记录待核实或所在批次还没开放", "到期再筛、核实"),
    "in_left": ("流入未种", "户籍不在本村的流入人员,一剂没打", "核实外地接种,没种的约号"),
}


def zero_people(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    """Everybody of the campaign's age on the register, each with a ``part`` of the funnel."""
    return funnel.people(campaign, prefixes, day)


def zero(campaign: Campaign, day: date) -> list[Counted]:
    """Who must still be seen to, and who is struck off."""
    still = Q(part__in=list(OPEN_PARTS))
    return [
        Counted("all", "名册合计", "名册上符合活动条件的全部人", Q()),
        Counted("open", "还没消号", "下面四种人相加,到 0 就是零消号", still),
        *(
            Counted(part, title, meaning, Q(part=part), group="还没消号(人)")
            for part, (title, meaning, _) in OPEN_PARTS.items()
        ),
        Counted("done", "已接种", "至少打过一剂", Q(part__in=["done", "in_done"]), group="已消号(人)"),
        Counted("contra", "医生判定禁忌", "医生判定不能接种", Q(part="contra"), group="已消号(人)"),
        Counted("away", "外出县外", "户籍在本村,人在县外,一剂没打", Q(part="away"), group="已消号(人)"),
    ]


def next_week(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week after the one of ``day``."""
    monday = day + timedelta(days=7 - day.weekday())
    return monday, monday + timedelta(days=6)


def enrolled(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    """Everybody of the campaign who is on the register."""
    here = any_code_range("resident__village_code", prefixes)
    return Enrolment.objects.filter(here, campaign=campaign, resident__removed_on__isnull=True)


def week(campaign: Campaign, day: date) -> list[Counted]:
    """Booked for the week after ``day``, or due by its end without a booking."""
    monday, sunday = next_week(day)
    held = Booking.objects.filter(enrolment=OuterRef("pk"))
    placed = held.taking_place().filter(slot__session__on__range=(monday, sunday))
    first, later = (Q(Exists(placed.filter(dose_number__in=doses))) for doses in ((1,), range(2, 10)))
    waits = ~Q(Exists(held.active()))
    due = Enrolment.objects.due(sunday).filter(campaign=campaign)
    again = Q(pk__in=due.filter(next_dose__gt=1).values("pk"))
    anew = Q(pk__in=due.filter(doses_done=0).values("pk"))
    booked, waiting = "下周已约(人)", "还没约(人)"
    return [
        Counted("first", "第一剂", "下周有第一剂的预约", first, group=booked),
        Counted("later", "第二剂及以后", "下周有第二剂及以后的预约", later, group=booked),
        Counted("again", "第二剂及以后该种", "下周日以前到期,没有预约", again & waits, group=waiting),
        Counted("anew", "首剂可种", "待接种、一剂没打,没有预约", anew & waits, group=waiting),
    ]
