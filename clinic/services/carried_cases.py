"""Reactions belong to the needle, not to the slip of the pen: they follow the dose that replaces a wrong one."""

from datetime import datetime
from uuid import uuid5

from clinic import reaction_rules
from clinic.choices import CardState, EntryKind
from clinic.models import AdverseEvent, CaseEntry, Correction, Dose
from clinic.services.reaction_groups import join_group
from clinic.services.reaction_plans import plan_for


def carry_cases(row: Correction, dose: Dose | None, *, reason: str, actor, now: datetime) -> list[str]:
    """Hang the cases of the corrected dose on ``dose``; a line in each log says so, and a card that is with the county
    already is due again. Runs under the ``alone("aefi")`` of ``corrections.confirm``. Returns what was done in words."""
    cases = []
    if dose is not None:
        cases = list(AdverseEvent.objects.filter(dose=row.dose).select_related("group"))
    for event in cases:
        _carry(event, row, dose, reason, actor, now)
    if not cases:
        return []
    return [f"异常反应 {len(cases)} 例随这一剂转过去;个案卡请按更正后的内容重新填写、上报"]


def _carry(event: AdverseEvent, row: Correction, dose: Dose, reason: str, actor, now: datetime) -> None:
    event.dose = dose
    group = event.group
    if group is not None and group.basis == "lot" and group.lot_id != dose.lot_id:
        event.group = None
    if event.card_state == CardState.SENT:
        plan = plan_for(dose.visit.enrolment.campaign, dose.site.place.code)
        hours = {"serious_hours": plan.serious_hours, "other_hours": plan.other_hours}
        event.card_state, event.card_settled_at = CardState.DUE, None
        event.report_due = reaction_rules.report_due(now, is_serious=event.is_serious, **hours)
    event.save(update_fields=["dose", "group", "card_state", "card_settled_at", "report_due"])
    CaseEntry.objects.create(
        event=event,
        key=uuid5(row.key, f"case{event.pk}"),
        kind=EntryKind.NOTE,
        text=f"接种记录已更正({reason})。个案卡请按更正后的人和批号重新填写、上报。"[:300],
        at=now,
        by=actor,
    )
    if event.group is None:
        join_group(event, actor=actor, now=now)
