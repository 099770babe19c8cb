"""Taking a whole import back while nothing was built on it.

What was done with a person since the import is named, and then nothing is changed. A small import is taken back in one
transaction. A large one in many small ones, so that others need not wait; until the last of them the import says that it is
being undone, also after the server died, and can be gone on with. What somebody does with a person in the meantime leaves
the import unfinished, for everybody to see, until the office decides that these people stay (``end_with_rest``).
"""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime

from django.db import transaction

from core import audit
from core.collecting import rarely_collecting
from core.errors import RuleBroken
from core.locks import alone, breathe, deed, lock
from core.pace import Pace
from residents.choices import ImportState
from residents.models import CensusImport, Enrolment
from residents.services.census_committing import Step, no_step
from residents.services.census_obstacles import Obstacle, is_new, obstacles, obstacles_of, written
from residents.services.census_taking_back import let_go, take_back

AT_ONCE = 500  # rows of an import that is taken back in one transaction
CHUNK = (
    200  # people who are deleted in the first transaction of a larger one: a seventh of a second on SQLite
)
RESTORED = 20  # people whom the register knew before: each is judged anew
SECONDS = 0.4  # that one of these transactions may take; half of its work does not depend on how many people it is about
_UNDOABLE = (ImportState.COMMITTED, ImportState.COMMITTING)


@rarely_collecting()
def undo(census: CensusImport, *, actor, now: datetime, today: date, step: Step = no_step) -> dict[str, int]:
    """Take ``census`` back, or go on with it; returns how many people were removed and restored.

    ``step`` is told between the transactions of a large import how far it is, and may raise to stop there. Raises
    RuleBroken: NOT_UNDOABLE, UNDO_BLOCKED (``obstacles`` tells by what, nothing was changed), UNDO_STUCK (what is left was
    changed by somebody after it had begun); Busy.
    """
    is_new_work = CensusImport.objects.filter(pk=census.pk, state__in=_UNDOABLE).exists()
    is_whole = is_new_work and written(census).count() <= AT_ONCE
    with deed() if is_whole else nullcontext():
        if is_whole:
            alone(_name(census))  # not between two rows that a worker is putting in
            _lock(written(census))
        _begin(census, actor=actor)
        _Work(census, actor, now, today, no_step if is_whole else step).take_back()
        _end(census, actor=actor, now=now)
    census.refresh_from_db()
    return _done(census)


def how_far(census: CensusImport) -> tuple[int, int]:
    """How many people have been taken back, and how many have not."""
    return sum(_done(census).values()), written(census).count()


def end_with_rest(census: CensusImport, *, actor, now: datetime, today: date) -> int:
    """End an undo that cannot go on: the people with whom something was done since stay on the register, and their rows say
    so. Returns how many. Raises RuleBroken: NOT_UNDOABLE, UNDO_NOT_OVER (others could still be taken back); Busy."""
    with deed():
        alone(_name(census))
        _must_be_undoing(census)
        found = {obstacle.row.pk: obstacle for obstacle in obstacles(census)}
        if left := written(census).exclude(pk__in=found).count():
            raise RuleBroken("UNDO_NOT_OVER", f"还有 {left} 人可以撤销,请先继续撤销。")
        for obstacle in found.values():
            _keep(obstacle)
        _note(census, kept=len(found))
    _Work(census, actor, now, today, no_step).let_go()
    _end(census, actor=actor, now=now)
    return len(found)


def _keep(obstacle: Obstacle) -> None:
    row = obstacle.row
    message = f"没有撤销,仍在名册上:{obstacle.reason}。"
    row.problems = [
        *row.problems,
        {"column": "", "key": "", "code": "UNDO_KEPT", "message": message, "level": "warning"},
    ]
    row.resident = None
    row.save(update_fields=["problems", "resident"])


