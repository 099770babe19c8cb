"""健康询问: from the answers to pass, defer or contraindicated. The questions are data (domain §4.3,
requirement S119).

A permanent silent block is a known fault of real systems: every verdict that is not a pass carries a day on
which a doctor looks at it again (`review_on`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.dates import age_months_on

from .facts import Person
from .schedule import Interval
from .words import day_text


class Outcome(StrEnum):
    PASS = "PASS"  # noqa: S105 - the outcome of a screening, not a password
    DEFER = "DEFER"
    CONTRA = "CONTRA"


class Scope(StrEnum):
    """What a contraindication bars: this product, its platform, or every vaccine of the campaign."""

    PRODUCT = "product"
    PLATFORM = "platform"
    ALL = "all"


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    TEMPERATURE = "temperature"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a bad answer leads to. `wait` counts from the date given with the answer (`wait_from` "answer")
    or from today; a wait that is already over is no obstacle. `until_answer_day`: the date given is itself
    the end (expected delivery) and does not lapse by itself. `review_days`: a doctor looks again after so
    many days. `needs_doctor`: no automatic decision, a doctor decides today. `live_wait` replaces `wait`
    after a live vaccine.
    """

    outcome: Outcome
    reason: str
    scope: Scope = Scope.ALL
    permanent: bool = False
    wait: Interval | None = None
    live_wait: Interval | None = None
    wait_from: str = "today"
    until_answer_day: bool = False
    review_days: int = 7
    needs_doctor: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `bad` is the answer with a consequence (guardian present: "no"); `threshold` in °C and
    included.

    Asked of `sex` and ages in completed months, both included. `platforms` has consequences for some
    vaccine platforms instead of `then`; `exempt` products (Q9: rabies, tetanus) have none.
    """

    code: str
    text: str
    kind: QuestionKind = QuestionKind.YES_NO
    bad: bool = True
    threshold: float | None = None
    sex: str = ""
    age_min: int | None = None
    age_max: int | None = None
    then: Consequence | None = None
    platforms: Mapping[str, Consequence] | None = None
    exempt: frozenset[str] = frozenset()
    ask_date: bool = False

    def is_for(self, person: Person, on: date) -> bool:
        """Whether this person is asked. An unknown sex is asked everything."""
        months = age_months_on(person.birth_date, on)
        return (
            (not self.sex or not person.sex or self.sex == person.sex)
            and (self.age_min or 0) <= months
            and (self.age_max is None or months <= self.age_max)
        )


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A version of the questions for an age range (completed months), in force between two days, both
    included.
    """

    code: str
    name: str
    source: str
    effective_from: date
    questions: tuple[Question, ...]
    effective_to: date | None = None
    age_min: int | None = None
    age_max: int | None = None

    def is_for(self, person: Person, on: date) -> bool:
        months = age_months_on(person.birth_date, on)
        in_force = self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)
        return in_force and (self.age_min or 0) <= months and (self.age_max is None or months <= self.age_max)

    def asked(self, person: Person, on: date) -> list[Question]:
        """The questions this person has to answer today, in order."""
        return [q for q in self.questions if q.is_for(person, on)]


@dataclass(frozen=True, slots=True)
class Answer:
    """`yes` for a yes/no question, `degrees` (°C, armpit) for the temperature; `on` the date that goes with
    a yes (infection, other vaccine, expected delivery), `product` and `live` describe the other vaccine of
    Q9.
    """

    yes: bool | None = None
    degrees: float | None = None
    on: date | None = None
    product: str = ""
    live: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """The consequence of one answer."""

    question: str
    outcome: Outcome
    reason: str
    scope: Scope = Scope.ALL
    until: date | None = None
    permanent: bool = False
    review_on: date | None = None
    needs_doctor: bool = False


@dataclass(frozen=True, slots=True)
class ScreeningVerdict:
    """The worst finding decides. `until`: not before this day (None: when recovered, after re-screening);
    `reasons` are sentences for the nurse, `advice` those of answers that do not stop the dose; `missing` are
    the codes of unanswered questions: with one missing the outcome is never PASS."""

    outcome: Outcome
    until: date | None = None
    scope: Scope = Scope.ALL
    permanent: bool = False
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    review_on: date | None = None
    needs_doctor: bool = False
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


