"""Proving that dose, stock movement and vaccination record are one to one, and a scanned code one vial. Reads only."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Count, F, Min, Q

from clinic.models import Dose
from inventory.choices import MovementKind
from inventory.models import StockMovement, TraceSpan
from inventory.trace_rules import parse
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
    yield from _codes()


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


def _codes() -> Iterator[str]:
    """A scanned code is one vial: of one lot, the one it came with, and no more doses than the vial holds."""
    scanned = Dose.objects.counted().exclude(trace_code="").order_by("trace_code")
    size, lot = F("lot__presentation__doses_per_vial"), F("lot__lot_no")
    used = scanned.values("trace_code").annotate(
        n=Count("pk"), lots=Count("lot", distinct=True), holds=Min(size), lot_no=Min(lot), key=Min("lot")
    )
    came_with = _lots_by_code()
    for code in used.iterator(2000):
        where = f"追溯码 {code['trace_code']}"
        if code["lots"] > 1:
            yield f"{where}: 登记在 {code['lots']} 个批号的接种上"
        elif came_with(code["trace_code"]) not in (None, code["key"]):
            yield f"{where}: 接种登记为批号 {code['lot_no']},入库时是另一个批号"
        if code["n"] > code["holds"]:
            yield f"{where}: 一支 {code['holds']} 剂,却登记了 {code['n']} 剂接种"


def _lots_by_code() -> Callable[[str], int | None]:
    """Which lot a code was written down with when it came in; None for one that nobody has written down."""
    spans = defaultdict(list)
    rows = TraceSpan.objects.standing().order_by("stem", "low")
    for stem, low, high, lot in rows.values_list("stem", "low", "high", "lot"):
        spans[stem].append((low, high, lot))

    def lot_of(code: str) -> int | None:
        stem, number = parse(code)
        here = bisect_right(spans.get(stem, ()), number, key=lambda span: span[0])
        _, high, lot = spans[stem][here - 1] if here else (0, -1, None)
        return lot if number <= high else None

    return lot_of


def _where(dose: Dose) -> str:
    return f"{dose.site.code} {dose.lot.lot_no} 第 {dose.movement_id} 笔"
