"""The schedule engine: which dose is next, from which day, of which products, and why.

Sources are in the rules themselves (`Rule.source`). What the engine adds is how all of them are read:
months are calendar months; the day that completes an interval is good; a late dose finishes the series and
nothing ever restarts; mixed products follow the series of dose 1; the rules in force on the day asked about
decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.dates import add_months, age_months_on

from .facts import GivenDose, Person
from .history import Course, review_history
from .schedule import Anchor, Kind, OtherVaccineGap, Rule, Step, course_steps, in_force
from .verdict import Offer, State, Verdict
from .words import age_text, day_text, product_text

_DOSE_WORD = {Kind.PRIMARY: "第{}剂", Kind.BOOSTER: "第{}剂(加强免疫)"}


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that is known while one question is answered."""

    person: Person
    course: Course
    on: date
    decisive: Sequence[Rule]
    other: Sequence[GivenDose]
    names: Mapping[str, str] | None


def next_dose(
    history: Sequence[GivenDose],
    person: Person,
    rules: Sequence[Rule],
    on: date,
    *,
    other: Sequence[GivenDose] = (),
    names: Mapping[str, str] | None = None,
) -> Verdict:
    """The next dose of one disease for one person on one day.

    `history`: this disease's doses (for influenza this season's only); `other`: doses of other vaccines,
    for the 14-day distance (RX); `rules`: all rules of the disease, of any date; `names`: product code →
    name shown.
    """
    names = dict(names or {})
    course = review_history(history, person, rules, on, names)
    case = _Case(person, course, on, in_force(rules, on), other, names)
    if course.problem:
        return _close(case, State.NEEDS_REVIEW, *course.problem)
    if not any(r.steps for r in case.decisive):
        return _close(
            case,
            State.NOT_ELIGIBLE,
            "NO_RULE",
            f"{day_text(on)}没有生效的接种程序。请与乡镇办公室核对活动规则。",
        )
    offers: dict[str, tuple[Offer, Step]] = {}
    refused: list[tuple[str, str, date | None]] = []
    for rule, step in _candidates(case):
        refusal = _refusal(step, case)
        if refusal:
            refused.append(refusal)
            continue
        for product in _products(step, case):
            if product in offers:
                continue  # a younger rule already governs this product
            due_from = _due_from(rule, step, case)
            if step.age_max is not None and age_months_on(person.birth_date, due_from) > step.age_max:
                text = (
                    f"满足间隔时({day_text(due_from)})已超过{age_text(step.age_max + 1)}的年龄上限,不再接种。"
                )
                refused.append(("TOO_OLD", text, None))
                continue
            offers[product] = Offer(product, due_from, _due_to(step, case, due_from), rule.id), step
    return _offer(case, offers) if offers else _nothing_due(case, refused)


def _candidates(case: _Case) -> list[tuple[Rule, Step]]:
    """The steps that could be the next dose, of the youngest rule first, whoever the person is."""
    course, infected = case.course, _was_infected(case)
    if course.primary_complete_on:
        wanted = (None, course.boosters + 1)
        return [(r, s) for r in case.decisive for s in r.steps if s.kind == Kind.BOOSTER and s.seq in wanted]
    if infected:  # R8: one dose after the infection instead of the rest of the series
        single = [(r, s) for r in case.decisive for s in r.steps if s.completes]
        if single:
            return single
    number = len(course.valid) + 1
    steps = course_steps(case.decisive)
    return [(r, s) for r, s in steps if s.seq == number and (not course.series or s.series == course.series)]


def _refusal(step: Step, case: _Case) -> tuple[str, str, date | None] | None:
    """Why this step is not for this person: (code, sentence, the day that changes it)."""
    person, months = case.person, age_months_on(case.person.birth_date, case.on)
    had = {d.product for d in case.course.valid}
    if step.sex and person.sex != step.sex:
        return "SEX", f"本疫苗只为{'女' if step.sex == 'F' else '男'}性接种。", None
    if step.age_min is not None and months < step.age_min:
        day = add_months(person.birth_date, step.age_min)
        return "TOO_YOUNG", f"年龄未到:须满{age_text(step.age_min)},{day_text(day)}起可接种。", day
    if step.age_max is not None and months > step.age_max:
        return "TOO_OLD", f"已满{age_text(step.age_max + 1)},超过本程序的年龄上限,不接种。", None
    if step.groups_any and not step.groups_any & person.groups:
        return "GROUP", "不属于现阶段开放的人群。请核对重点人群登记,或等待下一阶段通知。", None
    if step.not_had & had:
        return "ALREADY_HAD", "已接种过同类加强疫苗,无须再种。", None
    primary = {d.product for d in case.course.valid[: case.course.primary_count]}
    if step.after_products and not primary <= step.after_products:
        return "OTHER_PRIMARY", "基础免疫所用疫苗不适用本加强程序。", None
    return None


def _products(step: Step, case: _Case) -> tuple[str, ...]:
    if not step.same_product:
        return step.products
    used = {d.product for d in case.course.valid[: case.course.primary_count]}
    return tuple(p for p in step.products if p in used)


def _due_from(rule: Rule, step: Step, case: _Case) -> date:
    """The first day on which every interval is satisfied; for a first dose the day the rule opened it to
    the person.
    """
    days = [case.person.birth_date]
    if step.age_min is not None:
        days.append(add_months(case.person.birth_date, step.age_min))
    if case.course.last is None:
        days.append(rule.effective_from)
    else:  # whatever the rule says, never two on one day
        days.append(case.course.last.dose.given_on + timedelta(days=1))
    for interval in step.min_intervals:
        start = _anchor_day(interval.anchor, case)
        if start:
            days.append(interval.after(start))
    days += _repeat_after_invalid(case)
    days += [d for gap in _gaps(case) for d in gap]
    return max(days)


