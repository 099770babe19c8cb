"""Writing the audit trail (``core.audit_proof`` proves it)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import idnumbers, kept, phones, requests
from core.audit_seals import digest, seal
from core.locks import before_commit, deed, lock_found
from core.models import AuditChain, AuditEvent


@dataclass(frozen=True)
class _Entry:
    actor: object
    action: str
    target: str
    subject: str
    place_code: str
    data: dict


def record(
    action: str, *, actor, target=None, subject=None, place_code: str = "", data: dict | None = None
) -> None:
    """Record one deed of ``actor`` (a User, or None for the system) in the transaction of the running deed.

    ``action`` is dotted ("booking.cancelled"), ``target`` the row acted upon, ``subject`` the resident concerned,
    ``data`` small JSON; card and mobile numbers that somebody typed into a reason or a file's name are masked. Rows are
    written at the end of the deed, so the actor's chain is always the last lock taken.
    """
    subject_uid = str(getattr(subject, "uid", "") or "")
    entry = _Entry(actor, action, _label(target), subject_uid, place_code, _masked(data or {}))
    if not before_commit(_write, entry):
        with deed():
            _write([entry])


def _masked(data):
    """``data`` with the card and mobile numbers in its texts masked."""
    if isinstance(data, str):
        return phones.mask_within(idnumbers.mask_within(data))
    if isinstance(data, dict):
        return {key: _masked(value) for key, value in data.items()}
    return [_masked(value) for value in data] if isinstance(data, list | tuple) else data


def viewed(resident, *, by, page: str, purpose: str = "") -> None:
    """Record that ``by`` saw the data of ``resident`` on ``page``."""
    record(
        "resident.viewed",
        actor=by,
        target=resident,
        subject=resident,
        data={"page": page, "purpose": purpose},
    )


def has_viewed(resident, *, by, since: datetime) -> bool:
    """True when it was recorded that ``by`` saw the data of ``resident`` after ``since``."""
    seen = AuditEvent.objects.filter(subject=str(resident.uid), at__gte=since)
    return seen.filter(actor=by, action="resident.viewed").exists()


def _write(entries: list[_Entry]) -> None:
    by_chain: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_chain.setdefault(f"user:{entry.actor.pk}" if entry.actor else "system", []).append(entry)
    for key in sorted(by_chain):
        _append(key, by_chain[key])


def _append(key: str, entries: list[_Entry]) -> None:
    chain = _locked_chain(key)
    is_whole = chain.seal == seal(chain)
    info, now = requests.current.get(), timezone.now()
    rows = []
    for entry in entries:
        row = AuditEvent(
            chain=chain,
            seq=chain.length + 1,
            at=now,
            actor=entry.actor,
            action=entry.action,
            target=entry.target,
            subject=entry.subject,
            place_code=entry.place_code,
            data=entry.data,
            ip=info.ip,
            request_id=info.request_id,
            previous=chain.head,
        )
        row.hash = chain.head = digest(row)
        chain.length = row.seq
        rows.append(row)
    # A chain that was tampered with is not healed by the next honest row: the proof must still find it.
    chain.seal = seal(chain) if is_whole else ""
    kept.insert(*rows, saved=[(chain, ("length", "head", "seal"))])


def _locked_chain(key: str) -> AuditChain:
    if chain := lock_found(AuditChain, key=key):
        return chain
    with suppress(IntegrityError), transaction.atomic():  # another request of the same user may be the first
        fresh = AuditChain(key=key)
        fresh.seal = seal(fresh)
        fresh.save()
    return lock_found(AuditChain, key=key)


def _label(target) -> str:
    return "" if target is None else f"{target._meta.label_lower}:{target.pk}"


def has_its_key() -> bool:
    """True when the key ring reads the trail: its last row, or there is none."""
    last = AuditEvent.objects.select_related("chain").order_by("-pk").first()
    return last is None or last.hash == digest(last)
