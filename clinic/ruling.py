"""A doctor's own decision at screening, where the answers alone would let the person pass or wait for less. Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from campaigns.rules import Scope, ScreeningVerdict
from clinic.choices import Outcome
from core.errors import RuleBroken

LOOK_AGAIN = timedelta(days=180)  # ours: a contraindication without an end is looked at again


@dataclass(frozen=True)
class Ruling:
    """``outcome`` is DEFER or CONTRA; ``until`` the first day of a dose again (none: a contraindication until a doctor
    lifts it); ``scope`` whether one product, its platform, or everything is barred."""

    outcome: Outcome
    reason: str
    until: date | None = None
    scope: Scope = Scope.ALL


def ruled(verdict: ScreeningVerdict, ruling: Ruling, *, has_vaccine: bool, today: date) -> ScreeningVerdict:
    """``verdict`` with the doctor's decision in force. A doctor may be stricter than the answers, never milder (what is left
    to a doctor passes with a reason, see ``services.screenings``).

    Raises RuleBroken RULING_REASON, RULING_UNTIL, RULING_VACCINE, RULING_WEAKER.
    """
    if not ruling.reason.strip():
        raise RuleBroken("RULING_REASON", "请写明医生判定的依据(看到的症状、病历等)。", "ruling_reason")
    if ruling.outcome == Outcome.DEFER and ruling.until is None:
        raise RuleBroken("RULING_UNTIL", "暂缓须写明哪一天起可以再来。", "ruling_until")
    if ruling.until is not None and ruling.until <= today:
        raise RuleBroken("RULING_UNTIL", "可以再来的日期应在今天以后。", "ruling_until")
    if ruling.scope != Scope.ALL and not has_vaccine:
        raise RuleBroken("RULING_VACCINE", "只对一种(一类)疫苗的禁忌,请先选“拟种疫苗”。", "vaccine")
    if verdict.outcome == Outcome.CONTRA and ruling.outcome == Outcome.DEFER:
        raise RuleBroken("RULING_WEAKER", "按回答是禁忌,不能改成暂缓。请核对回答。", "ruling")
    until = ruling.until
    if until and verdict.until and verdict.outcome == ruling.outcome:
        until = max(until, verdict.until)
    return replace(
        verdict,
        outcome=ruling.outcome,
        until=until,
        scope=ruling.scope,
        reasons=(f"医生判定:{ruling.reason.strip()}", *verdict.reasons),
        review_on=until or today + LOOK_AGAIN,
        findings=(),
    )
