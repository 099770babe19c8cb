"""Rules and cohorts as an office reads them: plain sentences out of the data."""

from collections.abc import Mapping

from .cohort import Cohort
from .schedule import Anchor, Kind, Rule, Step
from .words import age_text, day_text, product_text

_ANCHORS = {Anchor.PREVIOUS: "距上一剂", Anchor.FIRST: "距第一剂", Anchor.INFECTION: "距感染"}
_SEX = {"M": "男性", "F": "女性"}


def rule_lines(rule: Rule, names: Mapping[str, str]) -> list[str]:
    """One sentence per dose the rule offers, and one per special clause."""
    lines = [step_line(step, names) for step in rule.steps]
    if rule.other_gap:
        exempt = "、".join(product_text(code, names) for code in sorted(rule.other_gap.exempt))
        lines.append(
            f"与其他疫苗间隔不少于 {rule.other_gap.days} 天" + (f"({exempt}除外)。" if exempt else "。")
        )
    if rule.early_dose:
        early = rule.early_dose
        lines.append(
            f"提前接种:距上一剂不满 {early.valid_from_days} 天的无效,须在其后满 {early.repeat_after_days} 天重种。"
        )
    return lines


def step_line(step: Step, names: Mapping[str, str]) -> str:
    """ "第 2 剂:距上一剂满 21 天;18周岁及以上;可用…" """
    parts = [f"{_ANCHORS[i.anchor]}满 {i.text()}" for i in step.min_intervals]
    if step.recommended_by:
        parts.append(f"建议{_ANCHORS[step.recommended_by.anchor]} {step.recommended_by.text()}内")
    parts += _age(step.age_min, step.age_max)
    if step.sex:
        parts.append(_SEX[step.sex])
    if step.groups_any:
        parts.append("限重点人群 " + "、".join(sorted(step.groups_any)))
    if step.after_products:
        parts.append("全程接种的是" + _products(step.after_products, names))
    parts.append("可用" + _products(step.products, names))
    return f"{_dose(step)}:" + ";".join(parts) + "。"


def cohort_line(cohort: Cohort, groups: Mapping[str, str] | None = None) -> str:
    """Whom a campaign or a phase is for; ``groups`` are the names of key groups by code."""
    parts = []
    if cohort.age_min is not None and cohort.age_max is not None:
        parts.append(f"{cohort.age_min}–{cohort.age_max}周岁")
    elif cohort.age_min is not None:
        parts.append(f"{cohort.age_min}周岁及以上")
    elif cohort.age_max is not None:
        parts.append(f"{cohort.age_max}周岁及以下")
    parts += _age(cohort.age_months_min, cohort.age_months_max)
    if cohort.born_from:
        parts.append(f"{day_text(cohort.born_from)}以后出生")
    if cohort.born_to:
        parts.append(f"{day_text(cohort.born_to)}以前出生")
    if cohort.sex:
        parts.append(_SEX[cohort.sex])
    if cohort.groups_any:
        parts.append(
            "重点人群 " + "、".join((groups or {}).get(code, code) for code in sorted(cohort.groups_any))
        )
    if cohort.grades:
        parts.append("年级 " + "、".join(sorted(cohort.grades)))
    return ",".join(parts) or "不限"


def _dose(step: Step) -> str:
    if step.kind == Kind.BOOSTER:
        return f"第 {step.seq} 剂加强" if step.seq else "加强"
    return "感染后补 1 剂即完成" if step.completes else f"第 {step.seq} 剂"


def _age(low: int | None, high: int | None) -> list[str]:
    if low is None and high is None:
        return []
    if high is None:
        return [f"{age_text(low)}及以上"]
    # Completed months, both ends included: 719 months is "not yet 60".
    return [f"{age_text(low)}至不满{age_text(high + 1)}" if low else f"不满{age_text(high + 1)}"]


def _products(codes, names: Mapping[str, str]) -> str:
    return "、".join(product_text(code, names) for code in codes)
