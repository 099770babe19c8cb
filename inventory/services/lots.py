"""Lots: known once, whoever brings them."""

from datetime import date

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from inventory.models import Lot, Presentation, StockMovement, Vaccine


@deed()
def register_lot(
    *,
    vaccine: Vaccine,
    doses_per_vial: int,
    lot_no: str,
    expires_on: date,
    release_no: str = "",
    approval_no: str = "",
    actor,
) -> Lot:
    """The lot with this number, created when it is new. A 批签发 number or 批准文号 that was missing is filled in.

    Raises RuleBroken PRESENTATION_UNKNOWN, LOT_NO_MISSING, or LOT_MISMATCH when the lot is already known with another
    expiry day, release number or number of doses per vial: one of the two papers was misread. Where every receipt of it has
    been taken back, it is written down anew: so a slip of the first receipt is put right.
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
            defaults={"expires_on": expires_on, "release_no": release_no, "approval_no": approval_no.strip()},
        )
        if created:
            audit.record("lot.registered", actor=actor, target=lot, data={"lot_no": lot_no})
            return lot
    if not _stands(lot):
        facts = {
            "presentation": presentations[doses_per_vial],
            "expires_on": expires_on,
            "release_no": release_no or lot.release_no,
            "approval_no": approval_no.strip() or lot.approval_no,
        }
        return _write_anew(lot, facts, actor)
    _check_same(lot, doses_per_vial, expires_on, release_no)
    if release_no and not lot.release_no:
        fill_release_no(lot, release_no, actor)
    if approval_no.strip() and not lot.approval_no:
        lot.approval_no = approval_no.strip()
        lot.save(update_fields=["approval_no"])
    return lot


def fill_release_no(lot: Lot, release_no: str, actor) -> None:
    """Note the 批签发 number that was missing until now."""
    lot.release_no = release_no
    lot.save(update_fields=["release_no"])
    audit.record("lot.release_no_added", actor=actor, target=lot, data={"release_no": release_no})


def _stands(lot: Lot) -> bool:
    """Whether any of it was ever really somewhere: a movement that nobody has taken back."""
    return StockMovement.objects.filter(lot=lot, reverses__isnull=True, reversed_by__isnull=True).exists()


def _write_anew(lot: Lot, facts: dict, actor) -> Lot:
    changed = {
        name: [str(getattr(lot, name)), str(new)] for name, new in facts.items() if getattr(lot, name) != new
    }
    if changed:
        for name, new in facts.items():
            setattr(lot, name, new)
        lot.save(update_fields=list(facts))
        audit.record("lot.corrected", actor=actor, target=lot, data=changed)
    return lot


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
                f"批号 {lot.lot_no} 已登记的{word}是 {known},这次填的是 {given}。请对照包装核对:"
                "这次错的,改这一行;先前登记错的,先冲正先前那张入库单,再照包装重新入库。",
                field,
            )
