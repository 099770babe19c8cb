"""一人一苗一码 at the needle: a code that was scanned belongs to one vial, and a vial to as many people as it holds doses."""

from datetime import datetime, timedelta

from django.utils import timezone

from clinic.models import Dose
from core.errors import RuleBroken
from inventory.models import Lot
from places.choices import CodeScan
from places.models import Site


def check_scanned(code: str, site: Site, unscanned_reason: str) -> None:
    """Where every vial is scanned, a dose without a code says why. Raises RuleBroken CODE_MISSING."""
    if site.code_scan == CodeScan.REQUIRED and not code and not unscanned_reason.strip():
        raise RuleBroken(
            "CODE_MISSING",
            "本接种点每一剂都要扫追溯码。请扫手里这一支;扫不出来的,在旁边写明原因,例如:标签破损。",
            "trace_code",
        )


def check_code(code: str, *, lot: Lot, actor, now: datetime) -> None:
    """Refuse a code whose vial is used up, or has been open too long. Asks nothing when no code was scanned; else once,
    under the lock of the lot at the site. Raises RuleBroken CODE_USED, CODE_OTHER_LOT, CODE_TOO_LONG."""
    if not code:
        return
    before = Dose.objects.filter(trace_code=code, record__voided_at=None).order_by("given_at")
    before = list(before.select_related("record__resident", "site", "lot"))
    if not before:
        return
    if before[0].lot_id != lot.pk:
        raise RuleBroken(
            "CODE_OTHER_LOT",
            f"这个追溯码先前登记的是批号 {before[0].lot},不是 {lot.lot_no}。请核对药盒。",
            "lot",
        )
    if len(before) >= lot.presentation.doses_per_vial:
        raise RuleBroken(
            "CODE_USED",
            f"这个追溯码已经用过:{_uses(before, actor)}。一支疫苗一个码,请核对手里这一支。",
            "trace_code",
        )
    if now >= before[0].given_at + timedelta(minutes=lot.presentation.open_vial_minutes):
        opened = timezone.localtime(before[0].given_at)
        raise RuleBroken(
            "CODE_TOO_LONG",
            f"这一支在 {opened:%m-%d %H:%M} 开启,已超过 {lot.presentation.open_vial_minutes} 分钟,不能再用。请换一支,余量报损。",
            "trace_code",
        )


def _uses(doses: list[Dose], actor) -> str:
    """When, where and, for those who work at that site, on whom."""
    said = []
    for dose in doses:
        sees = dose.site_id in actor.scope("doses.record").sites
        who = f" {dose.record.resident.name}" if sees else ""
        said.append(f"{timezone.localtime(dose.given_at):%m-%d %H:%M} {dose.site}{who}")
    return ";".join(said)
