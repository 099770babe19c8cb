"""The good rows of a checked census file onto the register: in small transactions, so that others get in between."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from itertools import accumulate

from django.db import IntegrityError
from django.db.models import Count
from django.utils import timezone

from core import audit, bulk
from core.collecting import rarely_collecting
from core.errors import RuleBroken
from core.locks import alone, breathe, deed
from core.pace import Pace
from residents.choices import ImportState, RowState
from residents.models import CensusImport, CensusRow, Resident, RosterEntry
from residents.services import census_files, enrolments, rosters
from residents.services.census_before import before_rows, remember_before
from residents.services.census_checking import conflict_problems
from residents.services.census_keeping import GoodRow, Understanding
from residents.services.census_numberless import settle
from residents.services.census_review import conflict_text, interpreter_of
from residents.services.census_verdicts import CheckedRow
from residents.services.groundwork import Groundwork
from residents.services.people import Outcome, put_chunk

# Per transaction, where all other writers wait on SQLite: a fifth of a second for new people on a machine that is not
# busy, about as long for a tenth as many known ones.
COMMIT_ROWS, AS_MUCH_WORK, SECONDS = 2000, {RowState.UPDATE: 10}, 0.4

Step = Callable[[int, int, str], None]


def no_step(done: int, total: int, message: str = "") -> None:
    """For callers who do not watch."""


@rarely_collecting()
def commit(census: CensusImport, *, actor, now: datetime, today: date, step: Step = no_step) -> None:
    """Put the good rows on the register. Interrupted work goes on where it stopped; done work is never done twice.

    Raises RuleBroken NOT_CHECKED when the import is not waiting for this, Busy.
    """
    ready = (ImportState.CHECKED, ImportState.COMMITTING)
    if not CensusImport.objects.filter(pk=census.pk, state__in=ready).update(state=ImportState.COMMITTING):
        raise RuleBroken("NOT_CHECKED", "这次导入已经完成或已经放弃,不能再次导入。请重新上传文件。")
    census_files.forget(census)
    good = census.rows.filter(state__in=(RowState.CREATE, RowState.UPDATE))
    todo, total = good.filter(is_done=False).order_by("pk"), good.count()
    understanding = Understanding(census, interpreter_of(census, today))
    done, last = total - todo.count(), 0
    pace = Pace(start=COMMIT_ROWS, least=COMMIT_ROWS // 2, most=3 * COMMIT_ROWS, seconds=SECONDS)
    while rows := _portion(understanding.read(todo.filter(pk__gt=last)[: pace.size]), pace.size):
        step(done, total, "正在导入")
        _commit_rows(census, rows, understanding, pace, actor=actor, today=today)
        done, last = done + len(rows), rows[-1].pk
    _enrol_unchanged(census, actor=actor, today=today)
    _put_on_roster(census, actor=actor, today=today)
    _finish(census, actor=actor, now=now)
    step(total, total, "导入完成")


def _portion(rows: list[GoodRow], size: int) -> list[GoodRow]:
    """As many of the first rows as a transaction of this size takes."""
    work = accumulate(AS_MUCH_WORK.get(row.state, 1) for row in rows)
    return rows[: max(1, sum(done <= size for done in work))]


def how_far(census: CensusImport) -> tuple[int, int]:
    """How many rows are on the register, and how many good ones are not."""
    good = census.rows.filter(state__in=(RowState.CREATE, RowState.UPDATE))
    left = good.filter(is_done=False).count()
    return good.count() - left, left


def _enrol_unchanged(census: CensusImport, *, actor, today: date) -> None:
    """People whom the register already knew may not be in the campaign of this import yet."""
    if census.campaign is None:
        return
    known = census.rows.filter(state=RowState.UNCHANGED, resident__isnull=False)
    missing = Resident.objects.filter(pk__in=known.values("resident")).exclude(
        enrolments__campaign=census.campaign
    )
    while people := list(missing.order_by("pk")[:COMMIT_ROWS]):
        enrolments.enrol(residents=people, campaign=census.campaign, actor=actor, today=today)
        breathe()


def _put_on_roster(census: CensusImport, *, actor, today: date) -> None:
    """Everybody in an organisation's file belongs to it, also whom the village knows already; doubtful rows wait."""
    if census.organisation is None:
        return
    settled = (RowState.CREATE, RowState.UPDATE, RowState.UNCHANGED)
    named = census.rows.filter(state__in=settled, resident__isnull=False).values("resident")
    missing = (
        Resident.objects.live()
        .filter(pk__in=named)
        .exclude(
            pk__in=RosterEntry.objects.filter(organisation=census.organisation, until__isnull=True).values(
                "resident"
            )
        )
    )
    while people := list(missing.order_by("pk")[:COMMIT_ROWS]):
        rosters.put_on_rosters(people, organisation=census.organisation, actor=actor, today=today)
        breathe()


