"""What is checked when goods arrive, and what follows from it. Pure."""

from datetime import date, datetime
from decimal import Decimal

from core.errors import RuleBroken
from inventory.choices import LotState
from inventory.rules import COLDEST, NO_RELEASE_PAPER, WARMEST

NO_TRANSPORT_PAPER = "运输记录不全,暂存待补"
_LONGEST_LIFE = 10  # years; no vaccine keeps that long, so a later expiry day is a slip of the pen


def check_temperatures(*celsius: Decimal | None) -> None:
    """Refuse to accept goods without a temperature record or outside 2–8 ℃ on the way.

    疫苗储存和运输管理规范 (2017) art. 19: such goods must be refused, and the refusal reported.
    """
    if None in celsius:
        raise RuleBroken(
            "TRANSPORT_UNKNOWN",
            "没有运输温度记录的疫苗不得接收。请向送货单位索取温度记录;拿不到就把验收结论改为“拒收”再保存,并上报。",
            "arrival_celsius",
        )
    if wrong := [value for value in celsius if not COLDEST <= value <= WARMEST]:
        raise RuleBroken(
            "TRANSPORT_TEMPERATURE",
            f"运输温度 {wrong[0]} ℃,超出 2–8 ℃,不得接收。请把验收结论改为“拒收”再保存,与送货单位写明情况并上报。",
            "arrival_celsius",
        )


def check_travel(start_celsius: Decimal | None) -> None:
    """Refuse to send goods that are not cold when they are loaded."""
    if start_celsius is not None and not COLDEST <= start_celsius <= WARMEST:
        raise RuleBroken(
            "TRANSPORT_TEMPERATURE",
            f"启运温度 {start_celsius} ℃,超出 2–8 ℃,不能发出。请把冷藏设备预冷到 2–8 ℃ 再装车。",
            "start_celsius",
        )


def check_grounds(note: str) -> None:
    """Refuse to give vaccine away for no stated reason: nobody receives outside a plan or a word (严防违规无序分配)."""
    if not note.strip():
        raise RuleBroken(
            "NO_GROUNDS", "请写明依据:分配方案编号或原因。没有依据的疫苗不能发给别的接种点。", "note"
        )


def check_times(started_at: datetime | None, arrived_at: datetime | None, now: datetime) -> None:
    """Refuse times that cannot be."""
    if started_at and arrived_at and arrived_at < started_at:
        raise RuleBroken("TIMES", "到货时间早于启运时间,请核对随货同行单。", "arrived_at")
    if started_at and started_at > now:
        raise RuleBroken("TIMES", "启运时间还没有到,请核对。", "started_at")
    if arrived_at and arrived_at > now:
        raise RuleBroken("TIMES", "到货时间还没有到,请核对。", "arrived_at")


def check_expiry_day(lot, today: date) -> None:
    """Refuse an expiry day that no box can show."""
    if not 2000 <= lot.expires_on.year <= today.year + _LONGEST_LIFE:
        raise RuleBroken(
            "EXPIRY_DAY",
            f"批号 {lot.lot_no} 的有效期 {lot.expires_on} 不可能。请照疫苗盒上的“有效期至”重填。",
            "expires_on",
        )


def check_receivable(lot, recalled: bool, today: date) -> None:
    """Refuse to take in a lot that could never be given."""
    if lot.expires_on < today:
        raise RuleBroken(
            "LOT_EXPIRED",
            f"批号 {lot.lot_no} 已于 {lot.expires_on} 过期,不能入库。请拒收这一批,退回送货单位。",
            "expires_on",
        )
    if recalled or lot.state == LotState.RECALLED:
        raise RuleBroken(
            "LOT_RECALLED", f"批号 {lot.lot_no} 已召回,不能入库。请拒收这一批,退回送货单位并上报。", "lot_no"
        )


def reason_to_hold(lot, transport) -> str:
    """Why goods that are kept must not be used yet; "" when the papers are complete (GB: papers missing ⇒ 暂存)."""
    missing = []
    if not lot.release_no:
        missing.append(NO_RELEASE_PAPER)
    if not (transport.means and transport.started_at and transport.arrived_at):
        missing.append(NO_TRANSPORT_PAPER)
    return ";".join(missing)
