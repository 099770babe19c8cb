"""Decisions about syringes and diluent. Pure: rows are read by attribute, the day is an argument."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from math import ceil

from core.errors import RuleBroken

SYRINGE_FACTOR = Fraction(11, 10)  # planning: 1.1 syringes for every dose (domain.md §6)
INJECTED = ("IM", "SC", "ID")  # routes that take a syringe
LATEST = 7  # days after which a day's use is not registered any more: it is a count by then


def syringes_for(doses: int) -> int:
    """How many syringes must lie there for ``doses`` injections."""
    return ceil(max(0, doses) * SYRINGE_FACTOR)


def missing_syringes(doses: int, syringes: int) -> int:
    """How many are missing to give all the injections that the vaccine in stock is good for."""
    return max(0, syringes_for(doses) - syringes)


def spread(quantity: int, lots: Iterable[tuple[object, int]]) -> dict:
    """``quantity`` taken from (lot, balance) in the order given; less when there is not enough."""
    taken = {}
    for lot, balance in lots:
        take = min(quantity, balance)
        if take > 0:
            taken[lot] = take
            quantity -= take
    return taken


def check_in_date(lot, today: date) -> None:
    """Refuse what may not be put into a person any more."""
    if lot.expires_on < today:
        raise RuleBroken(
            "SUPPLY_EXPIRED",
            f"批号 {lot.lot_no} 已于 {lot.expires_on} 过期,不能入库、下发或使用。已在库的请登记报废。",
            "expires_on",
        )


def check_use(used: int, doses: int, reason: str) -> None:
    """Every injection takes a syringe (用量不少于接种剂次): fewer than ``doses`` needs a reason."""
    if used < doses and not reason.strip():
        raise RuleBroken(
            "FEWER_THAN_DOSES",
            f"这一天注射接种 {doses} 剂,注射器只登记了 {used} 支,少 {doses - used} 支。"
            "请核对数量;确实少用的(例如预灌封疫苗自带针头),写明原因再保存。",
            "reason",
        )


def check_use_day(on: date, today: date) -> None:
    """A day's use is written down on the day or soon after, never before."""
    if on > today:
        raise RuleBroken("DAY_TO_COME", "这一天还没到,不能登记使用。", "on")
    if (today - on).days > LATEST:
        raise RuleBroken(
            "DAY_LONG_GONE", f"已过 {LATEST} 天,不能再补登使用。请用“盘点”改正结存,并写明原因。", "on"
        )
