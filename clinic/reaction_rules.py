"""Deadlines, numbers and links of 疑似异常反应 (domain §5). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import RuleBroken

SERIOUS_HOURS, OTHER_HOURS = (
    2,
    48,
)  # L54, L55; a city of 2025 asks 2 hours for every case, so both may be shortened
LOT_DAYS = 7  # ours: how far apart cases after one lot may lie and still be looked at together
COMMON = "common"


def report_due(
    reported_at: datetime,
    *,
    is_serious: bool,
    serious_hours: int = SERIOUS_HOURS,
    other_hours: int = OTHER_HOURS,
) -> datetime:
    """When the card must be with the county: death, disability, groups and other grave cases first (L54, L55)."""
    return reported_at + timedelta(hours=serious_hours if is_serious else other_hours)


def check_hours(serious_hours: int, other_hours: int) -> None:
    """A township may ask for more speed than the rule, never for less. Raises RuleBroken SERIOUS_HOURS, OTHER_HOURS."""
    if not 1 <= serious_hours <= SERIOUS_HOURS:
        raise RuleBroken("SERIOUS_HOURS", "严重反应的上报时限只能是 1 到 2 小时。", "serious_hours")
    if not serious_hours <= other_hours <= OTHER_HOURS:
        raise RuleBroken(
            "OTHER_HOURS", "其他反应的上报时限不能短于严重反应的,也不能超过 48 小时。", "other_hours"
        )


@dataclass(frozen=True)
class Milestone:
    """One later deadline of the county's investigation."""

    word: str
    due: datetime


def milestones(reported_at: datetime) -> list[Milestone]:
    """What follows the report: start of the investigation 48 h, preliminary form 7 d, conclusion 30 d (L55, GK-h)."""
    return [
        Milestone("县级开始调查", reported_at + timedelta(hours=48)),
        Milestone("个案调查表初步报告", reported_at + timedelta(days=7)),
        Milestone("调查诊断结论", reported_at + timedelta(days=30)),
    ]


def case_code(county: str, year: int, number: int) -> str:
    """编码, 14 digits: county 6, year 4, number 4 (L52)."""
    return f"{county[:6]}{year:04d}{number:04d}"


def group_code(county: str, year: int, number: int) -> str:
    """Code of a group, 12 digits: county 6, year 4, number 2 (L52)."""
    return f"{county[:6]}{year:04d}{number:02d}"


@dataclass(frozen=True)
class CaseFact:
    """What decides whether two cases belong together."""

    pk: int
    onset_at: datetime
    kind: str
    is_serious: bool
    site: int
    lot: int


def link(one: CaseFact, other: CaseFact, *, hours: int) -> str:
    """ "site" (one site, within ``hours``), "lot" (one lot, within ``LOT_DAYS``) or "": both must look alike, that is
    be of the same named kind or both serious. Common mild reactions are expected in numbers and link nobody (GK-m)."""
    alike = one.kind == other.kind and one.kind not in ("", "other", COMMON)
    if not alike and not (one.is_serious and other.is_serious):
        return ""
    apart = abs(one.onset_at - other.onset_at)
    if one.site == other.site and apart <= timedelta(hours=hours):
        return "site"
    if one.lot == other.lot and apart <= timedelta(days=LOT_DAYS):
        return "lot"
    return ""
