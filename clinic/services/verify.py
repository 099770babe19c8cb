"""Proving that dose, stock movement and vaccination record are one to one. Reads only."""

from collections.abc import Iterator

from django.db.models import F, Q

from clinic.models import Dose
from inventory.choices import MovementKind
from inventory.models import StockMovement
from residents.choices import RecordSource
from residents.models import VaccinationRecord


def floor_problems() -> Iterator[str]:
    """One sentence for each use of stock, dose in a person and record of this system that do not belong to each other
    one to one; none for a sound floor. The equation: doses used = doses given = doses recorded here."""
    uses = StockMovement.objects.filter(kind=MovementKind.USE, dose__isnull=True).select_related(
        "site", "lot"
    )
    for row in uses.order_by("pk").iterator(2000):
        yield f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔: 领用了 1 剂,没有对应的接种记录"
    records = VaccinationRecord.objects.filter(source=RecordSource.HERE, dose__isnull=True)
    for record in records.order_by("pk").iterator(2000):
        yield f"接种记录 {record.uid}: 来源是本系统接种点,却没有对应的接种和出库"
    yield from _doses()


def _doses() -> Iterator[str]:
    doses = Dose.objects.select_related("site", "lot", "movement").order_by("pk")
    # A correction is entered when it is found; the needle of a replacement may be days older than its movement.
    on_the_day = Q(made_by__isnull=True)
    differs = (
        ~Q(movement__kind=MovementKind.USE)
        | ~Q(movement__site=F("site"))
        | ~Q(movement__lot=F("lot"))
        | ~Q(visit__site=F("site"))
        | ~Q(record__lot_no=F("lot__lot_no"))
        | ~Q(record__vaccine=F("lot__presentation__vaccine"))
        | ~Q(record__resident=F("visit__enrolment__resident"))
        | ~Q(given_at__date=F("record__given_on"))
        | (on_the_day & ~Q(record__given_on=F("movement__on")))
    )
    for dose in doses.filter(differs, movement__isnull=False).iterator(2000):
        yield f"{_where(dose)}: 人、日期、接种点、批号或类型与出库记录、接种记录不一致"
    voided = Q(record__voided_at__isnull=False)
    taken_back = Q(movement__reversed_by__isnull=False)
    handed_on = Q(movement__isnull=True)
    for dose in doses.filter(voided & ~handed_on & ~taken_back).iterator(2000):
        yield f"{_where(dose)}: 接种已作废,出库没有冲正"
    for dose in doses.filter(~voided & taken_back).iterator(2000):
        yield f"{_where(dose)}: 出库已冲正,接种仍然有效"
    for dose in doses.filter(~voided & handed_on).iterator(2000):
        yield f"{_where(dose)}: 有效的接种没有出库记录"


def _where(dose: Dose) -> str:
    return f"{dose.site.code} {dose.lot.lot_no} 第 {dose.movement_id} 笔"
