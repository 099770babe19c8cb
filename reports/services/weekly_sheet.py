"""周排名 as a sheet: the order of the page, totals as formulas."""

from django.utils import timezone

from core.xlsx import Column, Ratio, Sheet
from reports.weekly import NOBODY, Line, Ranking

COLUMNS = [
    Column("rank", "排名", width=7, format="serial"),
    Column("place", "村(社区)", width=18),
    Column("secretary", "书记", width=11),
    Column("quota", "任务数", width=10, format="int", total="sum"),
    Column("week", "本周", group="完成(人)", width=9, format="int", total="sum"),
    Column("week_before", "上周", group="完成(人)", width=9, format="int", total="sum"),
    Column("done", "累计", group="完成(人)", width=10, format="int", total="sum"),
    Column("rate", "完成率", width=10, format="percent", total=Ratio("done", "quota")),
    Column("change", "较上周±(百分点)", width=14),
    Column("moved", "名次变化", width=10),
    Column("remark", "备注", width=24),
]


def weekly_sheet(ranking: Ranking) -> Sheet:
    """The last ones tinted, who is through in green."""
    last = {line.place.name for line in ranking.last}
    foot = [ranking.unplaced_words, "填报人:            审核人:            单位(盖章):            日期:"]
    return Sheet(
        "周排名",
        COLUMNS,
        [_cells(line, line.place.name in last) for line in ranking.placed],
        title=ranking.title,
        unit="人",
        cut_off=f"{timezone.localtime(ranking.cut_off):%Y-%m-%d %H:%M}",
        filled_by=str(ranking.place),
        footer_lines=[line for line in foot if line],
        highlight=lambda row: "warn" if row["place"] in last else "good" if (row["rate"] or 0) >= 1 else None,
        freeze_columns=2,
    )


def _cells(line: Line, is_last: bool) -> dict:
    return {
        "rank": line.rank,
        "place": line.place.name,
        "secretary": line.secretary or NOBODY,
        "quota": line.quota,
        "week": line.week,
        "week_before": line.week_before,
        "done": line.done,
        "rate": None if line.rate is None else float(line.rate),
        "change": line.change_words,
        "moved": line.moved_words,
        "remark": ",".join(filter(None, ["后三名" if is_last else "", line.remark])),
    }
