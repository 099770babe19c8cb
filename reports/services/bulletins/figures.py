"""Sentences about figures: doses, coverage, the task, who is ahead and behind, reactions, what is to come."""

from collections.abc import Sequence

from core.charts import percent_words
from core.dates import day_zh
from core.templatetags.vax import number, percent
from reports import metrics
from reports.services.bulletins.facts import SOON, Facts
from reports.services.bulletins.phrases import MISSING, doses, listed, parts, period, short_day

_BEST = 3
_PEOPLE = (metrics.FIRST, metrics.COMPLETE, metrics.BOOSTER)


def given(f: Facts) -> list[str]:
    """Doses of the period against the one before, and at the sites."""
    now, then = doses(f.spell), doses(f.before)
    before = "前一天" if f.since == f.until else f"之前{(f.until - f.since).days + 1}天"
    compared = f"比{before}{'多' if now > then else '少'}{number(abs(now - then))}剂"
    return [f"{_delivered(f)},{compared if now != then else f'与{before}持平'}。", _here(f)]


def outcome(f: Facts) -> list[str]:
    """Doses of a long period, and how far it is."""
    return [f"{_delivered(f)}。", _here(f), *progress(f)]


def _delivered(f: Facts) -> str:
    people = [(m.title.removesuffix("人数"), f.spell[m.code]) for m in _PEOPLE]
    return f"{period(f)}接种{number(doses(f.spell))}剂{parts(f.spell)},新增{listed(people, '人')}"


def _here(f: Facts) -> str:
    if not f.sites:
        return "辖区接种点没有接种记录。"
    said = f"辖区{f.sites}个接种点登记接种{number(f.given_here)}剂"
    return f"{said},其中辖区外居民{number(f.given_to_guests)}剂。"


def progress(f: Facts) -> list[str]:
    """So far, in all and among the old, and against the task and its pace."""
    total = f.report.total
    reached = [(m.title.removesuffix("人数"), total.sums.get(m.code, 0)) for m in _PEOPLE]
    rates = "、".join(f"{word}{number(n)}人({percent(n, total.target)})" for word, n in reached)
    old = ";".join(
        f"{age}岁及以上首剂{percent(total.sums.get(first, 0), people)}、全程{percent(total.sums.get(full, 0), people)}"
        for age, people, first, full in (
            (60, total.target_60, metrics.FIRST_60.code, metrics.COMPLETE_60.code),
            (80, total.target_80, metrics.FIRST_80.code, metrics.COMPLETE_80.code),
        )
    )
    return [f"累计{rates}。", f"{old}。", _against_task(f)]


def _against_task(f: Facts) -> str:
    total, pace = f.board.total.standing, f.board.total.pace
    if not total.quantity:
        return f"首剂接种任务:{MISSING},不作对比。"
    # Who has no task adds people but no task: only the others are held against theirs.
    (reached, _), rate = total.share, total.rate
    done = f"完成{number(reached)}人,完成率{percent_words(rate)}"
    until = f"{short_day(total.due_on)}前的" if f.board.is_step else ""
    said = f"对照{until}首剂任务{number(total.quantity)}人,{done}"
    if pace is None:
        return f"{said}。"
    gap = rate - pace
    word = f"{'高' if gap > 0 else '低'}{percent_words(abs(gap)).removesuffix('%')}个百分点"
    due = f"按时间应达的{percent_words(pace)}"
    return f"{said},比{due}{word}。" if gap else f"{said},与{due}持平。"


def villages(f: Facts) -> list[str]:
    """The first and the last by completion; those below the pace."""
    ranked = sorted(
        (row for row in f.board.rows if row.rank is not None),
        key=lambda row: (row.rank, row.standing.place.code),
    )
    if not ranked:
        return [f"各单位任务:{MISSING},不作排名。"]

    def named(rows: Sequence) -> str:
        return "、".join(f"{row.standing.place}({percent_words(row.standing.rate)})" for row in rows)

    few = len(ranked) < 2 * _BEST
    said = [f"完成率排名:{named(ranked)}。"] if few else []
    if not few:
        said.append(f"完成率居前的是{named(ranked[:_BEST])};居后的是{named(ranked[-_BEST:])}。")
    behind = [row for row in ranked if row.state[1] == "落后"]
    if behind:
        names = "、".join(str(row.standing.place) for row in behind)
        said.append(f"低于应达进度的有{len(behind)}个:{names}。")
    return said


def safety(f: Facts) -> list[str]:
    """Reactions of the period; vaccine at the moment of counting."""
    said = f"收到疑似预防接种异常反应报告{number(f.reactions)}例" + (
        f",其中严重{number(f.serious)}例。" if f.reactions else "。"
    )
    stock = "、".join(f"{name}{number(vials)}支({number(doses)}剂)" for name, vials, doses in f.stock)
    return [said, f"目前可用疫苗:{stock}。" if stock else "目前没有可用的库存疫苗。"]


def problems(f: Facts) -> list[str]:
    """What the figures show: who is behind, why people are not vaccinated, who is overdue."""
    said = [line for line in villages(f) if line.startswith("低于")]
    undone = sum(count for _, count in f.reasons)
    if undone:
        said.append(f"应种对象中还有{number(undone)}人没有接种,登记的原因:{listed(f.reasons, '人')}。")
    states = [("医生判定禁忌", f.report.total.contra), ("暂缓", f.report.total.hold)]
    if any(count for _, count in states):
        said.append(f"{listed(states, '人')}。")
    if f.overdue:
        said.append(f"第二剂(及以后)已过推荐时间的有{number(f.overdue)}人。")
    return [*said, f"其他问题:{MISSING}。"]


def following(f: Facts) -> list[str]:
    """What the figures ask for, and what has been arranged."""
    total, (first, last) = f.board.total.standing.whole, f.ahead
    days = day_zh(first) if first == last else f"{short_day(first)}至{short_day(last)}"
    until = f"{short_day(total.due_on)}前的" if f.board.is_step else ""
    said = []
    if total.quantity and total.missing:
        said.append(
            f"距{until}首剂任务还差{number(total.missing)}人,期限还有{total.days_left}天,每天需完成{number(total.pace)}人。"
        )
    if f.due_soon:
        said.append(
            f"今后{SOON}天内可以接种第二剂(及以后)的有{number(f.due_soon)}人,其中已逾期{number(f.overdue)}人。"
        )
    coming = sum(count for _, count in f.coming)
    said.append(
        f"{days}已安排{coming}场({listed(f.coming, '场')})。" if coming else f"{days}的接种场次:{MISSING}。"
    )
    plan = f"{days}各单位上报的接种计划{number(f.planned_next or 0)}人。"
    return [*said, plan if f.planned_next else f"{days}的接种计划:{MISSING}。"]


def planned(f: Facts) -> list[str]:
    """Doses of the period beside the plans that were handed in for it."""
    if f.planned is None:
        return [f"{period(f)}的接种计划:{MISSING},不作对比。"]
    return [
        f"各单位上报的计划{number(f.planned)}人次,实际接种{number(doses(f.spell))}剂,为计划的{percent(doses(f.spell), f.planned)}。"
    ]
