"""Every report of the township in one list: what it says, for whom, who may open it, and where it is."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from reports.sheet_kinds import KINDS


@dataclass(frozen=True)
class Entry:
    """One report. ``page`` and ``file`` are address names (``file``: "" when the page itself hands the workbook out, None
    when there is none); ``query`` belongs to both, ``kwargs`` to the page. ``action`` opens it (``also``: needed beside it). ``is_printed``: the page
    is laid out for A4.
    """

    title: str
    meaning: str
    audience: str
    group: str
    action: str
    page: str
    query: tuple[tuple[str, str], ...] = ()
    kwargs: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    is_printed: bool = True
    also: str = ""

    def is_for(self, user) -> bool:
        """True when ``user`` may open it."""
        return user.can(self.action) and (not self.also or user.can(self.also))

    @property
    def address(self) -> str:
        return self._with_query(reverse(self.page, kwargs=dict(self.kwargs)))

    @property
    def file_address(self) -> str:
        """Where the workbook is had at once; "" otherwise."""
        return self._with_query(reverse(self.file)) if self.file else ""

    @property
    def is_made_on_page(self) -> bool:
        """The page has the button that makes or downloads the workbook."""
        return self.file == ""

    def _with_query(self, where: str) -> str:
        return f"{where}?{urlencode(self.query)}" if self.query else where


PROGRESS, HANDED_IN, PEOPLE, SCHOOLS, FLOOR = "进度", "上报和通报", "名单和台账", "学校和单位", "接种和疫苗"


def _paper(kind: str, **more: str) -> dict:
    return {"page": "papers:page", "query": (("kind", kind),), "file": "", "action": "papers.print", **more}


def _by_village(kind: str) -> dict:
    return _paper(kind, also="reports.view")  # a school has no villages


def _sheet(kind: str, *, also: str = "") -> dict:
    return {
        "page": "reports:sheet",
        "kwargs": (("kind", kind),),
        "file": "",
        "action": KINDS[kind].action,
        "also": also,
    }


ENTRIES = [
    Entry(
        "进度总览",
        "各村完成率、排名、差数、每天要种多少,近14天接种剂次",
        "镇、村、县",
        PROGRESS,
        "reports.view",
        "reports:dashboard",
    ),
    Entry(
        "任务进度表",
        "各村首剂、全程、加强对着任务完成多少,排名、差数、每天要种多少",
        "镇、县",
        PROGRESS,
        **_sheet("progress"),
    ),
    Entry(
        "漏斗",
        "户籍符合、能接种、已接种、自述禁忌、流入,每个数字都能看名单",
        "村、镇",
        PROGRESS,
        "reports.view",
        "reports:funnel",
        file="reports:funnel_file",
    ),
    Entry(
        "各阶段",
        "活动各阶段的人群开始了多少、还剩多少、每天要种多少",
        "镇",
        PROGRESS,
        "reports.view",
        "reports:phases",
    ),
    Entry(
        "接种点与计入单位对账",
        "在哪里打的、算在哪里的:工作量和覆盖两个合计怎么对上,每一剂只在一格里",
        "镇、县",
        PROGRESS,
        "reports.download",
        "reports:cross",
        file="reports:cross_file",
    ),
    Entry(
        "进度报告",
        "攻坚日上午、晚上各报一次:累计、新增、补录、作废、转入转出,谁报的、谁看过",
        "县",
        HANDED_IN,
        "reports.download",
        "reports:progress",
        file="",
    ),
    Entry(
        "日报",
        "每个村今日和累计剂次、接种率、未种情况、补录、库存、异常反应",
        "县、镇各一份",
        HANDED_IN,
        "reports.download",
        "reports:daily",
        file="",
    ),
    Entry(
        "周排名",
        "各村任务完成率的名次、较上周的变化、后三名,通报文字可以复制",
        "村、镇、县",
        HANDED_IN,
        "reports.view",
        "reports:weekly",
        file="",
    ),
    Entry(
        "总结和简报",
        "工作总结、日报、周报的文字,按数据写初稿,改好后下载 Word",
        "县、镇",
        HANDED_IN,
        "reports.download",
        "reports:bulletins",
    ),
    Entry(
        "带班和会议",
        "谁带班、找谁联系,领导听的汇报和当时的数字,会议和定下来的事办了没有",
        "镇、县",
        HANDED_IN,
        **_sheet("duty"),
    ),
    Entry(
        "异常反应和禁忌公示",
        "按疫苗和分类的例数、每10万剂例数;少于5例的隐去",
        "公开",
        HANDED_IN,
        "reports.download",
        "reports:reactions",
        file="reports:reactions_file",
    ),
    Entry(
        "下周接种安排",
        "下周的场次和号源,各村已约、该种没约的人",
        "镇、村、接种点",
        HANDED_IN,
        **_sheet("week_plan"),
    ),
    Entry(
        "上报的接种计划",
        "各村、各单位上报的计划,一行一行照原样",
        "镇、县",
        HANDED_IN,
        **_sheet("plan", also="reports.view"),
    ),
    Entry(
        "摸底上报和接种计划",
        "谁报了、谁没报、几时报的,冻结的内容",
        "镇、县",
        HANDED_IN,
        "submissions.view",
        "residents:submissions",
        is_printed=False,
    ),
    Entry(
        "未接种人员统计",
        "按村、包保人和未接种原因,每个数字能看名单",
        "镇、村、包保人",
        PEOPLE,
        **_sheet("unvaccinated"),
    ),
    Entry(
        "老年人接种统计",
        "60岁、80岁及以上接种到哪一步,没种的谁去走访",
        "镇、村、县",
        PEOPLE,
        **_sheet("elderly"),
    ),
    Entry("零消号清单", "还要有人去办的人,各村到 0 为止", "镇、村、卫生院", PEOPLE, **_sheet("zero")),
    Entry("摸排登记表", "每组一张,填好签字", "村", PEOPLE, **_by_village("census")),
    Entry(
        "未接种名单",
        "每组一张,按包保人,有未接种原因和走访情况",
        "村、包保人",
        PEOPLE,
        **_by_village("unvaccinated"),
    ),
    Entry(
        "老年人台账",
        "60岁及以上,每组一张,有独居、子女电话、走访、接送",
        "村、镇",
        PEOPLE,
        **_by_village("elderly"),
    ),
    Entry(
        "重点人群统计",
        "各村重点人群和带头接种的人数、已种人数",
        "镇、村",
        PEOPLE,
        "residents.view",
        "residents:groups",
        file="residents:groups_file",
    ),
    Entry(
        "医生鉴定清单",
        "自述禁忌、流入未问、暂缓到期的人,直到“零消号”",
        "卫生院、村",
        PEOPLE,
        "conditions.view",
        "residents:doctors",
        file="",
    ),
    Entry(
        "宣传统计",
        "横额、入户、通告的数量",
        "镇",
        PEOPLE,
        "publicity.view",
        "residents:publicity",
        file="residents:publicity_file",
    ),
    Entry(
        "学校摸底登记表",
        "每班一张,监护人、健康状况、同意情况",
        "学校、卫健、教育",
        SCHOOLS,
        **_paper("school"),
    ),
    Entry(
        "学校年级班汇总",
        "学校 × 年级 × 班:在册、目标、同意、已种、未种,表格里有名册",
        "学校、教育、卫健",
        SCHOOLS,
        **_sheet("school"),
    ),
    Entry(
        "学校汇总",
        "各校在册、目标、同意、已种、未种",
        "教育、卫健",
        SCHOOLS,
        "members.view",
        "residents:schools",
        file="residents:schools_file",
    ),
    Entry(
        "学校每日接种",
        "各校当天和累计接种、还剩多少",
        "教育、卫健",
        SCHOOLS,
        "members.view",
        "residents:school_days",
        file="residents:school_days_file",
    ),
    Entry(
        "安心便签",
        "各村各类店铺发放、撤回的数",
        "镇",
        SCHOOLS,
        "members.view",
        "residents:stickers",
        file="residents:stickers_file",
    ),
    Entry(
        "预约花名册",
        "某天各场次、各时段的人,村里带队和现场核对用",
        "村、接种点",
        FLOOR,
        "rosters.view",
        "appointments:roster",
        file="",
    ),
    Entry(
        "第二剂到期",
        "逾期、快到期、下周到期的第二剂,按村和包保人",
        "镇、村",
        FLOOR,
        "residents.view",
        "appointments:second",
        file="",
    ),
    Entry(
        "外乡镇群众接种",
        "在本镇接种的外乡镇群众,按来源地",
        "对方镇、县",
        FLOOR,
        "guests.view",
        "clinic:guests",
        file="clinic:guests_file",
    ),
    Entry("异常反应统计", "个案(姓名遮挡)和分类统计", "镇、县", FLOOR, **_sheet("aefi")),
    Entry("库存表", "各接种点现在的库存,按批号,先到期的在前", "镇、县", FLOOR, **_sheet("stock")),
    Entry(
        "库存分析",
        "各疫苗支数和剂数、够用几天、损耗、断供",
        "镇、县、保管",
        FLOOR,
        "stock.view",
        "stock:figures",
        file="stock:ledger",
    ),
]


def entries_for(user) -> dict[str, list[Entry]]:
    """Group → the reports that ``user`` may open, in the order of ``ENTRIES``."""
    found: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        if entry.is_for(user):
            found.setdefault(entry.group, []).append(entry)
    return found
