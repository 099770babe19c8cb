"""The doctors' list as a workbook: one step of it, with room for what the doctor says (S109)."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from campaigns.models import Campaign
from core.phones import mask
from core.xlsx import Column, Sheet
from residents.doctors import Patient
from residents.person_columns import AGE, GROUP, NAME, PHONE, SERIAL, SEX, VILLAGE

_COLUMNS = [
    SERIAL,
    VILLAGE,
    GROUP,
    NAME,
    SEX,
    AGE,
    PHONE,
    Column("said", "情况", width=32),
    Column("until", "暂缓(复核)到", width=12, format="date"),
    Column("at", "登记日期", width=12, format="date"),
    Column("responsible", "包保人", width=10),
    Column("verdict", "能否接种", group="医生鉴定", width=12),
    Column("words", "意见", group="医生鉴定", width=22),
    Column("sign", "医生签字", group="医生鉴定", width=12),
]
_SIGNS = "填报人:            鉴定医生:            日期:"


def sheets(
    patients: Iterable[Patient], *, heading: str, where: str, campaign: Campaign | None, now: datetime
) -> list[Sheet]:
    """One sheet of the people at one step; phones masked, as on the page."""
    rows = [_line(number, patient) for number, patient in enumerate(patients, start=1)]
    title = f"{where}{campaign or ''}医生鉴定名单:{heading}"
    cut_off = f"{now:%Y-%m-%d %H:%M}"
    heads = {"unit": "人", "cut_off": cut_off, "filled_by": where, "footer_lines": [_SIGNS]}
    return [Sheet("医生鉴定名单", _COLUMNS, rows, title=title, freeze_columns=4, **heads)]


def _line(number: int, patient: Patient) -> dict:
    person, hold = patient.resident, patient.hold
    return {
        "no": number,
        "village": person.village.name,
        "group": person.group_word,
        "name": person.name,
        "sex": person.get_sex_display(),
        "age": patient.age,
        "phone": mask(person.phone),
        "said": patient.said,
        "until": (hold.until or hold.review_on) if hold else None,
        "at": timezone.localdate(hold.at) if hold else None,
        "responsible": patient.responsible or "未落实",
    }
