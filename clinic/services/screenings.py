"""预检: a named doctor's decision from the answers, the temperature and the health code."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from campaigns.models import QuestionSet
from campaigns.rules import (
    Answer,
    Person,
    QuestionKind,
    ScreeningVerdict,
    judge,
    question_set_for,
    question_set_from_data,
)
from campaigns.rules import QuestionSet as Questions
from clinic import rules
from clinic.choices import ON_FLOOR, Outcome
from clinic.models import AdverseEvent, Screening, Visit
from clinic.ruling import Ruling, ruled
from clinic.services.access import require
from clinic.services.visits import end_booking, locked_visit, note_step
from core.errors import RuleBroken
from core.kept import Hole, Kept
from core.locks import deed
from core.repeats import same
from inventory.models import Vaccine
from residents.choices import HoldKind, HoldScope
from residents.models import Enrolment
from residents.services.holds import active_holds, lift_hold, place_hold

_STEPS = {
    Outcome.PASS: rules.Deed.SCREEN_PASS,
    Outcome.DEFER: rules.Deed.SCREEN_DEFER,
    Outcome.CONTRA: rules.Deed.SCREEN_CONTRA,
}
_REACTION_FIRST = "上一剂的异常反应还没有结案,今天暂缓。医生评估可以接种的,请写明理由重新预检;或先结案。"
_PLAUSIBLE = (Decimal("34.0"), Decimal("43.0"))


def person_of(enrolment: Enrolment) -> Person:
    """What the questions depend on: birth date and sex."""
    return Person(enrolment.resident.birth_date, enrolment.resident.sex, frozenset())


_parsed: dict[int, tuple[dict, Questions]] = {}  # by question set: what it said, and what that means


def parsed(row: QuestionSet) -> Questions:
    """The questions of ``row``, parsed anew only when it says something else than last time."""
    said, questions = _parsed.get(row.pk, (None, None))
    if said != row.data:
        questions = question_set_from_data(row.data)
        _parsed[row.pk] = row.data, questions
    return questions


def questions_for(enrolment: Enrolment, today: date) -> tuple[QuestionSet, Questions]:
    """The row and the parsed questions of the campaign for this person's age (adult or minor set)."""
    campaign = enrolment.campaign
    rows = {row.code: row for row in (campaign.minor_questions, campaign.adult_questions)}
    sets = [parsed(row) for row in rows.values()]
    chosen = question_set_for(sets, person_of(enrolment), today) or sets[-1]
    return rows[chosen.code], chosen


def read_answers(data: Mapping[str, Mapping]) -> dict[str, Answer]:
    """Stored or posted answers: ``{code: {"yes": bool, "on": "2026-11-01"?, "product": ""?, "live": bool?}}``."""
    return {
        code: Answer(
            yes=item.get("yes"),
            on=date.fromisoformat(item["on"]) if item.get("on") else None,
            product=item.get("product", ""),
            live=bool(item.get("live")),
        )
        for code, item in data.items()
    }


def judge_visit(
    enrolment: Enrolment,
    questions: Questions,
    answers: Mapping[str, Mapping],
    celsius: Decimal,
    on: date,
    platform: str,
) -> ScreeningVerdict:
    """What the answers and the temperature mean for a vaccine of ``platform`` ("" = any)."""
    given = read_answers(answers)
    measured = {
        q.code: Answer(degrees=float(celsius))
        for q in questions.questions
        if q.kind == QuestionKind.TEMPERATURE
    }
    return judge(given | measured, questions, on, person_of(enrolment), platform=platform)


