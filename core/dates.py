"""Ages, calendar months, working days, and dates as villages write them.

Pure: the day that counts as today is always an argument.
"""

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import chinese_calendar

from core.text import clean, in_figures

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
EMPTY_MARKS = frozenset({"", "-", "--", "—", "/", "无", "不详", "空"})

# Excel counts days from here (it believes in a 29 February 1900, hence the 30th; exact from 1900-03-01 on).
_EXCEL_EPOCH = date(1899, 12, 30)
_SMALLEST_SERIAL = 3000  # 1908-03-18; smaller numbers are ages or typing slips
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})\s*[-./年、,]\s*(\d{1,2})\s*[-./月、,]\s*(\d{1,2})\s*[日号.]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_SHORT_YEAR = re.compile(r"(\d{2})\s*[-./年、]\s*(\d{1,2})\s*[-./月、]\s*(\d{1,2})\s*[日号.]?")
_IN_CHINESE = re.compile(r"[零〇○一二三四五六七八九十年月日号\s]+")
_EXAMPLE = "请写成 2021-06-01 这样的年月日"

# No injection on a register is older: vaccination of everybody in China began in 1950, against smallpox.
FIRST_DOSES = date(1950, 1, 1)


def age_on(birth: date, on: date) -> int:
    """Completed years of age on a day; negative before birth. Born on 29 February: older on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age_months_on(birth: date, on: date) -> int:
    """Completed calendar months of age on a day (for schedules that count in months)."""
    months = (on.year - birth.year) * 12 + on.month - birth.month
    return months if add_months(birth, months) <= on else months - 1


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later or earlier; 31 January + 1 month is the end of February."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


def parse_loose_date(value: object, *, today: date, since: date = date.min) -> date | None:
    """A date as registers hold it: 2021.6.1, 2021/6/1, 2021年6月1日, 20210601, 65-3-7, 二〇二一年六月一日, 6月1日, Excel
    serials, dates.

    A date without a year is the latest such day that is not in the future; a year of two digits is read where only one
    century is possible (65 is 1965; 21 may be 1921 too, unless ``since`` says that it is about something younger). An
    empty cell or a dash is None.
    Raises ValueError with a Chinese sentence when the day does not exist or cannot be read for certain.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        raise ValueError(f"“{value}”不是日期,{_EXAMPLE}。")
    text = _CLOCK.sub("", clean(value))
    if text in EMPTY_MARKS:
        return None
    if _IN_CHINESE.fullmatch(text):
        text = in_figures(text)
    if match := _YEAR_MONTH_DAY.fullmatch(text) or _COMPACT.fullmatch(text.removesuffix(".0")):
        return _real_date(text, *map(int, match.groups()))
    if match := _MONTH_DAY.fullmatch(text):
        return _most_recent(text, int(match[1]), int(match[2]), today)
    if match := _SHORT_YEAR.fullmatch(text):
        return _of_a_century(text, *map(int, match.groups()), since, today)
    if _NUMBER.fullmatch(text):
        return _from_serial(text, today)
    raise ValueError(f"“{text}”看不出是哪一天,{_EXAMPLE}。")


def _real_date(text: str, year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2100:
        raise ValueError(f"“{text}”的年份不对,{_EXAMPLE}。")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"“{text}”没有这一天,请核对月和日。") from None


def _of_a_century(text: str, year: int, month: int, day: int, since: date, today: date) -> date:
    found = []
    for century in (1900, 2000):
        try:
            found.append(date(century + year, month, day))
        except ValueError:
            continue
    past = [one for one in found if since <= one <= today]
    if not found:
        raise ValueError(f"“{text}”没有这一天,请核对月和日。")
    if len(past) != 1:
        raise ValueError(f"“{text}”看不出是{1900 + year}年还是{2000 + year}年,请把年份写全。")
    return past[0]


def _most_recent(text: str, month: int, day: int, today: date) -> date:
    # Eight years back are enough for 29 February, also across a century year.
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise ValueError(f"“{text}”没有这一天,请核对月和日。")


def _from_serial(text: str, today: date) -> date:
    serial = int(float(text))
    if 1900 <= serial <= 2100 or len(text) == 6:
        raise ValueError(f"“{text}”不是完整的日期,{_EXAMPLE}。")
    if serial >= _SMALLEST_SERIAL and serial <= (add_months(today, 120) - _EXCEL_EPOCH).days:
        return _EXCEL_EPOCH + timedelta(days=serial)
    raise ValueError(f"“{text}”看不出是哪一天,{_EXAMPLE}。")


def asked_day(text: str, *, otherwise: date) -> date:
    """The day an address asks for (``2026-11-21``); ``otherwise`` when it is none, or one that no page is about.

    Only days of this century: the day before and after must exist too.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year < 2100 else otherwise


def is_workday(day: date, *, overrides: Mapping[date, bool] | None = None) -> bool:
    """Whether offices work that day: the national holiday table, weekends beyond the years it knows.

    ``overrides`` maps days to True (working) or False, for arrangements the table does not know yet.
    """
    if overrides and day in overrides:
        return overrides[day]
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # the State Council announces each year's holidays in the autumn before
        return day.weekday() < 5


def workdays(start: date, end: date, *, overrides: Mapping[date, bool] | None = None) -> Iterator[date]:
    """The working days from ``start`` to ``end``, both included."""
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        if is_workday(day, overrides=overrides):
            yield day


def weekday_zh(day: date) -> str:
    """周一 … 周日."""
    return WEEKDAYS_ZH[day.weekday()]


def day_zh(day: date) -> str:
    """The short form for screens: 11月21日 周六."""
    return f"{day.month}月{day.day}日 {weekday_zh(day)}"
