"""暂缓 and 禁忌: who may not be vaccinated for now, why, and until when. Nobody else writes Hold."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils import timezone

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock_one
from inventory.models import Vaccine
from residents.choices import HoldKind
from residents.models import Enrolment, Hold, Resident
from residents.services.enrolments import refresh
from residents.services.merged import refuse_merged
from residents.words import is_for_the_doctor


def active_holds(enrolment: Enrolment, *, on: date) -> list[Hold]:
    """Holds in force on ``on``, the gravest first."""
    return in_force(enrolment.holds.filter(lifted_at__isnull=True).select_related("vaccine", "by"), on=on)


def in_force(holds: Iterable[Hold], *, on: date) -> list[Hold]:
    """Those of ``holds`` (not lifted) that are in force on ``on``, the gravest first."""
    return sorted(
        (h for h in holds if h.until is None or h.until > on), key=lambda h: (h.kind != "contra", h.pk)
    )


def contraindications_elsewhere(enrolment: Enrolment, *, on: date) -> list[Hold]:
    """禁忌 in force on ``on`` that a doctor has written down for this person in another campaign against the same disease."""
    campaign = enrolment.campaign
    others = Enrolment.objects.filter(
        resident=enrolment.resident_id, campaign__disease=campaign.disease, campaign__season=campaign.season
    ).exclude(pk=enrolment.pk)
    found = Hold.objects.filter(enrolment__in=others, kind=HoldKind.CONTRA, lifted_at__isnull=True)
    return in_force(found.select_related("vaccine", "enrolment__campaign__place"), on=on)


@deed()
def place_hold(
    *,
    enrolment: Enrolment,
    kind: str,
    reason: str,
    by,
    now: datetime,
    scope: str = "all",
    vaccine: Vaccine | None = None,
    until: date | None = None,
    review_on: date | None = None,
) -> Hold:
    """Put a person on hold (暂缓 until a day, 禁忌 until a day or a doctor lifts it, 自述禁忌 until judged).

    ``until`` is the first day on which a dose may be given again. The same said again while it stands is one hold. Raises RuleBroken: REASON_MISSING, HOLD_PAST,
    HOLD_NEEDS_END (a deferral without a date would silently block for ever), MERGED.
    """
    today = timezone.localdate(now)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明原因。", "reason")
    if kind == "defer" and until is None:
        raise RuleBroken("HOLD_NEEDS_END", "暂缓必须写明可以再来接种的日期。", "until")
    if until is not None and until <= today:
        raise RuleBroken("HOLD_PAST", "可再次接种的日期应晚于今天。", "until")
    lock_one(Enrolment, enrolment.pk)
    refuse_merged(enrolment.resident_id)
    said = {"kind": kind, "scope": scope, "vaccine": vaccine, "reason": reason.strip()[:200]}
    said |= {"until": until, "review_on": review_on, "by": by}
    if standing := enrolment.holds.filter(**said, lifted_at=None).first():
        return standing
    hold = Hold.objects.create(enrolment=enrolment, at=now, **said)
    refresh([enrolment.pk], campaign=enrolment.campaign, today=today)
    data = {"kind": kind, "scope": scope, "until": until.isoformat() if until else None}
    audit.record("hold.placed", actor=by, target=hold, subject=enrolment.resident, data=data)
    return hold


@deed()
def report_conditions(*, residents: Iterable[Resident], campaign: Campaign, actor, now: datetime) -> int:
    """自述禁忌 that a file brings: everybody who says something a doctor must judge waits for the doctor (S109).

    Whoever said the same before, judged or not, is left alone. Returns how many are new.
    """
    said = {
        person.pk: person.conditions
        for person in residents
        if is_for_the_doctor(person.conditions, person.not_vaccinated_reason)
    }
    return _wait_for_the_doctor(said, campaign, actor, now) if said else 0


@deed()
def report_said(*, resident: Resident, words: str, actor, now: datetime) -> None:
    """自述禁忌 that somebody heard on a visit: waits for the doctor in every running campaign the person is enrolled in,
    unless the same was said before."""
    said = {resident.pk: words.strip()[:200]}
    for campaign in Campaign.objects.running().filter(enrolments__resident=resident).order_by("pk"):
        _wait_for_the_doctor(said, campaign, actor, now)


def _wait_for_the_doctor(said: Mapping[int, str], campaign: Campaign, actor, now: datetime) -> int:
    rows = Enrolment.objects.filter(campaign=campaign, resident__in=said).order_by("pk")
    known = Hold.objects.filter(enrolment__in=rows, kind=HoldKind.SELF_REPORTED)
    before = set(known.values_list("enrolment_id", "reason"))
    new = [
        Hold(enrolment=row, kind=HoldKind.SELF_REPORTED, reason=said[row.resident_id], by=actor, at=now)
        for row in rows
        if (row.pk, said[row.resident_id]) not in before
    ]
    if new:
        Hold.objects.bulk_create(new, batch_size=500)
        ids = [hold.enrolment_id for hold in new]
        refresh(ids, campaign=campaign, today=timezone.localdate(now))
        audit.record("hold.placed", actor=actor, target=campaign, data={"kind": "self", "people": len(new)})
    return len(new)


@deed()
def lift_hold(*, hold: Hold, actor, reason: str, now: datetime) -> None:
    """End a hold before its time. Raises RuleBroken: REASON_MISSING, LIFTED_ALREADY."""
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明解除原因。", "reason")
    lock_one(Enrolment, hold.enrolment_id)
    open_hold = Hold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
    if not open_hold.update(lifted_at=now, lifted_by=actor, lift_reason=reason.strip()[:200]):
        raise RuleBroken("LIFTED_ALREADY", "这条暂缓(禁忌)已经解除。")
    refresh([hold.enrolment_id], campaign=hold.enrolment.campaign, today=timezone.localdate(now))
    audit.record(
        "hold.lifted", actor=actor, target=hold, subject=hold.enrolment.resident, data={"reason": reason}
    )
