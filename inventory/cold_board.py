"""The board of the cold chain: each device with its last reading, today's two, and what is owed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from inventory.choices import Half, ReadingKind
from inventory.models import ColdDevice, TemperatureReading


@dataclass
class Place:
    """One device on the board."""

    device: ColdDevice
    last: TemperatureReading | None = None
    today: dict[str, TemperatureReading] = field(default_factory=dict)
    owed: list[tuple[date, Half]] = field(default_factory=list)

    @property
    def tag(self) -> tuple[str, str]:
        """What must be known at a glance."""
        if not self.device.is_in_use:
            return "plain", f"停用:{self.device.out_reason}"
        if self.last is None:
            return "due", "还没有记录"
        if not self.device.is_fine(self.last.celsius):
            return "stop", "超出范围"
        return ("due", "有漏记") if self.owed else ("done", "正常")

    @property
    def halves(self) -> list[tuple[str, TemperatureReading | None]]:
        """Today's two readings by the half day."""
        return [(half.label, self.today.get(half.value)) for half in Half]

    @property
    def owed_words(self) -> str:
        """Which half days of the last week nobody has read."""
        days: dict[date, list[str]] = {}
        for day, half in self.owed:
            days.setdefault(day, []).append(half.label)
        return ";".join(f"{day.month}月{day.day}日{'、'.join(halves)}" for day, halves in days.items())


def board(devices, *, now: datetime) -> list[Place]:
    """The board of ``devices`` (a queryset), those out of use last; a fixed number of queries."""
    latest = TemperatureReading.objects.standing().filter(device=OuterRef("pk")).order_by("-at", "-pk")
    rows = devices.annotate(last_id=Subquery(latest.values("pk")[:1])).order_by(
        "-is_in_use", "site__place__code", "site", "name"
    )
    places = {row.pk: Place(row) for row in rows}
    today = TemperatureReading.objects.standing().filter(device__in=places, on=timezone.localdate(now))
    for reading in today.exclude(kind=ReadingKind.LOGGER).order_by("at"):
        if reading.kind == ReadingKind.DAILY:
            places[reading.device_id].today[reading.half] = reading
    last_ids = [place.device.last_id for place in places.values() if place.device.last_id]
    for reading in TemperatureReading.objects.filter(pk__in=last_ids).select_related("by"):
        places[reading.device_id].last = reading
    for pk, missing in ColdDevice.objects.filter(pk__in=places).owed(now).items():
        places[pk].owed = missing
    return list(places.values())
