"""Small parts of sentences."""

from datetime import date

from core.templatetags.vax import number
from reports import metrics
from reports.services.bulletins.facts import Facts, Pairs

MISSING = "未记录"


def short_day(day: date) -> str:
    """11月21日."""
    return f"{day.month}月{day.day}日"


def listed(pairs: Pairs, unit: str = "") -> str:
    """第一剂3剂、第二剂1剂."""
    return "、".join(f"{word}{number(count)}{unit}" for word, count in pairs)


def with_units(pairs: Pairs) -> str:
    """横幅(条), 12 → 横幅12条."""
    split = ((word.partition("("), count) for word, count in pairs)
    return "、".join(f"{word}{number(count)}{unit.rstrip(')')}" for (word, _, unit), count in split)


def doses(counts: dict[str, int]) -> int:
    """All dose numbers together."""
    return sum(counts[metric.code] for metric in metrics.DOSES)


def parts(counts: dict[str, int]) -> str:
    """The dose numbers one by one, in brackets; nothing where there is none."""
    kinds = [(metric.title, counts[metric.code]) for metric in metrics.DOSES if counts[metric.code]]
    return f"({listed(kinds, '剂')})" if kinds else ""


def period(f: Facts) -> str:
    """The days that the bulletin is about."""
    return short_day(f.until) if f.since == f.until else f"{short_day(f.since)}至{short_day(f.until)}"
