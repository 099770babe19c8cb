"""Taking a wrong dose back: stock reversed, record voided, visit set right, by two people."""

from datetime import datetime
from uuid import UUID

from clinic import rules
from clinic.models import Dose
from clinic.services.access import require
from clinic.services.observations import open_reactions
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed
from inventory.services.ledger import reverse
from residents.services.records import void_record


@deed()
def void_dose(*, dose: Dose, actor, second_person, reason: str, key: UUID, now: datetime) -> Dose:
    """Void a dose that was recorded wrongly (person, lot or time). ``second_person`` works at the site too and has
    checked it (domain §4.1: two persons). During the observation the person goes back to 已知情同意, so that the right
    dose can be recorded. A repeat of ``key`` returns the dose.

    Raises NotAllowed; RuleBroken SECOND_PERSON, REASON_MISSING, REACTION_OPEN, VOIDED_ALREADY.
    """
    visit = locked_visit(dose.visit)
    require(actor, "doses.record", visit.site)
    dose = Dose.objects.select_related("record", "movement__lot__presentation", "reversal").get(pk=dose.pk)
    if dose.reversal is not None and dose.reversal.key == key:
        return dose
    if second_person is None or second_person == actor:
        raise RuleBroken("SECOND_PERSON", "作废接种记录须两人核对,请另一位现场人员复核。", "second_person")
    require(second_person, "clinic.view", visit.site)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明作废原因(种错人、批号录错等)。", "reason")
    if dose.record.voided_at is not None:
        raise RuleBroken("VOIDED_ALREADY", "这一剂已经作废,不用再做。")
    if open_reactions(visit).filter(dose=dose).exists():
        raise RuleBroken("REACTION_OPEN", "这一剂有未结案的异常反应,请先结案再作废。")
    stage = rules.step(visit.stage, rules.Deed.VOID)
    dose.reversal = reverse(movement=dose.movement, actor=actor, reason=reason, key=key, now=now)
    dose.void_witness = second_person
    dose.save(update_fields=["reversal", "void_witness"])
    void_record(record=dose.record, actor=actor, reason=reason, now=now)
    if stage != visit.stage:
        visit.stage, visit.observe_from, visit.release_due, visit.seat = stage, None, None, ""
        visit.save(update_fields=["stage", "observe_from", "release_due", "seat"])
    note_step(visit, "dose.voided_on_floor", actor, reason=reason, second=second_person.username)
    return dose
