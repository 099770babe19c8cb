"""疑似预防接种异常反应: report at once, close with an outcome."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from clinic import reaction_rules, rules
from clinic.choices import AefiClass, AefiOutcome
from clinic.models import AdverseEvent, Dose, Visit
from clinic.services.access import require
from clinic.services.reaction_groups import join_group
from clinic.services.reaction_plans import plan_for
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same


@deed()
def report(
    *,
    dose: Dose,
    onset_at: datetime,
    symptoms: str,
    is_serious: bool,
    actor,
    key: UUID,
    now: datetime,
    measures: str = "",
    first_class: str = AefiClass.PENDING,
    kind: str = "",
) -> AdverseEvent:
    """Report a reaction after ``dose``: it gets its code, its deadline by the plan of campaign and place (2 hours when
    serious, else 48), and its group when others are like it. Repeatable by ``key``.

    Raises NotAllowed; RuleBroken SYMPTOMS, ONSET (before the dose or in the future), DOSE_VOIDED.
    """
    alone("aefi")  # codes count up, and two cases of one group must see each other
    row = locked_visit(dose.visit)
    require(actor, "aefi.report", row.site)
    if repeated := AdverseEvent.objects.filter(key=key).first():
        return same(repeated, dose_id=dose.pk)
    if not symptoms.strip():
        raise RuleBroken("SYMPTOMS", "请写明表现,如“接种后10分钟头晕、面色苍白”。", "symptoms")
    if not dose.given_at <= onset_at <= now:
        raise RuleBroken("ONSET", "发生时间应在接种之后、现在之前,请核对。", "onset_at")
    if not Dose.objects.counted().filter(pk=dose.pk).exists():
        raise RuleBroken("DOSE_VOIDED", "这一剂已经作废,请从有效的接种记录上报告。")
    plan = plan_for(row.enrolment.campaign, row.site.place.code)
    hours = {"serious_hours": plan.serious_hours, "other_hours": plan.other_hours}
    event = AdverseEvent.objects.create(
        code=_next_code(row.site.place.code, now),
        key=key,
        dose=dose,
        onset_at=onset_at,
        kind=kind,
        symptoms=symptoms.strip()[:300],
        is_serious=is_serious,
        measures=measures.strip()[:300],
        first_class=first_class,
        reported_at=now,
        reported_by=actor,
        report_due=reaction_rules.report_due(now, is_serious=is_serious, **hours),
    )
    note_step(row, "aefi.reported", actor, case=str(event.uid), serious=is_serious)
    join_group(event, actor=actor, now=now)
    return event


def _next_code(place_code: str, now: datetime) -> str:
    county, year = place_code[:6], timezone.localdate(now).year
    last = AdverseEvent.objects.filter(code__startswith=f"{county}{year}").aggregate(Max("code"))["code__max"]
    return reaction_rules.case_code(county, year, int(last[10:]) + 1 if last else 1)


@deed()
def close(
    *, event: AdverseEvent, outcome: str, measures: str, first_class: str, actor, now: datetime
) -> AdverseEvent:
    """Close a case with its outcome (转归) and what was done. Raises NotAllowed; RuleBroken OUTCOME, MEASURES,
    CLOSED_ALREADY."""
    visit = locked_visit(event.dose.visit)
    require(actor, "aefi.report", visit.site)
    if outcome not in AefiOutcome.values:
        raise RuleBroken("OUTCOME", "请选择转归。", "outcome")
    if not measures.strip():
        raise RuleBroken("MEASURES", "请写明处置经过。", "measures")
    done = AdverseEvent.objects.open().filter(pk=event.pk)
    fields = {"outcome": outcome, "measures": measures.strip()[:300], "first_class": first_class}
    if not done.update(closed_at=now, closed_by=actor, **fields):
        raise RuleBroken("CLOSED_ALREADY", "这个病例已经结案,不用再做。")
    event.refresh_from_db()
    note_step(visit, "aefi.closed", actor, case=str(event.uid), outcome=outcome)
    return event


def dose_of(visit: Visit) -> Dose:
    """The dose in force of ``visit``. Raises RuleBroken NOT_DOSED."""
    dose = Dose.objects.counted().filter(visit=visit).order_by("-given_at").first()
    if dose is None:
        raise RuleBroken("NOT_DOSED", rules.REFUSALS["NOT_DOSED"])
    return dose
