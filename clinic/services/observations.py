"""留观: release after the time, or before it with a reason; never while a reaction is open."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic import rules
from clinic.choices import Stage
from clinic.models import AdverseEvent, Visit
from clinic.services.access import doctors_of, require
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed
from core.text import clean

SEAT_LENGTH = 6


@deed()
def release(*, visit: Visit, actor, now: datetime, reason: str = "", doctor=None) -> Visit:
    """End the observation. Before ``release_due`` a ``reason`` is needed and a ``doctor`` of this site who agrees (a
    doctor who releases agrees by that). A repeat leaves the visit as it is. Raises NotAllowed; RuleBroken of
    docs/visit-states.md, TOO_EARLY, DOCTOR_MISSING, NOT_A_DOCTOR, REACTION_OPEN."""
    row = locked_visit(visit)
    require(actor, "visits.observe", row.site)
    if row.stage == "left":
        return row
    row.stage = rules.step(row.stage, rules.Deed.RELEASE)
    if open_reactions(row).exists():
        raise RuleBroken("REACTION_OPEN", "此人有未结案的异常反应,不能放行。请先处置并结案,或转诊。")
    is_early = now < row.release_due
    if is_early:
        doctor = _doctor(row, actor, doctor, now)
    rules.check_leaving_on_time(row.release_due, now, reason, has_doctor=doctor is not None)
    row.left_at, row.left_by = now, actor
    row.leave_reason, row.leave_doctor = (reason.strip()[:200], doctor) if is_early else ("", None)
    row.save(update_fields=["stage", "left_at", "left_by", "leave_reason", "leave_doctor"])
    agreed = {"doctor": doctor.username} if is_early else {}
    note_step(row, "visit.released", actor, early=is_early, reason=row.leave_reason, **agreed)
    return row


def _doctor(row: Visit, actor, doctor, now: datetime):
    """Who agrees that somebody goes early: ``doctor``, else the actor when that is one; None when nobody does."""
    doctors = doctors_of(row.site, timezone.localdate(now))
    if doctor is None:
        return doctors.filter(pk=actor.pk).first()
    if not doctors.filter(pk=doctor.pk).exists():
        raise RuleBroken("NOT_A_DOCTOR", f"{doctor}不是本点的医生,不能同意提前离场。请另选。", "doctor")
    return doctor


@deed()
def take_seat(*, visit: Visit, actor, seat: str) -> Visit:
    """Note where in the observation area somebody sits ("" takes it back), so that an alarm names the chair.

    Raises NotAllowed; RuleBroken SEAT_LONG, SEAT_TAKEN, NOT_OBSERVED.
    """
    row = locked_visit(visit)
    require(actor, "visits.observe", row.site)
    seat = clean(seat).upper().replace(" ", "")
    if row.stage != Stage.OBSERVING:
        raise RuleBroken("NOT_OBSERVED", "此人不在留观中,不用登记座位。")
    if len(seat) > SEAT_LENGTH:
        raise RuleBroken("SEAT_LONG", f"座位号最多 {SEAT_LENGTH} 个字,如 A12。", "seat")
    others = Visit.objects.filter(site=row.site, stage=Stage.OBSERVING, seat=seat).exclude(pk=row.pk)
    if seat and (other := others.first()):
        raise RuleBroken("SEAT_TAKEN", f"{seat} 座已登记 {other.queue_no}号,请核对或换一个座位。", "seat")
    if row.seat != seat:
        row.seat = seat
        _save_seat(row)
        note_step(row, "visit.seated", actor, seat=seat)
    return row


def _save_seat(row: Visit) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=["seat"])
    except IntegrityError:  # another nurse gave the same chair away in the same instant
        raise RuleBroken("SEAT_TAKEN", f"{row.seat} 座刚刚有人坐了,请换一个座位。", "seat") from None


@deed()
def transfer(*, visit: Visit, actor, hospital: str, reason: str, now: datetime) -> Visit:
    """Send a person under observation to ``hospital``; open reactions name it. Raises NotAllowed; RuleBroken of
    docs/visit-states.md, HOSPITAL, REASON_MISSING."""
    row = locked_visit(visit)
    require(actor, "aefi.report", row.site)
    row.stage = rules.step(row.stage, rules.Deed.TRANSFER)
    if not hospital.strip():
        raise RuleBroken("HOSPITAL", "请填写转往的医院。", "hospital")
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明转诊原因。", "reason")
    row.left_at, row.left_by, row.leave_reason = now, actor, reason.strip()[:200]
    row.save(update_fields=["stage", "left_at", "left_by", "leave_reason"])
    open_reactions(row).update(hospital=hospital.strip()[:60])
    note_step(row, "visit.transferred", actor, hospital=hospital, reason=reason)
    return row


def open_reactions(visit: Visit):
    """Reactions of this visit's doses that are not closed."""
    return AdverseEvent.objects.open().filter(dose__visit=visit)
