"""From the JSON of a ScheduleRule to a `Rule`; a bad file names the rule, the step and the key."""

from collections.abc import Mapping, Sequence
from typing import Any

from .reading import BadRuleData, choice, codes, count, day, flag, items, months, need, only_keys, text
from .schedule import Anchor, EarlyDose, Interval, Kind, OtherVaccineGap, Rule, Step, Unit

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
    only_keys(item, _RULE_KEYS, where)
    start = day(need(item, "effective_from", where), f"{where}.effective_from")
    end = day(item["effective_to"], f"{where}.effective_to") if item.get("effective_to") else None
    if end and end < start:
        raise BadRuleData(f"{where}.effective_to", "before effective_from")
    early, gap = item.get("early_dose"), item.get("other_gap")
    steps = items(item.get("steps", []), f"{where}.steps")
    return Rule(
        id=text(need(item, "id", where), f"{where}.id"),
        disease=text(need(item, "disease", where), f"{where}.disease"),
        effective_from=start,
        effective_to=end,
        source=text(need(item, "source", where), f"{where}.source"),
        steps=tuple(_step(step, f"{where}.steps[{n}]") for n, step in enumerate(steps)),
        early_dose=_early(early, f"{where}.early_dose") if early else None,
        other_gap=_gap(gap, f"{where}.other_gap") if gap else None,
    )


def _step(item: Mapping[str, Any], where: str) -> Step:
    only_keys(item, _STEP_KEYS, where)
    kind = choice(Kind, need(item, "kind", where), f"{where}.kind")
    seq = item.get("seq")
    completes = flag(item, "completes", where)
    if seq is None and kind == Kind.PRIMARY and not completes:
        raise BadRuleData(f"{where}.seq", "a primary dose needs its number in the series")
    if seq is not None and count(seq, f"{where}.seq") < 1:
        raise BadRuleData(f"{where}.seq", "starts at 1")
    series = item.get("series", "")
    if kind == Kind.PRIMARY and not completes and not series:
        raise BadRuleData(f"{where}.series", "a primary dose belongs to a series")
    intervals = items(item.get("min_intervals", []), f"{where}.min_intervals")
    waits = tuple(_interval(i, f"{where}.min_intervals[{n}]") for n, i in enumerate(intervals))
    if completes and not any(w.anchor == Anchor.INFECTION for w in waits):
        raise BadRuleData(f"{where}.min_intervals", "a single completing dose counts from the infection")
    if (kind == Kind.BOOSTER or (seq or 0) > 1) and not any(w.anchor != Anchor.INFECTION for w in waits):
        raise BadRuleData(f"{where}.min_intervals", "a later dose needs its distance from the one before")
    products = codes(need(item, "products", where), f"{where}.products")
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
        series=text(series, f"{where}.series") if series else "",
        min_intervals=waits,
        recommended_by=_interval(best, f"{where}.recommended_by") if best else None,
        age_min=months(item, "age_min", where),
        age_max=months(item, "age_max", where),
        sex=sex,
        groups_any=frozenset(codes(item.get("groups_any", []), f"{where}.groups_any")),
        after_products=frozenset(codes(item.get("after_products", []), f"{where}.after_products")),
        not_had=frozenset(codes(item.get("not_had", []), f"{where}.not_had")),
        same_product=flag(item, "same_product", where),
        prefer_other=flag(item, "prefer_other", where),
        completes=completes,
    )


def _interval(item: Mapping[str, Any], where: str) -> Interval:
    only_keys(item, {"value", "unit", "from"}, where)
    value = count(need(item, "value", where), f"{where}.value")
    unit = choice(Unit, need(item, "unit", where), f"{where}.unit")
    return Interval(value, unit, choice(Anchor, item.get("from", "previous"), f"{where}.from"))


def _early(item: Mapping[str, Any], where: str) -> EarlyDose:
    only_keys(item, {"valid_from_days", "repeat_after_days"}, where)
    days = {
        key: count(need(item, key, where), f"{where}.{key}")
        for key in ("valid_from_days", "repeat_after_days")
    }
    return EarlyDose(**days)


def _gap(item: Mapping[str, Any], where: str) -> OtherVaccineGap:
    only_keys(item, {"days", "exempt"}, where)
    days = count(need(item, "days", where), f"{where}.days")
    return OtherVaccineGap(days, frozenset(codes(item.get("exempt", []), f"{where}.exempt")))
