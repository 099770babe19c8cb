"""The registers that count people by village and by who answers for them; every number opens its names."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from campaigns.models import Campaign
from places.models import Place
from reports import register_columns as columns
from reports.choices import ReportKind
from reports.tally import Counted, Tally, answered_by, tally
from residents.models import Enrolment


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
        asked = self.columns(campaign, day)
        return tally(people, asked, village=self.village, place=place, by_who=by_who)

    def behind(
        self, column: Counted, campaign: Campaign, place: Place, day: date, who: str = ""
    ) -> QuerySet[Enrolment]:
        """The people of one number: of ``place``, or of one line there."""
        rows = self.people(campaign, {place.prefix}, day).filter(column.condition)
        return answered_by(rows, who) if who else rows


REGISTERS = {
    register.kind: register
    for register in (
        Register(
            ReportKind.UNVACCINATED,
            "未接种人员(按包保人和原因)",
            "unit_code",
            columns.unvaccinated,
            columns.reasons,
            "未接种 = 各种原因相加",
        ),
        Register(
            ReportKind.ELDERLY,
            "60岁、80岁及以上老年人接种情况",
            "unit_code",
            columns.elders,
            columns.ages,
            "应种 = 首剂 + 未种;60岁及以上含80岁及以上",
        ),
        Register(
            ReportKind.ZERO,
            "零消号清单",
            "resident__village_code",
            columns.zero_people,
            columns.zero,
            "名册合计 = 还没消号 + 已消号;还没消号到 0 就是零消号",
        ),
        Register(
            ReportKind.WEEK_PLAN,
            "各村下周接种安排",
            "resident__village_code",
            columns.enrolled,
            columns.week,
            "“还没约”里没有已经约了号的人",
        ),
    )
}
