"""A plan as a table: receivers down, lots across. Page, paper and workbook draw the same cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet

from inventory.models import Vaccine
from planning.models import AllocationLine, AllocationPlan, AllocationShare
from planning.rules import BOOSTER, wastage


@dataclass
class Column:
    """One lot of vaccine, or of syringes."""

    word: str
    lot_no: str
    expires_on: object
    per_vial: int | None  # None: syringes
    factor: str
    kept: int = 0
    total: int = 0


@dataclass
class Line:
    """One receiver: its numbers and its cells, in the order of the columns."""

    share: AllocationShare
    stays: bool  # the store itself: what it keeps for its own sessions
    why: list[tuple[str, int]]  # (vaccine, second doses due)
    cells: list[AllocationLine] = field(default_factory=list)

    @property
    def vials(self) -> int:
        """Of vaccine."""
        return sum(cell.quantity for cell in self.cells if cell.lot_id)

    @property
    def doses(self) -> int:
        """In these vials."""
        return sum(cell.doses for cell in self.cells)

    @property
    def syringes(self) -> int:
        """Of all lots."""
        return sum(cell.quantity for cell in self.cells if cell.supply_lot_id)


class Board:
    """The table of one plan; three queries."""

    def __init__(self, plan: AllocationPlan):
        self.plan = plan
        self.columns: dict[tuple, Column] = {}
        self.lines: list[Line] = []
        shares = plan.shares.select_related("site", "document__site").prefetch_related(
            "lines__lot__presentation__vaccine", "lines__supply_lot__item"
        )
        for one in shares:
            seconds = [(self.vaccines.get(code, code), n) for code, n in one.facts["seconds"].items() if n]
            line = Line(one, one.site_id == plan.source_id, seconds)
            for cell in one.lines.all():
                self._column(cell).total += cell.quantity
                line.cells.append(cell)
            self.lines.append(line)

    @cached_property
    def vaccines(self) -> dict[str, str]:
        """Short names by code."""
        return {one.code: one.short_name for one in Vaccine.objects.all()}

    def write_in(self, quantities: Mapping[int, int]) -> None:
        """Show other quantities (by id of the line) than those of the plan."""
        for line in self.lines:
            for cell in line.cells:
                cell.quantity = quantities.get(cell.pk, cell.quantity)

    def _column(self, cell: AllocationLine) -> Column:
        key = ("lot", cell.lot_id) if cell.lot_id else ("supply", cell.supply_lot_id)
        if key not in self.columns:
            self.columns[key] = self._vaccine(cell) if cell.lot_id else self._syringe(cell)
        return self.columns[key]

    def _vaccine(self, cell: AllocationLine) -> Column:
        per_vial = cell.lot.presentation.doses_per_vial
        kept = self.plan.facts["kept"].get(str(cell.lot_id), 0)
        name, factor = cell.lot.presentation.vaccine.short_name, f"{float(wastage(per_vial)):g}"
        return Column(name, cell.lot.lot_no, cell.lot.expires_on, per_vial, factor, kept)

    def _syringe(self, cell: AllocationLine) -> Column:
        item = cell.supply_lot.item
        word = f"{item.get_kind_display()} {item.spec} mL"
        return Column(word, cell.supply_lot.lot_no, cell.supply_lot.expires_on, None, "1.1")

    @property
    def leaving(self) -> list[Line]:
        """Receivers that get something from elsewhere."""
        return [line for line in self.lines if not line.stays and (line.vials or line.syringes)]

    @property
    def missing(self) -> list[tuple[str, int]]:
        """(what, people) for whom there is nothing."""
        words = {code: f"{self.vaccines.get(code, code)}第2剂" for code in self.plan.facts["missing"]}
        words |= {"": "第1剂", BOOSTER: "加强针"}
        return [(words[code], n) for code, n in self.plan.facts["missing"].items() if n]

    @property
    def owed_later(self) -> list[tuple[str, int]]:
        """(vaccine, people) whose second dose falls due after the period."""
        return [(self.vaccines.get(code, code), n) for code, n in self.plan.facts["owed_later"].items() if n]


def open_plans(user) -> QuerySet[AllocationPlan]:
    """Plans of the user that wait for somebody."""
    return AllocationPlan.objects.visible_to(user).open()
