"""盘点: freeze the list, count blind, explain, sign by another, post.

Movements go on while people count: a clinic cannot stop giving doses for an inventory, and it need not, because each lot is
measured against the books of the very moment at which its count is entered, with the level locked.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock_found
from core.repeats import same
from inventory.choices import DocumentKind, TakeState
from inventory.models import StockLevel, StockMovement, StockTake, TakeLine
from inventory.services.documents import Draft, Line, write_document
from inventory.services.posting import locked_levels
from inventory.take_rules import Quantity, check_count, posting_kind
from places.models import Site

RECENT = timedelta(days=30)  # lots used up since then are counted too: a vial may still lie there
_OPEN = (TakeState.COUNTING, TakeState.COUNTED)


@deed()
def start_take(*, site: Site, reason: str, actor, key: UUID, now: datetime) -> StockTake:
    """Freeze the list of what ``site`` holds. Raises RuleBroken TAKE_OPEN, NOTHING_HERE. A repeat of ``key`` returns the
    first."""
    _hold(site)
    if row := StockTake.objects.filter(key=key).first():
        return same(row, site_id=site.pk)
    if StockTake.objects.filter(site=site, state__in=_OPEN).exists():
        raise RuleBroken("TAKE_OPEN", "本点已有一次盘点没有完成。请先完成或取消那一次。")
    moved = (
        StockMovement.objects.filter(site=site, on__gte=timezone.localdate(now - RECENT))
        .order_by()
        .values("lot")
    )
    levels = StockLevel.objects.filter(site=site)
    levels = list(levels.filter(Q(vials__gt=0) | Q(open_doses__gt=0) | Q(lot__in=moved)))
    if not levels:
        raise RuleBroken("NOTHING_HERE", "本点没有疫苗,不用盘点。")
    take = StockTake.objects.create(
        key=key, site=site, reason=reason.strip()[:120], started_at=now, started_by=actor
    )
    TakeLine.objects.bulk_create(
        TakeLine(take=take, lot_id=row.lot_id, frozen_vials=row.vials, frozen_open=row.open_doses)
        for row in levels
    )
    _record("take.begun", take, actor)
    return take


@deed()
def enter_counts(
    *,
    take: StockTake,
    counts: Mapping[int, Quantity],
    actor,
    now: datetime,
    reasons: Mapping[int, str] | None = None,
) -> list[TakeLine]:
    """Write down what was counted, by lot id; some now, others later. A lot may be counted again until it is signed.
    ``reasons`` (by lot id) that were written beside differences are kept along the way, so that none is typed twice.

    Raises RuleBroken NOT_COUNTING, COUNT_NEGATIVE, COUNT_OPEN.
    """
    take = _locked(take)
    _check_counting(take)
    rows = list(take.lines.filter(lot__in=counts).select_related("lot__presentation"))
    for row in rows:
        counted = counts[row.lot_id]
        check_count(row.lot, counted, row.lot.presentation.doses_per_vial)
        level = lock_found(StockLevel, site=take.site, lot=row.lot)
        row.counted_vials, row.counted_open = counted
        row.book_vials, row.book_open = level.vials, level.open_doses
        row.counted_at, row.times, row.reason = now, row.times + 1, ""
    columns = ["counted_vials", "counted_open", "book_vials", "book_open", "counted_at", "times", "reason"]
    TakeLine.objects.bulk_update(rows, columns)
    _keep_reasons(take, {lot: reason for lot, reason in (reasons or {}).items() if reason.strip()})
    said = {row.lot.lot_no: [row.counted_vials, row.counted_open, row.times] for row in rows}
    _record("take.entered", take, actor, counted=said)  # counted again, the first count still stands there
    return rows


def _keep_reasons(take: StockTake, reasons: Mapping[int, str]) -> None:
    rows = list(take.lines.filter(lot__in=reasons).select_related("lot__presentation"))
    for row in rows:
        row.reason = reasons[row.lot_id].strip()[:120] if row.variance_doses else ""
    TakeLine.objects.bulk_update(rows, ["reason"])


@deed()
def finish_count(*, take: StockTake, reasons: Mapping[int, str], actor, now: datetime) -> StockTake:
    """The first signature: everything is counted, every difference has its reason (by lot id).

    Raises RuleBroken NOT_COUNTING, COUNT_MISSING, REASON_MISSING.
    """
    take = _locked(take)
    _check_counting(take)
    rows = list(take.lines.select_related("lot__presentation"))
    if missing := [str(row.lot) for row in rows if not row.is_counted]:
        raise RuleBroken("COUNT_MISSING", f"还没有清点:批号 {'、'.join(missing)}。没有的请填 0。")
    for row in rows:
        row.reason = reasons.get(row.lot_id, "").strip()[:120] if row.variance_doses else ""
    if silent := [str(row.lot) for row in rows if row.variance_doses and not row.reason]:
        raise RuleBroken(
            "REASON_MISSING", f"批号 {'、'.join(silent)} 有差异,请写明原因;拿不准的先重新数一次。"
        )
    TakeLine.objects.bulk_update(rows, ["reason"])
    take.state, take.counted_by, take.counted_at = TakeState.COUNTED, actor, now
    take.save(update_fields=["state", "counted_by", "counted_at"])
    _record("take.tallied", take, actor)
    return take


@deed()
def sign_take(*, take: StockTake, actor, now: datetime) -> StockTake:
    """The second signature, by somebody else: 盘盈 and 盘亏 are posted on one document.

    Raises RuleBroken NOT_WAITING, SAME_PERSON; ShortStock when more was used since than the difference leaves.
    """
    take = _locked(take)
    if take.is_posted and take.signed_by == actor:
        return take
    if not take.is_waiting:
        raise RuleBroken("NOT_WAITING", f"这次盘点{take.get_state_display()},现在不用复核。")
    if actor is not None and actor == take.counted_by:
        raise RuleBroken("SAME_PERSON", "清点和复核必须是两个人。请让另一位同事用自己的帐号登录复核。")
    levels = {level.lot_id: level for level in _hold(take.site)}
    rows = take.lines.select_related("lot__presentation")
    lines = tuple(_posting(row, levels[row.lot_id]) for row in rows)
    draft = Draft(DocumentKind.STOCKTAKE, take.site, lines, second_by=take.counted_by, note=take.reason)
    take.document = write_document(draft, actor=actor, key=uuid5(take.key, "post"), now=now)
    take.state, take.signed_by, take.signed_at = TakeState.POSTED, actor, now
    take.save(update_fields=["document", "state", "signed_by", "signed_at"])
    _record("take.countersigned", take, actor, no=take.document.no)
    return take


@deed()
def reopen_count(*, take: StockTake, actor) -> StockTake:
    """Back to counting, before the second signature."""
    take = _locked(take)
    if not take.is_waiting:
        raise RuleBroken("NOT_WAITING", f"这次盘点{take.get_state_display()},不能退回重数。")
    take.state, take.counted_by, take.counted_at = TakeState.COUNTING, None, None
    take.save(update_fields=["state", "counted_by", "counted_at"])
    _record("take.reopened", take, actor)
    return take


@deed()
def cancel_take(*, take: StockTake, actor) -> StockTake:
    """Give the stock-take up; what was counted stays to be read, nothing is posted."""
    take = _locked(take)
    if take.state not in _OPEN:
        raise RuleBroken("NOT_OPEN", f"这次盘点{take.get_state_display()},不能取消。")
    take.state = TakeState.CANCELLED
    take.save(update_fields=["state"])
    _record("take.cancelled", take, actor)
    return take


def _hold(site: Site) -> list[StockLevel]:
    pairs = set(StockLevel.objects.filter(site=site).values_list("site", "lot"))
    return list(locked_levels(pairs).values()) if pairs else []


def _locked(take: StockTake) -> StockTake:
    """``take`` freshly read; the levels of its site are held, so two deeds on it follow each other."""
    _hold(take.site)
    return StockTake.objects.select_related("site__place").get(pk=take.pk)


def _check_counting(take: StockTake) -> None:
    if not take.is_counting:
        raise RuleBroken("NOT_COUNTING", f"这次盘点{take.get_state_display()},不能再填实点数。")


def _posting(row: TakeLine, level: StockLevel) -> Line:
    """What the document says of a lot: the difference as a movement, or what was found where nothing differs."""
    found, size = row.variance, row.lot.presentation.doses_per_vial
    kind = posting_kind(found, size)
    if kind is None:
        return Line(row.lot, vials=row.counted_vials, open_doses=row.counted_open)
    if found.open_doses and not 0 <= level.open_doses + found.open_doses < size:
        raise RuleBroken(
            "VIAL_CHANGED", f"批号 {row.lot} 清点以后又开启或用完了一支。请退回,把这个批号重新数一次再复核。"
        )
    opened_at = row.counted_at if found.open_doses > 0 and not level.opened_at else None
    return Line(row.lot, kind, found.vials, found.open_doses, note=row.reason, opened_at=opened_at)


def _record(action: str, take: StockTake, actor, **data) -> None:
    audit.record(action, actor=actor, target=take, place_code=take.site.place.code, data=data)
