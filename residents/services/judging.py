"""A doctor's judgement outside the site: of what people say of themselves, of people who came in, of deferrals that ended
(S109). At the site the screening says the same for the day."""

from datetime import date, datetime

from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock_one
from residents.choices import HoldKind, Judgement
from residents.models import Enrolment, Hold
from residents.services.holds import lift_hold, place_hold

_ASKED = "医生筛查"


@deed()
def judge(
    *,
    enrolment: Enrolment,
    judgement: str,
    reason: str,
    actor,
    now: datetime,
    until: date | None = None,
    review_on: date | None = None,
) -> None:
    """May be vaccinated, not before ``until``, or not at all (looked at again on ``review_on``). What stood before is lifted,
    with the reason; of people of whom nothing stood, the question and its answer are both kept.

    Raises RuleBroken: REASON_MISSING, JUDGED_ALREADY (by somebody else meanwhile), and those of ``place_hold``.
    """
    reason = reason.strip()
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明鉴定依据。", "reason")
    lock_one(Enrolment, enrolment.pk)
    holds = Hold.objects.filter(enrolment=enrolment)
    standing = list(
        holds.filter(lifted_at__isnull=True).select_related("enrolment__campaign", "enrolment__resident")
    )
    if not standing:
        if holds.exists():
            raise RuleBroken("JUDGED_ALREADY", "刚才已经有医生鉴定过此人,请刷新名单。")
        standing = [
            place_hold(enrolment=enrolment, kind=HoldKind.SELF_REPORTED, reason=_ASKED, by=actor, now=now)
        ]
    said = "医生鉴定可以接种" if judgement == Judgement.FIT else "重新鉴定,以新结论为准"
    for hold in standing:
        lift_hold(hold=hold, actor=actor, reason=f"{said}:{reason}"[:200], now=now)
    if judgement != Judgement.FIT:
        place_hold(
            enrolment=enrolment,
            kind=HoldKind.DEFER if judgement == Judgement.LATER else HoldKind.CONTRA,
            reason=reason,
            until=until if judgement == Judgement.LATER else None,
            review_on=review_on if judgement == Judgement.NEVER else None,
            by=actor,
            now=now,
        )
    person = enrolment.resident
    data = {"judgement": str(judgement)}
    audit.record(
        "condition.judged",
        actor=actor,
        target=enrolment,
        subject=person,
        place_code=person.village_code,
        data=data,
    )
