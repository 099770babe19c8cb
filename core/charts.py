"""Geometry of our charts: completion against target, plain steps, and doses per day. Pure numbers, no markup.

The templates under ``core/charts/`` draw them as SVG with presentation attributes and classes only (the content
policy forbids inline styles). A chart never stands alone: the page shows the same figures as a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

WIDTH = 720
_LABEL, _FIGURES, _LINE, _BAR, _TOP = 130, 170, 28, 18, 26
_PLOT = WIDTH - _LABEL - _FIGURES
_DAY_LEFT, _DAY_TOP, _DAY_HEIGHT, _DAY_BOTTOM = 48, 38, 180, 28
_MOST_DAY_LABELS, _MOST_TOTALS = 12, 16


@dataclass(frozen=True)
class Bar:
    """One ranked line: texts, and where its parts stand in user units."""

    rank: int | None
    label: str
    figures: str
    y: int
    width: float
    behind: bool


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars in rank order with a line at the target and, if given, one at the pace."""

    key: str
    title: str
    description: str
    bars: tuple[Bar, ...]
    height: int
    target_x: float
    pace_x: float | None
    pace_words: str
    left: int = _LABEL
    right: int = WIDTH - _FIGURES
    top: int = _TOP
    bar_height: int = _BAR
    width: int = WIDTH


@dataclass(frozen=True)
class Segment:
    """One dose number of one day."""

    series: int
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class DayChart:
    """Stacked columns of doses per day. ``labels`` and ``totals`` are (x, y, text), ``ticks`` (y, text)."""

    key: str
    title: str
    description: str
    segments: tuple[Segment, ...]
    labels: tuple[tuple[float, float, str], ...]
    totals: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    legend: tuple[tuple[int, int, str], ...]
    height: int = _DAY_TOP + _DAY_HEIGHT + _DAY_BOTTOM
    left: int = _DAY_LEFT
    base: int = _DAY_TOP + _DAY_HEIGHT
    width: int = WIDTH


def completion(
    rows: Sequence[tuple[str, int, int]], *, title: str, key: str, pace: Fraction | float | None = None
) -> BarChart:
    """Bars from (label, done, target) rows, best rate first; equal rates share a rank.

    ``pace`` is the share (0…1) that should be done by now; bars short of it are marked 落后. Units without a
    target come last, unranked. ``key`` makes ids unique on the page. More than 100 % is drawn as more.
    """
    rated = [
        (Fraction(done, target) if target > 0 else None, label, done, target) for label, done, target in rows
    ]
    rated.sort(key=lambda row: (row[0] is None, -(row[0] or 0)))
    scale = max([Fraction(1), *(row[0] for row in rated if row[0] is not None)])
    rates = [row[0] for row in rated]
    bars = []
    for at, (rate, label, done, target) in enumerate(rated):
        behind = rate is not None and pace is not None and rate < pace
        bars.append(
            Bar(
                rank=None if rate is None else rates.index(rate) + 1,
                label=_short(label),
                figures=_figures(rate, done, target) + (" 落后" if behind else ""),
                y=_TOP + at * _LINE,
                width=round(float((rate or 0) / scale) * _PLOT, 1),
                behind=behind,
            )
        )
    pace_words = "" if pace is None else f"应达进度{percent_words(pace)}"
    lines = [f"{bar.label} {bar.figures}" for bar in bars]
    return BarChart(
        key=key,
        title=title,
        description="按完成率从高到低。" + (f"{pace_words}。" if pace_words else "") + ";".join(lines),
        bars=tuple(bars),
        height=_TOP + len(bars) * _LINE + 8,
        target_x=_LABEL + round(float(1 / scale) * _PLOT, 1),
        pace_x=None if pace is None else _LABEL + round(float(min(Fraction(pace), scale) / scale) * _PLOT, 1),
        pace_words=pace_words,
    )


@dataclass(frozen=True)
class StepChart:
    """Plain bars in the order given; ``bars`` are (y, width, label, figures)."""

    key: str
    title: str
    description: str
    bars: tuple[tuple[int, float, str, str], ...]
    height: int
    left: int = _LABEL
    bar_height: int = _BAR
    width: int = WIDTH