@deed()
def screen(
    *,
    visit: Visit,
    answers: Mapping[str, Mapping],
    celsius: Decimal,
    health_code_ok: bool,
    actor,
    key: UUID,
    now: datetime,
    vaccine: Vaccine | None = None,
    doctors_reason: str = "",
    ruling: Ruling | None = None,
) -> Screening:
    """Judge one person for today. ``answers`` as ``read_answers`` takes them, ``celsius`` armpit.

    ``vaccine`` is the product meant (contraindications may concern it only). A finding that asks for a doctor passes when
    the doctor gives ``doctors_reason``; by a ``ruling`` of their own they are stricter than the answers. DEFER and CONTRA put the enrolment on hold with an end or a day of review; PASS
    lifts deferrals and settles self-reported contraindications. Somebody whose reaction to an earlier dose is not closed yet
    is deferred until the doctor gives ``doctors_reason`` (a serious reaction bars the next dose, domain §4.2). A repeat of ``key`` returns the first screening. Raises
    NotAllowed; RuleBroken of docs/visit-states.md, OTHER_DAY, TEMPERATURE, SCREEN_INCOMPLETE, ON_FLOOR_ALREADY, RULING_*.
    """
    row = locked_visit(visit)
    require(actor, "visits.screen", row.site)
    if repeated := Screening.objects.filter(key=key).first():
        return same(repeated, visit_id=row.pk)
    today = timezone.localdate(now)
    rules.check_same_day(row.on, today)
    rules.step(row.stage, rules.Deed.SCREEN_PASS)
    if not _PLAUSIBLE[0] <= celsius <= _PLAUSIBLE[1]:
        raise RuleBroken("TEMPERATURE", "体温应在 34.0–43.0 ℃ 之间,请核对读数或换体温计重测。", "celsius")
    question_set, questions = questions_for(row.enrolment, today)
    verdict = judge_visit(
        row.enrolment, questions, answers, celsius, today, vaccine.platform if vaccine else ""
    )
    if verdict.missing:
        raise RuleBroken("SCREEN_INCOMPLETE", verdict.reasons[-1] + "。请逐项问完再提交。")
    if ruling is not None:
        verdict = ruled(verdict, ruling, has_vaccine=vaccine is not None, today=today)
    outcome, reason = _decide(verdict, health_code_ok, doctors_reason)
    if outcome == Outcome.PASS and not doctors_reason.strip() and _has_open_reaction(row):
        outcome, reason = Outcome.DEFER, _REACTION_FIRST
    _check_alone(row)
    was_on_floor = row.is_on_floor
    row.stage = rules.step(row.stage, _STEPS[outcome])
    hold = _settle_holds(row, outcome, reason, verdict, vaccine, actor, now)
    screening = Screening.objects.create(
        key=key,
        visit=row,
        question_set=question_set,
        answers=dict(answers),
        celsius=celsius,
        health_code_ok=health_code_ok,
        outcome=outcome,
        reason=reason[:300],
        hold=hold,
        at=now,
        by=actor,
    )
    row.save(update_fields=["stage"])
    if outcome != Outcome.PASS and was_on_floor:
        end_booking(row, reason)
    note_step(row, "visit.screened", actor, outcome=outcome)
    return screening


def _decide(verdict: ScreeningVerdict, health_code_ok: bool, doctors_reason: str) -> tuple[Outcome, str]:
    outcome, reason = Outcome(verdict.outcome), "".join(verdict.reasons)
    stops = [finding for finding in verdict.findings if finding.outcome != "PASS"]
    if stops and doctors_reason.strip() and all(finding.needs_doctor for finding in stops):
        outcome, reason = Outcome.PASS, f"医生评估可以接种:{doctors_reason.strip()}"
    if not health_code_ok and outcome == Outcome.PASS:
        return Outcome.DEFER, "健康码异常,今天暂缓。请按防疫要求处理,恢复正常后再来。"
    return outcome, reason if reason else "".join(verdict.advice)


def _has_open_reaction(row: Visit) -> bool:
    """Whether a reaction to any earlier dose of this person is still a case, wherever the dose was given."""
    return (
        AdverseEvent.objects.open()
        .filter(dose__visit__enrolment__resident=row.enrolment.resident_id)
        .exists()
    )


def _check_alone(row: Visit) -> None:
    """A person deferred this morning who has checked in anew is screened in the new visit."""
    if row.stage in ON_FLOOR:
        return
    newer = Visit.objects.on_floor().filter(enrolment=row.enrolment).exclude(pk=row.pk).first()
    if newer is not None:
        raise RuleBroken("ON_FLOOR_ALREADY", f"此人已重新登记({newer.queue_no}号),请在新的到场上预检。")


def _settle_holds(row: Visit, outcome: Outcome, reason: str, verdict, vaccine, actor, now: datetime):
    """Lift what this decision supersedes, and place the hold it calls for."""
    today = timezone.localdate(now)
    own = {s.hold_id for s in row.screenings.all() if s.hold_id}
    for hold in active_holds(row.enrolment, on=today):
        settled = hold.kind in (HoldKind.DEFER, HoldKind.SELF_REPORTED) and outcome == Outcome.PASS
        if settled or hold.pk in own:
            lift_hold(hold=hold, actor=actor, reason="重新预检,以新结论为准", now=now)
    if outcome == Outcome.PASS:
        return None
    review_on = verdict.review_on or today + timedelta(days=1)
    is_contra = outcome == Outcome.CONTRA
    return place_hold(
        enrolment=row.enrolment,
        kind=HoldKind.CONTRA if is_contra else HoldKind.DEFER,
        scope=verdict.scope if vaccine else HoldScope.ALL,
        vaccine=vaccine,
        reason=reason,
        until=verdict.until if is_contra else verdict.until or review_on,
        review_on=review_on,
        by=actor,
        now=now,
    )


def todays_screening(visit: Visit) -> Screening | None:
    """The decision in force: the last one."""
    return _DECISIONS.first(visit=visit.pk)


_DECISIONS = Kept(  # the last first
    lambda: (
        Screening.objects.filter(visit=Hole("visit"))
        .select_related("question_set")
        .only("visit", "outcome", "reason", "answers", "celsius", "question_set__data")
        .order_by("-at", "-pk")
    )
)
