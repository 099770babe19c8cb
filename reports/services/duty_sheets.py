"""带班和会议 as a workbook: the rota of a month, what leaders heard, the meetings of the month, and what is still to be done."""

import calendar
from datetime import date

from django.db.models import Q

from campaigns.models import Campaign
from core.dates import weekday_zh
from core.xlsx import Column, Sheet
from places.models import Place
from places.querysets import code_range
from reports.models import DutyDay, FollowUp, Hearing, Meeting

_ROTA = [
    Column("day", "日期", width=12, format="date"),
    Column("weekday", "星期", width=6),
    Column("place", "单位", width=14),
    Column("leader", "带班领导", width=14),
    Column("leader_phone", "电话", width=15),
    Column("contact", "联系人", width=14),
    Column("contact_phone", "联系电话", width=15),
    Column("law", "执法", width=12),
    Column("safety", "安监", width=12),
    Column("police", "派出所", width=12),
    Column("spot", "现场办公地点", width=18),
    Column("note", "备注", width=20),
]
_HEARD = [
    Column("day", "日期", width=12, format="date"),
    Column("place", "单位", width=14),
    Column("heard_by", "听取汇报的领导", width=16),
    Column("cut_off", "数字截至", width=17, format="datetime"),
    Column("doses", "当日接种(剂)", width=12, format="int"),
    Column("first", "累计首剂(人)", width=12, format="int"),
    Column("quota", "首剂任务(人)", width=12, format="int"),
    Column("rate", "完成率", width=10, format="percent"),
    Column("present", "参加人", width=24),
    Column("said", "领导要求", width=40),
]
_MEETINGS = [
    Column("on", "日期", width=12, format="date"),
    Column("place", "单位", width=14),
    Column("kind", "会议", width=12),
    Column("subject", "议题", width=24),
    Column("chair", "主持人", width=12),
    Column("present", "参加人", width=30),
    Column("decisions", "议定事项", width=50),
]
_FOLLOW_UPS = [
    Column("meeting", "会议", width=30),
    Column("place", "单位", width=14),
    Column("what", "要办的事", width=36),
    Column("who", "责任人", width=14),
    Column("until", "办结期限", width=12, format="date"),
    Column("state", "情况", width=10),
    Column("note", "办理说明", width=36),
]


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of ``day``."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def duty_sheets(*, place: Place, campaign: Campaign, day: date, **heads) -> list[Sheet]:
    """Four sheets about the month of ``day``: rota, hearings of ``campaign``, meetings; follow-ups of its meetings and all that are open."""
    since, until = month_of(day)
    inside, month = code_range("place__code", place.prefix), f"{day.year}年{day.month}月"

    def sheet(name: str, unit: str, columns: list[Column], rows: list[dict], **more) -> Sheet:
        return Sheet(name, columns, rows, title=f"{place.name}{month}{name}", unit=unit, **heads, **more)

    rota = DutyDay.objects.filter(inside, day__range=(since, until)).standing().select_related("place")
    heard = Hearing.objects.filter(inside, campaign=campaign, day__range=(since, until)).standing()
    met = Meeting.objects.filter(inside, on__range=(since, until)).standing().select_related("place")
    return [
        sheet("带班表", "天", _ROTA, [_rota(row) for row in rota.order_by("day", "place__code")]),
        sheet(
            "听取汇报",
            "剂、人(见表头)",
            _HEARD,
            [_heard(row) for row in heard.select_related("place").order_by("day", "pk")],
        ),
        sheet("会议", "次", _MEETINGS, [_met(row) for row in met.order_by("on", "pk")]),
        sheet("督办事项", "项", _FOLLOW_UPS, _follow_ups(place, day), highlight=lambda row: row["tint"]),
    ]


def _rota(row: DutyDay) -> dict:
    return row.words | {"day": row.day, "weekday": weekday_zh(row.day), "place": row.place.name}


def _heard(row: Hearing) -> dict:
    total = row.figures["total"]
    shown = {name: total[name] for name in ("doses", "first", "quota")}
    rate = total.get("on_task", total["first"]) / total["quota"] if total["quota"] else None
    return row.words | shown | {"day": row.day, "place": row.place.name, "cut_off": row.cut_off, "rate": rate}


def _met(row: Meeting) -> dict:
    return row.words | {"place": row.place.name, "kind": row.get_kind_display()}


def _follow_ups(place: Place, day: date) -> list[dict]:
    since, until = month_of(day)
    inside = code_range("meeting__place__code", place.prefix)
    rows = FollowUp.objects.filter(inside, meeting__on__lte=until)
    wanted = Q(meeting__on__gte=since) | Q(pk__in=rows.open().values("pk"))
    found = rows.filter(wanted).with_state().select_related("meeting__place").prefetch_related("steps")
    return [_follow_up(row, day) for row in found.order_by("until", "pk")]


def _follow_up(row: FollowUp, day: date) -> dict:
    late = row.is_late(day)
    return {
        "meeting": str(row.meeting),
        "place": row.meeting.place.name,
        "what": row.what,
        "who": row.who,
        "until": row.until,
        "state": "逾期" if late else row.state_word,
        "note": ";".join(str(step) for step in row.steps.all()),
        "tint": "bad" if late else None,
    }