def steps(rows: Sequence[tuple[str, int]], *, title: str, key: str, unit: str = "人") -> StepChart:
    """Bars of (label, number) rows as they stand, the longest over the whole width; ``key`` makes ids unique on the page."""
    most = max([number for _, number in rows], default=0) or 1
    bars = tuple(
        (8 + at * _LINE, round(number / most * _PLOT, 1), _short(label), f"{number:,} {unit}")
        for at, (label, number) in enumerate(rows)
    )
    said = ";".join(f"{label} {figures}" for _, _, label, figures in bars)
    return StepChart(key, title, said, bars, height=16 + len(bars) * _LINE)


def doses_per_day(
    days: Mapping[date, Mapping[int, int]], *, title: str, key: str, words: Mapping[int, str] | None = None
) -> DayChart:
    """Stacked columns from day → {dose number: doses}, in the order of the days given.

    ``words`` names the dose numbers where 第n剂 would be wrong (boosters).
    """
    numbers = sorted({number for doses in days.values() for number in doses})
    top = _nice_top(max([sum(doses.values()) for doses in days.values()], default=0))
    step = (WIDTH - _DAY_LEFT - 8) / max(len(days), 1)
    width = min(round(step * 0.7, 1), 48)
    every = -(-len(days) // _MOST_DAY_LABELS) or 1
    segments, labels, totals = [], [], []
    for at, (day, doses) in enumerate(days.items()):
        middle = round(_DAY_LEFT + (at + 0.5) * step, 1)
        y = float(_DAY_TOP + _DAY_HEIGHT)
        for number in numbers:
            if not (count := doses.get(number, 0)):
                continue
            height = round(count / top * _DAY_HEIGHT, 1)
            y = round(y - height, 1)
            said = f"{day.month}月{day.day}日 {_dose_word(number, words)} {count:,}剂次"
            segments.append(Segment(_series(number), round(middle - width / 2, 1), y, width, height, said))
        if at % every == 0:
            labels.append((middle, _DAY_TOP + _DAY_HEIGHT + 18, f"{day.month}/{day.day}"))
        if len(days) <= _MOST_TOTALS and (total := sum(doses.values())):
            totals.append((middle, round(y - 4, 1), f"{total:,}"))
    return DayChart(
        key=key,
        title=title,
        description=_day_words(days),
        segments=tuple(segments),
        labels=tuple(labels),
        totals=tuple(totals),
        ticks=tuple(
            (_DAY_TOP + _DAY_HEIGHT - _DAY_HEIGHT * part / 4, f"{top * part // 4:,}") for part in range(5)
        ),
        legend=tuple((_series(n), _DAY_LEFT + at * 84, _dose_word(n, words)) for at, n in enumerate(numbers)),
    )


def _dose_word(number: int, words: Mapping[int, str] | None) -> str:
    return (words or {}).get(number, f"第{number}剂")


def _series(number: int) -> int:
    return min(max(number, 1), 5)  # the palette has five shades


def _short(label: str) -> str:
    return label if len(label) <= 7 else label[:6] + "…"


def percent_words(share: Fraction | float) -> str:
    """98.6% from a share; more than 1 is more than 100%."""
    # Half up in whole tenths of a percent, as everywhere on screen.
    tenths = int(Fraction(share) * 1000 + Fraction(1, 2))
    return f"{tenths // 10:,}.{tenths % 10}%"


def _figures(rate: Fraction | None, done: int, target: int) -> str:
    return f"{done:,} 人,未定任务" if rate is None else f"{percent_words(rate)} ({done:,}/{target:,})"


def _nice_top(highest: int) -> int:
    """Four times the smallest round step (1, 2, 5, 10, 20, 25, 50, 100 …) that reaches the highest column."""
    decade = 1
    while True:
        for step in (decade, 2 * decade, 5 * decade // 2, 5 * decade):  # 2.5 of the first decade is 2 again
            if 4 * step >= highest:
                return 4 * step
        decade *= 10


def _day_words(days: Mapping[date, Mapping[int, int]]) -> str:
    if not days:
        return "还没有接种记录。"
    sums = {day: sum(doses.values()) for day, doses in days.items()}
    best = max(sums, key=sums.get)
    first, last = min(days), max(days)
    return (
        f"{first.month}月{first.day}日至{last.month}月{last.day}日共接种{sum(sums.values()):,}剂次,"
        f"最多的一天是{best.month}月{best.day}日,{sums[best]:,}剂次。"
    )
