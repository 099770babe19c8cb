"""Visits and calls, and who is talking to which household right now."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from residents.choices import NotVaccinatedReason
from residents.models import Outreach, OutreachClaim, Resident
from residents.services.holds import report_said

CLAIM_MINUTES = 10


def unit_of(resident: Resident) -> str:
    """The household that one caller talks to at a time, or the person who has none."""
    return f"h{resident.household_id}" if resident.household_id else f"r{resident.pk}"


@deed()
def claim(*, resident: Resident, by: User, now: datetime) -> OutreachClaim:
    """Take the person's household for ``CLAIM_MINUTES``; one's own claim is prolonged.

    Raises RuleBroken CLAIMED while somebody else talks to them.
    """
    unit, until = unit_of(resident), now + timedelta(minutes=CLAIM_MINUTES)
    free = OutreachClaim.objects.filter(Q(by=by) | Q(expires_at__lte=now), unit=unit)
    if not free.update(by=by, expires_at=until):
        try:
            with transaction.atomic():
                OutreachClaim.objects.create(unit=unit, by=by, expires_at=until)
        except IntegrityError:
            other = OutreachClaim.objects.select_related("by").get(unit=unit)
            clock = f"{timezone.localtime(other.expires_at):%H:%M}"
            raise RuleBroken(
                "CLAIMED", f"{other.by}正在联系这一户,{clock}以前请先联系别人,免得重复打扰。"
            ) from None
    return OutreachClaim.objects.get(unit=unit)


@deed()
def log(
    *,
    resident: Resident,
    by: User,
    kind: str,
    met: bool,
    key: UUID,
    now: datetime,
    reason: str = "",
    promised_on: date | None = None,
    next_step: str = "",
    next_on: date | None = None,
    note: str = "",
) -> Outreach:
    """Record one contact. The person's reason for not being vaccinated follows the latest contact: whoever was met has
    the reason said this time (none, after a promise); whoever was not met keeps the old one unless a new one is known.
    Who says 禁忌 waits for the doctor (S109).

    The caller's claim ends. A repeat of ``key`` returns the first row. Raises RuleBroken: PROMISE_PAST,
    PROMISE_NOT_MET, NEXT_PAST, OTHER_NEEDS_NOTE, KEY_USED.
    """
    repeated = Outreach.objects.filter(key=key).first()
    if repeated:
        return same(repeated, resident_id=resident.pk, by_id=by.pk)
    _check(timezone.localdate(now), met, reason, promised_on, next_on, note)
    row = Outreach.objects.create(
        key=key,
        resident=resident,
        kind=kind,
        at=now,
        by=by,
        met=met,
        reason=reason,
        promised_on=promised_on,
        next_step=next_step.strip()[:60],
        next_on=next_on,
        note=note.strip()[:200],
    )
    _follow(resident, row)
    if met and reason == NotVaccinatedReason.CONTRAINDICATED:
        words = row.note or resident.conditions or "走访时说有禁忌"
        report_said(resident=resident, words=words, actor=by, now=now)
    OutreachClaim.objects.filter(unit=unit_of(resident), by=by).update(expires_at=now)
    data = {"kind": kind, "met": met, "reason": reason, "promised": str(promised_on or "")}
    audit.record(
        "outreach.recorded",
        actor=by,
        target=row,
        subject=resident,
        place_code=resident.village_code,
        data=data,
    )
    return row


def _check(today: date, met: bool, reason: str, promised_on, next_on, note: str) -> None:
    if promised_on and promised_on < today:
        raise RuleBroken("PROMISE_PAST", "承诺接种的日期不能早于今天。", "promised_on")
    if promised_on and not met:
        raise RuleBroken("PROMISE_NOT_MET", "没有见到(联系上)人,不能记承诺。", "promised_on")
    if next_on and next_on < today:
        raise RuleBroken("NEXT_PAST", "下次联系的日期不能早于今天。", "next_on")
    if reason == NotVaccinatedReason.OTHER and not note.strip():
        raise RuleBroken("OTHER_NEEDS_NOTE", "选“其他原因”时,请在说明里写明是什么原因。", "note")


def _follow(resident: Resident, row: Outreach) -> None:
    changes: dict[str, object] = {}
    if row.met or row.reason:
        changes["not_vaccinated_reason"] = row.reason
    if row.promised_on:
        changes["willing"] = True
    elif row.reason == NotVaccinatedReason.REFUSED:
        changes["willing"] = False
    if changes:
        Resident.objects.filter(pk=resident.pk).update(**changes, updated_at=row.at)
        for name, value in changes.items():
            setattr(resident, name, value)
