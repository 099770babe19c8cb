"""How fast a township reports reactions and where it sends people (S105): kept per campaign and place."""

from datetime import datetime

from campaigns.models import Campaign
from clinic import reaction_rules
from clinic.models import ReactionPlan
from core import audit, phones
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.models import Place

FIELDS = ("serious_hours", "other_hours", "group_hours", "hospital", "hospital_phone", "county_phone")


def plan_for(campaign: Campaign, code: str) -> ReactionPlan:
    """The plan that governs at a place code: the nearest, or the defaults of the rule (not saved) when there is none."""
    plans = ReactionPlan.objects.filter(campaign=campaign).select_related("place")
    near = [plan for plan in plans if code.startswith(plan.place.prefix)]
    return max(near, key=lambda plan: len(plan.place.prefix), default=ReactionPlan(campaign=campaign))


@deed()
def set_plan(*, campaign: Campaign, place: Place, actor, now: datetime, **values) -> ReactionPlan:
    """Write the given ``FIELDS`` of the plan of ``place``; the audit row tells old and new. Deadlines that run already stay.

    Raises NotAllowed; RuleBroken SERIOUS_HOURS, OTHER_HOURS, GROUP_HOURS, PHONE.
    """
    alone("reaction-plans")
    if not actor.scope("aefi.oversee").covers(place.code):
        raise NotAllowed
    plan = ReactionPlan.objects.filter(campaign=campaign, place=place).first() or ReactionPlan(
        campaign=campaign, place=place
    )
    changes = {}
    for name in FIELDS:
        value = values.get(name, getattr(plan, name))
        if name.endswith("_phone"):
            value = _phone(value, name)
        if plan.pk is None or value != getattr(plan, name):
            changes[name] = [getattr(plan, name), value]
        setattr(plan, name, value)
    reaction_rules.check_hours(plan.serious_hours, plan.other_hours)
    if not 1 <= plan.group_hours <= 168:
        raise RuleBroken("GROUP_HOURS", "群体性反应观察窗请填 1 到 168 小时。", "group_hours")
    if changes:
        plan.changed_at, plan.changed_by = now, actor
        plan.save()
        audit.record(
            "aefi.plan_changed", actor=actor, target=plan, place_code=place.code, data={"changes": changes}
        )
    return plan


def _phone(text: str, field: str) -> str:
    text = text.strip()
    if text in ("120", ""):
        return text
    try:
        return phones.check(text)
    except ValueError as error:
        raise RuleBroken("PHONE", str(error), field) from error
