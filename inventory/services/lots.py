"""Lots: known once, held and released where they lie."""

from datetime import date, datetime

from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock_one
from inventory.choices import LotState
from inventory.models import Lot, Presentation, StockLevel, Vaccine
from places.models import Site


@deed()
def register_lot(
    *, vaccine: Vaccine, doses_per_vial: int, lot_no: str, expires_on: date, release_no: str = "", actor
) -> Lot:
    """The lot with this number, created when it is new. A 批签发 number that was missing is filled in.

    Raises RuleBroken PRESENTATION_UNKNOWN, LOT_NO_MISSING, or LOT_MISMATCH when the lot is already known with another
    expiry day, release number or number of doses per vial: one of the two papers was misread.
    """
    lot_no, release_no = lot_no.strip().upper(), release_no.strip()
    if not lot_no:
        raise RuleBroken("LOT_NO_MISSING", "请填写批号,照疫苗盒上的写。", "lot_no")
    presentations = {p.doses_per_vial: p for p in Presentation.objects.filter(vaccine=vaccine)}
    if doses_per_vial not in presentations:
        offered = "、".join(f"{n}剂/支" for n in sorted(presentations)) or "无"
        raise RuleBroken(
            "PRESENTATION_UNKNOWN",
            f"“{vaccine}”没有 {doses_per_vial} 剂/支的规格(现有:{offered})。请核对包装。",
            "presentation",
        )
    known = Lot.objects.filter(presentation__vaccine=vaccine, lot_no=lot_no).select_related("presentation")
    lot = known.first()
    if lot is None:
        lot, created = Lot.objects.get_or_create(
            presentation=presentations[doses_per_vial],
            lot_no=lot_no,
            defaults={"expires_on": expires_on, "release_no": release_no},
        )
        if created:
            audit.record("lot.registered", actor=actor, target=lot, data={"lot_no": lot_no})
            return lot
    _check_same(lot, doses_per_vial, expires_on, release_no)
    if release_no and not lot.release_no:
        _fill_release_no(lot, release_no, actor)
    return lot


def _fill_release_no(lot: Lot, release_no: str, actor) -> None:
    lot.release_no = release_no
    lot.save(update_fields=["release_no"])
    audit.record("lot.release_no_added", actor=actor, target=lot, data={"release_no": release_no})


def _check_same(lot: Lot, doses_per_vial: int, expires_on: date, release_no: str) -> None:
    pairs = (
        ("有效期", lot.expires_on, expires_on, "expires_on"),
        ("每支剂数", lot.presentation.doses_per_vial, doses_per_vial, "presentation"),
        ("批签发合格证号", lot.release_no or release_no, release_no or lot.release_no, "release_no"),
    )
    for word, known, given, field in pairs:
        if known != given:
            raise RuleBroken(
                "LOT_MISMATCH",
                f"批号 {lot.lot_no} 已登记的{word}是 {known},这次填的是 {given}。请对照包装核对,不能两样都对。",
                field,
            )


@deed()
def hold_lot(*, site: Site, lot: Lot, reason: str, actor, now: datetime) -> StockLevel:
    """Hold the lot at ``site``: it stays counted but cannot be given. Raises RuleBroken when it is held already."""
    level = _locked_level(site, lot)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明隔离的原因。", "reason")
    if level.held_reason:
        raise RuleBroken("ALREADY_HELD", f"批号 {lot.lot_no} 已在隔离中({level.held_reason})。")
    _set_held(level, reason.strip()[:120], "lot.held", actor, now)
    return level


@deed()
def release_lot(
    *, site: Site, lot: Lot, reason: str, actor, now: datetime, release_no: str = ""
) -> StockLevel:
    """End the hold at ``site``; ``release_no`` fills in a 批签发 number that was missing until now.

    Raises RuleBroken NOT_HELD, LOT_STATE (held or recalled everywhere), or RELEASE_NO_MISSING as long as the 批签发
    number is not known.
    """
    level = _locked_level(site, lot)
    lot = Lot.objects.get(pk=lot.pk)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明解除隔离的依据。", "reason")
    if not level.held_reason:
        raise RuleBroken("NOT_HELD", f"批号 {lot.lot_no} 没有在本点隔离,不需要解除。")
    if lot.state != LotState.USABLE:
        raise RuleBroken(
            "LOT_STATE", f"批号 {lot.lot_no} 全部{lot.get_state_display()},不能在本点单独解除。请等上级通知。"
        )
    if not lot.release_no and not release_no.strip():
        raise RuleBroken(
            "RELEASE_NO_MISSING",
            "还没有批签发合格证号,不能解除。请向供货单位补要,填上号码再解除。",
            "release_no",
        )
    if not lot.release_no:
        _fill_release_no(lot, release_no.strip(), actor)
    _set_held(level, "", "lot.released", actor, now, reason=reason.strip())
    return level


def _locked_level(site: Site, lot: Lot) -> StockLevel:
    pk = StockLevel.objects.filter(site=site, lot=lot).values_list("pk", flat=True).first()
    if pk is None:
        raise RuleBroken("LOT_NOT_HERE", f"{site}没有批号 {lot.lot_no} 的库存。")
    return lock_one(StockLevel, pk)


def _set_held(level: StockLevel, held: str, action: str, actor, now: datetime, reason: str = "") -> None:
    level.held_reason = held
    level.save(update_fields=["held_reason"])
    data = {"reason": held or reason, "at": now.isoformat()}
    audit.record(action, actor=actor, target=level, place_code=level.site.place.code, data=data)
