"""The outcome as tables: each page of each role, and the floor beside itself without reports."""

import os
from statistics import median

from bench.measure import percentile

MOST_RATIO = 1.25
_HEAD = f"{'n':>6}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"


def show(together, alone, size: dict) -> None:
    """Milliseconds, as a browser waits for them."""
    print(f"\n{'milliseconds':<40}{'everybody at work':^38}   {'without reports, downloads':^38}{'p95 ×':>8}")
    for role in together.times:
        print(f"{role:<40}{_HEAD}   {_HEAD if role in alone.times else ''}")
        others = alone.times.get(role, {})
        for page, values in sorted(together.times[role].items()):
            print(f"  {page:<38}{_line(values)}   {_beside(values, others.get(page))}")
        values = _all(together.times[role])
        print(f"  {'all of them':<38}{_line(values)}   {_beside(values, _all(others))}\n")
    for title, outcome in (("everybody", together), ("without reports", alone)):
        deeds = ", ".join(f"{n} {what}" for what, n in sorted(outcome.done.items()))
        pages = sum(len(values) for role in outcome.times.values() for values in role.values())
        print(f"{title}: {pages / size['seconds']:.1f} pages a second; {deeds}")
        used = ", ".join(f"{name} {seconds:.1f}" for name, seconds in outcome.used.items())
        each = sum(outcome.used.values()) * 1000 / max(1, outcome.done["pages asked for"])
        print(f"  processor seconds: {used}; {each:.0f} ms for each page that was asked for")
    for role in alone.times:
        ratio = _p95(together, role) / _p95(alone, role)
        word = "" if role != "floor" else ", held" if ratio <= MOST_RATIO else ", missed"
        target = f" (target ≤ {MOST_RATIO}{word})" if word else ""
        print(f"{role}: p95 with reports is {ratio:.2f} × that without{target}")
    print(
        f"{size['workers']} web processes on {os.cpu_count()} processors, register of {size['people']} people"
    )


def errors(*outcomes) -> list[str]:
    """How often what went wrong."""
    return [f"{count} × {what}" for one in outcomes for what, count in one.errors.most_common(20)]


def _all(pages: dict[str, list[float]]) -> list[float]:
    return [value for values in pages.values() for value in values]


def _p95(outcome, role: str) -> float:
    return percentile(_all(outcome.times[role]) or [0.0], 0.95)


def _line(values: list[float]) -> str:
    if not values:
        return f"{0:>6}"
    figures = (median(values), percentile(values, 0.95), percentile(values, 0.99), max(values))
    return f"{len(values):>6}" + "".join(f"{figure:>8.0f}" for figure in figures)


def _beside(values: list[float], others: list[float] | None) -> str:
    if not others or not values:
        return ""
    ratio = percentile(values, 0.95) / percentile(others, 0.95)
    return f"{_line(others)}{ratio:>8.2f}"
