"""Reading the .csv (or .xlsx) that usual temperature loggers export. Pure: bytes in, points and bad lines out."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from core import sheets
from core.errors import RuleBroken
from inventory.cold_rules import HIGHEST, LOWEST

MAX_BYTES, MAX_LINES = 8 * 1024 * 1024, 100_000  # a point a minute for two months
_HEAD_LINES = 60  # loggers put their settings above the list
_EPOCH = datetime(1899, 12, 30)
_FIRST_YEAR = 2000  # a logger whose battery was empty begins again at its own zero

_MOMENT = {"时间", "日期时间", "记录时间", "采集时间", "测量时间", "采样时间", "数据时间", "上传时间", "time", "datetime", "date/time",
           "timestamp", "recordtime", "logtime", "measuretime", "localtime"}  # fmt: skip
_DAY = {"日期", "记录日期", "测量日期", "date", "logdate", "day"}
_TEMPERATURE = {"温度", "温度值", "实时温度", "当前温度", "测量温度", "探头温度", "温度1", "探头1", "通道1", "ch1", "t1", "temp", "temp1", "temperature",
                "temperature1", "tempvalue", "value", "数值"}  # fmt: skip
_UNITS = re.compile(r"\(.*?\)|\[.*?\]|°c|°f|_|\s|utc.*$|gmt.*$")
_DATE = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})?)?$")
_CLOCK = re.compile(r"(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2}))?")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


@dataclass
class Reading:
    """What a file holds: (line number, moment, ℃) in its order, and bad lines as (line number, text, reason)."""

    points: list[tuple[int, datetime, Decimal]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Head:
    number: int
    moment: int
    clock: int | None  # where day and clock stand in two columns
    celsius: int
    is_fahrenheit: bool


def read(content: bytes) -> Reading:
    """The points of a logger file. Raises RuleBroken FILE (no table can be read), HEADER (no columns for time and
    temperature), DATE_ORDER (day and month cannot be told apart)."""
    try:
        rows = sheets.read_bytes(content, max_bytes=MAX_BYTES, max_rows=MAX_LINES)[0].rows
    except sheets.SheetError as error:
        raise RuleBroken("FILE", error.message.replace("按村拆", "按月拆"), "file") from None
    head = _find_head(rows)
    body = [row for row in rows if row.number > head.number]
    day_first = _day_first(_cell(row.cells, head.moment) for row in body)
    found = Reading()
    for row in body:
        try:
            found.points.append((row.number, *_point(row.cells, head, day_first)))
        except ValueError as error:
            text = ",".join(str(cell) for cell in row.cells)[:80]
            found.bad.append((row.number, text, str(error)))
    return found


def _find_head(rows) -> _Head:
    for row in rows[:_HEAD_LINES]:
        plain = [_plain(cell) for cell in row.cells]
        names = [_UNITS.sub("", cell) for cell in plain]
        moment = next((i for i, name in enumerate(names) if name in _MOMENT), None)
        day = next((i for i, name in enumerate(names) if name in _DAY), None)
        celsius = next((i for i, name in enumerate(names) if name in _TEMPERATURE), None)
        if celsius is not None and (moment is not None or day is not None):
            is_fahrenheit = any(sign in plain[celsius] for sign in ("°f", "(f)"))
            if day is not None:  # 日期 + 时间, or a day column that holds the clock as well
                return _Head(row.number, day, moment, celsius, is_fahrenheit)
            return _Head(row.number, moment, None, celsius, is_fahrenheit)
    raise RuleBroken(
        "HEADER",
        "找不到“时间”和“温度”两列。请在记录仪软件里导出数据列表(不是曲线图或汇总),表头里要有时间和温度。",
        "file",
    )


def _plain(cell) -> str:
    """Wide signs as narrow ones (brackets, ℃ as °c), in small letters."""
    return unicodedata.normalize("NFKC", str(cell)).strip().lower()


def _cell(cells, index):
    return cells[index] if index < len(cells) else ""


def _day_first(cells: Iterable) -> bool | None:
    """True for 22/11/2026, False for 11/22/2026, None where the year stands first. Raises RuleBroken DATE_ORDER."""
    found = None
    for cell in cells:
        match = _DATE.match(cell.strip()) if isinstance(cell, str) else None
        if not match or len(match[1]) == 4:
            continue
        if int(match[1]) > 12 or int(match[2]) > 12:
            return int(match[1]) > 12
        found = cell
    if found is not None:
        raise RuleBroken(
            "DATE_ORDER",
            f"“{found.strip()}”分不清哪个是月、哪个是日。请在记录仪软件里把日期格式改成 年-月-日,再导出。",
            "file",
        )
    return None


def _point(cells, head: _Head, day_first: bool | None) -> tuple[datetime, Decimal]:
    first = _cell(cells, head.moment)
    at = _moment(first, None if head.clock is None else _cell(cells, head.clock), day_first)
    if at.year < _FIRST_YEAR:
        raise ValueError(f"{at.year} 年不可能,记录仪的钟不准")
    return timezone.make_aware(at), _celsius(_cell(cells, head.celsius), head.is_fahrenheit)


def _celsius(cell, is_fahrenheit: bool) -> Decimal:
    match = _NUMBER.fullmatch(_UNITS.sub("", _plain(cell)))
    if not match:
        raise ValueError(f"温度“{str(cell).strip()[:20]}”不是数" if str(cell).strip() else "没有温度")
    try:
        value = Decimal(match[0].replace(",", "."))
    except InvalidOperation:
        raise ValueError("温度不是数") from None
    if is_fahrenheit:
        value = (value - 32) / Decimal("1.8")
    if not LOWEST <= value <= HIGHEST:
        raise ValueError(f"温度 {value:.1f} ℃ 不可能,探头可能断线")
    return value.quantize(Decimal("0.1"))


def _moment(cell, clock, day_first: bool | None) -> datetime:
    if isinstance(cell, datetime):
        day, rest = cell.date(), cell.time()
    elif isinstance(cell, date):
        day, rest = cell, None
    elif isinstance(cell, int | float):
        try:
            moment = _EPOCH + timedelta(seconds=round(float(cell) * 86400))
        except OverflowError:
            raise ValueError("时间看不懂") from None
        day, rest = moment.date(), moment.time()
    else:
        day, rest = _from_text(str(cell).strip(), day_first)
    if clock not in (None, ""):
        rest = _clock(clock)
    if rest is None:
        raise ValueError("没有时刻")
    return datetime.combine(day, rest).replace(microsecond=0)


def _from_text(text: str, day_first: bool | None) -> tuple[date, time | None]:
    try:
        if match := _COMPACT.match(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return date(year, month, day), time(hour, minute, second) if match[4] else None
        if match := _DATE.match(text):
            first, second, third = (int(part) for part in match.groups())
            if len(match[1]) == 4:
                day = date(first, second, third)
            else:
                day = date(
                    third if third > 99 else 2000 + third,
                    *((second, first) if day_first else (first, second)),
                )
            rest = text[match.end() :]
            return day, _clock(rest) if _CLOCK.search(rest) else None
    except ValueError:
        raise ValueError(f"“{text[:30]}”没有这个时刻") from None
    raise ValueError(f"时间“{text[:30]}”看不懂" if text else "没有时间")


def _clock(cell) -> time:
    if isinstance(cell, time):
        return cell
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, int | float):
        return (_EPOCH + timedelta(seconds=round(float(cell) % 1 * 86400))).time()
    match, lower = _CLOCK.search(str(cell)), str(cell).lower()
    if not match:
        raise ValueError(f"时刻“{str(cell)[:20]}”看不懂")
    hour = int(match[1])
    if ("pm" in lower or "下午" in lower) and hour < 12:
        hour += 12
    elif ("am" in lower or "上午" in lower) and hour == 12:
        hour = 0
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        raise ValueError(f"没有 {match[0]} 这个时刻") from None
