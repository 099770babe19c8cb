"""Proving that dose, stock movement and vaccination record are one to one. Reads only."""

from collections.abc import Iterator

from django.db.models import F, Q

from clinic.models import Dose
from inventory.choices import MovementKind
from inventory.models import StockMovement
from residents.choices import RecordSource
from residents.models import VaccinationRecord


def floor_problems() -> Iterator[str]:
    """One sentence for each dose, movement or record without its counterparts; none for a sound floor."""
    yield from _doses()
    uses = StockMovement.objects.filter(kind=MovementKind.USE, dose__isnull=True).select_related(
        "site", "lot"
    )
    for row in uses.order_by("pk").iterator(2000):
        yield f"{row.site.code} {row.lot} 第 {row.pk} 笔: 接种使用没有对应的接种"
    records = VaccinationRecord.objects.filter(source=RecordSource.HERE, dose__isnull=True)
    for row in records.order_by("pk").iterator(2000):
        yield f"接种记录 {row.uid}: 来源是本系统接种点,却没有对应的接种"


def _doses() -> Iterator[str]:
    rows = Dose.objects.select_related("record", "movement", "lot__presentation", "visit")
    wrong = (
        ~Q(movement__kind=MovementKind.USE)
        | ~Q(movement__lot=F("lot"))
        | ~Q(movement__site=F("site"))
        | ~Q(visit__site=F("site"))
        | ~Q(record__lot_no=F("lot__lot_no"))
        | ~Q(record__vaccine=F("lot__presentation__vaccine"))
        | ~Q(record__resident=F("visit__enrolment__resident"))
        | ~Q(record__given_on=F("visit__on"))
    )
    for dose in rows.filter(wrong).order_by("pk").iterator(2000):
        yield f"接种 {dose.uid}: 接种、库存、记录三处的人、批号、接种点或日期不一致"
    voided = Q(record__voided_at__isnull=False)
    for dose in rows.filter(voided, reversal__isnull=True).order_by("pk").iterator(2000):
        yield f"接种 {dose.uid}: 记录已作废,库存没有冲正"
    for dose in rows.filter(~voided).filter(
        Q(reversal__isnull=False) | Q(movement__reversed_by__isnull=False)
    ):
        yield f"接种 {dose.uid}: 库存已冲正,记录没有作废"
