"""What happens when two people agree that a recorded dose is wrong: record, stock, visits, cases, certificates follow.

Nothing is edited away: the wrong record is voided and stays, stock goes back by a counter-movement, the right dose is a
new one. Only ``corrections.confirm`` calls this, inside its deed, with all locks held.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from django.utils import timezone

from appointments.services.bookings import mark_done, mark_undone
from clinic import rules
from clinic.choices import CorrectionKind, Stage
from clinic.models import Correction, Dose, Visit
from clinic.services import certificate_renewal, visits
from clinic.services.carried_cases import carry_cases
from clinic.services.correction_checks import consent_before, lot_warnings, missing_before
from clinic.services.guests import home_town
from core.errors import RuleBroken
from core.locks import deed
from inventory.models import Lot
from inventory.services.ledger import reverse, use_given
from residents.services.records import note_dose, void_record

_TAKEN_BACK = (CorrectionKind.NOT_GIVEN, CorrectionKind.TWICE)
_OBSERVATION = ("observe_from", "release_due", "seat", "left_at", "left_by", "leave_reason", "leave_doctor")


@dataclass(frozen=True)
class _Deed:
    """Who confirms what, when; ``reason`` stands on everything that is taken back."""

    row: Correction
    actor: object
    now: datetime

    @property
    def reason(self) -> str:
        return f"{self.row.get_kind_display()}:{self.row.reason}"[:200]

    def key(self, name: str):
        return uuid5(self.row.key, name)


def put_right(
    row: Correction, visit: Visit, other: Visit | None, *, actor, now: datetime
) -> tuple[Dose | None, list[str]]:
    """Carry ``row`` out: returns the dose that stands now in its place, if any, and in sentences what it changed.

    ``visit`` is that of the wrong dose; ``other`` the one that takes it over when it went into somebody else.
    """
    it = _Deed(row, actor, now)
    campaign = row.dose.visit.enrolment.campaign
    people = [row.dose.visit.enrolment.resident] + ([row.enrolment.resident] if row.enrolment else [])
    said = certificate_renewal.statements(people, campaign)
    if row.kind in _TAKEN_BACK:
        new, effects = None, _take_back(it, visit)
    elif row.kind == CorrectionKind.PERSON:
        new, effects = _hand_over(it, visit, other)
    else:
        new, effects = _replace(it, visit)
    effects += carry_cases(row, new or row.twin, reason=it.reason, actor=actor, now=now)
    effects += certificate_renewal.renew(said, campaign, reason=it.reason, actor=actor, now=now)
    return new, effects


def _give_back(it: _Deed) -> list[str]:
    """The wrong lot gets its dose back."""
    dose = it.row.dose
    dose.reversal = reverse(
        movement=dose.movement, actor=it.actor, reason=it.reason, key=it.key("reversal"), now=it.now
    )
    dose.save(update_fields=["reversal"])
    return [f"批号 {dose.lot} 退回库存 1 剂(冲正原领用)"]


def _take_back(it: _Deed, visit: Visit) -> list[str]:
    stage = rules.step(visit.stage, rules.Deed.VOID)
    effects = _give_back(it)
    void_record(record=it.row.dose.record, actor=it.actor, reason=it.reason, now=it.now)
    return ["原记录作废,保留可查", *effects, *_empty(it, visit, stage)]


def _empty(it: _Deed, visit: Visit, stage: Stage) -> list[str]:
    """``visit`` has no dose any more: whoever is still there may get one."""
    if visit.booking is not None:
        mark_undone(booking=visit.booking, reason=it.reason, now=it.now)
    if stage == visit.stage:
        return ["原来的人没有接种这一剂:到期没种的,请重新预约"]
    visit.stage, visit.observe_from, visit.release_due, visit.seat = stage, None, None, ""
    visit.save(update_fields=["stage", "observe_from", "release_due", "seat"])
    return [f"{visit.queue_no}号回到“已知情同意”:人还在的可以接种;已回家的请登记“没有接种就离开”"]


def _replace(it: _Deed, visit: Visit) -> tuple[Dose, list[str]]:
    row, dose = it.row, it.row.dose
    visit.stage = rules.step(visit.stage, rules.Deed.CORRECT)
    effects = []
    void_record(record=dose.record, actor=it.actor, reason=it.reason, now=it.now)
    given_at = row.given_at or dose.given_at
    new = _enter(it, visit, row.lot or dose.lot, given_at, dose.consent)
    if (
        row.lot is not None
    ):  # after the new one: what comes back may have to be written off, on a paper with a number
        effects += [*_give_back(it), f"批号 {row.lot} 记领用 1 剂", *lot_warnings(row.lot, given_at)]
    if given_at != dose.given_at and visit.stage == Stage.OBSERVING:
        minutes = visit.enrolment.campaign.observation_minutes
        visit.observe_from, visit.release_due = given_at, given_at + timedelta(minutes=minutes)
        visit.save(update_fields=["observe_from", "release_due"])
    return new, ["原记录作废,新记录按实际情况生成", *effects]


def _hand_over(it: _Deed, visit: Visit, other: Visit | None) -> tuple[Dose, list[str]]:
    """The needle went into another person: record and observation go there; the use of stock stays what it was."""
    row, dose = it.row, it.row.dose
    void_record(record=dose.record, actor=it.actor, reason=it.reason, now=it.now)
    target = other or _come_late(it, visit)
    consent = consent_before(row, target)
    missing = missing_before(row, target, consent)
    target.stage = rules.step(target.stage, rules.Deed.TAKE_OVER)
    if visit.stage in (Stage.LEFT, Stage.TRANSFERRED):
        target.stage = visit.stage
    for name in _OBSERVATION:
        setattr(target, name, getattr(visit, name))
    empty = rules.step(visit.stage, rules.Deed.VOID)
    effects = _empty(it, visit, empty)  # first: the seat is free for the other
    target.save(update_fields=["stage", *_OBSERVATION])
    new = _enter(it, target, dose.lot, dose.given_at, consent)
    _mark_done_if_open(target)
    words = ["原记录作废,这一剂记到实际受种者名下,留观一并转过去", "库存不变(用的是同一支疫苗)"]
    if missing:
        words.append(f"注意:实际受种者接种前没有{'、'.join(missing)},请报告镇办,按接种差错处理")
    return new, words + effects


def _mark_done_if_open(target: Visit) -> None:
    if target.booking is None:
        return
    try:
        with deed():
            mark_done(booking=target.booking)
    except RuleBroken:  # the booking was called off or moved since: the visit tells what happened
        return


def _come_late(it: _Deed, visit: Visit) -> Visit:
    """Who got the needle never was at the desk: the visit is written down afterwards."""
    who = it.row.enrolment
    return visits.with_next_number(
        Visit(
            key=it.key("visit"),
            enrolment=who,
            site=visit.site,
            session=visit.session,
            booking=visits.todays_booking(who, visit.site, visit.on),
            on=visit.on,
            note="更正接种记录时补登记",
            checked_in_at=it.now,
            checked_in_by=it.actor,
            guest_from=home_town(who.resident, visit.site),
        )
    )


def _enter(it: _Deed, visit: Visit, lot: Lot, given_at: datetime, consent) -> Dose:
    """The right dose: a new record, and the stock of ``lot`` or the use that was entered already."""
    dose = it.row.dose
    movement = dose.movement
    if it.row.lot is not None:
        use = {"actor": it.actor, "key": it.key("use"), "given_at": given_at, "now": it.now}
        movement = use_given(site=dose.site, lot=lot, note="更正接种记录", **use)
    else:
        Dose.objects.filter(pk=dose.pk).update(movement=None)
    record = note_dose(
        enrolment=visit.enrolment,
        vaccine=lot.presentation.vaccine,
        lot_no=lot.lot_no,
        given_on=timezone.localdate(given_at),
        place_name=dose.site.name,
        actor=it.actor,
        today=timezone.localdate(it.now),
    )
    return Dose.objects.create(
        key=it.key("dose"),
        visit=visit,
        record=record,
        movement=movement,
        lot=lot,
        site=dose.site,
        consent=consent,
        body_site=it.row.body_site or dose.body_site,
        checklist=dose.checklist,
        given_at=given_at,
        by=dose.by,
    )
