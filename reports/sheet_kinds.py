"""The reports that stand on a page of this room and are made as a workbook there: what each says, who may, what it names."""

from dataclasses import dataclass

from reports.choices import ReportKind


@dataclass(frozen=True)
class SheetKind:
    """``action`` opens it (beside ``sheets.view``). ``is_personal``: its workbook names people, so it is kept encrypted and
    says who took it. ``of_day``: any past day may be asked for; otherwise it is of this moment. ``meaning``: for the page.
    ``drawn``: the sheets that stand on the page as they are (None: all); the people of a register are counted there
    instead. ``of_towns``: there is none of a village. ``source``: address name and word of the page where what is counted can be looked at one by one.
    """

    kind: ReportKind
    action: str
    meaning: str
    is_personal: bool = False
    of_day: bool = False
    name: str = ""
    drawn: tuple[str, ...] | None = None
    source: tuple[str, str] | None = None
    of_towns: bool = False

    @property
    def code(self) -> str:
        """As it stands in the address."""
        return self.kind.value

    @property
    def title(self) -> str:
        return self.name or self.kind.label


KINDS = {
    one.code: one
    for one in (
        SheetKind(
            ReportKind.UNVACCINATED,
            "reports.view",
            "还没有接种首剂的人,按村、包保人和原因;表格里有名单。点数字看名单。",
            is_personal=True,
            drawn=(),
        ),
        SheetKind(
            ReportKind.ELDERLY,
            "reports.view",
            "60岁、80岁及以上的人接种到哪一步,没种的有没有人走访、要不要接送;表格里有台账。点数字看名单。",
            is_personal=True,
            drawn=(),
        ),
        SheetKind(
            ReportKind.ZERO,
            "reports.view",
            "还要有人去办的人:能种没种、自述禁忌没鉴定、暂缓没再筛、流入没核实。到 0 就是零消号。点数字看名单。",
            is_personal=True,
            drawn=(),
        ),
        SheetKind(
            ReportKind.SCHOOL,
            "members.view",
            "学校 × 年级 × 班:在册、目标、同意、已种、未种;表格里有学生名册。",
            is_personal=True,
            drawn=("汇总",),
            source=("residents:schools", "各校名册"),
        ),
        SheetKind(
            ReportKind.PROGRESS,
            "reports.view",
            "各村首剂、全程、加强对着任务完成了多少,排第几,每天要种多少。",
            of_day=True,
            name="任务进度表",
            source=("reports:dashboard", "看名单"),
        ),
        SheetKind(
            ReportKind.WEEK_PLAN,
            "reports.view",
            "下周的场次和号源,各村已约多少、还有多少人该种没约。",
            drawn=("场次",),
        ),
        SheetKind(
            ReportKind.PLAN, "submissions.view", "各村、各单位已经上报的接种计划,一行一行照上报的内容。"
        ),
        SheetKind(
            ReportKind.AEFI,
            "aefi.view",
            "疑似预防接种异常反应:个案(姓名已遮挡)和分类统计。",
            is_personal=True,
            of_day=True,
            source=("clinic:aefi", "个案"),
        ),
        SheetKind(
            ReportKind.STOCK,
            "stock.view",
            "各接种点现在的库存,按批号,先到期的在前。",
            source=("inventory:stock", "库存"),
        ),
        SheetKind(
            ReportKind.STICKERS,
            "members.view",
            "安心便签:各村各类店铺发放的数,一家一家的情况。",
            source=("residents:stickers", "安心便签"),
        ),
        SheetKind(
            ReportKind.DUTY,
            "duty_book.view",
            "这个月谁带班、找谁联系,领导听了哪几次汇报、当时的数字,开了什么会,定的事办了没有。",
            of_day=True,
            source=("reports:duty", "带班和会议"),
            of_towns=True,
        ),
    )
}

# What services/production.py makes: the above, and the two that have a page of their own.
PRODUCED = {
    ReportKind.DAILY.value: SheetKind(ReportKind.DAILY, "reports.download", "", of_day=True),
    ReportKind.WEEKLY.value: SheetKind(ReportKind.WEEKLY, "reports.view", "", of_day=True),
    **KINDS,
}