class _Work:
    """The transactions of one undo."""

    def __init__(self, census: CensusImport, actor, now: datetime, today: date, step: Step):
        self.census, self.actor, self.now, self.today, self.step = census, actor, now, today, step

    def take_back(self) -> None:
        """Everybody against whom nothing stands, the restored first: a household of newcomers is empty at the end."""
        rows = written(self.census).only(
            "census", "state", "decision"
        )  # the census, too: else it is read row by row
        known, new = [], []
        for row in rows.select_related(None).iterator():
            (new if is_new(row) else known).append(row.pk)
        done, _ = how_far(self.census)
        total = done + len(known) + len(new)
        for keys, size in ((known, RESTORED), (new, CHUNK)):
            pace = Pace(start=size, least=size // 2, most=size, seconds=SECONDS)
            while keys:
                self.step(done, total, "正在撤销")
                piece, keys = keys[: pace.size], keys[pace.size :]
                self._take_back(piece, pace)
                self._pause()
                done += len(piece)
        self.let_go()

    def _take_back(self, keys: list[int], pace: Pace) -> None:
        with deed():
            alone(_name(self.census))
            held = time.monotonic()
            _must_be_undoing(self.census)
            wanted = written(self.census).filter(pk__in=keys)
            _lock(wanted)
            rows = list(wanted)
            stuck = {obstacle.row.pk for obstacle in obstacles_of(rows, self.census)}
            free = [row for row in rows if row.pk not in stuck]
            removed, restored = take_back(free, self.census, actor=self.actor, now=self.now, today=self.today)
            _note(self.census, removed=removed, restored=restored)
        pace.took(len(keys), since=held)

    def let_go(self) -> None:
        """The rows that changed nobody."""
        rest = self.census.rows.filter(resident__isnull=False).exclude(
            pk__in=written(self.census).values("pk")
        )
        keys = list(rest.order_by("pk").values_list("pk", flat=True))
        for piece in _pieces(keys, CHUNK):
            with deed():
                alone(_name(self.census))
                _must_be_undoing(self.census)
                let_go(list(rest.filter(pk__in=piece)), self.census, today=self.today)
            self._pause()

    def _pause(self) -> None:
        if not transaction.get_connection().in_atomic_block:
            breathe()


def _lock(rows) -> None:
    mine = Enrolment.objects.filter(resident__in=rows.values("resident"))
    lock(Enrolment, mine.values_list("pk", flat=True))


def _pieces(keys: list[int], size: int) -> Iterator[list[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _begin(census: CensusImport, *, actor) -> None:
    """Say that the import is being undone, unless something stands in the way."""
    if CensusImport.objects.filter(pk=census.pk, state=ImportState.UNDOING).exists():
        return
    found = list(obstacles(census))
    with deed():
        alone(_name(census))  # not between two rows that a worker is putting in
        mine = CensusImport.objects.filter(pk=census.pk, state__in=_UNDOABLE)
        if not mine.exists():
            raise RuleBroken("NOT_UNDOABLE", "这次导入没有写入名册,或者已经撤销,不能再撤销。")
        if not census.rows.exists():
            raise RuleBroken("COPY_GONE", "这次导入的名单副本已过保存期限,不能再撤销。要改的请逐人修改。")
        if found:
            number, first = len(found), found[0]
            raise RuleBroken(
                "UNDO_BLOCKED",
                f"有 {number} 人在导入之后又有变动(如第{first.row.number}行:{first.reason}),整个导入没有撤销。请查看名单。",
            )
        mine.update(state=ImportState.UNDOING, undone_by=actor)
        census.understood.all().delete()
        audit.record("census.undo_begun", actor=actor, target=census, place_code=census.place.code)


def _must_be_undoing(census: CensusImport) -> None:
    if not CensusImport.objects.filter(pk=census.pk, state=ImportState.UNDOING).exists():
        raise RuleBroken("NOT_UNDOABLE", "这次导入没有写入名册,或者已经撤销,不能再撤销。")


@deed()
def _end(census: CensusImport, *, actor, now: datetime) -> None:
    alone(_name(census))
    if left := written(census).count():
        raise RuleBroken(
            "UNDO_STUCK", f"撤销没有完成:还有 {left} 人在撤销期间又有变动,仍在名册上。请查看名单,决定怎么办。"
        )
    mine = CensusImport.objects.filter(pk=census.pk, state=ImportState.UNDOING)
    if mine.update(state=ImportState.UNDONE, undone_at=now, undone_by=actor):
        census.refresh_from_db()
        kept = {"kept": census.counts["kept"]} if "kept" in census.counts else {}
        data = _done(census) | kept
        audit.record("census.undone", actor=actor, target=census, place_code=census.place.code, data=data)


def _note(census: CensusImport, **more: int) -> None:
    """Add to the counts of the import, in the transaction of what is counted."""
    census.refresh_from_db(fields=["counts"])
    counts = census.counts
    census.counts = counts | {name: counts.get(name, 0) + number for name, number in more.items()}
    census.save(update_fields=["counts"])


def _done(census: CensusImport) -> dict[str, int]:
    return {name: census.counts.get(name, 0) for name in ("removed", "restored")}


def _name(census: CensusImport) -> str:
    return f"census:{census.pk}"
