"""周排名 (S40): where each unit stands against its task at the end of a week, and the words that tell it. No database here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from campaigns.models import Campaign
from core.charts import percent_words
from core.text import formal
from places.models import Place
from reports import rules
from reports.choices import TargetKind
from reports.models import FiledReport

NAMED = 3  # so many are named at either end
NOBODY = "未记录"


@dataclass(frozen=True)
class Line:
    """One unit, or the sum: people of the week and so far, the same a week before, and its place in the order.

    ``before``: how many were done a week earlier (as published, else as counted), of the task ``quota_before``; ``late``: what
    was entered, voided or moved for earlier weeks since the last publication.
    """

    place: Place
    secretary: str
    quota: int | None
    week: int
    week_before: int
    done: int
    before: int
    quota_before: int | None
    rank: int | None = None
    rank_before: int | None = None
    late: int = 0

    @property
    def share(self) -> tuple[int, int | None]:
        """Done and task, for the page to divide."""
        return self.done, self.quota

    @property
    def rate(self) -> Fraction | None:
        """Done over the task; may pass 1."""
        return Fraction(self.done, self.quota) if self.quota else None

    @property
    def rate_before(self) -> Fraction | None:
        """The same a week earlier."""
        return Fraction(self.before, self.quota_before) if self.quota_before else None

    @property
    def change(self) -> Fraction | None:
        """How much the rate has risen since, as a share."""
        return None if None in (self.rate, self.rate_before) else self.rate - self.rate_before

    @property
    def moved(self) -> int | None:
        """Places won (more than zero) or lost; None for who had no place."""
        return None if None in (self.rank, self.rank_before) else self.rank_before - self.rank

    @property
    def moved_words(self) -> str:
        """升2位, 降1位, 持平; a dash for who had no place."""
        if self.moved is None:
            return "—"
        return f"{'升' if self.moved > 0 else '降'}{abs(self.moved)}位" if self.moved else "持平"

    @property
    def change_words(self) -> str:
        """+6.4 in hundredths of the task."""
        return "—" if self.change is None else points(self.change)

    @property
    def remark(self) -> str:
        """What explains a figure: another task, entries for earlier weeks."""
        said = []
        if self.quota != self.quota_before:
            old, new = ("未下达" if n is None else f"{n:,}" for n in (self.quota_before, self.quota))
            said.append(f"任务由{old}调为{new}")
        if self.late:
            said.append(f"补录更正{self.late:+,}人")
        return ",".join(said)


def points(share: Fraction) -> str:
    """A difference of rates with its sign: +6.4, -0.5, 0.0."""
    words = percent_words(abs(share)).removesuffix("%")
    return words if words == "0.0" else f"{'+' if share > 0 else '-'}{words}"


def ranked(lines: Sequence[Line]) -> list[Line]:
    """In order, with their places: equal rates share one, who has no task has none."""
    places = zip(lines, rules.ranks([line.rate for line in lines]), strict=True)
    return in_order(replace(line, rank=rank) for line, rank in places)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The best first, ties by code, who has no place last."""
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.place.code))


@dataclass(frozen=True)
class Ranking:
    """The ranking of one week. ``report`` is the published one, which does not change; without it the figures are live."""

    place: Place
    campaign: Campaign
    kind: TargetKind
    monday: date
    sunday: date
    cut_off: datetime
    lines: list[Line]
    total: Line
    due_on: date | None
    report: FiledReport | None = None

    @property
    def before(self) -> tuple[date, date]:
        """Monday and Sunday of the week before."""
        return self.monday - timedelta(days=7), self.monday - timedelta(days=1)

    @property
    def days_left(self) -> int | None:
        """From the end of the week to the deadline."""
        return None if self.due_on is None else max(0, (self.due_on - self.sunday).days)

    @property
    def placed(self) -> list[Line]:
        """Who has a place."""
        return [line for line in self.lines if line.rank is not None]

    @property
    def unplaced(self) -> list[Line]:
        """Who has no task: named below the table, and in no sum."""
        return [line for line in self.lines if line.rank is None]

    @property
    def unplaced_words(self) -> str:
        """A sentence about them; empty where there is nobody."""
        if not self.unplaced:
            return ""
        named = (f"{line.place}({line.done:,}人)" if line.done else str(line.place) for line in self.unplaced)
        return f"没有下达任务、不排名也不计入合计:{'、'.join(named)}。"

    @property
    def first(self) -> list[Line]:
        """The best, ties included."""
        return [line for line in self.placed if line.rank <= NAMED]

    @property
    def last(self) -> list[Line]:
        """The last ones with ties, the very last first; nobody who is through, and nobody where only a few are compared."""
        if len(self.placed) <= NAMED:
            return []
        bound = self.placed[-NAMED].rate
        behind = [line for line in self.placed if line.rate <= bound and line.rate < 1]
        return [line for line in reversed(behind) if line not in self.first]

    @property
    def period_words(self) -> str:
        """11月16日至11月22日."""
        return f"{_day(self.monday)}至{_day(self.sunday)}"

    @property
    def title(self) -> str:
        """What heads page, paper and workbook."""
        return f"{self.place}{self.campaign}{self.kind.label.removesuffix('人数')}周排名({self.period_words})"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def notice(ranking: Ranking) -> str:
    """The 通报 to paste into a chat: the figures of the ranking in words, first and last named with who answers for them."""
    total, word = ranking.total, ranking.kind.label.removesuffix("人数")
    said = [f"【周排名通报】{ranking.title}"]
    summary = f"{ranking.place}{word}任务{total.quota or 0:,}人,累计完成{total.done:,}人"
    if total.rate is not None:
        summary += f",完成率{percent_words(total.rate)}"
    if total.change is not None:
        why = ";任务有调整,两周的完成率不能直接比" if total.quota != total.quota_before else ""
        summary += f"(较上周{total.change_words}个百分点{why})"
    said.append(f"{summary};本周完成{total.week:,}人,上周{total.week_before:,}人。")
    for heading, lines in (("居前", ranking.first), ("居后", ranking.last)):
        if lines:
            said.append(f"{heading}:")
            said += [f"第{line.rank}名 {_named(line)}" for line in lines]
    risen = [f"{line.place}{line.moved_words}" for line in ranking.lines if line.moved and line.moved > 1]
    if risen:
        said.append(f"名次上升较多:{'、'.join(risen)}。")
    if ranking.due_on and total.quota and (missing := max(0, total.quota - total.done)):
        daily = -(-missing // max(1, ranking.days_left))
        said.append(
            f"期限{_day(ranking.due_on)},还有{ranking.days_left}天、{missing:,}人,平均每天需{daily:,}人。"
        )
    return formal("\n".join(said))


def _named(line: Line) -> str:
    who = f"(书记 {line.secretary})" if line.secretary else ""
    return f"{line.place}{who} {percent_words(line.rate)},本周{line.week:,}人,{line.moved_words}"
