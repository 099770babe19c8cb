"""From the JSON of a ScheduleRule to a `Rule`; a bad file names the rule, the step and the key."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from .schedule import Anchor, EarlyDose, Interval, Kind, OtherVaccineGap, Rule, Step, Unit

E = TypeVar("E", bound=StrEnum)

_RULE_KEYS = {
    "id",
    "disease",
    "effective_from",
    "effective_to",
    "source",
    "note",
    "steps",
    "early_dose",
    "other_gap",
}
_STEP_KEYS = {
    "seq",
    "kind",
    "products",
    "series",
    "min_intervals",
    "recommended_by",
    "age_min",
    "age_max",
    "sex",
    "groups_any",
    "after_products",
    "not_had",
    "same_product",
    "prefer_other",
    "completes",
}


class BadRuleData(ValueError):
    """Rule data that cannot be read; `where` is the path of the bad key, such as `R1.steps[0].kind`."""

    def __init__(self, where: str, problem: str):
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


def rules_from_data(data: Sequence[Mapping[str, Any]]) -> list[Rule]:
    """Parse rules as documented in campaigns/data/README.md. Raises `BadRuleData` naming the bad key."""
    rules = [_rule(item, f"[{index}]") for index, item in enumerate(data)]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRuleData(f"{rule.id}.id", "used twice")
        seen.add(rule.id)
    return rules


def _rule(item: Mapping[str, Any], place: str) -> Rule:
    where = str(item.get("id") or place) if isinstance(item, Mapping) else place
    _only(item, _RULE_KEYS, where)
    start = _day(_need(item, "effective_from", where), f"{where}.effective_from")
    end = _day(item["effective_to"], f"{where}.effective_to") if item.get("effective_to") else None
    if end and end < start:
        raise BadRuleData(f"{where}.effective_to", "before effective_from")
    early, gap = item.get("early_dose"), item.get("other_gap")
    steps = _list(item.get("steps", []), f"{where}.steps")
    return Rule(
        id=_text(_need(item, "id", where), f"{where}.id"),
        disease=_text(_need(item, "disease", where), f"{where}.disease"),
        effective_from=start,
        effective_to=end,
        source=_text(_need(item, "source", where), f"{where}.source"),
        steps=tuple(_step(step, f"{where}.steps[{n}]") for n, step in enumerate(steps)),
        early_dose=_early(early, f"{where}.early_dose") if early else None,
        other_gap=_gap(gap, f"{where}.other_gap") if gap else None,
    )


def _step(item: Mapping[str, Any], where: str) -> Step:
    _only(item, _STEP_KEYS, where)
    kind = _choice(Kind, _need(item, "kind", where), f"{where}.kind")
    seq = item.get("seq")
    completes = _flag(item, "completes", where)
    if seq is None and kind == Kind.PRIMARY and not completes:
        raise BadRuleData(f"{where}.seq", "a primary dose needs its number in the series")
    if seq is not None and _count(seq, f"{where}.seq") < 1:
        raise BadRuleData(f"{where}.seq", "starts at 1")
    series = item.get("series", "")
    if kind == Kind.PRIMARY and not completes and not series:
        raise BadRuleData(f"{where}.series", "a primary dose belongs to a series")
    intervals = _list(item.get("min_intervals", []), f"{where}.min_intervals")
    waits = tuple(_interval(i, f"{where}.min_intervals[{n}]") for n, i in enumerate(intervals))
    if completes and not any(w.anchor == Anchor.INFECTION for w in waits):
        raise BadRuleData(f"{where}.min_intervals", "a single completing dose counts from the infection")
    if (kind == Kind.BOOSTER or (seq or 0) > 1) and not any(w.anchor != Anchor.INFECTION for w in waits):
        raise BadRuleData(f"{where}.min_intervals", "a later dose needs its distance from the one before")
    products = _codes(_need(item, "products", where), f"{where}.products")
    if not products:
        raise BadRuleData(f"{where}.products", "names no product")
    sex = item.get("sex", "")
    if sex not in ("", "M", "F"):
        raise BadRuleData(f"{where}.sex", "is M, F or left out")
    best = item.get("recommended_by")
    return Step(
        seq=seq,
        kind=kind,
        products=products,
        series=_text(series, f"{where}.series") if series else "",
        min_intervals=waits,
        recommended_by=_interval(best, f"{where}.recommended_by") if best else None,
        age_min=_months(item, "age_min", where),
        age_max=_months(item, "age_max", where),
        sex=sex,
        groups_any=frozenset(_codes(item.get("groups_any", []), f"{where}.groups_any")),
        after_products=frozenset(_codes(item.get("after_products", []), f"{where}.after_products")),
        not_had=frozenset(_codes(item.get("not_had", []), f"{where}.not_had")),
        same_product=_flag(item, "same_product", where),
        prefer_other=_flag(item, "prefer_other", where),
        completes=completes,
    )


def _interval(item: Mapping[str, Any], where: str) -> Interval:
    _only(item, {"value", "unit", "from"}, where)
    value = _count(_need(item, "value", where), f"{where}.value")
    unit = _choice(Unit, _need(item, "unit", where), f"{where}.unit")
    return Interval(value, unit, _choice(Anchor, item.get("from", "previous"), f"{where}.from"))


def _early(item: Mapping[str, Any], where: str) -> EarlyDose:
    _only(item, {"valid_from_days", "repeat_after_days"}, where)
    days = {
        key: _count(_need(item, key, where), f"{where}.{key}")
        for key in ("valid_from_days", "repeat_after_days")
    }
    return EarlyDose(**days)


def _gap(item: Mapping[str, Any], where: str) -> OtherVaccineGap:
    _only(item, {"days", "exempt"}, where)
    days = _count(_need(item, "days", where), f"{where}.days")
    return OtherVaccineGap(days, frozenset(_codes(item.get("exempt", []), f"{where}.exempt")))


def _only(item: object, keys: set[str], where: str) -> None:
    if not isinstance(item, Mapping):
        raise BadRuleData(where, "must be an object")
    for key in item:
        if key not in keys:
            raise BadRuleData(f"{where}.{key}", f"unknown key; known are {', '.join(sorted(keys))}")


def _need(item: Mapping[str, Any], key: str, where: str) -> Any:
    if item.get(key) in (None, ""):
        raise BadRuleData(f"{where}.{key}", "missing")
    return item[key]


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadRuleData(where, "must be text")
    return value


def _list(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BadRuleData(where, "must be a list")
    return value


def _codes(value: object, where: str) -> tuple[str, ...]:
    return tuple(_text(v, f"{where}[{n}]") for n, v in enumerate(_list(value, where)))


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRuleData(where, "must be a whole number, not negative")
    return value


def _months(item: Mapping[str, Any], key: str, where: str) -> int | None:
    return None if item.get(key) is None else _count(item[key], f"{where}.{key}")


def _flag(item: Mapping[str, Any], key: str, where: str) -> bool:
    value = item.get(key, False)
    if not isinstance(value, bool):
        raise BadRuleData(f"{where}.{key}", "must be true or false")
    return value


def _choice(kind: type[E], value: object, where: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadRuleData(where, f"{value!r} is not one of {', '.join(kind)}") from None


def _day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRuleData(where, f"{value!r} is not a date such as 2021-03-29") from None
