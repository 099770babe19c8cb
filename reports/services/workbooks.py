"""The sheets of the reports, as descriptions for ``core.xlsx``; every column says where its number comes from."""

from django.utils import timezone

from core import xlsx
from core.dates import day_zh
from core.xlsx import Column, Ratio, Sheet
from reports import metrics
from reports.services.daily import DailyReport, DailyRow

# 31 columns on one sheet of A4: every character of width makes all of them smaller in print.
DAILY_COLUMNS = [
    Column("place", "村(社区)", width=15),
    Column("quota", "任务数", format="int", total="sum", width=7, note="镇办下达的首剂任务(人)"),
    Column("target", "应种人数", format="int", total="sum", width=8.5, note="计入本村的目标人群(人)"),
    *(
        Column(
            f"day_{m.code}",
            m.title,
            group="今日接种(剂)",
            format="int",
            total="sum",
            width=6.2,
            note=m.source,
        )
        for m in metrics.DOSES
    ),
    *(
        Column(
            f"sum_{m.code}", m.title, group="累计接种(剂)", format="int", total="sum", width=7, note=m.source
        )
        for m in metrics.DOSES
    ),
    Column(
        "first", "首剂", group="累计人数(人)", format="int", total="sum", width=7, note=metrics.FIRST.source
    ),
    Column(
        "complete",
        "全程",
        group="累计人数(人)",
        format="int",
        total="sum",
        width=7,
        note=metrics.COMPLETE.source,
    ),
    Column(
        "booster",
        "加强",
        group="累计人数(人)",
        format="int",
        total="sum",
        width=7,
        note=metrics.BOOSTER.source,
    ),
    Column("first_rate", "首剂率", group="接种率", format="percent", total=Ratio("first", "target"), width=7),
    Column(
        "complete_rate",
        "全程率",
        group="接种率",
        format="percent",
        total=Ratio("complete", "target"),
        width=7,
    ),
    Column(
        "booster_rate", "加强率", group="接种率", format="percent", total=Ratio("booster", "target"), width=7
    ),
    Column(
        "quota_rate",
        "任务完成率",
        group="接种率",
        format="percent",
        total=Ratio("first", "quota", only_with=True),
        width=10,
    ),
    Column("target_60", "应种", group="60岁及以上(人)", format="int", total="sum", width=6.2),
    Column("first_60", "首剂", group="60岁及以上(人)", format="int", total="sum", width=6.2),
    Column("complete_60", "全程", group="60岁及以上(人)", format="int", total="sum", width=6.2),
    Column("target_80", "应种", group="80岁及以上(人)", format="int", total="sum", width=6.2),
    Column("first_80", "首剂", group="80岁及以上(人)", format="int", total="sum", width=6.2),
    Column("complete_80", "全程", group="80岁及以上(人)", format="int", total="sum", width=6.2),
    Column("contra", "禁忌", group="未种情况(人)", format="int", total="sum", width=5.2),
    Column("hold", "暂缓", group="未种情况(人)", format="int", total="sum", width=5.2),
    Column("refused", "拒绝", group="未种情况(人)", format="int", total="sum", width=5.2),
    Column("away", "外出", group="未种情况(人)", format="int", total="sum", width=5.2),
    Column(
        "late", "补录(剂)", format="int", total="sum", width=8.5, note="今天录入、接种日期在今天以前的剂次"
    ),
]


def daily_cells(row: DailyRow) -> dict:
    """One village as cells of ``DAILY_COLUMNS``."""
    cells = {"place": row.place.name, "quota": row.quota, "target": row.target}
    for metric in metrics.DOSES:
        cells[f"day_{metric.code}"] = row.day.get(metric.code, 0)
        cells[f"sum_{metric.code}"] = row.sums.get(metric.code, 0)
    first, complete = row.sums.get(metrics.FIRST.code, 0), row.sums.get(metrics.COMPLETE.code, 0)
    return cells | {
        "first": first,
        "complete": complete,
        "booster": row.sums.get(metrics.BOOSTER.code, 0),
        "first_rate": row.rate(metrics.FIRST.code),
        "complete_rate": row.rate(metrics.COMPLETE.code),
        "booster_rate": row.rate(metrics.BOOSTER.code),
        "quota_rate": row.on_task / row.quota if row.quota else None,
        "target_60": row.target_60,
        "first_60": row.sums.get(metrics.FIRST_60.code, 0),
        "complete_60": row.sums.get(metrics.COMPLETE_60.code, 0),
        "target_80": row.target_80,
        "first_80": row.sums.get(metrics.FIRST_80.code, 0),
        "complete_80": row.sums.get(metrics.COMPLETE_80.code, 0),
        "contra": row.contra,
        "hold": row.hold,
        "refused": row.refused,
        "away": row.away,
        "late": row.late,
    }


def daily_lines(report: DailyReport) -> list[str]:
    """What stands under the table: workload of the sites, stock, adverse events."""
    return ["".join(text for text, _, _ in line) for line in daily_parts(report)]


def daily_parts(report: DailyReport) -> list[list[tuple[str, str, str]]]:
    """``daily_lines`` in pieces: (text, what is counted there or "", of which site or "")."""
    lines = [
        [
            ("本辖区接种点当日接种 ", "", ""),
            (f"{report.given_here}", "given" if report.given_here else "", ""),
            (" 剂,其中外乡镇居民 ", "", ""),
            (f"{report.given_to_guests}", "guests" if report.given_to_guests else "", ""),
            (" 剂。", "", ""),
        ]
    ]
    for site, vials, doses in report.stock:
        lines.append(
            [(f"库存:{site} ", "", ""), (f"{vials:,} 支 / {doses:,} 剂", "stock", site), ("。", "", "")]
        )
    lines.append(
        [
            ("疑似异常反应:当日 ", "", ""),
            (f"{report.aefi_day}", "aefi_day" if report.aefi_day else "", ""),
            (" 例,累计 ", "", ""),
            (f"{report.aefi_sum}", "aefi_sum" if report.aefi_sum else "", ""),
            (" 例。", "", ""),
        ]
    )
    return lines


def daily_sheet(report: DailyReport, *, filled_by: str, addressed_to: str) -> Sheet:
    """The daily report as a sheet, addressed to an office."""
    cut_off = timezone.localtime(report.cut_off)
    return Sheet(
        name="日报",
        columns=DAILY_COLUMNS,
        rows=[daily_cells(row) for row in report.rows],
        title=f"{report.place.name}{report.campaign.name}日报({day_zh(report.day)})",
        unit="人、剂(见表头)",
        cut_off=f"{cut_off:%Y-%m-%d %H:%M}",
        filled_by=filled_by,
        footer_lines=[*daily_lines(report), f"报送:{addressed_to}    填报人:        审核人:        "],
    )


def daily_workbook(report: DailyReport, *, filled_by: str, addressed_to: str) -> bytes:
    """The daily report as .xlsx, addressed to an office."""
    return xlsx.build([daily_sheet(report, filled_by=filled_by, addressed_to=addressed_to)])
