"""Putting a recorded dose right takes two people: one proposes, another one agrees from the own desk (domain §4.1)."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.choices import CorrectionKind, CorrectionState
from clinic.models import Correction, Dose, Visit
from clinic.services.access import require
from clinic.services.correction_checks import check_counted, check_right, visit_to_take_over
from clinic.services.putting_right import put_right
from clinic.services.visits import check_no_number, locked_visit, note_step
from core.errors import Busy, RuleBroken
from core.locks import alone, deed, lock
from core.repeats import same
from inventory.models import Lot
from inventory.services.posting import locked_levels
from residents.models import Enrolment


@deed()
def propose(
    *,
    dose: Dose,
    kind: str,
    reason: str,
    actor,
    key: UUID,
    now: datetime,
    lot: Lot | None = None,
    enrolment: Enrolment | None = None,
    body_site: str = "",
    given_at: datetime | None = None,
    twin: Dose | None = None,
) -> Correction:
    """Say what is wrong with ``dose`` and what is right; nothing moves yet. Repeatable by ``key``.

    What is right, by ``kind``: LOT and VACCINE the real ``lot``; PERSON the ``enrolment`` of who really got it; DETAILS
    ``body_site`` and/or ``given_at``; TWICE the ``twin`` that stays; NOT_GIVEN nothing. Raises NotAllowed; RuleBroken
    KIND, REASON_MISSING, NOTE_IS_NUMBER, VOIDED_ALREADY, CORRECTION_WAITING and those of ``check_right``.
    """
    visit = locked_visit(dose.visit)
    require(actor, "corrections.propose", visit.site)
    if repeated := Correction.objects.filter(key=key).first():
        return same(repeated, dose_id=dose.pk, kind=kind, lot=lot, enrolment=enrolment, twin=twin)
    if kind not in CorrectionKind.values:
        raise RuleBroken("KIND", "请选择哪里录错了,再提出更正。", "kind")
    if len(reason.strip()) < 2:
        raise RuleBroken("REASON_MISSING", "请写明怎么错的,如“拿错批号登记”“叫错号”。", "reason")
    check_no_number(reason, "reason", "原因")
    row = Correction(
        key=key,
        dose=check_counted(dose),
        kind=kind,
        reason=reason.strip()[:200],
        lot=lot,
        enrolment=enrolment,
        body_site=body_site,
        given_at=given_at,
        twin=twin,
        proposed_at=now,
        proposed_by=actor,
    )
    if Correction.objects.waiting().filter(dose=dose).exists():
        raise RuleBroken(
            "CORRECTION_WAITING", "这一剂已经有一项更正在等第二人确认。请先确认或撤回那一项,再提新的。"
        )
    check_right(row, now)
    _insert(row)
    note_step(visit, "dose.correction_proposed", actor, kind=kind, reason=row.reason)
    return row


def _insert(row: Correction) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else proposed in the same instant (a merge had just moved the visit)
        raise Busy from None


@deed()
def confirm(*, correction: Correction, actor, now: datetime) -> Correction:
    """The second person agrees: the dose is put right, with everything that hangs on it (``put_right``). A repeat by the
    same person changes nothing.

    Raises NotAllowed; RuleBroken SECOND_PERSON (the proposer cannot agree), DECIDED, VOIDED_ALREADY and those of
    ``check_right`` and of the ledger.
    """
    alone("aefi")  # cases may change hands, and their groups must see each other
    row, visit, other = _locked(correction)
    require(actor, "corrections.confirm", visit.site)
    if row.state == CorrectionState.DONE and row.decided_by_id == actor.pk:
        return row
    _check_open(row)
    if row.proposed_by_id == actor.pk:
        raise RuleBroken(
            "SECOND_PERSON",
            "自己提出的更正不能自己确认。请另一位接种员、预检医生或镇办用自己的帐号确认。",
        )
    check_right(row, now)
    row.state, row.decided_by, row.decided_at = CorrectionState.DONE, actor, now
    row.replacement, row.effects = put_right(row, visit, other, actor=actor, now=now)
    row.save()
    note_step(
        visit,
        "dose.corrected",
        actor,
        kind=row.kind,
        reason=row.reason,
        proposed_by=row.proposed_by.username,
    )
    return row


@deed()
def decline(*, correction: Correction, actor, now: datetime, answer: str = "") -> Correction:
    """Leave the dose as it is: its proposer withdraws, or the second person refuses with an ``answer``. A repeat changes
    nothing. Raises NotAllowed; RuleBroken DECIDED, ANSWER_MISSING, NOTE_IS_NUMBER."""
    row, visit, _ = _locked(correction)
    own = row.proposed_by_id == actor.pk
    require(actor, "corrections.propose" if own else "corrections.confirm", visit.site)
    wanted = CorrectionState.WITHDRAWN if own else CorrectionState.REFUSED
    if row.state == wanted and row.decided_by_id == actor.pk:
        return row
    _check_open(row)
    if not own and not answer.strip():
        raise RuleBroken("ANSWER_MISSING", "请写明为什么不同意,提出人好再核实。", "answer")
    check_no_number(answer, "answer", "不同意的原因")
    row.state, row.decided_by, row.decided_at = wanted, actor, now
    row.answer = answer.strip()[:200]
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    note_step(visit, f"dose.correction_{wanted}", actor, kind=row.kind, answer=row.answer)
    return row


def _check_open(row: Correction) -> None:
    if not row.is_open:
        raise RuleBroken(
            "DECIDED", f"这项更正已经由{row.decided_by}处理({row.get_state_display()}),不用再做。"
        )


def _locked(correction: Correction) -> tuple[Correction, Visit, Visit | None]:
    """Lock all that a correction may touch, in the one order: both people, both visits, both lots. Returns the
    correction freshly read, the visit of its dose, and the visit that is to take the dose over, if there is one."""
    first = _read(correction)
    people = {first.dose.visit.enrolment.resident_id}
    if first.enrolment is not None:
        people.add(first.enrolment.resident_id)
    lock(Enrolment, Enrolment.objects.filter(resident__in=people).values_list("pk", flat=True))
    other = visit_to_take_over(first)
    visits = {row.pk: row for row in lock(Visit, {first.dose.visit_id} | ({other.pk} if other else set()))}
    lots = {first.dose.lot_id} | ({first.lot_id} if first.lot_id else set())
    locked_levels({(first.dose.site_id, lot) for lot in lots})
    row = _read(correction)
    places = [(one.dose.visit.enrolment_id, one.enrolment_id) for one in (first, row)]
    if places[0] != places[1]:  # a merge of records was faster
        raise Busy
    return row, visits[row.dose.visit_id], visits[other.pk] if other else None


def _read(correction: Correction) -> Correction:
    return Correction.objects.select_related(
        "dose__visit__enrolment__resident",
        "dose__visit__enrolment__campaign",
        "dose__record__vaccine",
        "dose__movement__lot__presentation",
        "dose__lot__presentation__vaccine",
        "dose__site__place",
        "dose__consent",
        "enrolment__resident",
        "enrolment__campaign",
        "lot__presentation__vaccine",
        "twin__record",
        "proposed_by",
        "decided_by",
    ).get(pk=correction.pk)
