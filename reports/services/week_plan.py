"""下周接种安排 (S25, S41): the sessions of the coming week with their places, what each village has booked and who is due."""

from collections import Counter
from datetime import date, timedelta

from django.db.models import Count, Q

from appointments.choices import SessionState
from appointments.models import Booking, ClinicSession
from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from places.models import Place
from places.querysets import code_range
from reports import metrics
from reports.services.register_sheets import plan_lines
from residents.models import Enrolment

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
_VILLAGES = [
    Column("place", "村(社区)", width=18),
    Column(
        "planned",
        "上报计划(人)",
        width=10,
        format="int",
        total="sum",
        note="村里上报的接种计划中这一周的人数",
    ),
    Column("first", "第一剂", group="已约(人)", width=9, format="int", total="sum"),
    Column("later", "第二剂及以后", group="已约(人)", width=11, format="int", total="sum"),
    Column(
        "due",
        "第二剂及以后到期",
        group="还没约(人)",
        width=12,
        format="int",
        total="sum",
        note="这一周结束前该种的",
    ),
    Column(
        "open",
        "首剂可约",
        group="还没约(人)",
        width=10,
        format="int",
        total="sum",
        note="状态为待接种、一剂没打的",
    ),
]


def next_week(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week after the one of ``day``."""
    monday = day + timedelta(days=7 - day.weekday())
    return monday, monday + timedelta(days=6)


def week_plan_sheets(*, place: Place, campaign: Campaign, day: date, **heads) -> list[Sheet]:
    """Two sheets about the week after ``day``: sessions at the sites of ``place``, and its villages."""
    week = next_week(day)
    words = f"({week[0]:%m月%d日}至{week[1]:%m月%d日})"
    title = f"{place.name}下周接种安排{words}"
    sessions = Sheet("场次", _SESSIONS, _sessions(place, campaign, week), title=title, unit="个号", **heads)
    villages = _villages(place, campaign, week)
    title = f"{place.name}各村下周接种安排{words}"
    return [sessions, Sheet("各村", _VILLAGES, villages, title=title, unit="人", **heads)]


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
        }
        for session in found
    ]


def _villages(place: Place, campaign: Campaign, week: tuple[date, date]) -> list[dict]:
    bookings = Booking.objects.taking_place().filter(
        code_range("village_code", place.prefix),
        slot__session__campaign=campaign,
        slot__session__on__range=week,
    )
    booked = bookings.order_by().values("village_code")
    booked = booked.annotate(first=Count("pk", Q(dose_number=1)), later=Count("pk", Q(dose_number__gt=1)))
    numbers = {row.pop("village_code"): row for row in booked}
    for row in _waiting(place, campaign, week):
        numbers.setdefault(row.pop("unit_code"), {}).update(row)
    planned = Counter()
    for line in plan_lines(place=place, campaign=campaign):
        if line["from"] <= week[1] and line["to"] >= week[0]:
            planned[line["code"]] += line["people"]
    villages = Place.objects.villages().current().under(place).order_by("code")
    zeros = {"first": 0, "later": 0, "due": 0, "open": 0}
    return [{"place": v.name, "planned": planned[v.code]} | zeros | numbers.get(v.code, {}) for v in villages]


def _waiting(place: Place, campaign: Campaign, week: tuple[date, date]) -> list[dict]:
    """People by unit who have no place in any coming session: due again by the end of the week, or still without a dose."""
    held = Booking.objects.active().values("enrolment")
    rows = metrics.people_of(campaign, {place.prefix}).exclude(pk__in=held).order_by()
    due = Q(pk__in=Enrolment.objects.due(week[1]).filter(next_dose__gt=1).values("pk"))
    ready = Q(pk__in=Enrolment.objects.due(week[1]).filter(doses_done=0).values("pk"))
    return list(rows.values("unit_code").annotate(due=Count("pk", due), open=Count("pk", ready)))