def _commit_rows(
    census: CensusImport,
    rows: list[GoodRow],
    understanding: Understanding,
    pace: Pace,
    *,
    actor,
    today: date,
) -> None:
    """One transaction: these rows go in and are marked done together, so that no interruption can come between."""
    people = [(row, *understanding.person(row)) for row in rows]
    groundwork = Groundwork(
        [values for row, values, _ in people if row.state == RowState.CREATE and values is not None]
    )
    breathe(since=pace.ended)
    for last in (False, True):
        try:
            with deed():
                alone(f"census:{census.pk}")
                held = time.monotonic()
                _still_committing(census)
                _put(census, _undone(people), groundwork, actor=actor, today=today)
            break
        except IntegrityError:  # somebody registered one of these people this very moment: look again
            if last:
                raise
    pace.took(sum(AS_MUCH_WORK.get(row.state, 1) for row in rows), since=held)


def _undone(people: list) -> list:
    """Without the rows that another worker has put in meanwhile: the button pressed twice."""
    first, last = people[0][0].pk, people[-1][0].pk
    done = CensusRow.objects.filter(pk__range=(first, last), is_done=True)
    done = set(done.values_list("pk", flat=True))
    return [one for one in people if one[0].pk not in done]


def _still_committing(census: CensusImport) -> None:
    if not CensusImport.objects.filter(pk=census.pk, state=ImportState.COMMITTING).exists():
        raise RuleBroken("NOT_CHECKED", "这次导入已经撤销,不再继续。")


def _put(census: CensusImport, people, groundwork: Groundwork, *, actor, today: date) -> None:
    good = [(row, values) for row, values, _ in people if values is not None]
    settle((values for _, values in good), today=today, allot=True)
    before = before_rows([row for row, _ in good])
    outcomes = put_chunk(
        [values for _, values in good],
        actor=actor,
        campaign=census.campaign,
        today=today,
        groundwork=groundwork,
    )
    for (row, _), outcome in zip(good, outcomes, strict=True):
        row.resident_id = outcome.resident_id or row.resident_id
    _judge_again(census, people, {row.pk: outcome for (row, _), outcome in zip(good, outcomes, strict=True)})
    remember_before(before, zip((row for row, _ in good), outcomes, strict=True))
    now = timezone.now()
    done = [(row.pk, row.resident_id, True, now) for row, *_ in people]
    bulk.update(CensusRow, ("resident", "is_done", "done_at"), done)
    if people:
        census.understood.filter(last__lte=people[-1][0].pk).delete()  # kept no longer than needed


def _judge_again(census: CensusImport, people, outcomes: dict[int, Outcome]) -> None:
    """Rows about which the register, or the ground, says something else now than when they were checked."""
    moved = {
        row.pk: problems
        for row, _, problems in people
        if row.pk not in outcomes or outcomes[row.pk].state != row.state
    }
    rows = list(CensusRow.objects.filter(pk__in=moved)) if moved else []
    for row in rows:
        if outcome := outcomes.get(row.pk):
            row.state = outcome.state
            row.problems = _with_problems(row, conflict_problems(outcome, census.organisation))
            row.conflicts = conflict_text((c.field, c.ours, c.theirs) for c in outcome.conflicts)
        else:  # what was right when it was checked no longer is (a product withdrawn, a village closed)
            row.state, row.problems = RowState.REJECTED, _with_problems(row, moved[row.pk])
    CensusRow.objects.bulk_update(rows, ["state", "problems", "conflicts"], batch_size=COMMIT_ROWS)


def _with_problems(row: CensusRow, problems) -> list[dict]:
    checked = CheckedRow(row.sheet, row.number, problems=row.problems)
    for problem in problems:
        checked.note(problem)
    return checked.problems


@deed()
def _finish(census: CensusImport, *, actor, now: datetime) -> None:
    alone(f"census:{census.pk}")
    census.refresh_from_db(fields=["state"])
    if census.state == ImportState.COMMITTED:  # by another worker
        return
    _still_committing(census)
    by_state = Counter(dict(census.rows.order_by().values_list("state").annotate(Count("pk"))))
    counts = {**census.counts, **tally(by_state)}
    if census.organisation_id:  # their rosters have been written after the rows
        census.rows.filter(is_done=True).update(done_at=timezone.now())
    CensusImport.objects.filter(pk=census.pk).update(
        state=ImportState.COMMITTED, counts=counts, committed_at=now
    )
    census.understood.all().delete()
    census.refresh_from_db()
    audit.record("census.committed", actor=actor, target=census, place_code=census.place.code, data=counts)


def tally(by_state: Counter[str]) -> dict[str, int]:
    """How many rows in all, and of every state."""
    return {"rows": by_state.total(), **{state: by_state[state] for state in RowState.values}}
