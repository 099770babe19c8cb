"""The directory as a workbook."""

from collections.abc import Iterable
from datetime import datetime

from campaigns.models import WorkGroup
from core.xlsx import Column, Sheet

_COLUMNS = [
    Column("serial", "序号", width=6, format="serial"),
    Column("place", "地方", width=16),
    Column("group", "工作组", width=24),
    Column("role", "组内职务", width=12),
    Column("name", "姓名", width=10),
    Column("unit", "单位", width=22),
    Column("post", "职务", width=16),
    Column("duty", "分工", width=24),
    Column("phone", "电话", width=15),
]


def directory_sheet(groups: Iterable[WorkGroup], *, title: str, filled_by: str, now: datetime) -> Sheet:
    """One row per member of ``groups`` (with ``current_members``, see ``campaigns.directory``)."""
    rows = [
        {
            "place": group.place.name,
            "group": group.name,
            "role": member.get_role_display(),
            "name": member.name,
            "unit": member.unit,
            "post": member.post,
            "duty": member.duty,
            "phone": member.phone,
        }
        for group in groups
        for member in group.current_members
    ]
    return Sheet(
        "工作组名录",
        _COLUMNS,
        [row | {"serial": number} for number, row in enumerate(rows, start=1)],
        title=title,
        unit="人",
        cut_off=f"{now:%Y-%m-%d %H:%M}",
        filled_by=filled_by,
        footer_lines=["填报人:          审核人:          单位(盖章):          日期:"],
        freeze_columns=2,
    )
