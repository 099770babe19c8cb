"""Workbooks around the census: the empty form, and the bad rows handed back with the reason beside each."""

from collections.abc import Iterable
from pathlib import Path

from django.utils import timezone

from campaigns.models import PriorityGroup
from core import xlsx
from core.xlsx import Column, Sheet
from residents.choices import RowState
from residents.fields import FIELDS, REASON_KEY, REASON_TITLE, Field
from residents.services.census_verdicts import CheckedRow

TEMPLATE_ROWS = 500
_HOW = [
    "1. 一人一行,从示例行的下一行开始填;示例行导入时自动跳过,可以不删。",
    "2. 标“*”的列必填:姓名、证件号码。有身份证号码时,性别和出生日期可以不填。",
    "3. 证件号码列已设为文本格式。从别处粘贴时请选“只粘贴文本(值)”,否则末三位会变成0。",
    "4. 日期写成 2021-06-01;2021.6.1、20210601、2021年6月1日也认得。",
    "5. 人员类别写“外出”或“流入”时,请在“外出地”写明省、市、县。",
    "6. 填好后在“摸排导入”页面上传。有错误的行会单独退回,其余的照常导入。",
]


def template(*, village_name: str = "") -> bytes:
    """The empty form: drop-downs, an example row that imports pass over, number column as text."""
    groups = PriorityGroup.objects.filter(campaign=None).order_by("code")
    form = Sheet(
        "摸排登记表",
        [_column(known) for known in FIELDS],
        [{known.key: known.example for known in FIELDS if known.example} | {"village": village_name}],
        title="疫苗接种摸排登记表",
        unit="人",
        filled_by=village_name or "        村(社区)",
        blank_rows=TEMPLATE_ROWS,
        highlight=lambda row: "warn",
    )
    how = [{"text": line} for line in (*_HOW, "", "重点人群类别代码:")]
    how += [{"text": f"{group.code}  {group.name}"} for group in groups]
    guide = Sheet("填写说明", [Column("text", "填写说明", width=90)], how, portrait=True)
    return xlsx.build([form, guide])


def error_workbook(rows: Iterable[CheckedRow], *, where: str = "", path: str | Path | None = None) -> bytes:
    """The rejected rows in the layout of the form, reasons first and on the cells; corrected, it imports as it is.

    ``rows`` have cells (texts by field key) and problems; rows in other states are left out.
    """
    bad = [_bad_row(row) for row in rows if row.state == RowState.REJECTED]
    columns = [Column(REASON_KEY, REASON_TITLE, width=46), *(_column(known) for known in FIELDS)]
    sheet = Sheet(
        "需要改正的行",
        columns,
        bad,
        title="摸排导入:需要改正的行",
        unit="人",
        cut_off=f"{timezone.localtime():%Y-%m-%d %H:%M}",
        filled_by=where,
        cell_highlight=lambda row, key: "bad" if key in row["problems"] or key == REASON_KEY else None,
        note=lambda row, key: row["problems"].get(key),
        blank_rows=20,
        freeze_columns=1,
    )
    return xlsx.build([sheet], path)


def _bad_row(row: CheckedRow) -> dict:
    errors = [problem for problem in row.problems if problem["level"] == "error"]
    where = f"原{row.sheet}第{row.number}行" if row.sheet not in ("", "CSV") else f"原第{row.number}行"
    reasons = ";".join(f"{problem['column']}:{problem['message'].rstrip('。')}" for problem in errors)
    by_key: dict[str, str] = {}
    for problem in errors:
        by_key[problem["key"]] = by_key.get(problem["key"], "") + problem["message"]
    return {**row.cells, REASON_KEY: f"{reasons}({where})", "problems": by_key}


def _column(known: Field) -> Column:
    """Dates stay text in these workbooks: what was typed must come back exactly as it was."""
    title = f"{known.title}*" if known.required else known.title
    return Column(
        known.key, title, group=known.group, width=known.width, choices=known.choices, note=known.note
    )
