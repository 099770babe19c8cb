"""Decisions about stock. Pure: rows are read by attribute, the day and the moment are arguments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.errors import RuleBroken
from inventory.choices import ExpiryTier, LotState

# 疫苗储存和运输管理规范 (2017) art. 15: store and carry at 2–8 ℃ unless the leaflet says otherwise.
COLDEST, WARMEST = Decimal(2), Decimal(8)
TIERS = ((30, ExpiryTier.DAYS_30), (90, ExpiryTier.DAYS_90), (180, ExpiryTier.DAYS_180))
LOW_DOSES = (
    50  # doses of one vaccine at a site that make "库存偏低"; half a usual morning of a township clinic
)
NEAR_DAYS = 90
NO_RELEASE_PAPER = "缺批签发合格证,暂存待补"


@dataclass(frozen=True)
class Taking:
    """What giving one dose does to a level: ``wasted`` leftover doses of a vial open too long, then the change."""

    wasted: int
    vials: int
    open_doses: int


def expiry_tier(expires_on: date, today: date) -> ExpiryTier:
    """The tier of a lot on ``today``; the printed day is the last good one."""
    left = (expires_on - today).days
    if left < 0:
        return ExpiryTier.EXPIRED
    return next((tier for days, tier in TIERS if left <= days), ExpiryTier.FAR)


def check_usable(lot, held_reason: str, today: date) -> None:
    """Refuse a dose from a lot that is expired, recalled or held."""
    if lot.expires_on < today:
        raise RuleBroken(
            "LOT_EXPIRED", f"批号 {lot.lot_no} 已于 {lot.expires_on} 过期,不能使用。请换一个批号。", "lot"
        )
    if lot.state == LotState.RECALLED:
        raise RuleBroken(
            "LOT_RECALLED", f"批号 {lot.lot_no} 已召回,不能使用。请换一个批号,剩余疫苗隔离存放。", "lot"
        )
    reason = lot.state_reason if lot.state == LotState.QUARANTINED else held_reason
    if lot.state == LotState.QUARANTINED or held_reason:
        raise RuleBroken(
            "LOT_HELD",
            f"批号 {lot.lot_no} 正在隔离({reason or '待查'}),不能使用。请换一个批号,或请疫苗管理员处理。",
            "lot",
        )


def open_until(opened_at: datetime, minutes: int) -> datetime:
    """The moment from which an opened vial must not be used any more."""
    return opened_at + timedelta(minutes=minutes)


def take_one(level, presentation, now: datetime) -> Taking | None:
    """How one dose is taken from ``level``: from the opened vial first, else from a new one; None when there is none.

    What is left in a vial that has been open longer than ``open_vial_minutes`` is wasted first.
    """
    stale = level.open_doses and now >= open_until(level.opened_at, presentation.open_vial_minutes)
    if level.open_doses and not stale:
        return Taking(0, 0, -1)
    if level.vials == 0:
        return None
    return Taking(level.open_doses, -1, presentation.doses_per_vial - 1)
