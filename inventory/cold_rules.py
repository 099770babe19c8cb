"""Decisions about the cold chain. Pure: readings are read by attribute, the day and the moment are arguments.

疫苗储存和运输管理规范 (2017) art. 11: temperatures are written down at least once each morning and each afternoon, six
hours apart, and kept five years beyond expiry; automatic loggers may do it. Range 2–8 ℃ unless the device says otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from core.errors import RuleBroken
from inventory.choices import Half

APART = timedelta(hours=6)
LATE_ENTRY = timedelta(days=7)  # a paper list kept through a power cut; older ones stay on paper
OWED_DAYS = 7  # how far back the desk reminds
MORNING_OVER, DAY_OVER = 12, 18  # o'clock: from then on the reading of the half day is missing
# What a thermometer in or beside a refrigerator can show at all; beyond it a key slipped or the sensor is broken.
LOWEST, HIGHEST = Decimal(-90), Decimal(55)


@dataclass(frozen=True)
class Point:
    """One reading: the value seen, and the extremes since the one before where the thermometer shows them."""

    at: datetime
    celsius: Decimal
    lowest: Decimal
    highest: Decimal

    def fault(self, low: Decimal, high: Decimal) -> Decimal:
        """By how many degrees it leaves the range; 0 inside."""
        return max(low - self.lowest, self.highest - high, Decimal(0))

    def extreme(self, low: Decimal, high: Decimal) -> Decimal:
        """The value that lies furthest outside."""
        return self.lowest if low - self.lowest > self.highest - high else self.highest


@dataclass(frozen=True)
class Span:
    """Out of range from the first bad reading to the first good one after it; None: it still is."""

    start: datetime
    end: datetime | None
    extreme: Decimal
    fault: Decimal
    last_good: datetime | None


def half_of(at: datetime) -> Half:
    """Morning or afternoon, by the clock of the place."""
    return Half.AM if timezone.localtime(at).hour < MORNING_OVER else Half.PM


def check_value(celsius: Decimal, lowest: Decimal | None = None, highest: Decimal | None = None) -> None:
    """Refuse what no thermometer shows, and extremes that contradict the reading."""
    for value, field in ((celsius, "celsius"), (lowest, "lowest"), (highest, "highest")):
        if value is not None and not LOWEST <= value <= HIGHEST:
            raise RuleBroken(
                "IMPLAUSIBLE", f"{value} ℃ 不可能,是不是漏了小数点?请再看一眼温度计,例如 4.5。", field
            )
    if lowest is not None and lowest > celsius:
        raise RuleBroken("EXTREMES", f"最低温 {lowest} ℃ 比现在的 {celsius} ℃ 还高,请核对。", "lowest")
    if highest is not None and highest < celsius:
        raise RuleBroken("EXTREMES", f"最高温 {highest} ℃ 比现在的 {celsius} ℃ 还低,请核对。", "highest")


def check_moment(at: datetime, now: datetime, since: date) -> None:
    """Refuse a reading of the future, of long ago, or of before the device was there."""
    if at > now + timedelta(minutes=5):
        raise RuleBroken("FUTURE", "读数时间还没有到,请核对日期和时间。", "at")
    if now - at > LATE_ENTRY:
        raise RuleBroken("LONG_AGO", "7 天以前的温度不能再补记,请把纸质记录附在月表后面存档。", "at")
    if timezone.localdate(at) < since:
        raise RuleBroken("BEFORE_DEVICE", f"这台设备从 {since} 起才记温度,请核对日期。", "at")


def check_apart(at: datetime, same_day: Sequence) -> None:
    """Refuse a second reading of the same half day, and one less than six hours from the other half's.

    ``same_day``: the daily readings of the device on that day (``at``, ``celsius``, ``half``).
    """
    half = half_of(at)
    for other in same_day:
        clock = f"{timezone.localtime(other.at):%H:%M}"
        if other.half == half:
            raise RuleBroken(
                "HALF_TAKEN",
                f"{half.label}已经记过了({clock},{other.celsius} ℃),不用再记。想再看一次的,勾选“临时复查”。",
                "is_extra",
            )
        if abs(at - other.at) < APART:
            due = timezone.localtime(other.at + APART) if at > other.at else None
            when = f"{due:%H:%M} 以后再记" if due else f"应早于 {timezone.localtime(other.at - APART):%H:%M}"
            raise RuleBroken(
                "TOO_NEAR",
                f"上、下午两次要隔 6 小时:{Half(other.half).label}是 {clock} 记的,这一次请{when}。现在只是看一看的,勾选“临时复查”。",
                "is_extra",
            )


def owed(since: date, is_read: Iterable[tuple[date, str]], *, now: datetime) -> list[tuple[date, Half]]:
    """The half days of the last week, oldest first, that nobody has read; ``is_read``: (day, half) that somebody has."""
    local, found, done = timezone.localtime(now), [], set(is_read)
    for back in range(OWED_DAYS, -1, -1):
        day = timezone.localdate(now) - timedelta(days=back)
        for half, over in ((Half.AM, MORNING_OVER), (Half.PM, DAY_OVER)):
            is_over = back > 0 or local.hour >= over
            if day >= since and is_over and (day, half.value) not in done:
                found.append((day, half))
    return found


def spans(points: Iterable[Point], low: Decimal, high: Decimal) -> list[Span]:
    """The times out of range in ``points`` (oldest first).

    A reading that is good again but whose thermometer remembers a bad extreme stands for the time since the reading before.
    """
    found, running, last_good, before = [], [], None, None
    for point in points:
        is_good_now = low <= point.celsius <= high
        if not is_good_now:
            running.append(point)
        elif running:
            bad = [*running, point] if point.fault(low, high) else running
            found.append(_span(bad, bad[0].at, point.at, last_good, low, high))
            running = []
        elif point.fault(low, high):
            found.append(_span([point], before or point.at, point.at, last_good, low, high))
        if is_good_now:
            last_good = point.at
        before = point.at
    if running:
        found.append(_span(running, running[0].at, None, last_good, low, high))
    return found


def _span(bad: list[Point], start, end, last_good, low, high) -> Span:
    worst = max(bad, key=lambda point: point.fault(low, high))
    return Span(start, end, worst.extreme(low, high), worst.fault(low, high), last_good)


@dataclass(frozen=True)
class Word:
    """From ``at`` on the vials of a lot lie in ``devices`` (ids); in none: nobody knows where."""

    at: datetime
    devices: frozenset[int]


def was_inside(device: int, words: Iterable[Word], since: datetime | None, until: datetime) -> bool:
    """Whether a lot lay in ``device``, or nobody knows where, at any moment from ``since`` (None: ever) to ``until``.

    ``words``: oldest first, the first from the day the lot came.
    """
    words = [word for word in words if word.at <= until]
    before = [word for word in words if since is not None and word.at <= since]
    return any(not word.devices or device in word.devices for word in [*before[-1:], *words[len(before) :]])


def lasting(start: datetime, end: datetime) -> str:
    """How long, in words: 1 天 3 小时, 45 分钟."""
    minutes = max(int((end - start).total_seconds() // 60), 0)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟")]
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "不到 1 分钟"
