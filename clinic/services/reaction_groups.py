"""Cases that belong together: found when a case is reported, judged by the office with a reason."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Max, Q
from django.utils import timezone

from clinic import reaction_rules
from clinic.choices import CardState, EntryKind, GroupState
from clinic.models import AdverseEvent, CaseEntry, ReactionGroup
from clinic.reaction_rules import CaseFact
from clinic.services.access import require
from clinic.services.reaction_plans import plan_for
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed


def _fact(event: AdverseEvent) -> CaseFact:
    dose = event.dose
    return CaseFact(event.pk, event.onset_at, event.kind, event.is_serious, dose.site_id, dose.lot_id)


def join_group(event: AdverseEvent, *, actor, now: datetime) -> ReactionGroup | None:
    """Look for cases linked to ``event`` and put them into one group, which is told to the office. None: it is alone.

    Runs inside the deed that reports or worsens the case, under its ``alone("aefi")``. A group that was dismissed is
    open again when another case joins it; one that was confirmed asks its speed of the newcomer too.
    """
    hours = plan_for(event.dose.visit.enrolment.campaign, event.dose.site.place.code).group_hours
    since = event.onset_at - max(timedelta(hours=hours), timedelta(days=reaction_rules.LOT_DAYS))
    near = (
        AdverseEvent.objects.filter(
            Q(dose__site=event.dose.site_id) | Q(dose__lot=event.dose.lot_id), onset_at__gte=since
        )
        .exclude(pk=event.pk)
        .select_related("dose", "group")
        .order_by("onset_at", "pk")
    )
    linked = [
        (other, how)
        for other in near
        if (how := reaction_rules.link(_fact(event), _fact(other), hours=hours))
    ]
    if not linked:
        return None
    group = next((other.group for other, _ in linked if other.group), None)
    if group is None:
        basis = "site" if any(how == "site" for _, how in linked) else "lot"
        group = ReactionGroup.objects.create(
            basis=basis, site=event.dose.site, lot=event.dose.lot, opened_at=now
        )
    elif group.state == GroupState.DISMISSED:
        group.state = GroupState.SUSPECTED
        group.save(update_fields=["state"])
    members = [event.pk, *(other.pk for other, _ in linked if other.group_id is None)]
    AdverseEvent.objects.filter(pk__in=members).update(group=group)
    event.group = group
    if group.state == GroupState.CONFIRMED:
        _hurry(group, now)
    audit.record(
        "aefi.group_found",
        actor=actor,
        target=group,
        place_code=event.dose.site.place.code,
        data={"basis": group.basis, "cases": group.cases.count()},
    )
    return group


@deed()
def decide(*, group: ReactionGroup, is_group: bool, reason: str, actor, now: datetime) -> ReactionGroup:
    """The office's judgement. A confirmed group gets its code, and its cards are due as for serious cases (L54).

    Raises NotAllowed; RuleBroken REASON_MISSING, DECIDED_ALREADY.
    """
    alone("aefi")
    group = ReactionGroup.objects.select_related("site__place").get(pk=group.pk)
    require(actor, "aefi.oversee", group.site)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明判断依据(症状、时间、批号、现场情况等)。", "reason")
    if group.state != GroupState.SUSPECTED:
        raise RuleBroken("DECIDED_ALREADY", f"已经判断为“{group.get_state_display()}”,不用再判断。")
    group.state = GroupState.CONFIRMED if is_group else GroupState.DISMISSED
    group.decided_at, group.decided_by, group.reason = now, actor, reason.strip()[:200]
    if is_group and not group.code:
        group.code = _next_code(group, now)
    group.save()
    if is_group:
        _hurry(group, now)
    for event in group.cases.all():
        CaseEntry.objects.create(
            event=event,
            key=uuid4(),
            kind=EntryKind.GROUP,
            text=f"{group.get_state_display()}:{group.reason}",
            at=now,
            by=actor,
        )
    audit.record(
        "aefi.group_decided",
        actor=actor,
        target=group,
        place_code=group.site.place.code,
        data={"state": group.state, "code": group.code, "reason": group.reason},
    )
    return group


def _next_code(group: ReactionGroup, now: datetime) -> str:
    county, year = group.site.place.code[:6], timezone.localdate(now).year
    last = ReactionGroup.objects.filter(code__startswith=f"{county}{year}").aggregate(Max("code"))[
        "code__max"
    ]
    return reaction_rules.group_code(county, year, int(last[10:]) + 1 if last else 1)


def _hurry(group: ReactionGroup, now: datetime) -> None:
    """Cards that are not with the county yet are due at once; a nearer deadline stays."""
    waiting = group.cases.filter(card_state=CardState.DUE)
    for event in waiting.select_related("dose__visit__enrolment__campaign", "dose__site__place"):
        plan = plan_for(event.dose.visit.enrolment.campaign, event.dose.site.place.code)
        due = reaction_rules.report_due(now, is_serious=True, serious_hours=plan.serious_hours)
        AdverseEvent.objects.filter(pk=event.pk, report_due__gt=due).update(report_due=due)
