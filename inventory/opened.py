"""Opened vials: since when, until when, and how they stand now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.models import StockLevel

WARN_BEFORE = timedelta(minutes=15)  # time to call one more person to the needle


@dataclass(frozen=True)
class OpenedVial:
    """One opened vial of a site; ``tag`` is (kind, word) of what must be known about it."""

    level: StockLevel
    until: datetime
    tag: tuple[str, str]


def opened_vials(levels, now: datetime) -> list[OpenedVial]:
    """The opened vials among ``levels`` (a StockLevel queryset), the one that must be used first on top."""
    rows = levels.filter(open_doses__gt=0).select_related("site", "lot__presentation__vaccine")
    found = [_opened(level, now) for level in rows]
    return sorted(found, key=lambda one: one.until)


def _opened(level: StockLevel, now: datetime) -> OpenedVial:
    until = level.usable_until
    left = until - now
    if left <= timedelta(0):
        return OpenedVial(level, until, ("stop", "已超时,不能再用,请报损"))
    if left <= WARN_BEFORE:
        return OpenedVial(level, until, ("due", f"还剩 {int(left.total_seconds()) // 60} 分钟"))
    return OpenedVial(level, until, ("done", "可用"))
