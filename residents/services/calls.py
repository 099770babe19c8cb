"""What an office asks its villages, schools and employers to hand in, and by when (S25, S30, S31)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from campaigns.models import Campaign
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from core.repeats import same
from places.choices import OrganisationKind
from places.models import Organisation, Place
from places.querysets import any_code_range
from residents.choices import AUDIENCES, Audience, SubmissionKind
from residents.models import SubmissionCall

# A shop is looked after by its village and by the sticker, not by a register of its own.
_KINDS = {
    Audience.SCHOOLS: (OrganisationKind.SCHOOL,),
    Audience.EMPLOYERS: (
        OrganisationKind.ENTERPRISE,
        OrganisationKind.CONSTRUCTION,
        OrganisationKind.CARE_HOME,
        OrganisationKind.UNIT,
    ),
}


@deed()
def ask(
    *,
    actor,
    campaign: Campaign,
    place: Place,
    kind: str,
    due_at: datetime,
    now: datetime,
    key: UUID,
    audience: str = "",
    stage: str = "",
    note: str = "",
) -> SubmissionCall:
    """Ask everybody of ``audience`` below ``place`` for ``kind`` by ``due_at``. A repeat of ``key`` returns the first row.

    Raises NotAllowed outside the actor's places, RuleBroken: CALL_PAST, CALL_AUDIENCE, CALL_TWICE, KEY_USED.
    """
    _check(actor, place)
    said = {"kind": kind, "place": place, "campaign": campaign, "asked_by": actor}
    if first := SubmissionCall.objects.filter(key=key).first():
        return same(first, **said)
    audience = audience or AUDIENCES[kind][0]
    if audience not in AUDIENCES[kind]:
        words = "、".join(Audience(one).label for one in AUDIENCES[kind])
        raise RuleBroken("CALL_AUDIENCE", f"{SubmissionKind(kind).label}由{words}上报。", "audience")
    _in_time(due_at, now)
    call = SubmissionCall(
        key=key,
        audience=audience,
        stage=stage.strip(),
        due_at=due_at,
        note=note.strip(),
        asked_at=now,
        **said,
    )
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError:
        if first := SubmissionCall.objects.filter(key=key).first():  # the second of two clicks
            return same(first, **said)
        raise RuleBroken(
            "CALL_TWICE", "这种报表已经要求过。要改时间请修改那一条;要重新收一次请先收回它。", "kind"
        ) from None
    _note("submission_call.asked", actor, call, {"kind": kind, "due": due_at.isoformat()})
    return call


@deed()
def change_call(
    *, actor, call: SubmissionCall, due_at: datetime, stage: str, note: str, now: datetime
) -> SubmissionCall:
    """Another deadline or another word; what was late by the old one stays marked. Raises NotAllowed, RuleBroken CALL_PAST."""
    _check(actor, call.place)
    if due_at != call.due_at:
        _in_time(due_at, now)
    old = call.due_at
    call.due_at, call.stage, call.note = due_at, stage.strip(), note.strip()
    call.save(update_fields=["due_at", "stage", "note"])
    _note("submission_call.edited", actor, call, {"due": [old.isoformat(), due_at.isoformat()]})
    return call


@deed()
def close_call(*, actor, call: SubmissionCall, now: datetime) -> None:
    """Ask no longer; what was handed in stays. Raises NotAllowed, RuleBroken CALL_CLOSED."""
    _check(actor, call.place)
    if not SubmissionCall.objects.open().filter(pk=call.pk).update(closed_at=now):
        raise RuleBroken("CALL_CLOSED", "这项上报要求已经收回。")
    call.closed_at = now
    _note("submission_call.closed", actor, call, {"kind": call.kind})


def senders(
    audiences: Collection[str], prefixes: Collection[str], own: Collection[int] = ()
) -> list[Place | Organisation]:
    """Who of ``audiences`` stands on places with these code ``prefixes``: villages, schools, then the others, each in the
    order of the ground; and the organisations ``own`` (ids) wherever they stand. At most two queries."""
    found: list[Place | Organisation] = []
    if Audience.VILLAGES in audiences:
        found += Place.objects.current().villages().inside(prefixes).order_by("code")
    kinds = [kind for audience in audiences for kind in _KINDS.get(audience, ())]
    if kinds or own:
        there = Q(any_code_range("place__code", prefixes), kind__in=kinds, is_active=True) | Q(pk__in=own)
        rows = Organisation.objects.filter(there).select_related("place").order_by("place__code", "name")
        found += sorted(rows, key=lambda row: row.kind != OrganisationKind.SCHOOL)
    return found


def asks(call: SubmissionCall, sender: Place | Organisation) -> bool:
    """True when ``call`` asks ``sender``."""
    code = sender.code if isinstance(sender, Place) else sender.place.code
    if not code.startswith(call.place.prefix):
        return False
    if isinstance(sender, Place):
        return call.audience == Audience.VILLAGES
    return call.audience != Audience.VILLAGES and sender.kind in _KINDS[Audience(call.audience)]


def _check(actor, place: Place) -> None:
    if actor is not None and not actor.scope("submissions.ask").covers(place.code):
        raise NotAllowed("上报要求由镇办或县里下发。")


def _in_time(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise RuleBroken("CALL_PAST", "截止时间已经过去,请改成以后的时间。", "due_at")


def _note(action: str, actor, call: SubmissionCall, data: dict) -> None:
    audit.record(action, actor=actor, target=call, place_code=call.place.code, data=data)
