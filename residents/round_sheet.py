"""The visit round as a workbook: the lines of the printed list, with columns to fill in on the way."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from campaigns.models import Campaign
from core.xlsx import Column, Sheet
from residents.person_columns import AGE, GROUP, NAME, PHONE, SERIAL, SEX, VILLAGE
from residents.rounds import Stop

_COLUMNS = [
    SERIAL,
    VILLAGE,
    GROUP,
    Column("house", "户号", width=8),
    NAME,
    SEX,
    AGE,
    PHONE,
    Column("address", "现住址", width=22),
    Column("responsible", "包保人", width=10),
    Column("visits", "已走访次数", width=8, format="int"),
    Column("last", "上次走访", width=12, format="date"),
    Column("said", "上次情况", width=18),
    Column("reason", "未接种原因", width=14),
    Column("now_reason", "本次原因", group="本次走访填写", width=14),
    Column("promised", "答应日期", group="本次走访填写", width=11),
    Column("sign", "走访人签字", group="本次走访填写", width=12),
]
_SIGNS = "走访人:            负责人:            日期:"


def sheets(stops: Iterable[Stop], *, where: str, campaign: Campaign | None, now: datetime) -> list[Sheet]:
    """One sheet; phones in full, because it is made to ring people from."""
    rows = [_line(number, stop) for number, stop in enumerate(stops, start=1)]
    title = f"{where}{campaign or ''}走访名单"
    cut_off = f"{now:%Y-%m-%d %H:%M}"
    heads = {"unit": "人", "cut_off": cut_off, "filled_by": where, "footer_lines": [_SIGNS]}
    return [Sheet("走访名单", _COLUMNS, rows, title=title, freeze_columns=5, **heads)]


def _line(number: int, stop: Stop) -> dict:
    person, last = stop.resident, stop.last
    return {
        "no": number,
        "village": person.village.name,
        "group": person.group_word,
        "house": person.household.number if person.household else "",
        "name": person.name,
        "sex": person.get_sex_display(),
        "age": stop.age,
        "phone": person.phone,
        "address": person.address,
        "responsible": stop.responsible,
        "visits": stop.visits,
        "last": timezone.localdate(last.at) if last else None,
        "said": last.outcome_word if last else "",
        "reason": person.get_not_vaccinated_reason_display(),
    }
