"""Filed reports: the account of changes (S113) and the closed day, against what the independent SQL kept at each filing."""

from collections import Counter

from reports.counted import DOSES, PEOPLE, TARGET
from reports.filing_rules import PARTS
from reports.models import FiledReport
from reports.services.daily_closing import frozen_report
from tests.reports.agreement.pairs import Pairs, told_by

_FIGURES = (*PEOPLE, *DOSES, TARGET)
Account = dict[tuple[str, str], Counter]


def accounted(report: FiledReport, account: Account) -> Pairs:
    """Every unit and figure of ``report`` with all its heads."""
    mine = {}
    for line in report.lines.select_related("place"):
        for figure in _FIGURES:
            heads = {part: line.figures.get(f"{figure}.{part}", 0) for part in PARTS}
            mine[line.place.code, figure] = heads | {"total": line.figures.get(figure, 0)}
    return {f"{report.get_kind_display()} {report.cut_off:%m-%d %H:%M}": (told_by(mine), told_by(account))}


def closed(report: FiledReport, account: Account, given_here: tuple[int, int]) -> Pairs:
    """日终封存: what the sheet of the day shows from what was frozen."""
    sheet = frozen_report(report)
    mine = {
        row.place.code: {code: row.day.get(code, 0) for code in DOSES}
        | {"late": row.late, "target": row.target}
        for row in sheet.rows
    }
    theirs: dict[str, Counter] = {}
    for (unit, figure), heads in account.items():
        line = theirs.setdefault(unit, Counter())
        if figure in DOSES:
            line[figure] += heads["new"]
            line["late"] += heads["late"]
        elif figure == TARGET:
            line[figure] += heads["total"]
    word = f"封存 {report.day}"
    return accounted(report, account) | {
        f"{word} 剂次": (told_by(mine), told_by(theirs)),
        f"{word} 本点接种": ((sheet.given_here, sheet.given_to_guests), given_here),
    }
