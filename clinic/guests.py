"""就近接种 in lists and words (S116): who came from which township, and what their own township is told."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from clinic.choices import Stage
from clinic.models import Visit
from core.xlsx import Column, Sheet

HERE, AWAY = "here", "away"
_SIGNS = "填报人:            审核人:            日期:"


def with_all(visits):
    """What a line of the lists shows, in a fixed number of queries."""
    return visits.select_related(
        "enrolment__resident__village", "site__place", "guest_from", "consent"
    ).prefetch_related(
        "enrolment__resident__identifiers",
        "screenings",
        "doses__record__vaccine",
        "doses__adverse_events",
    )


def dose_of(visit: Visit):
    """The dose of this visit that counts; None without one."""
    return next((dose for dose in visit.doses.all() if dose.record.voided_at is None), None)


def result_words(visit: Visit) -> str:
    """What became of it: 第1剂 北京生物 批号 …, or why there was no dose."""
    if dose := dose_of(visit):
        return f"第{dose.record.dose_number}剂 {dose.record.vaccine.short_name} 批号 {dose.record.lot_no}"
    said = visit.leave_reason
    if visit.stage in (Stage.DEFERRED, Stage.CONTRAINDICATED):
        said = next((s.reason for s in reversed(visit.screenings.all())), "")
    return f"{visit.get_stage_display()}{f':{said}' if said else ''}"


def reactions_of(visit: Visit) -> list:
    """Reactions to the doses of this visit."""
    return [event for dose in visit.doses.all() for event in dose.adverse_events.all()]


def reaction_words(visit: Visit) -> str:
    """每例 in a few words: 头晕(处置中)."""
    return ";".join(
        f"{event.symptoms}({event.get_outcome_display() if event.closed_at else '处置中'})"
        for event in reactions_of(visit)
    )


def notices(visits: Iterable[Visit], since: date, until: date) -> list[tuple[str, str]]:
    """(township, text) for each township whose people were here: figures only, to be pasted into a chat group (S116)."""
    by_town = defaultdict(list)
    for visit in visits:
        by_town[visit.guest_from].append(visit)
    days = f"{since:%m月%d日}" if since == until else f"{since:%m月%d日}至{until:%m月%d日}"
    return [
        (town.name, _notice(town.name, days, by_town[town])) for town in sorted(by_town, key=lambda t: t.code)
    ]


def _notice(town: str, days: str, visits: list[Visit]) -> str:
    sites = "、".join(sorted({visit.site.name for visit in visits}))
    given = Counter(dose.record.dose_number for visit in visits if (dose := dose_of(visit)))
    doses = ",".join(f"第{number}剂 {count} 人" for number, count in sorted(given.items()))
    words = f"【就近接种通报】{days},{town}群众到{sites} {len(visits)} 人次,接种 {given.total()} 人"
    words += f"(其中{doses})" if given else ""
    if waiting := sum(visit.stage in (Stage.DEFERRED, Stage.CONTRAINDICATED) for visit in visits):
        words += f",暂缓或禁忌 {waiting} 人"
    if reactions := sum(len(reactions_of(visit)) for visit in visits):
        words += f",异常反应 {reactions} 例"
    return f"{words}。名单请登录系统在“就近接种”中查看下载。"


def sheet(visits: Iterable[Visit], *, title: str, filled_by: str, cut_off: str) -> Sheet:
    """就近接种名单; numbers of documents are masked."""
    columns = [
        Column("on", "日期", width=12, format="date"),
        Column("name", "姓名", width=10),
        Column("sex", "性别", width=6),
        Column("born", "出生日期", width=12, format="date"),
        Column("document", "证件号码", width=22),
        Column("town", "所在乡镇(街道)", width=16),
        Column("village", "村(社区)", width=16),
        Column("site", "接种点", width=24),
        Column("result", "接种情况", width=40),
        Column("reaction", "异常反应", width=24),
    ]
    rows = [_row(visit) for visit in visits]
    heads = {"unit": "人次", "cut_off": cut_off, "filled_by": filled_by, "footer_lines": [_SIGNS]}
    return Sheet("就近接种", columns, rows, title=title, **heads)


def _row(visit: Visit) -> dict:
    person = visit.enrolment.resident
    return {
        "on": visit.on,
        "name": person.name,
        "sex": person.get_sex_display(),
        "born": person.birth_date,
        "document": str(person.primary_identifier or "无证件"),
        "town": visit.guest_from.name,
        "village": person.village.name,
        "site": visit.site.name,
        "result": result_words(visit),
        "reaction": reaction_words(visit),
    }
