"""Which sentences stand in which section of which bulletin, its title and its table."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from core.charts import percent_words
from core.templatetags.vax import NOTHING, number
from core.text import formal
from reports.choices import BulletinKind
from reports.services.bulletins.deeds import book, measures, organisation, situation, work
from reports.services.bulletins.facts import Facts
from reports.services.bulletins.figures import (
    following,
    given,
    outcome,
    planned,
    problems,
    progress,
    safety,
    villages,
)

Writer = Callable[[Facts], list[str]]
LAYOUT: dict[str, list[tuple[str, str, Sequence[Writer]]]] = {
    BulletinKind.SUMMARY: [
        ("situation", "基本情况", (situation,)),
        ("organisation", "组织领导", (organisation, book)),
        ("measures", "主要做法", (measures,)),
        ("results", "接种成效", (outcome, villages, safety)),
        ("problems", "存在问题", (problems,)),
        ("next", "下一步工作", (following,)),
    ],
    BulletinKind.DAILY: [
        ("given", "当日接种", (given,)),
        ("progress", "累计进度", (progress,)),
        ("villages", "各单位进度", (villages,)),
        ("organisation", "组织推进", (book,)),
        ("safety", "异常反应和疫苗", (safety,)),
        ("next", "下一步安排", (following,)),
    ],
    BulletinKind.WEEKLY: [
        ("given", "本周接种", (given, planned)),
        ("progress", "累计进度", (progress,)),
        ("villages", "各单位进度", (villages,)),
        ("organisation", "组织推进", (book,)),
        ("work", "宣传动员和服务", (work,)),
        ("safety", "异常反应和疫苗", (safety,)),
        ("next", "下一步安排", (following,)),
    ],
}
_NUMERALS = "一二三四五六七八九十"


def sections_of(kind: str, facts: Facts) -> list[dict]:
    """The sections of a bulletin of ``kind`` as ``BulletinVersion.sections`` keeps them, none of them the office's own."""
    return [
        {
            "code": code,
            "heading": formal(f"{_NUMERALS[at]}、{heading}"),
            "text": formal("\n".join(line for writer in writers for line in writer(facts))),
            "own": False,
        }
        for at, (code, heading, writers) in enumerate(LAYOUT[kind])
    ]


def title_of(kind: str, facts: Facts) -> str:
    """What heads the bulletin until the office words it otherwise; the days stand in the line under it."""
    return formal(f"{facts.place}{facts.campaign}{BulletinKind(kind).label}")


TABLE_COLUMNS = ("排名", "单位", "任务数", "本期首剂", "累计首剂", "完成率")


def table_of(facts: Facts) -> dict:
    """Every unit below in the order of its rank, as printed; without a task the last."""
    rows = sorted(
        facts.board.rows, key=lambda row: (row.rank is None, row.rank or 0, row.standing.place.code)
    )
    return {
        "columns": list(TABLE_COLUMNS),
        "rows": [
            [
                number(row.rank),
                str(row.standing.place),
                number(row.standing.quantity),
                number(_firsts(facts, row.standing.place.prefix)),
                number(row.standing.done),
                _rate(row.standing.rate),
            ]
            for row in rows
        ],
    }


def _firsts(facts: Facts, prefix: str) -> int:
    return sum(people for code, people in facts.firsts.items() if code.startswith(prefix))


def _rate(share: Fraction | None) -> str:
    return NOTHING if share is None else percent_words(share)
