"""漏斗 of a village (S108): 户籍符合 → 能接种 → 已接种, beside it 自述禁忌 and 流入. Each count is defined once, here.

Everybody of the campaign's age on the register of a village is in exactly one PART; a step of the funnel is a set of parts.
So the steps add up by themselves, and the list behind a number is the number.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import localtime

from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from places.choices import PREFIX_DIGITS, Level
from places.models import Place
from places.querysets import any_code_range
from residents.choices import AWAY, INFLOW, EnrolmentStatus, HoldKind, Residence
from residents.models import Enrolment, Hold

_AWAY_FAR = AWAY - {Residence.AWAY_TOWN}
HUKOU = frozenset({"done", "left", "self", "contra", "away", "later"})
INCOMING = frozenset({"in_done", "in_left"})


@dataclass(frozen=True)
class Step:
    """One column: what is counted in words, from which rows, and the parts it is made of."""

    code: str
    title: str
    meaning: str
    source: str
    parts: frozenset[str]


STEPS = [
    Step(
        "hukou",
        "户籍符合",
        "户籍在本村、在册、符合活动年龄等条件的人(常住和外出),不论种没种",
        "Enrolment.in_cohort,Resident.residence",
        HUKOU,
    ),
    Step(
        "able",
        "能接种",
        "户籍符合里没有禁忌、不用暂缓、没有外出到县外的人,加上已接种的人",
        "已接种 + 还没种",
        frozenset({"done", "left"}),
    ),
    Step("done", "已接种", "户籍符合里至少打过一剂的人", "Enrolment.doses_done ≥ 1", frozenset({"done"})),
    Step("left", "还没种", "能接种里一剂也没打的人", "能接种 − 已接种", frozenset({"left"})),
    Step(
        "self",
        "自述禁忌",
        "一剂没打,本人自述有禁忌、医生还没有鉴定的人",
        "Hold 自述禁忌,未解除",
        frozenset({"self"}),
    ),
    Step(
        "contra",
        "医生判定禁忌",
        "一剂没打,医生判定不能接种的人",
        "Enrolment.status 禁忌",
        frozenset({"contra"}),
    ),
    Step(
        "away",
        "外出县外未种",
        "一剂没打,外出到县外的人",
        "Resident.residence 外出(县外、省外、境外)",
        frozenset({"away"}),
    ),
    Step(
        "later",
        "暂不能种",
        "一剂没打,医生暂缓、记录待核实或所在批次还没开放的人",
        "Enrolment.status 暂缓、待核实、不在接种范围",
        frozenset({"later"}),
    ),
    Step(
        "inflow",
        "流入",
        "户籍不在本村、登记在本村、符合活动年龄等条件的人",
        "Resident.residence 流入",
        INCOMING,
    ),
    Step(
        "in_done", "流入已接种", "流入里至少打过一剂的人", "Enrolment.doses_done ≥ 1", frozenset({"in_done"})
    ),
    Step("all", "合计", "户籍符合加流入:名册上符合活动条件的全部人", "户籍符合 + 流入", HUKOU | INCOMING),
]
BY_CODE = {step.code: step for step in STEPS}
SUMS = (
    "户籍符合 = 能接种 + 自述禁忌 + 医生判定禁忌 + 外出县外未种 + 暂不能种",
    "能接种 = 已接种 + 还没种",
    "合计 = 户籍符合 + 流入",
)


def people(campaign: Campaign, prefixes: Collection[str], today: date) -> QuerySet[Enrolment]:
    """Everybody of the campaign's age on the live registers of the villages ``prefixes``, each with its ``part``."""
    rows = Enrolment.objects.filter(any_code_range("resident__village_code", prefixes), campaign=campaign)
    return rows.filter(in_cohort=True, resident__removed_on__isnull=True).annotate(part=_part(today))


