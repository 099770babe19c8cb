"""Lot → people: everybody who got a lot, to be rung. At our sites, whoever they are; and our people wherever they got it."""

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import NamedTuple

from django.db.models import Q, QuerySet

from core.choices import Sex
from core.xlsx import Column, stream
from inventory.models import Lot
from inventory.querysets import site_of
from places.models import Site
from residents.models import VaccinationRecord
from residents.querysets import resident_scope

ACTION = "recall.list"
_FIELDS = {
    "name": "resident__name",
    "sex": "resident__sex",
    "birth_date": "resident__birth_date",
    "phone": "resident__phone",
    "village": "resident__village__name",
    "group_no": "resident__group_no",
    "dose_number": "dose_number",
    "given_on": "given_on",
    "given_at": "dose__given_at",
    "place": "given_at_place",
    "trace_code": "dose__trace_code",
}


class Recipient(NamedTuple):
    """One person who got the lot, as the list shows it."""

    name: str
    sex: str
    birth_date: date
    phone: str
    village: str
    group_no: str
    dose_number: int
    given_on: date
    given_at: datetime | None
    place: str
    trace_code: str | None

    @property
    def sex_word(self) -> str:
        """男 or 女; empty when it is not known."""
        return Sex(self.sex).label if self.sex else ""


def records_of(lot: Lot, user) -> QuerySet[VaccinationRecord]:
    """The standing records of ``lot`` that ``user`` answers for."""
    sites = Site.objects.filter(site_of(user, ACTION))
    mine = Q(dose__site__in=sites) | resident_scope(user, ACTION, "resident__")
    rows = VaccinationRecord.objects.filter(lot_no=lot.lot_no, vaccine=lot.presentation.vaccine_id)
    return rows.filter(mine, voided_at=None)


def recipients(lot: Lot, user) -> list[Recipient]:
    """Everybody, village by village; one query however many they are."""
    rows = records_of(lot, user).order_by("resident__village_code", "resident__group_no", "given_on", "pk")
    return [Recipient(*row) for row in rows.values_list(*_FIELDS.values())]


def workbook_of(people: Iterable[Recipient], lot: Lot, *, where: str, now: datetime) -> bytes:
    """The list as an .xlsx, with room to write down the call; written as a plain list, because it may be long."""
    columns = [
        Column("name", "姓名", width=12),
        Column("phone", "联系电话", width=16),
        Column("village", "村(社区)", width=16),
        Column("group_no", "组", width=6),
        Column("sex", "性别", width=6),
        Column("birth_date", "出生日期", width=12, format="date"),
        Column("dose_number", "剂次", width=6, format="serial"),
        Column("given_on", "接种日期", width=12, format="date"),
        Column("place", "接种单位", width=24),
        Column("trace_code", "追溯码", width=24),
        Column("told", "通知时间和情况", width=24),
    ]
    book = BytesIO()
    heading = (
        f"{where} 批号{lot.lot_no}受种者名单    填报单位:{where}    截止时间:{now:%Y-%m-%d %H:%M}    单位:人"
    )
    rows = (row._asdict() | {"sex": row.sex_word} for row in people)
    stream(book, columns, rows, name="受种者名单", heading=heading)
    return book.getvalue()
