"""Sentences of the floor that depend on both the schedule and this site's stock."""

from campaigns.rules import State, Verdict
from inventory.models import StockLevel
from residents.models import Enrolment


def due_words(verdict: Verdict, levels: list[StockLevel] | None, *, must_wait: bool) -> str:
    """The next dose in one sentence, and what this site has for it (``levels`` of ``proposed_lots``): the first product of
    the schedule may not be in stock here. None: say nothing about stock. ``must_wait``: a hold forbids every vaccine today."""
    if not verdict.may_be_given:
        return verdict.reason
    if must_wait:
        return f"第{verdict.dose_number}剂。有暂缓或禁忌,解除之前不能接种。"
    words = f"今天可种第{verdict.dose_number}剂"
    if verdict.state == State.OVERDUE:
        words += f",已过建议日期 {verdict.due_to},尽快补种,不必重新开始"
    elif verdict.due_to:
        words += f",建议在 {verdict.due_to} 前完成"
    return f"{words}。" + ("" if levels is None else stock_words(verdict, levels))


def next_words(enrolment: Enrolment) -> str:
    """The next dose as the register says, for somebody who has had one today."""
    if enrolment.due_from is None:
        return enrolment.status_reason or enrolment.get_status_display()
    words = f"第{enrolment.next_dose}剂 {enrolment.due_from} 起"
    return f"{words},建议在 {enrolment.due_to} 前。" if enrolment.due_to else f"{words}。"


def stock_words(verdict: Verdict, levels: list[StockLevel]) -> str:
    """What may be given here, vaccine by vaccine; while there is some of the series, only that."""
    same = [level for level in levels if not verdict.is_substitute(level.lot.presentation.vaccine.code)]
    doses: dict[str, int] = {}
    for level in same or levels:
        name = level.lot.presentation.vaccine.short_name
        doses[name] = doses.get(name, 0) + level.doses
    if not doses:
        return "本点现在没有适合的疫苗,请先问疫苗管理员,或改约。"
    found = "、".join(f"{name} {count:,}剂" for name, count in doses.items())
    return f"本点有:{found}。" if same else f"本点没有上一剂的那种疫苗,只有:{found}。"