def _part(today: date) -> Case:
    """The first condition that fits; whoever has a dose is done, whatever came later."""
    waiting = Hold.objects.filter(
        enrolment=OuterRef("pk"), kind=HoldKind.SELF_REPORTED, lifted_at__isnull=True
    ).filter(Q(until__isnull=True) | Q(until__gt=today))
    on_hold = Q(status=EnrolmentStatus.HOLD) & (Q(hold_until__isnull=True) | Q(hold_until__gt=today))
    blocked = Q(status__in=(EnrolmentStatus.REVIEW, EnrolmentStatus.INELIGIBLE, EnrolmentStatus.OUT))
    incoming = Q(resident__residence__in=INFLOW)
    return Case(
        When(incoming & Q(doses_done__gt=0), then=Value("in_done")),
        When(incoming, then=Value("in_left")),
        When(doses_done__gt=0, then=Value("done")),
        When(status=EnrolmentStatus.CONTRA, then=Value("contra")),
        When(Exists(waiting), then=Value("self")),
        When(resident__residence__in=_AWAY_FAR, then=Value("away")),
        When(on_hold | blocked, then=Value("later")),
        default=Value("left"),
        output_field=CharField(),
    )


@dataclass(frozen=True)
class Line:
    """One village (or the sum, ``place`` None) with the number of each step, in the order of STEPS."""

    place: Place | None
    numbers: list[int]

    @property
    def cells(self) -> list[tuple[Step, int]]:
        """Step and number side by side."""
        return list(zip(STEPS, self.numbers, strict=True))


def unit_word(place: Place) -> str:
    """What a line of the table is."""
    return Level.TOWN.label if place.level == Level.COUNTY else Level.VILLAGE.label


def lines(campaign: Campaign, place: Place, today: date) -> tuple[list[Line], Line]:
    """One line per current village under ``place`` (and per village with people), above a township one per township, and
    their sum; two queries."""
    counts: dict[str, dict[str, int]] = {}
    level = Level.TOWN if place.level == Level.COUNTY else Level.VILLAGE
    found = people(campaign, {place.prefix}, today).order_by()
    for code, part, number in found.values_list("resident__village_code", "part").annotate(n=Count("pk")):
        mine = counts.setdefault(code[: PREFIX_DIGITS[level]].ljust(12, "0"), {})
        mine[part] = mine.get(part, 0) + number
    units = (
        Place.objects.filter(level=level).under(place).filter(Q(valid_to__isnull=True) | Q(code__in=counts))
    )
    rows = [Line(unit, _numbers(counts.get(unit.code, {}))) for unit in units.order_by("code")]
    sums = [sum(column) for column in zip(*(row.numbers for row in rows), strict=True)]
    return rows, Line(None, sums or [0] * len(STEPS))


def whole(campaign: Campaign, place: Place, today: date) -> Line:
    """The sum of ``lines`` without the villages: one query, however many there are."""
    found = people(campaign, {place.prefix}, today).order_by().values_list("part").annotate(n=Count("pk"))
    return Line(None, _numbers(dict(found)))


def _numbers(parts: dict[str, int]) -> list[int]:
    return [sum(parts.get(part, 0) for part in step.parts) for step in STEPS]


def behind(step: Step, campaign: Campaign, place: Place, today: date) -> QuerySet[Enrolment]:
    """The people a number of ``step`` counts in ``place``."""
    return people(campaign, {place.prefix}, today).filter(part__in=step.parts)


def sheet(rows: list[Line], *, campaign: Campaign, place: Place, now: datetime) -> Sheet:
    """``lines`` of ``place`` as a sheet: what a column counts stands on its head, how they add up below."""
    columns = [Column("place", unit_word(place), width=18)]
    columns += [Column(s.code, s.title, width=9, format="int", total="sum", note=s.meaning) for s in STEPS]
    return Sheet(
        "漏斗",
        columns,
        [{"place": str(line.place)} | {step.code: n for step, n in line.cells} for line in rows],
        title=f"{place}{campaign}漏斗",
        unit="人",
        cut_off=f"{localtime(now):%Y-%m-%d %H:%M}",
        filled_by=str(place),
        footer_lines=[*SUMS, "填报人:            负责人:            日期:            单位(盖章):"],
    )
