"""How dates, ages and products are said to a nurse."""

from collections.abc import Mapping
from datetime import date


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def age_text(months: int) -> str:
    """Months of age as people say it: whole years where they come out even, else years and months."""
    years, rest = divmod(months, 12)
    if rest == 0 and years:
        return f"{years}周岁"
    return f"{years}周岁{rest}个月" if years else f"{rest}月龄"


def product_text(code: str, names: Mapping[str, str] | None) -> str:
    return (names or {}).get(code, code)
