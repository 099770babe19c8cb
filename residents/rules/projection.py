"""Pure decisions about a person in a campaign: whether on target, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.rules import Cohort, GivenDose, Person, Registered, Rule, State, Verdict, in_cohort, next_dose
from residents.choices import EnrolmentStatus, HoldKind, HoldScope


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold that nobody lifted: kind, scope, product code or platform it concerns, reason, and the first day after."""

    kind: str
    scope: str
    product: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the projection of one enrolment depends on."""

    person: Person
    registered: Registered
    doses: Sequence[GivenDose]
    holds: Sequence[HoldFact]
    removed: bool = False
    counted_here: bool = True


@dataclass(frozen=True, slots=True)
class Projection:
    """What the row of an enrolment says; every field is a column of Enrolment (products by code)."""

    in_cohort: bool
    is_target: bool
    doses_done: int
    first_dose_on: date | None
    last_dose_on: date | None
    last_product: str
    primary_complete_on: date | None
    booster_on: date | None
    next_dose: int | None
    due_from: date | None
    due_to: date | None
    hold_until: date | None
    status: str
    status_reason: str


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """The rules of one campaign, parsed once for many people. ``platforms`` and ``names`` are by product code."""

    rules: Sequence[Rule]
    cohort: Cohort
    age_ref: date
    platforms: Mapping[str, str]
    names: Mapping[str, str]
    phases: Sequence[tuple[str, Cohort, bool]] = ()  # name, cohort, whether it is open


def project(facts: Facts, campaign: CampaignRules, today: date) -> tuple[Projection, Verdict]:
    """The one ordered chain of rules behind every status: removed → needs review → contraindicated → not eligible →
    complete → on hold → open."""
    verdict = next_dose(facts.doses, facts.person, campaign.rules, today, names=campaign.names)
    valid = [reviewed.dose for reviewed in verdict.valid_doses if reviewed.number is not None]
    active = [hold for hold in facts.holds if hold.until is None or hold.until > today]
    closed = "" if valid else closed_phase(facts.registered, campaign)
    status, reason, hold_until = _status(facts, verdict, active, campaign, closed)
    open_ended = status in (EnrolmentStatus.OPEN, EnrolmentStatus.HOLD)
    in_target = in_cohort(facts.registered, campaign.cohort, campaign.age_ref)
    primary_on = verdict.primary_complete_on
    boosters = [dose.given_on for dose in valid if primary_on and dose.given_on > primary_on]
    projection = Projection(
        in_cohort=in_target and not facts.removed,
        is_target=in_target and facts.counted_here and not facts.removed,
        doses_done=len(valid),
        first_dose_on=valid[0].given_on if valid else None,
        last_dose_on=max((dose.given_on for dose in facts.doses), default=None),
        last_product=verdict.last_product or (valid[-1].product if valid else ""),
        primary_complete_on=primary_on,
        booster_on=boosters[0] if boosters else None,
        next_dose=verdict.dose_number if open_ended else None,
        due_from=verdict.due_from if open_ended else None,
        due_to=verdict.due_to if open_ended else None,
        hold_until=hold_until,
        status=status,
        status_reason=reason[:200],
    )
    return projection, verdict


def _status(
    facts: Facts, verdict: Verdict, active: Sequence[HoldFact], campaign: CampaignRules, closed: str
) -> tuple[str, str, date | None]:
    if facts.removed:
        return EnrolmentStatus.OUT, "已移出名册", None
    if verdict.state == State.NEEDS_REVIEW:
        return EnrolmentStatus.REVIEW, verdict.reason, None
    for hold in active:
        if hold.kind == HoldKind.CONTRA and not _products_left(verdict, hold, campaign):
            return EnrolmentStatus.CONTRA, hold.reason, hold.until
    if verdict.state == State.NOT_ELIGIBLE:
        return EnrolmentStatus.INELIGIBLE, verdict.reason, None
    if closed:
        return EnrolmentStatus.INELIGIBLE, closed, None
    if verdict.state == State.COMPLETE:
        return EnrolmentStatus.COMPLETE, verdict.reason, None
    for hold in active:
        if hold.kind == HoldKind.SELF_REPORTED:
            return EnrolmentStatus.REVIEW, f"自述禁忌待医生鉴定:{hold.reason}", None
    deferred = [hold for hold in active if hold.kind == HoldKind.DEFER]
    if deferred:
        longest = max(deferred, key=lambda hold: hold.until or date.max)
        return EnrolmentStatus.HOLD, longest.reason, longest.until
    return EnrolmentStatus.OPEN, verdict.reason, None


def closed_phase(person: Registered, campaign: CampaignRules) -> str:
    """Why a person's first dose has to wait for a phase of the campaign, or "" (S7: minors wait until the state says so).

    Without phases everybody is open. Whoever has begun goes on whatever phase is closed later: a course is finished.
    """
    mine = [
        (name, is_open)
        for name, cohort, is_open in campaign.phases
        if in_cohort(person, cohort, campaign.age_ref)
    ]
    if not campaign.phases or any(is_open for _, is_open in mine):
        return ""
    if not mine:
        return "不在本次活动各阶段的接种人群内。"
    return f"“{mine[0][0]}”还没有开放,请等通知。"


def _products_left(verdict: Verdict, hold: HoldFact, campaign: CampaignRules) -> bool:
    return any(not blocks(hold, offer.product, campaign.platforms) for offer in verdict.offers)


def blocks(hold: HoldFact, product: str, platforms: Mapping[str, str]) -> bool:
    """True when ``hold`` forbids ``product`` (a code): all vaccines, the same platform, or this very product."""
    if hold.scope == HoldScope.ALL or not hold.product:
        return True
    if hold.scope == HoldScope.PLATFORM:
        return platforms.get(product) == platforms.get(hold.product)
    return product == hold.product
