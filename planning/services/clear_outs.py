"""A push to use vaccine up by a deadline: begun by the office, counted and signed at every site, ended by the office."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same
from inventory.models import StockLevel, Vaccine
from places.models import Place, Site
from planning.clearing import Clearing, LotLine
from planning.models import ClearOut, ClearOutCount, ClearOutStart
from planning.owed import owed


@dataclass(frozen=True)
class Counted:
    """What lies there of a lot, and why it is not what the ledger says."""

    vials: int
    open_doses: int = 0
    reason: str = ""


@deed()
def begin_clear_out(
    *,
    campaign: Campaign,
    place: Place,
    vaccines: Collection[Vaccine],
    sites: Collection[Site],
    deadline_at: datetime,
    owed_reason: str,
    actor,
    key: UUID,
    now: datetime,
) -> ClearOut:
    """Set the deadline and freeze what lies there. Second doses that fall due after it are owed by these vials: with such
    people ``owed_reason`` says what is arranged for them (RuleBroken OWED_LATER). Also DEADLINE, NOTHING_THERE, RUNNING."""
    alone("clear-out")
    if done := ClearOut.objects.filter(key=key).first():
        return same(done, place_id=place.pk, campaign_id=campaign.pk)
    if deadline_at <= now:
        raise RuleBroken("DEADLINE", "限期已经过去,请另定。", "deadline_at")
    levels = StockLevel.objects.filter(site__in=sites, lot__presentation__vaccine__in=vaccines)
    levels = list(levels.usable(timezone.localdate(now)).in_stock())
    if not levels:
        raise RuleBroken("NOTHING_THERE", "选的接种点没有这些疫苗的可用库存,不用清零。", "sites")
    busy = ClearOut.objects.running().filter(sites__in=sites, vaccines__in=vaccines).first()
    if busy:
        raise RuleBroken("RUNNING", f"“{busy}”正在进行,接种点和疫苗有重复。请先结束它。", "sites")
    _check_owed(campaign, place, vaccines, deadline_at, owed_reason)
    push = ClearOut.objects.create(
        key=key,
        campaign=campaign,
        place=place,
        deadline_at=deadline_at,
        owed_reason=owed_reason.strip(),
        started_at=now,
        started_by=actor,
    )
    push.vaccines.set(vaccines)
    push.sites.set(sites)
    ClearOutStart.objects.bulk_create(
        ClearOutStart(
            clear_out=push,
            site_id=level.site_id,
            lot_id=level.lot_id,
            vials=level.vials,
            open_doses=level.open_doses,
        )
        for level in levels
    )
    data = {"deadline": deadline_at.isoformat(), "owed_reason": push.owed_reason}
    audit.record("clear_out.begun", actor=actor, target=push, place_code=place.code, data=data)
    return push


def _check_owed(campaign, place, vaccines, deadline_at: datetime, reason: str) -> None:
    later = {
        v: n.later
        for v, n in owed(campaign, place, vaccines, timezone.localdate(deadline_at)).items()
        if n.later
    }
    if later and not reason.strip():
        names = {one.pk: one.short_name for one in vaccines}
        words = "、".join(f"{names[pk]} {people} 人" for pk, people in later.items())
        raise RuleBroken(
            "OWED_LATER",
            f"这些疫苗还欠着限期以后的第2剂:{words}。清零以后他们的第2剂从哪里来,请写明安排(例如:旗疾控已答应补苗)。",
            "owed_reason",
        )


@deed()
def sign_count(
    *,
    clear_out: ClearOut,
    site: Site,
    counted: Mapping[int, Counted],
    second_name: str,
    actor,
    key: UUID,
    now: datetime,
) -> list[ClearOutCount]:
    """Write down what two people counted at ``site``, by id of the lot, every lot of it; once for a ``key``. The ledger is
    not touched: a difference needs a reason here and a stock-take there. Raises RuleBroken OVER, SECOND_MISSING,
    REASON_MISSING, KEY_USED."""
    alone("clear-out")
    clear_out = ClearOut.objects.select_related("place", "campaign").get(pk=clear_out.pk)
    second = second_name.strip()[:30]
    signed = {"clear_out_id": clear_out.pk, "site_id": site.pk, "by_id": actor.pk, "second_name": second}
    if done := list(ClearOutCount.objects.filter(key=key).select_related("lot")):
        return [_same_count(row, counted, signed) for row in done]
    if clear_out.ended_at:
        raise RuleBroken("OVER", "这次清零已经结束,不能再盘点。")
    if second in ("", str(actor)):
        raise RuleBroken("SECOND_MISSING", "盘点要两个人。请填另一位盘点人的姓名。", "second_name")
    here = next((one for one in Clearing(clear_out, now).sites if one.site == site), None)
    rows = [_count(line, counted, signed | {"key": key, "at": now}) for line in (here.lots if here else [])]
    ClearOutCount.objects.bulk_create(rows)
    data = {"lots": {row.lot.lot_no: [row.vials, row.open_doses] for row in rows}, "second": second}
    audit.record("clear_out.counted", actor=actor, target=clear_out, place_code=site.place.code, data=data)
    return rows


def _count(line: LotLine, counted: Mapping[int, Counted], signed: dict) -> ClearOutCount:
    said = counted.get(line.lot.pk, Counted(line.vials, line.open_doses))
    row = ClearOutCount(
        lot=line.lot,
        book_vials=line.vials,
        book_open=line.open_doses,
        vials=said.vials,
        open_doses=said.open_doses,
        reason=said.reason.strip()[:120],
        **signed,
    )
    if row.differs and not row.reason:
        raise RuleBroken(
            "REASON_MISSING",
            f"批号 {line.lot.lot_no} 账面 {line.vials} 支、已开启 {line.open_doses} 剂,与实盘不同。请写明原因。",
            f"reason_{line.lot.pk}",
        )
    return row


def _same_count(row: ClearOutCount, counted: Mapping[int, Counted], signed: dict) -> ClearOutCount:
    said = counted.get(row.lot_id, Counted(row.vials, row.open_doses, row.reason))
    reason = said.reason.strip()[:120]
    return same(row, vials=said.vials, open_doses=said.open_doses, reason=reason, **signed)


@deed()
def end_clear_out(*, clear_out: ClearOut, note: str, actor, now: datetime) -> ClearOut:
    """End the push. A site that has not signed its count, or doses that are left, need a ``note``."""
    alone("clear-out")
    clear_out = ClearOut.objects.select_related("place", "campaign").get(pk=clear_out.pk)
    if clear_out.ended_at:
        raise RuleBroken("OVER", "这次清零已经结束。")
    state = Clearing(clear_out, now)
    if not note.strip() and (state.pace.left or not state.is_counted):
        raise RuleBroken(
            "NOTE_MISSING",
            f"还剩 {state.pace.left} 剂,或有接种点没有签字盘点。要现在结束,请写明剩下的怎么处理。",
            "note",
        )
    clear_out.ended_at, clear_out.ended_by, clear_out.end_note = now, actor, note.strip()[:120]
    clear_out.save(update_fields=["ended_at", "ended_by", "end_note"])
    data = {"left": state.pace.left, "given": state.given, "note": clear_out.end_note}
    audit.record("clear_out.ended", actor=actor, target=clear_out, place_code=clear_out.place.code, data=data)
    return clear_out
