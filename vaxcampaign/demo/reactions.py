"""Reactions of the demo: a plan, yesterday's cases through to the county, today's case in the middle of it."""

from datetime import timedelta

from clinic import quick_cards
from clinic.models import AdverseEvent, Dose
from clinic.services import adverse_events, card_marks, case_cards, case_log, reaction_plans
from vaxcampaign.demo.story import key


def prepare(floor) -> None:
    """The township's plan: the rule's deadlines, and the hospital of the green channel."""
    reaction_plans.set_plan(
        campaign=floor.campaign,
        place=floor.ground.site.place,
        actor=floor.users["town"],
        now=floor.now - timedelta(days=3),
        hospital="旗人民医院急诊科",
        hospital_phone="0477-4210120",
        county_phone="0477-4219595",
    )


def _report(floor, dose: Dose, *, kind: str, symptoms: str) -> AdverseEvent:
    onset = dose.given_at + timedelta(minutes=6)
    return adverse_events.report(
        dose=dose,
        onset_at=onset,
        kind=kind,
        symptoms=symptoms,
        is_serious=False,
        actor=floor.users["observer"],
        key=key("aefi", dose.uid),
        now=max(onset, min(floor.now, onset + timedelta(minutes=2))),
        measures="平卧、测血压、观察",
    )


def finished(floor, dose: Dose) -> None:
    """A common reaction of a day that is over: closed, card filled and sent, followed up."""
    event = _report(floor, dose, kind="common", symptoms="接种部位红肿、疼痛,直径约2.8厘米")
    observer, later = floor.users["observer"], event.reported_at + timedelta(minutes=15)
    adverse_events.close(
        event=event,
        outcome="1",
        measures="冷敷、观察,症状消退",
        first_class="1",
        actor=floor.users["screener"],
        now=later,
    )
    event.refresh_from_db()
    proposed = case_cards.proposal(event, observer)
    values = {name: proposed[name] for name in case_cards.FIELDS if name in proposed}
    case_cards.fill(
        event=event,
        values=values | {"redness": "2"},
        also=(),
        actor=observer,
        key=key("case card", dose.uid),
        now=later,
    )
    lines = [
        ("seen", floor.users["town"], {"text": "已知悉"}),
        ("sent", observer, {"to_whom": "县疾控 免疫规划科"}),
        ("follow", observer, {"text": "电话随访,红肿消退,无不适", "state": "1"}),
    ]
    for n, (kind, actor, more) in enumerate(lines, start=1):
        case_log.write(
            event=event,
            kind=kind,
            actor=actor,
            key=key("case log", dose.uid, kind),
            now=later + timedelta(minutes=5 * n),
            **more,
        )


def going_on(floor, dose: Dose) -> None:
    """Somebody felt faint just now: the quick card is open, its first lines are done, the office does not know yet."""
    event = _report(floor, dose, kind="faint", symptoms="接种后头晕、心慌,面色稍白")
    card, observer = quick_cards.card_of("faint"), floor.users["observer"]
    card_marks.open_card(event=event, card=card, actor=observer, now=event.reported_at)
    for step in card.steps[:2]:
        card_marks.tick(
            event=event, card=card, step=step.code, done=True, actor=observer, now=event.reported_at
        )
