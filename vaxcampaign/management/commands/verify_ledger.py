"""``manage.py verify_ledger``"""

from collections.abc import Iterator

from django.db.models import F, Q

from clinic.models import Dose
from core.commands import OurCommand
from inventory.choices import MovementKind
from inventory.models import StockLevel, StockMovement
from inventory.services.verify import ledger_problems

SHOWN = 20


def dose_problems() -> Iterator[str]:
    """One sentence for each use of stock and dose in a person that do not belong to each other one to one.

    It stands up here because stock does not know the clinic, and neither owns the equation: doses used = doses given.
    """
    orphans = StockMovement.objects.filter(kind=MovementKind.USE, dose__isnull=True)
    for row in orphans.select_related("site", "lot").order_by("pk").iterator(2000):
        yield f"{row.site.code} {row.lot.lot_no} 第 {row.pk} 笔: 领用了 1 剂,没有对应的接种记录"
    doses = Dose.objects.select_related("site", "lot", "record", "movement").order_by("pk")
    differs = (
        ~Q(movement__kind=MovementKind.USE)
        | ~Q(movement__site=F("site"))
        | ~Q(movement__lot=F("lot"))
        | ~Q(record__lot_no=F("lot__lot_no"))
        | ~Q(given_at__date=F("movement__on"))
    )
    for dose in doses.filter(differs).iterator(2000):
        yield f"{_where(dose)}: 日期、接种点、批号或类型与出库记录、接种记录不一致"
    voided = Q(record__voided_at__isnull=False)
    taken_back = Q(movement__reversed_by__isnull=False)
    for dose in doses.filter(voided & ~taken_back).iterator(2000):
        yield f"{_where(dose)}: 接种已作废,出库没有冲正"
    for dose in doses.filter(~voided & taken_back).iterator(2000):
        yield f"{_where(dose)}: 出库已冲正,接种仍然有效"


def _where(dose: Dose) -> str:
    return f"{dose.site.code} {dose.lot.lot_no} 第 {dose.movement_id} 笔"


class Command(OurCommand):
    help = "Prove the stock ledger: balance = sum of movements, nothing negative, doses used = doses given."

    def work(self, **options):
        problems = [*ledger_problems(), *dose_problems()]
        data = {
            "ok": not problems,
            "levels": StockLevel.objects.count(),
            "movements": StockMovement.objects.count(),
            "doses": Dose.objects.counted().count(),
            "problems": problems,
        }
        if not problems:
            counts = "库存 {levels} 行,出入库 {movements} 笔,有效接种 {doses} 剂".format(**data)
            return True, f"台账无误:{counts}。", data
        more = [f"……另有 {len(problems) - SHOWN} 处(--json 列出全部)"] if len(problems) > SHOWN else []
        return False, "\n".join([f"台账有 {len(problems)} 处不符:", *problems[:SHOWN], *more]), data
