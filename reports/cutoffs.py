"""When reports are due: the hours of a place, its push days, and what has been handed in (reads only)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from places.models import Place
from places.querysets import any_code_range
from reports.choices import FiledKind
from reports.models import CutOff, FiledReport, PushDay

# S113: two reports on key days, 以时保午、以午保日; a daily report ends with the day.
_HOURS = {
    FiledKind.PROGRESS: [("上午", time(12), False), ("晚上", time(18), False)],
    FiledKind.DAILY: [("全天", None, True)],
}


@dataclass(frozen=True)
class Slot:
    """One hour at which a report of a place is cut off on one day."""

    name: str
    cut_off: datetime
    is_daily: bool  # due every day, not only on push days


@dataclass(frozen=True)
class Due:
    """A report that a town owes or has handed in."""

    place: Place
    slot: Slot
    report: FiledReport | None
    is_over: bool  # the hour has come
    is_passed: bool  # a later report is in, so that this one can no longer be handed in

    @property
    def is_missing(self) -> bool:
        """The hour has come, nobody has handed it in, and it still can be."""
        return self.is_over and self.report is None and not self.is_passed


def moment(day: date, at: time | None) -> datetime:
    """The hour ``at`` of ``day``; None is midnight at its end."""
    zone = timezone.get_current_timezone()
    if at is None:
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return datetime.combine(day, at, tzinfo=zone)


def codes_above(place: Place) -> list[str]:
    """The code of the place and those of the places around it, the nearest first."""
    codes = [place.code, *(place.code[:digits].ljust(12, "0") for digits in (9, 6, 4, 2))]
    return list(dict.fromkeys(codes))


class Timetable:
    """The hours and push days of one campaign, read once for many towns."""

    def __init__(self, campaign: Campaign, kind: str = FiledKind.PROGRESS):
        self.kind = FiledKind(kind)
        self.hours: dict[str, list[CutOff]] = {}
        for row in CutOff.objects.filter(campaign=campaign, kind=kind, ended_at=None).select_related("place"):
            self.hours.setdefault(row.place.code, []).append(row)
        days = PushDay.objects.filter(campaign=campaign, ended_at=None)
        self.push_days = set(days.values_list("place__code", "day"))

    def is_push_day(self, place: Place, day: date) -> bool:
        """Somebody named this day for the place or for what lies around it."""
        return any((code, day) in self.push_days for code in codes_above(place))

    def all_slots(self, place: Place, day: date) -> list[Slot]:
        """Every hour of the place on ``day``, due or not, in order; those of the nearest place that has its own."""
        own = next((self.hours[code] for code in codes_above(place) if code in self.hours), None)
        hours = [(row.name, row.at, row.is_daily) for row in own] if own else _HOURS[self.kind]
        slots = [Slot(name, moment(day, at), is_daily) for name, at, is_daily in hours]
        return sorted(slots, key=lambda slot: slot.cut_off)

    def slots(self, place: Place, day: date) -> list[Slot]:
        """The hours at which a report is due on ``day``."""
        is_push = self.is_push_day(place, day)
        return [slot for slot in self.all_slots(place, day) if is_push or slot.is_daily]


def progress_due(campaign: Campaign, towns: Iterable[Place], *, day: date, now: datetime) -> list[Due]:
    """What the towns owe on ``day`` and have handed in, town by town and hour by hour."""
    table, towns = Timetable(campaign), list(towns)
    rows = FiledReport.objects.filter(
        kind=FiledKind.PROGRESS, campaign=campaign, place__in=towns, cut_off__gte=moment(day, time.min)
    )
    filed, last = {}, {}
    for row in rows.select_related("filed_by", "place").order_by("cut_off"):
        filed[row.place_id, row.cut_off] = row
        last[row.place_id] = row.cut_off
    return [
        Due(
            place=town,
            slot=slot,
            report=filed.get((town.pk, slot.cut_off)),
            is_over=slot.cut_off <= now,
            is_passed=town.pk in last and last[town.pk] >= slot.cut_off,
        )
        for town in towns
        for slot in table.slots(town, day)
    ]


def asked_today(campaign: Campaign, prefixes, today: date) -> dict[str, QuerySet]:
    """Whether any report may be due today in the places: without rows in either there is nothing to look up."""
    around = Q()
    for prefix in prefixes:
        around |= Q(place__code__in=[prefix[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12)])
    mine = any_code_range("place__code", prefixes) | around
    named = {"campaign": campaign, "ended_at": None}
    hours = CutOff.objects.filter(mine, kind=FiledKind.PROGRESS, is_daily=True, **named)
    return {"push_days": PushDay.objects.filter(mine, day=today, **named), "daily_hours": hours}


def daily_cut_off(campaign: Campaign, place: Place, *, day: date, now: datetime) -> datetime:
    """The hour at which the daily report of ``day`` is cut off: as agreed, or now when it is closed before."""
    return min(now, Timetable(campaign, FiledKind.DAILY).all_slots(place, day)[-1].cut_off)