def _due_to(step: Step, case: _Case, due_from: date) -> date | None:
    start = step.recommended_by and _anchor_day(step.recommended_by.anchor, case)
    return max(step.recommended_by.after(start), due_from) if step.recommended_by and start else None


def _anchor_day(anchor: Anchor, case: _Case) -> date | None:
    if anchor == Anchor.INFECTION:
        return case.person.infected_on if _was_infected(case) else None
    if anchor == Anchor.FIRST:
        return case.course.valid[0].given_on if case.course.valid else None
    return case.course.last.dose.given_on if case.course.last else None


def _was_infected(case: _Case) -> bool:
    return case.person.infected_on is not None and case.person.infected_on <= case.on


def _repeat_after_invalid(case: _Case) -> list[date]:
    """The repetition keeps its own distance from an invalid injection: that of RV where such a rule is in
    force, else the shortest that any step asks for between doses of this product.
    """
    last = case.course.last
    if last is None or last.number is not None:
        return []
    given_on = last.dose.given_on
    early = next((r.early_dose for r in case.decisive if r.early_dose), None)
    if early:
        return [given_on + timedelta(days=early.repeat_after_days)]
    steps = [s for r in case.decisive for s in r.steps if last.dose.product in s.products]
    waits = [i.after(given_on) for s in steps for i in s.min_intervals if i.anchor == Anchor.PREVIOUS]
    return [min(waits)] if waits else []


def _gaps(case: _Case) -> list[list[date]]:
    """RX: 14 days after any other vaccine, but not after rabies or tetanus."""
    return [_days_after(r.other_gap, case.other) for r in case.decisive if r.other_gap]


def _days_after(gap: OtherVaccineGap, other: Sequence[GivenDose]) -> list[date]:
    return [d.given_on + timedelta(days=gap.days) for d in other if d.product not in gap.exempt]


def _offer(case: _Case, offers: Mapping[str, tuple[Offer, Step]]) -> Verdict:
    """DUE, OVERDUE or NOT_YET: the preferred product among those that are due first."""
    course, on = case.course, case.on
    day = max(on, min(offer.due_from for offer, _ in offers.values()))
    ready = sorted((v for v in offers.values() if v[0].due_from <= day), key=lambda v: _rank(v, case))
    first, step = ready[0]
    due_from = min(offer.due_from for offer, _ in ready)
    number = len(course.valid) + 1
    dose = _DOSE_WORD[step.kind].format(number)
    allowed = tuple(offer.product for offer, _ in ready)
    name = product_text(first.product, case.names)
    if due_from > on:
        state, code = State.NOT_YET, "INTERVAL" if course.doses else "NOT_OPEN"
        reason = f"{dose}还没到时间,{day_text(due_from)}起可接种({name})。"
        if course.last and course.last.number is None:
            reason = f"{course.last.note},须重新接种:{day_text(due_from)}起可补种{dose}({name})。"
    elif first.due_to and on > first.due_to:
        state, code = State.OVERDUE, "LATE"
        reason = f"{dose}已过建议日期{day_text(first.due_to)},请尽快补种{name};不必重新开始。"
    else:
        state, code, reason = State.DUE, "DUE", f"今天可以接种{dose}:{name}。"
        if first.due_to:
            reason += f"建议在{day_text(first.due_to)}前完成。"
    return Verdict(
        state,
        code,
        reason,
        dose_number=number,
        kind=step.kind.value,
        due_from=due_from,
        due_to=first.due_to,
        allowed_products=allowed,
        rule_id=first.rule_id,
        offers=tuple(
            offer for offer, _ in sorted(offers.values(), key=lambda v: (v[0].due_from, _rank(v, case)))
        ),
        primary_complete_on=course.primary_complete_on,
        valid_doses=course.doses,
        last_product=_last_product(course),
    )


def _rank(value: tuple[Offer, Step], case: _Case) -> tuple[int, int, str]:
    """Same product first (or last, where the rule prefers 序贯), then the rule's own order."""
    offer, step = value
    used = [d.product for d in case.course.valid]
    if used and offer.product == used[-1]:
        closeness = 0
    else:
        closeness = 1 if offer.product in used else 2
    return (-closeness if step.prefer_other else closeness), step.products.index(offer.product), offer.product


def _nothing_due(case: _Case, refused: Sequence[tuple[str, str, date | None]]) -> Verdict:
    """COMPLETE once the primary course is; before that the refusal that ends soonest, else the youngest
    rule's.
    """
    course = case.course
    if course.primary_complete_on:
        text = f"已于{day_text(course.primary_complete_on)}完成全程接种,现行规则下没有待接种的剂次。"
        if course.boosters:
            text = f"已完成全程和{course.boosters}剂加强接种,现行规则下没有待接种的剂次。"
        return _close(case, State.COMPLETE, "COMPLETE", text)
    if not refused:
        text = "现行规则没有这一剂的程序。请医生核对接种史和活动规则。"
        return _close(case, State.NEEDS_REVIEW, "NO_STEP", text)
    code, text, day = min(refused, key=lambda r: (r[2] is None, r[2] or case.on))
    return _close(case, State.NOT_ELIGIBLE, code, text, due_from=day)


def _close(case: _Case, state: State, code: str, reason: str, due_from: date | None = None) -> Verdict:
    course = case.course
    return Verdict(
        state,
        code,
        reason,
        dose_number=None if state in (State.COMPLETE, State.NEEDS_REVIEW) else len(course.valid) + 1,
        due_from=due_from,
        primary_complete_on=course.primary_complete_on,
        valid_doses=course.doses,
        last_product=_last_product(course),
    )


def _last_product(course: Course) -> str:
    return course.valid[-1].product if course.valid else ""
