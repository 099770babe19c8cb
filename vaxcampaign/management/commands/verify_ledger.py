"""``manage.py verify_ledger``"""

from clinic.models import Dose
from clinic.services.books import book_problems
from core.commands import OurCommand
from inventory.models import StockLevel, StockMovement

SHOWN = 20


class Command(OurCommand):
    help = "Prove the stock ledger: balance = sum of movements, nothing negative, doses used = doses given."

    def work(self, **options):
        problems = list(book_problems())
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
