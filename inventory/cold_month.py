"""A month of one device: the list for the wall, its curve, and the same as a workbook."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from core.xlsx import Column, Sheet
from inventory.choices import Half, ReadingKind
from inventory.models import ColdDevice, TemperatureReading

# The curve in user units: 31 columns of one day each.
LEFT, TOP, DAY_WIDTH, HEIGHT = 40, 12, 21, 168


@dataclass
class Day:
    """One line of the list: the two readings, the extremes of all readings, and what was noted."""

    on: date
    am: TemperatureReading | None = None
    pm: TemperatureReading | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    points: int = 0  # of a logger
    notes: list[str] = field(default_factory=list)

    def take(self, row: TemperatureReading) -> None:
        """Count one reading in."""
        seen = [value for value in (row.celsius, row.lowest, row.highest) if value is not None]
        self.lowest = min([*seen, *([] if self.lowest is None else [self.lowest])])
        self.highest = max([*seen, *([] if self.highest is None else [self.highest])])
        if row.kind == ReadingKind.LOGGER:
            self.points += 1
            return
        clock = f"{timezone.localtime(row.at):%H:%M}"
        if row.kind == ReadingKind.DAILY:
            setattr(self, row.half, row)
        else:
            self.notes.append(f"{clock} 复查 {row.celsius}℃")
        if row.action:
            self.notes.append(f"{clock} {row.action}")
        if row.replaces_id:
            self.notes.append(f"{clock} 更正:{row.reason}")
        elif row.is_late:
            self.notes.append(f"{clock} 补记")

    @property
    def hands(self) -> str:
        """Who read it."""
        return "、".join(dict.fromkeys(str(row.by) for row in (self.am, self.pm) if row and row.by))


def month_of(text: str, today: date) -> date:
    """The first day of the month an address asks for ("2026-11"); this month when it is none."""
    try:
        year, month = text.split("-")
        asked = date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
    return asked if 2000 <= asked.year <= 2100 else today.replace(day=1)


def days_of(device: ColdDevice, first: date) -> list[Day]:
    """A line for each day of the month, also those without a reading."""
    number = calendar.monthrange(first.year, first.month)[1]
    days = {on: Day(on) for on in (first + timedelta(days=n) for n in range(number))}
    rows = device.readings.standing().filter(on__gte=first, on__lte=max(days)).select_related("by")
    for row in rows.order_by("at", "pk").iterator(2000):
        days[row.on].take(row)
    return list(days.values())


@dataclass(frozen=True)
class Curve:
    """Where things stand in the drawing: the band of the range, ticks, a bar a day, and the readings as two lines."""

    title: str
    words: str
    band_y: float
    band_height: float
    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, int], ...]
    bars: tuple[tuple[float, float, float, str], ...]  # x, y, height, words
    marks: tuple[tuple[float, float, str, bool], ...]  # x, y, am/pm, in range
    line: str
    left: int = LEFT
    plot: int = 31 * DAY_WIDTH
    top: int = TOP
    right: int = LEFT + 31 * DAY_WIDTH
    bottom: int = TOP + HEIGHT
    width: int = LEFT + 31 * DAY_WIDTH + 8
    height: int = TOP + HEIGHT + 24


def curve(device: ColdDevice, first: date, days: list[Day]) -> Curve:
    """The month as a drawing; everything in it also stands in the list."""
    seen = [value for day in days for value in (day.lowest, day.highest) if value is not None]
    bottom = int(min([device.low - 2, *seen])) - 1
    top = int(max([device.high + 2, *seen])) + 1

    def y(value) -> float:
        return round(TOP + HEIGHT * float(top - Decimal(value)) / (top - bottom), 1)

    step = max(1, (top - bottom) // 8)
    marks = []
    for number, day in enumerate(days):
        for row, part in ((day.am, 0.28), (day.pm, 0.72)):
            if row:
                x = round(LEFT + (number + part) * DAY_WIDTH, 1)
                marks.append((x, y(row.celsius), row.half, device.is_fine(row.celsius)))
    bars = tuple(
        (
            round(LEFT + (number + 0.5) * DAY_WIDTH - 3, 1),
            y(day.highest),
            round(max(y(day.lowest) - y(day.highest), 1), 1),
            f"{day.on.day}日 最低 {day.lowest}℃ 最高 {day.highest}℃",
        )
        for number, day in enumerate(days)
        if day.lowest is not None
    )
    return Curve(
        title=f"{device.site} {device.name} {first.year}年{first.month}月温度曲线",
        words=_words(device, days),
        band_y=y(device.high),
        band_height=round(y(device.low) - y(device.high), 1),
        ticks=tuple((y(value), str(value)) for value in range(bottom, top + 1, step)),
        labels=tuple((round(LEFT + (n + 0.5) * DAY_WIDTH, 1), day.on.day) for n, day in enumerate(days)),
        bars=bars,
        marks=tuple(marks),
        line=" ".join(f"{x},{at}" for x, at, _, _ in marks),
    )


def _words(device: ColdDevice, days: list[Day]) -> str:
    seen = [day for day in days if day.lowest is not None]
    if not seen:
        return "本月还没有温度记录。"
    low, high = min(day.lowest for day in seen), max(day.highest for day in seen)
    out = [day.on.day for day in seen if not (device.is_fine(day.lowest) and device.is_fine(day.highest))]
    said = f"本月最低 {low} ℃,最高 {high} ℃,要求 {device.range_words}。"
    return said + (f"超出范围的日子:{'、'.join(map(str, out))} 日。" if out else "没有超出范围。")


def sheet(device: ColdDevice, first: date, days: list[Day], now: datetime) -> Sheet:
    """The list as a sheet."""
    columns = [Column("on", "日期", width=12, format="date")]
    for half in Half:
        columns += [
            Column(f"{half}_at", "时间", group=half.label, width=9),
            Column(half.value, "温度(℃)", group=half.label, width=9, format="general"),
        ]
    columns += [
        Column("lowest", "最低(℃)", width=9, format="general"),
        Column("highest", "最高(℃)", width=9, format="general"),
        Column("points", "记录仪读数", width=11, format="int"),
        Column("hands", "记录人", width=14),
        Column("notes", "处理措施和说明", width=40),
    ]
    return Sheet(
        f"{first.year}年{first.month}月",
        columns,
        [_row(day) for day in days],
        title=f"{device.site}{device.name}温度记录表({first.year}年{first.month}月)",
        unit="℃",
        cut_off=f"{now:%Y-%m-%d %H:%M}",
        filled_by=str(device.site),
        footer_lines=[
            f"要求 {device.range_words},上、下午各记一次,间隔不少于 6 小时。",
            "疫苗管理员:                负责人:",
        ],
        highlight=lambda row: "bad" if _is_out(row, device) else None,
        portrait=True,
    )


def _is_out(row: dict, device: ColdDevice) -> bool:
    return any(row[name] is not None and not device.is_fine(row[name]) for name in ("lowest", "highest"))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _row(day: Day) -> dict:
    row = {"on": day.on, "lowest": _number(day.lowest), "highest": _number(day.highest), "hands": day.hands}
    row |= {"points": day.points or None, "notes": ";".join(day.notes)}
    for half, reading in ((Half.AM, day.am), (Half.PM, day.pm)):
        if reading:
            row[f"{half}_at"] = f"{timezone.localtime(reading.at):%H:%M}"
            row[half.value] = _number(reading.celsius)
    return row
