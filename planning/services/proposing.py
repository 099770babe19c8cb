"""A plan is proposed from the registers: every lot of the store beside every receiver, and the numbers behind it."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.rules import booster_products, in_force
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from core.repeats import same
from inventory.supply_rules import spread, syringes_for
from places.models import Place, Site
from planning.asks import share
from planning.models import AllocationLine, AllocationPlan, AllocationShare
from planning.needs import Receiver, Survey
from planning.rules import Batch, Proposal, propose
from planning.stores import batches_at, syringes_at
from residents.services.rules_at_hand import context


@deed()
def propose_plan(
    *,
    campaign: Campaign,
    place: Place,
    source: Site,
    since: date,
    until: date,
    actor,
    key: UUID,
    now: datetime,
) -> AllocationPlan:
    """A draft for the sessions from ``since`` to ``until``: every lot of ``source`` beside every receiver, with the numbers
    behind it. A repeat of ``key`` returns the first one. Raises RuleBroken PERIOD, NOTHING_TO_SHARE, NO_RECEIVER."""
    alone("allocation")
    if done := AllocationPlan.objects.filter(key=key).first():
        return same(done, place_id=place.pk, source_id=source.pk, since=since, until=until)
    _check_period(since, until, timezone.localdate(now))
    batches, survey = batches_at(source, since), Survey(campaign, place, source, since, until)
    if not batches:
        raise RuleBroken(
            "NOTHING_TO_SHARE", f"{source}没有可用的整支疫苗可分。请先入库,或换一个出库点。", "source"
        )
    if not survey.receivers:
        raise RuleBroken("NO_RECEIVER", f"{place}还没有可以接收的接种点。请先在“接种点与单位”里添加。")
    asks = [one.ask for one in survey.receivers.values()]
    rules = in_force(context(campaign).rules.rules, since)
    follow = booster_products(rules)
    proposal = propose(asks, batches, owed_later=survey.owed_later, since=since, may_follow=follow)
    plan = _written(survey, proposal, actor, key, now)
    _write_lines(plan, survey, batches, proposal)
    data = {"plan": str(plan), "since": since.isoformat(), "until": until.isoformat()}
    audit.record("plan.proposed", actor=actor, target=plan, place_code=place.code, data=data)
    return plan


def _written(survey: Survey, proposal: Proposal, actor, key: UUID, now: datetime) -> AllocationPlan:
    year = timezone.localdate(now).year
    return AllocationPlan.objects.create(
        key=key,
        campaign=survey.campaign,
        place=survey.place,
        source=survey.source,
        year=year,
        serial=_next_serial(survey.place, year),
        since=survey.since,
        until=survey.until,
        facts={
            "missing": dict(proposal.missing),
            "kept": {str(lot): n for lot, n in proposal.kept.items() if n},
            "owed_later": {code: n for code, n in survey.owed_later.items() if code},
        },
        made_at=now,
        made_by=actor,
    )


def _check_period(since: date, until: date, today: date) -> None:
    if until < since:
        raise RuleBroken("PERIOD", "结束日期早于开始日期。", "until")
    if since < today:
        raise RuleBroken("PERIOD", "开始日期已经过去。分配只能为今天及以后的场次。", "since")
    if (until - since).days > 60:
        raise RuleBroken("PERIOD", "一次分配最多 60 天。请缩短时间,分几次做。", "until")


def _next_serial(place: Place, year: int) -> int:
    last = AllocationPlan.objects.filter(place=place, year=year).order_by("-serial").first()
    return last.serial + 1 if last else 1


def _write_lines(plan: AllocationPlan, survey: Survey, batches: list[Batch], proposal: Proposal) -> None:
    pieces = syringes_at(plan.source, plan.since)
    wants = {
        pk: max(0, syringes_for(proposal.needs[pk].people) - one.syringes)
        for pk, one in survey.receivers.items()
    }
    given = share(sum(row.balance for row in pieces), wants)
    left = {row.lot: row.balance for row in pieces}
    for pk, one in survey.receivers.items():
        facts = _facts(one, proposal, pk) | {"syringes": wants[pk]}
        row = AllocationShare.objects.create(plan=plan, site=one.site, facts=facts)
        taken = spread(given.get(pk, 0), list(left.items()))
        left = {lot: n - taken.get(lot, 0) for lot, n in left.items()}
        lines = [
            _line(row, proposal.vials[pk, b.lot], lot_id=b.lot, people=proposal.people[pk, b.lot])
            for b in batches
        ]
        lines += [_line(row, taken.get(lot, 0), supply_lot=lot) for lot in left]
        AllocationLine.objects.bulk_create(lines)


def _line(row: AllocationShare, quantity: int, **what) -> AllocationLine:
    return AllocationLine(share=row, proposed=quantity, quantity=quantity, **what)


def _facts(one: Receiver, proposal: Proposal, pk: int) -> dict:
    need = proposal.needs[pk]
    return {
        "seconds": dict(one.seconds),
        "boosters": one.boosters.total(),
        "firsts": one.firsts,
        "places": one.places.total(),
        "days": len(one.places),
        "at_hand": dict(one.at_hand),  # with what is on the way
        "at_hand_total": one.at_hand.total() - one.transit,
        "transit": one.transit,
        "syringes_at_hand": one.syringes,
        "people": need.people,
        "serve_seconds": sum(need.seconds.values()),
        "serve_boosters": sum(need.boosters.values()),
        "serve_firsts": need.firsts,
        "bring": need.bring,
    }
