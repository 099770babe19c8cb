"""Timing: rounds that take turns, work apart in a process of its own, and the line that comes out."""

import multiprocessing
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django
from django.db import connections


@dataclass
class Line:
    """One row of the table. ``figures``: name ("ours", "raw", "peer") → one value per round, in ``unit``;
    ``verdicts``: (target in words with the figure reached, whether it holds)."""

    id: str
    engine: str
    title: str
    unit: str
    figures: dict[str, list[float]]
    verdicts: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of one contender."""
        return statistics.median(self.figures[name])

    def at_most(self, what: str, figure: float, limit: float, unit: str = "") -> None:
        """Note a target that ``figure`` must not exceed."""
        self.verdicts.append((f"{what} {figure:.3g}{unit} ≤ {limit:g}{unit}", figure <= limit))

    def at_least(self, what: str, figure: float, limit: float, unit: str = "") -> None:
        """Note a target that ``figure`` must reach."""
        self.verdicts.append((f"{what} {figure:.3g}{unit} ≥ {limit:g}{unit}", figure >= limit))

    def holds(self, what: str, ok: bool) -> None:
        """Note a target that is a fact, not a figure."""
        self.verdicts.append((what, bool(ok)))

    def as_dict(self) -> dict:
        """For the file of results."""
        return asdict(self)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 1).__int__() - 1)]


def say(text: str) -> None:
    """Progress on the terminal; the table comes at the end."""
    print(f"  {text}", file=sys.stderr, flush=True)


def apart(work: Callable, *, after: Callable | None = None, **arguments) -> dict:
    """Run ``work`` (a function of a module) in a fresh process: its seconds (and those of the processor), its peak memory in MB and its result, and
    that of ``after``, which is called in the same process and not measured.

    Starting Python and Django is not counted. Raises RuntimeError when the work fails.
    """
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_inside, args=(theirs, work, after, arguments))
    process.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:
        answer = None
    process.join()
    if answer is None:
        raise RuntimeError(f"{work.__name__} died with {process.exitcode}")
    return answer


def _inside(pipe, work, after, arguments) -> None:
    django.setup()
    used = resource.getrusage(resource.RUSAGE_SELF)
    before, began = used.ru_utime + used.ru_stime, time.perf_counter()
    result = work(**arguments)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    outcome = {
        "seconds": seconds,
        "peak_mb": _peak_mb(),
        "result": result,
        "cpu": used.ru_utime + used.ru_stime - before,
    }
    pipe.send(outcome | {"after": after() if after else None})


def _peak_mb() -> float:
    """Of this process alone: ru_maxrss begins at what the parent needed, even after exec."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024
