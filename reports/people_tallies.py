"""The registers that count people by village and by who answers for them: not vaccinated, 60 and over, 零消号."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from places.models import Place
from reports import funnel, metrics
from reports.choices import ReportKind
from reports.tally import Counted, Tally, answered_by, tally
from residents.choices import LiftState, NotVaccinatedReason
from residents.models import Enrolment, LiftRequest, Outreach, Resident


@dataclass(frozen=True)
class Register:
    """``people`` of a campaign in places on a day, whose column ``village`` says where they are counted, and the
    ``columns`` they are counted in. ``rule``: how the numbers hang together, in words."""

    kind: ReportKind
    title: str
    village: str
    people: Callable[[Campaign, Collection[str], date], QuerySet[Enrolment]]
    columns: Callable[[Campaign, date], Sequence[Counted]]
    rule: str

    def tally(
        self, campaign: Campaign, place: Place, day: date, *, by_who: bool, group: str | None = None
    ) -> Tally:
        """The table of ``place`` (or of one 组 of a village) at the end of ``day``."""
        people = self.people(campaign, {place.prefix}, day)
        if group is not None:
            people = people.filter(resident__group_no=group)
        columns = self.columns(campaign, day)
        return tally(people, columns, village=self.village, place=place, by_who=by_who)

    def behind(
        self, column: Counted, campaign: Campaign, place: Place, day: date, who: str = ""
    ) -> QuerySet[Enrolment]:
        """The people of one number: of ``place``, or of one line there."""
        rows = self.people(campaign, {place.prefix}, day).filter(column.condition)
        return answered_by(rows, who) if who else rows


def _unvaccinated(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    return metrics.unreached(metrics.FIRST, campaign, prefixes, until=day)


def _reasons(campaign: Campaign, day: date) -> list[Counted]:
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


def _elders(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    born = metrics.born_until(campaign, 60)
    return metrics.people_of(campaign, prefixes).filter(resident__birth_date__lte=born)


def _ages(campaign: Campaign, day: date) -> list[Counted]:
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


def _zero_people(campaign: Campaign, prefixes: Collection[str], day: date) -> QuerySet[Enrolment]:
    return funnel.people(campaign, prefixes, day)


def _zero(campaign: Campaign, day: date) -> list[Counted]:
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


REGISTERS = {
    register.kind: register
    for register in (
        Register(
            ReportKind.UNVACCINATED,
            "未接种人员(按包保人和原因)",
            "unit_code",
            _unvaccinated,
            _reasons,
            "未接种 = 各种原因相加",
        ),
        Register(
            ReportKind.ELDERLY,
            "60岁、80岁及以上老年人接种情况",
            "unit_code",
            _elders,
            _ages,
            "应种 = 首剂 + 未种;60岁及以上含80岁及以上",
        ),
        Register(
            ReportKind.ZERO,
            "零消号清单",
            "resident__village_code",
            _zero_people,
            _zero,
            "名册合计 = 还没消号 + 已消号;还没消号到 0 就是零消号",
        ),
    )
}
