"""Who is claimed twice or counted by nobody, case by case, with what the office can do about it.

Every case is one condition on Enrolment: the count of the page and the list behind it come from the same place.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from residents.choices import MoveKind, PairVerdict
from residents.models import Enrolment, Move, PairMark, Resident, UnitChoice


@dataclass(frozen=True)
class Case:
    """One kind of question: its name on the page, what it means, what to do, and whose it is."""

    code: str
    word: str
    meaning: str
    todo: str
    condition: Q  # on Enrolment
    is_open: bool = True  # a question that waits for an answer, not a plain list


def _claimed() -> Q:
    """Another village claims the person, its claim waits for the answer, and the office has not settled it since."""
    settled = UnitChoice.objects.filter(enrolment=OuterRef(OuterRef("pk")), at__gte=OuterRef("proposed_at"))
    claims = Move.objects.open().filter(kind=MoveKind.CLAIM, resident=OuterRef("resident"))
    return Q(Exists(claims.exclude(Exists(settled))))


def twins_of() -> QuerySet:
    """For an outer enrolment: other live people of the same name, sex and birth date who are counted in another village of
    the same campaign, without those whom somebody who knows both has called two people. Found by the name, which has an
    index: from the campaign's enrolments every person would be held against every other."""
    me = OuterRef(OuterRef("resident"))
    parted = PairMark.objects.current().filter(
        Q(first=OuterRef("pk"), second=me) | Q(first=me, second=OuterRef("pk")),
        verdict=PairVerdict.DIFFERENT,
    )
    elsewhere = Enrolment.objects.filter(
        resident=OuterRef("pk"), campaign=OuterRef(OuterRef("campaign"))
    ).exclude(unit_code__in=("", OuterRef(OuterRef("unit_code"))))
    alike = Resident.objects.live().filter(
        name=OuterRef("resident__name"),
        birth_date=OuterRef("resident__birth_date"),
        sex=OuterRef("resident__sex"),
    )
    return alike.filter(Exists(elsewhere)).exclude(Exists(parted)).order_by("pk")


def _nobody(rule: str) -> Q:
    return Q(in_cohort=True, unit_code="", unit_rule=rule)


CASES = [
    Case(
        "claim",
        "两个村都要这个人",
        "登记在一个村,另一个村已提出迁入,还没有答复。",
        "问清人住在哪里,点“答复”同意或不同意;先只定计入哪个村的点“裁定”。",
        _claimed(),
    ),
    Case(
        "work",
        "登记村和单位所在村都可能计入",
        "县外流入、在企业或工地,登记的村不是单位所在的村;现按单位所在村计入。",
        "核实人住在哪里;要改的点“裁定”。",
        Q(unit_rule="INFLOW_AT_WORK") & ~Q(unit_code=F("resident__village_code")),
    ),
    Case(
        "twins",
        "疑似同一人在两个村都计入",
        "姓名、性别、出生日期都相同,在两个村都计入。",
        "核对证件:点“比对”,是同一人的合并,不是的标记“不是同一人”,就不再列出;分在两个乡镇的,由县里点“裁定”只计一处。",
        ~Q(unit_code="") & Q(Exists(twins_of())),
    ),
    Case(
        "mover",
        "县内流动、本地不计入",
        "符合目标年龄,县域内流动,按本活动设定应由另一方计入;系统里没有另一方的登记。",
        "问清另一方是否已登记;没有人计入的点“裁定”。",
        _nobody("MOVER_ELSEWHERE"),
    ),
    Case(
        "pupil",
        "在本地上学、住在外地",
        "符合目标年龄的学生,由现居住地登记造册。",
        "推送给现居住地;确认由本地接种并计入的点“裁定”。",
        _nobody("PUPIL_ELSEWHERE"),
    ),
    Case(
        "unplaced",
        "外出县外但没写外出地",
        "符合目标年龄,外出到县外,没有写明外出到哪里。",
        "请村里补上外出地;其实在家的改为常住。",
        _nobody("AWAY") & Q(resident__away_place=""),
    ),
    Case(
        "away",
        "外出县外(只列名单)",
        "符合目标年龄,外出到县外并已写明外出地,由居住地计入。",
        "不用处理;回来了的改为常住。",
        _nobody("AWAY") & ~Q(resident__away_place=""),
        is_open=False,
    ),
    Case(
        "nowhere",
        "已裁定不计入",
        "由办公室裁定在本地不计入。",
        "不用处理;要改的点“裁定”。",
        _nobody("SETTLED_NOWHERE"),
        is_open=False,
    ),
    Case(
        "settled",
        "已裁定计入",
        "由办公室裁定了计入单位。",
        "不用处理;要改的点“裁定”。",
        Q(unit_rule="SETTLED"),
        is_open=False,
    ),
]
BY_CODE = {case.code: case for case in CASES}


def people(user, campaign: Campaign) -> QuerySet:
    """Everybody of ``campaign`` on the live register within the user's scope."""
    mine = Enrolment.objects.filter(campaign=campaign).visible_to(user)
    return mine.filter(resident__removed_on__isnull=True)


def counts(user, campaign: Campaign) -> list[tuple[Case, int]]:
    """Every case with the number of people, in one query."""
    numbers = people(user, campaign).aggregate(
        **{case.code: Count("pk", filter=case.condition) for case in CASES}
    )
    return [(case, numbers[case.code]) for case in CASES]
