"""注射器台账 as a workbook: the columns of the paper ledger."""

from collections.abc import Iterable
from datetime import datetime

from core.xlsx import Column, Sheet
from inventory.models import SupplyMovement

_COLUMNS = [
    Column("site", "接种点", width=22),
    Column("kind", "类型", width=14),
    Column("maker", "生产企业", width=18),
    Column("spec", "规格(mL/支)", width=10),
    Column("lot_no", "批号", width=12),
    Column("expires_on", "有效期至", width=12, format="date"),
    Column("programme", "属性", width=12),
    Column("approval_no", "批准文号", width=20),
    Column("on", "日期", width=12, format="date"),
    Column("move", "出入库类型", width=12),
    Column("counterparty", "来源/去向", width=20),
    Column("document_no", "单号", width=14),
    Column("quantity", "数量(支)", width=10, format="int"),
    Column("balance", "结存(支)", width=10, format="int"),
    Column("doses", "当日注射剂次", width=12, format="int"),
    Column("by", "经手人", width=10),
    Column("other_hand", "对方经手人", width=12),
    Column("note", "备注", width=24),
]


def sheets(rows: Iterable[SupplyMovement], *, where: str, now: datetime) -> list[Sheet]:
    """One sheet, oldest first."""
    found = [_line(row) for row in rows]
    signs = ["管理员:            复核人:            日期:"]
    cut_off = f"{now:%Y-%m-%d %H:%M}"
    title = f"{where}注射器(稀释液)台账"
    heads = {"unit": "支", "cut_off": cut_off, "filled_by": where, "footer_lines": signs}
    return [Sheet("注射器台账", _COLUMNS, found, title=title, **heads)]


def _line(row: SupplyMovement) -> dict:
    lot, item = row.lot, row.lot.item
    return {
        "site": str(row.site),
        "kind": item.get_kind_display(),
        "maker": item.maker,
        "spec": item.spec,
        "lot_no": lot.lot_no,
        "expires_on": lot.expires_on,
        "programme": item.get_programme_display(),
        "approval_no": item.approval_no,
        "on": row.on,
        "move": row.get_kind_display(),
        "counterparty": row.counterparty,
        "document_no": row.document_no,
        "quantity": row.quantity,
        "balance": row.balance,
        "doses": row.doses,
        "by": str(row.by or "系统"),
        "other_hand": row.other_hand,
        "note": row.note,
    }
