"""Times out of range: found in the readings, what lay inside is held, and somebody decides by name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from inventory.choices import DocumentKind, DocumentState, LotState
from inventory.cold_places import inside_or_elsewhere
from inventory.cold_rules import Point, Span, spans
from inventory.models import ColdDevice, Excursion, StockLevel
from inventory.services.documents import write_document
from inventory.services.drafts import Draft, Line
from inventory.services.posting import locked_levels

_BEFORE = timedelta(days=3)  # how far back a span may have begun before the new readings


def review(device: ColdDevice, *, since: datetime, actor, key: UUID, now: datetime) -> None:
    """Find the times out of range around the readings from ``since`` on, and hold what lay inside. In a deed, last.

    What is held stands on one document, whose key follows from ``key``, the key of the deed.
    """
    rows = device.readings.standing().filter(at__gte=since - _BEFORE).order_by("at", "pk")
    points = [
        Point(at, celsius, celsius if lowest is None else lowest, celsius if highest is None else highest)
        for at, celsius, lowest, highest in rows.values_list("at", "celsius", "lowest", "highest")
    ]
    out = spans(points, device.low, device.high)
    touched = [span for span in out if span.end is None or span.end >= since]
    grown = [row for span in touched if (row := _settle(device, span))]
    if points and all(span.end for span in out):  # also when the reading that was bad has been put right
        device.excursions.filter(ended_at=None).update(ended_at=points[-1].at)
    if device.holds_vaccine and grown:
        _hold_inside(device, grown, actor, key, now)


def _settle(device: ColdDevice, span: Span) -> Excursion | None:
    """The undecided excursion of this span, made or brought up to date; None when a decision covers it already."""
    near = list(device.excursions.overlapping(span.start, span.end).order_by("started_at"))
    open_one = next((row for row in near if row.decided_at is None), None)
    if open_one is None:
        if any(_covers(row, span, device) for row in near):
            return None
        return _begin(device, span)
    open_one.started_at = min(open_one.started_at, span.start)
    open_one.ended_at = span.end
    if _fault(span.extreme, device) > _fault(open_one.extreme, device):
        open_one.extreme = span.extreme
    if open_one.last_good_at and span.last_good:
        open_one.last_good_at = min(open_one.last_good_at, span.last_good)
    open_one.save(update_fields=["started_at", "ended_at", "extreme", "last_good_at"])
    return open_one


def _begin(device: ColdDevice, span: Span) -> Excursion:
    start = timezone.localtime(span.start)
    return Excursion.objects.create(
        device=device,
        started_at=span.start,
        ended_at=span.end,
        last_good_at=span.last_good,
        extreme=span.extreme,
        reason=f"冷链异常:{device.name} {start:%m-%d %H:%M} {span.extreme}℃",
    )


def _fault(value, device: ColdDevice):
    return max(device.low - value, value - device.high)


def _covers(row: Excursion, span: Span, device: ColdDevice) -> bool:
    """A decision made in the knowledge of at least this much."""
    return row.started_at <= span.start and _fault(row.extreme, device) >= _fault(span.extreme, device)


def _hold_inside(device: ColdDevice, rows: list[Excursion], actor, key: UUID, now: datetime) -> None:
    """Hold the lots that lay in the device, or nobody knows where, before an excursion ended, and still are at the site; those
    held anyway are listed too."""
    reasons = {}
    for row in rows:
        lay_inside, _ = inside_or_elsewhere(device, row.last_good_at, row.ended_at or now)
        there = StockLevel.objects.in_stock().filter(pk__in=lay_inside)
        for level in there.exclude(excursions=row).order_by("pk"):
            row.levels.add(level)
            reasons.setdefault((level.site_id, level.lot_id), row.reason)
    levels = locked_levels(set(reasons)).values() if reasons else []
    levels = StockLevel.objects.filter(pk__in=[level.pk for level in levels]).select_related(
        "lot__presentation"
    )
    lines = tuple(
        Line(
            level.lot,
            vials=level.vials,
            open_doses=level.open_doses,
            state=DocumentState.HELD,
            hold=reasons[level.site_id, level.lot_id],
        )
        for level in levels.order_by("pk")
        if not level.held_reason and level.lot.state == LotState.USABLE
    )
    if lines:
        draft = Draft(
            DocumentKind.HOLD,
            device.site,
            lines,
            state=DocumentState.HELD,
            note=";".join(map(str, rows))[:200],
        )
        write_document(draft, actor=actor, key=uuid5(key, "hold"), now=now)


@deed()
def decide(*, excursion: Excursion, release: Iterable[StockLevel], reason: str, actor, now: datetime) -> int:
    """Say in words what becomes of the vaccine; ``release``: the levels that may be given again. Returns how many.

    The others stay held until they are written off or released one by one. Raises RuleBroken REASON_MISSING, DECIDED,
    STILL_OUT (the device is neither back in range nor out of use), EXCURSION_OPEN (another one waits for the same vials).
    """
    alone(f"cold:{excursion.device_id}")
    row = Excursion.objects.select_related("device__site__place", "decided_by").get(pk=excursion.pk)
    reason = reason.strip()[:300]
    _check_decidable(row, reason)
    row.decision, row.decided_by, row.decided_at = reason, actor, now
    row.save(update_fields=["decision", "decided_by", "decided_at"])
    freed = _release(row, {level.pk for level in release}, actor, now)
    data = {"decision": reason, "released": [lot.lot_no for lot in freed]}
    audit.record(
        "excursion.decided", actor=actor, target=row, place_code=row.device.site.place.code, data=data
    )
    return len(freed)


def _check_decidable(row: Excursion, reason: str) -> None:
    if not reason:
        raise RuleBroken(
            "REASON_MISSING", "请写明判断的依据,例如:查记录仪超温 20 分钟,厂家答复可用。", "reason"
        )
    if row.decided_at:
        raise RuleBroken("DECIDED", f"这次异常已由{row.decided_by or '系统'}作出结论,不能再改。")
    if row.ended_at is None:
        raise RuleBroken(
            "STILL_OUT",
            f"{row.device.name}还没有恢复正常。请先记一次恢复后的温度;修不好的,把疫苗转走、设备停用,再作结论。",
        )


def _check_no_other(row: Excursion, levels) -> None:
    waiting = Excursion.objects.waiting().filter(levels__in=levels).exclude(pk=row.pk)
    if other := waiting.first():
        lots = levels.filter(excursions=other).values_list("lot__lot_no", flat=True)
        raise RuleBroken(
            "EXCURSION_OPEN",
            f"批号 {'、'.join(lots)} 还遇到过另一次冷链异常({other}),那一次没有结论。请先对那一次作出结论,或这次不勾这些批号。",
            "release",
        )


def _release(row: Excursion, wanted: set[int], actor, now: datetime) -> list:
    """Release those levels that this excursion holds, on one document. Returns their lots."""
    levels = row.levels.filter(pk__in=wanted, held_reason=row.reason)
    locked_levels({(level.site_id, level.lot_id) for level in levels})
    _check_no_other(row, levels)
    lines = tuple(
        Line(level.lot, vials=level.vials, open_doses=level.open_doses, note=level.held_reason, hold="")
        for level in levels.select_related("lot__presentation").order_by("pk")
    )
    if lines:
        draft = Draft(DocumentKind.RELEASE, row.device.site, lines, note=row.decision[:200])
        write_document(draft, actor=actor, key=uuid5(row.uid, "release"), now=now)
    return [line.lot for line in lines]
