"""下周接种安排 (S25, S41): the sessions of the coming week with their places, what each village has booked and who is due."""

from datetime import date

from appointments.choices import SessionState
from appointments.models import ClinicSession
from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from places.models import Place
from places.querysets import code_range
from reports.choices import ReportKind
from reports.register_columns import next_week
from reports.registers import REGISTERS

_WEEKDAYS = "一二三四五六日"
_SESSIONS = [
    Column("on", "日期", width=12, format="date"),
    Column("weekday", "星期", width=6),
    Column("site", "接种点", width=22),
    Column("kind", "类型", width=14),
    Column("time", "时间", width=13),
    Column("for", "面向", width=24),
    Column("vaccines", "疫苗", width=20),
    Column("places", "号源", width=8, format="int", total="sum"),
    Column("booked", "已约", width=8, format="int", total="sum"),
    Column("free", "余号", width=8, format="int", total="sum"),
    Column("state", "状态", width=10),
]


def week_plan_sheets(*, place: Place, campaign: Campaign, day: date, **heads) -> list[Sheet]:
    """Two sheets about the week after ``day``: sessions at the sites of ``place``, and its villages."""
    week = next_week(day)
    words = f"({week[0]:%m月%d日}至{week[1]:%m月%d日})"
    title = f"{place.name}下周接种安排{words}"
    sessions = Sheet("场次", _SESSIONS, _sessions(place, campaign, week), title=title, unit="个号", **heads)
    table = REGISTERS[ReportKind.WEEK_PLAN].tally(campaign, place, day, by_who=False)
    title = f"{place.name}各村下周接种安排{words}"
    return [sessions, table.sheet("各村", title, unit="人", **heads)]


def _sessions(place: Place, campaign: Campaign, week: tuple[date, date]) -> list[dict]:
    found = (
        ClinicSession.objects.filter(
            code_range("site__place__code", place.prefix), campaign=campaign, on__range=week
        )
        .exclude(state=SessionState.CANCELLED)
        .with_places()
        .select_related("site")
        .prefetch_related("audience", "hosts", "products")
        .order_by("on", "starts_at", "site__code", "pk")
    )
    return [
        {
            "on": session.on,
            "weekday": _WEEKDAYS[session.on.weekday()],
            "site": session.site.name,
            "kind": session.get_kind_display(),
            "time": f"{session.starts_at:%H:%M}–{session.ends_at:%H:%M}",
            "for": "、".join(str(one) for one in [*session.audience.all(), *session.hosts.all()]) or "不限",
            "vaccines": "、".join(vaccine.short_name for vaccine in session.products.all()) or "不限",
            "places": session.places,
            "booked": session.taken,
            "free": max(0, session.places - session.taken),
            "state": session.get_state_display(),
            "address": session.get_absolute_url(),
        }
        for session in found
    ]
