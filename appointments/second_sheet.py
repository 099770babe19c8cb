"""The list of second doses as a workbook: the lines of the page, with columns to fill in on the way."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from appointments.second_doses import Waiting
from campaigns.models import Campaign
from core.dates import age_on
from core.xlsx import Column, Sheet

_COLUMNS = [
    Column("no", "序号", width=6, format="serial"),
    Column("village", "村(社区)", width=14),
    Column("group", "组", width=6),
    Column("name", "姓名", width=10),
    Column("sex", "性别", width=6),
    Column("age", "年龄", width=6, format="serial"),
    Column("number", "证件号", width=21),
    Column("phone", "联系电话", width=14),
    Column("responsible", "包保人", width=10),
    Column("dose", "该打第几剂", width=8, format="serial"),
    Column("vaccine", "上一剂疫苗", width=16),
    Column("last_dose", "上一剂日期", width=12, format="date"),
    Column("due_from", "可接种日期", width=12, format="date"),
    Column("due_to", "应种截止", width=12, format="date"),
    Column("state", "情况", width=12),
    Column("booked", "已约日期", width=12, format="date"),
    Column("last", "上次联系", width=12, format="date"),
    Column("said", "上次情况", width=18),
    Column("promised", "答应日期", group="本次联系填写", width=11),
    Column("reason", "不来的原因", group="本次联系填写", width=14),
]
_SIGNS = "填报人:            审核人:            日期:"


def sheets(people: Iterable[Waiting], *, where: str, campaign: Campaign | None, now: datetime) -> list[Sheet]:
    """One sheet. ID numbers stay masked; phones stand there for whom the reader may ring."""
    rows = [_line(number, one, now) for number, one in enumerate(people, start=1)]
    title = f"{where}{campaign or ''}第2剂及以后应种名单"
    cut_off = f"{now:%Y-%m-%d %H:%M}"
    heads = {"unit": "人", "cut_off": cut_off, "filled_by": where, "footer_lines": [_SIGNS]}
    return [Sheet("应种名单", _COLUMNS, rows, title=title, freeze_columns=4, **heads)]


def _line(number: int, one: Waiting, now: datetime) -> dict:
    person, row, last = one.resident, one.enrolment, one.last
    return {
        "no": number,
        "village": person.village.name,
        "group": person.group_word,
        "name": person.name,
        "sex": person.get_sex_display(),
        "age": age_on(person.birth_date, timezone.localdate(now)),
        "number": str(person.primary_identifier or ""),
        "phone": one.phone,
        "responsible": one.responsible,
        "dose": row.next_dose,
        "vaccine": row.last_product.short_name if row.last_product else "",
        "last_dose": row.last_dose_on,
        "due_from": row.due_from,
        "due_to": row.due_to,
        "state": one.band.label,
        "booked": row.booked_on,
        "last": timezone.localdate(last.at) if last else None,
        "said": last.outcome_word if last else "",
    }
