"""The drop-down lists of our templates."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from .cells import put, safe_text

_NAME = "选项"


class Choices:
    """Short lists stand in the rule itself; longer ones (over 255 characters) on a hidden sheet at the end."""

    def __init__(self):
        self.lists: list[Sequence[str]] = []

    def offer(self, ws, cells: str, choices: Sequence[str]) -> None:
        """Only ``choices`` may be entered into ``cells`` of ``ws``."""
        rule = DataValidation(type="list", formula1=self._formula(choices), allow_blank=True)
        rule.error, rule.errorTitle, rule.showErrorMessage = "请从下拉列表中选择。", "不在列表中", True
        rule.add(cells)
        ws.data_validations.append(rule)

    def _formula(self, choices: Sequence[str]) -> str:
        inline = ",".join(safe_text(choice).replace('"', '""') for choice in choices)
        if len(inline) <= 250 and not any("," in choice for choice in choices):
            return f'"{inline}"'
        self.lists.append(choices)
        letter = get_column_letter(len(self.lists))
        return f"{quote_sheetname(_NAME)}!${letter}$1:${letter}${len(choices)}"

    def write(self, book: Workbook) -> None:
        """The hidden sheet, when a list is long."""
        if not self.lists:
            return
        ws = book.create_sheet(_NAME)
        ws.sheet_state = "hidden"
        for at in range(max(len(choices) for choices in self.lists)):
            ws.append([_cell(ws, choices[at]) if at < len(choices) else None for choices in self.lists])


def _cell(ws, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(ws)
    put(cell, text, "text")
    return cell
