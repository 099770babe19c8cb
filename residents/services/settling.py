"""The office's word on where one person is counted, above the rules."""

from datetime import date, datetime

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed, lock_one
from places.choices import Level
from places.models import Place
from residents.models import Enrolment, UnitChoice
from residents.services import enrolments


@deed()
def settle(
    *,
    enrolment: Enrolment,
    unit: Place | None,
    by_rule: bool = False,
    reason: str,
    actor,
    now: datetime,
    today: date,
) -> UnitChoice:
    """Count the person in ``unit`` (None: nowhere here), or by the rules again with ``by_rule``; earlier words stay.

    Raises RuleBroken: REASON_MISSING, NOT_A_VILLAGE, OUTSIDE_CAMPAIGN, REMOVED; NotAllowed when the person or the unit is
    not the actor's: a town may take to itself only whom it registers, between two towns the county decides.
    """
    enrolment = lock_one(Enrolment, enrolment.pk)
    resident, campaign = enrolment.resident, enrolment.campaign
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明裁定的理由。", "reason")
    if resident.removed_on:
        raise RuleBroken("REMOVED", "这个人已移出名册,不计入任何单位。")
    if unit is not None:
        _check_unit(unit, campaign)
    _may_settle(actor, resident, unit)
    choice = UnitChoice.objects.create(
        enrolment=enrolment,
        unit=None if by_rule else unit,
        by_rule=by_rule,
        reason=reason.strip()[:200],
        by=actor,
        at=now,
    )
    enrolments.refresh([enrolment.pk], campaign=campaign, today=today)
    audit.record(
        "counting.settled",
        actor=actor,
        target=choice,
        subject=resident,
        place_code=resident.village_code,
        data={
            "unit": choice.unit.code if choice.unit else "",
            "name": str(choice.unit or ""),
            "by_rule": by_rule,
            "reason": choice.reason,
        },
    )
    return choice


def _check_unit(unit: Place, campaign) -> None:
    if unit.level != Level.VILLAGE:
        raise RuleBroken("NOT_A_VILLAGE", "计入单位必须是村(社区)。", "unit")
    if not unit.code.startswith(campaign.place.prefix):
        raise RuleBroken("OUTSIDE_CAMPAIGN", f"{unit}不在本活动的范围内。", "unit")


def _may_settle(actor, resident, unit: Place | None) -> None:
    if actor is None:
        return
    scope = actor.scope("counting.settle")
    if not scope.covers(resident.village_code) or (unit is not None and not scope.covers(unit.code)):
        raise NotAllowed("登记的村和计入的村都在您的辖区内时才能裁定;跨乡镇的请县里裁定。")
