"""分配单 as a workbook: one line for each receiver and lot, and one sheet with the numbers behind it."""

from datetime import datetime

from core.xlsx import Column, Sheet
from planning.board import Board, Line
from planning.models import AllocationLine

_LINES = [
    Column("site", "接收单位", width=26),
    Column("what", "疫苗(注射器)", width=24),
    Column("lot_no", "批号", width=14),
    Column("expires_on", "有效期至", width=12, format="date"),
    Column("per_vial", "剂/支", width=8, format="int"),
    Column("proposed", "建议(支)", width=10, format="int"),
    Column("vials", "疫苗(支)", group="分配", width=10, format="int", total="sum"),
    Column("doses", "合剂次", group="分配", width=10, format="int", total="sum"),
    Column("syringes", "注射器(支)", group="分配", width=11, format="int", total="sum"),
    Column("note", "说明", width=12),
]
_NEEDS = [
    Column("site", "接收单位", width=26),
    Column("second", "应种第2剂(人)", width=14, format="int", total="sum"),
    Column("boosters", "应种加强(人)", width=14, format="int", total="sum"),
    Column("firsts", "未种第1剂(人)", width=14, format="int", total="sum"),
    Column("days", "场次天数", width=10, format="int"),
    Column("places", "号源", width=10, format="int", total="sum"),
    Column("people", "计划接种(人)", width=14, format="int", total="sum"),
    Column("at_hand", "现有和在途(剂)", width=10, format="int", total="sum"),
    Column("bring", "要补(剂)", width=10, format="int", total="sum"),
    Column("syringes_at_hand", "现有注射器(支)", width=14, format="int", total="sum"),
    Column("syringes", "要补注射器(支)", width=14, format="int", total="sum"),
]
_SIGNS = ["批准:              发出:              接收:              日期:"]


def sheets(board: Board, *, now: datetime) -> list[Sheet]:
    """Two sheets: what everybody gets, and why."""
    plan = board.plan
    which = f"{plan},{plan.since:%Y-%m-%d} 至 {plan.until:%Y-%m-%d}"
    head = {"cut_off": f"{now:%Y-%m-%d %H:%M}", "filled_by": str(plan.source), "footer_lines": _SIGNS}
    lines = [
        _row(line, cell) for line in board.lines for cell in line.cells if cell.quantity or cell.proposed
    ]
    return [
        Sheet(
            "分配单",
            _LINES,
            lines,
            title=f"{plan.place}疫苗和注射器分配单({which})",
            unit="支、剂(见表头)",
            **head,
        ),
        Sheet(
            "测算依据",
            _NEEDS,
            [_need(line) for line in board.lines],
            title=f"{plan.place}疫苗和注射器分配测算依据({which})",
            unit="人、剂、支(见表头)",
            **head,
        ),
    ]


def _row(line: Line, cell: AllocationLine) -> dict:
    lot = cell.lot or cell.supply_lot
    vaccine = cell.lot and cell.lot.presentation.vaccine.short_name
    return {
        "site": str(line.share.site),
        "what": vaccine or str(cell.supply_lot.item),
        "lot_no": lot.lot_no,
        "expires_on": lot.expires_on,
        "per_vial": cell.lot.presentation.doses_per_vial if cell.lot else None,
        "proposed": cell.proposed,
        "vials": cell.quantity if cell.lot else None,
        "syringes": None if cell.lot else cell.quantity,
        "doses": cell.doses or None,
        "note": "留用" if line.stays else "",
    }


def _need(line: Line) -> dict:
    facts = line.share.facts
    sums = {"second": sum(facts["seconds"].values()), "at_hand": facts["at_hand_total"] + facts["transit"]}
    return {"site": str(line.share.site), "boosters": 0} | facts | sums