_SEVERITY = {Outcome.PASS: 0, Outcome.DEFER: 1, Outcome.CONTRA: 2}
_WIDTH = {Scope.PRODUCT: 0, Scope.PLATFORM: 1, Scope.ALL: 2}
_PLAUSIBLE = (34.0, 43.0)  # °C; outside it the thermometer or the typing is wrong


def question_set_for(sets: Iterable[QuestionSet], person: Person, on: date) -> QuestionSet | None:
    """The youngest set in force for the person's age."""
    fitting = [s for s in sets if s.is_for(person, on)]
    return max(fitting, key=lambda s: (s.effective_from, s.code), default=None)


def judge(
    answers: Mapping[str, Answer], question_set: QuestionSet, on: date, person: Person, *, platform: str = ""
) -> ScreeningVerdict:
    """Judge the answers of one person on one day, for a vaccine of `platform` ("" = not chosen yet)."""
    findings: list[Finding] = []
    missing: list[str] = []
    for question in question_set.asked(person, on):
        answer = answers.get(question.code)
        if not _is_answered(question, answer):
            missing.append(question.code)
            continue
        finding = _finding(question, answer, on, platform)
        if finding:
            findings.append(finding)
    return _verdict(findings, missing, question_set)


def _is_answered(question: Question, answer: Answer | None) -> bool:
    if answer is None:
        return False
    if question.kind == QuestionKind.TEMPERATURE:
        return answer.degrees is not None and _PLAUSIBLE[0] <= answer.degrees <= _PLAUSIBLE[1]
    return answer.yes is not None


def _finding(question: Question, answer: Answer, on: date, platform: str) -> Finding | None:
    if question.kind == QuestionKind.TEMPERATURE:
        bad = question.threshold is not None and answer.degrees >= question.threshold
    else:
        bad = answer.yes is question.bad
    if not bad or (answer.product and answer.product in question.exempt):
        return None
    then = (question.platforms or {}).get(platform, question.then)
    if then is None:
        return None
    until, text = None, then.reason
    wait = then.live_wait if then.live_wait and answer.live else then.wait
    if then.until_answer_day:
        until = answer.on if answer.on and answer.on > on else None
    elif wait and then.wait_from == "answer":
        if answer.on is None or answer.on > on:
            text += "请补填日期,才能算出可接种的日子。"
        else:
            until = wait.after(answer.on)
            if until <= on:
                return None
    elif wait:
        until = wait.after(on)
    if then.outcome == Outcome.PASS:
        return Finding(question.code, then.outcome, text)
    if until:
        text += f"{day_text(until)}起可再来。"
    review_on = until or on + timedelta(days=then.review_days)
    return Finding(
        question.code, then.outcome, text, then.scope, until, then.permanent, review_on, then.needs_doctor
    )


def _verdict(findings: list[Finding], missing: list[str], question_set: QuestionSet) -> ScreeningVerdict:
    worst = max((f.outcome for f in findings), key=_SEVERITY.__getitem__, default=Outcome.PASS)
    if missing and worst == Outcome.PASS:
        worst = Outcome.DEFER
    stops = [f for f in findings if f.outcome != Outcome.PASS]
    decisive = [f for f in stops if f.outcome == worst]
    reasons = [f.reason for f in sorted(stops, key=lambda f: -_SEVERITY[f.outcome])]
    if missing:
        texts = {q.code: q.text for q in question_set.questions}
        reasons.append("还有问题没有回答或读数不合理:" + "、".join(texts[code] for code in missing))
    permanent = any(f.permanent for f in decisive)
    return ScreeningVerdict(
        outcome=worst,
        until=None if permanent else max((f.until for f in stops if f.until), default=None),
        scope=max((f.scope for f in decisive), key=_WIDTH.__getitem__, default=Scope.ALL),
        permanent=permanent,
        reasons=tuple(reasons),
        advice=tuple(f.reason for f in findings if f.outcome == Outcome.PASS),
        review_on=max((f.review_on for f in decisive if f.review_on), default=None),
        needs_doctor=any(f.needs_doctor for f in stops),
        missing=tuple(missing),
        findings=tuple(findings),
    )
