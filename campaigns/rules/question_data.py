"""From the JSON of a QuestionSet to the questions that `screening.judge` reads; a bad file names the key."""

from collections.abc import Mapping, Sequence
from typing import Any

from .reading import BadRuleData, choice, codes, count, day, flag, items, months, need, only_keys, text
from .schedule import Anchor, Interval, Unit
from .screening import Consequence, Outcome, Question, QuestionKind, QuestionSet, Scope

_SET_KEYS = {"code", "name", "source", "effective_from", "effective_to", "age_min", "age_max", "questions"}
_QUESTION_KEYS = {
    "code",
    "text",
    "kind",
    "bad",
    "threshold",
    "sex",
    "age_min",
    "age_max",
    "then",
    "platforms",
    "exempt",
    "ask_date",
}
_THEN_KEYS = {
    "outcome",
    "reason",
    "scope",
    "permanent",
    "wait",
    "live_wait",
    "wait_from",
    "until_answer_day",
    "review_days",
    "needs_doctor",
}


def question_sets_from_data(data: Sequence[Mapping[str, Any]]) -> list[QuestionSet]:
    """Parse a list of question sets. Raises `BadRuleData`."""
    return [question_set_from_data(item) for item in data]


def question_set_from_data(data: Mapping[str, Any]) -> QuestionSet:
    """Parse one question set as documented in campaigns/data/README.md. Raises `BadRuleData` naming the
    key.
    """
    where = str(data.get("code") or "question set") if isinstance(data, Mapping) else "question set"
    only_keys(data, _SET_KEYS, where)
    raw = items(need(data, "questions", where), f"{where}.questions")
    questions = tuple(_question(item, f"{where}.questions[{n}]") for n, item in enumerate(raw))
    seen: set[str] = set()
    for question in questions:
        if question.code in seen:
            raise BadRuleData(f"{where}.{question.code}", "used twice")
        seen.add(question.code)
    end = data.get("effective_to")
    return QuestionSet(
        code=text(need(data, "code", where), f"{where}.code"),
        name=text(need(data, "name", where), f"{where}.name"),
        source=text(need(data, "source", where), f"{where}.source"),
        effective_from=day(need(data, "effective_from", where), f"{where}.effective_from"),
        effective_to=day(end, f"{where}.effective_to") if end else None,
        age_min=months(data, "age_min", where),
        age_max=months(data, "age_max", where),
        questions=questions,
    )


def _question(item: Mapping[str, Any], where: str) -> Question:
    only_keys(item, _QUESTION_KEYS, where)
    kind = choice(QuestionKind, item.get("kind", "yes_no"), f"{where}.kind")
    threshold = item.get("threshold")
    if kind == QuestionKind.TEMPERATURE and (
        isinstance(threshold, bool) or not isinstance(threshold, int | float)
    ):
        raise BadRuleData(f"{where}.threshold", "a temperature question needs its threshold in °C")
    sex = item.get("sex", "")
    if sex not in ("", "M", "F"):
        raise BadRuleData(f"{where}.sex", "is M, F or left out")
    platforms = item.get("platforms", {})
    only_keys(platforms, set(platforms), f"{where}.platforms")
    then = item.get("then")
    if then is None and not platforms:
        raise BadRuleData(f"{where}.then", "missing: what does a bad answer lead to?")
    return Question(
        code=text(need(item, "code", where), f"{where}.code"),
        text=text(need(item, "text", where), f"{where}.text"),
        kind=kind,
        bad=flag(item, "bad", where) if "bad" in item else True,
        threshold=threshold,
        sex=sex,
        age_min=months(item, "age_min", where),
        age_max=months(item, "age_max", where),
        then=_consequence(then, f"{where}.then") if then else None,
        platforms={k: _consequence(v, f"{where}.platforms.{k}") for k, v in platforms.items()} or None,
        exempt=frozenset(codes(item.get("exempt", []), f"{where}.exempt")),
        ask_date=flag(item, "ask_date", where),
    )


def _consequence(item: Mapping[str, Any], where: str) -> Consequence:
    only_keys(item, _THEN_KEYS, where)
    start = item.get("wait_from", "today")
    if start not in ("today", "answer"):
        raise BadRuleData(f"{where}.wait_from", "is today or answer")
    return Consequence(
        outcome=choice(Outcome, need(item, "outcome", where), f"{where}.outcome"),
        reason=text(need(item, "reason", where), f"{where}.reason"),
        scope=choice(Scope, item.get("scope", "all"), f"{where}.scope"),
        permanent=flag(item, "permanent", where),
        wait=_wait(item, "wait", where),
        live_wait=_wait(item, "live_wait", where),
        wait_from=start,
        until_answer_day=flag(item, "until_answer_day", where),
        review_days=count(item.get("review_days", 7), f"{where}.review_days"),
        needs_doctor=flag(item, "needs_doctor", where),
    )


def _wait(item: Mapping[str, Any], key: str, where: str) -> Interval | None:
    wait = item.get(key)
    if wait is None:
        return None
    only_keys(wait, {"value", "unit"}, f"{where}.{key}")
    value = count(need(wait, "value", f"{where}.{key}"), f"{where}.{key}.value")
    return Interval(
        value, choice(Unit, need(wait, "unit", f"{where}.{key}"), f"{where}.{key}.unit"), Anchor.PREVIOUS
    )
