"""A census file from upload to register: taken in, checked, shown, committed or discarded."""

import hashlib
import json
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Count
from django.utils import timezone

from campaigns.models import Campaign
from core import audit, bulk
from core.crypto import key_ring
from core.errors import RuleBroken
from core.idnumbers import mask_within
from core.locks import alone, deed
from places.choices import Level
from places.models import Organisation, Place
from residents.choices import ImportState, RowState
from residents.models import CensusImport, CensusRow, Resident, RosterEntry
from residents.services import enrolments, rosters
from residents.services.census_checking import CheckedRow, check_rows, conflict_problems
from residents.services.census_headers import meanings
from residents.services.census_interpreting import Interpreter
from residents.services.census_numberless import settle
from residents.services.census_reading import Reading, read_content
from residents.services.census_review import conflict_text, interpreter_of
from residents.services.census_undo import before_rows, remember_before
from residents.services.people import put_chunk

COMMIT_ROWS = 2000  # per transaction: two tenths of a second on SQLite
# SQLite lets waiting writers try about ten times a second; so long the import leaves the door open between chunks.
_BREATH = 0.12
_STORE = 1000  # rows
_CONTEXT = "census_file"

Step = Callable[[int, int, str], None]


def _no_step(done: int, total: int, message: str = "") -> None:
    """For callers who do not watch."""


@deed()
def take_in(
    *,
    content: bytes,
    file_name: str,
    place: Place,
    campaign: Campaign | None,
    actor,
    organisation: Organisation | None = None,
) -> CensusImport:
    """Keep an uploaded file (encrypted, until it has been checked) and open its import."""
    census = CensusImport.objects.create(
        place=place,
        campaign=campaign,
        organisation=organisation,
        file_name=mask_within(Path(file_name).name[-120:]),  # shown in titles and the trail
        file_sha256=hashlib.sha256(content).hexdigest(),
        created_by=actor,
    )
    census.stored_as = f"census/{census.uid}"
    census.save(update_fields=["stored_as"])
    path = _stored(census)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(key_ring().encrypt(b64encode(content).decode(), _CONTEXT))
    data = {"file": census.file_name, "sha256": census.file_sha256}
    audit.record("census.uploaded", actor=actor, target=census, place_code=place.code, data=data)
    return census


def check(census: CensusImport, *, today: date, step: Step = _no_step) -> None:
    """Judge every row of the file and keep the verdicts for the preview. May be run again after an interruption.

    A file that cannot be read leaves the import FAILED with the reason; the same RuleBroken is raised. The encrypted file
    stays only as long as something about it is asked.
    """
    questions: dict[str, list] = {}
    try:
        step(0, 0, "正在读取文件")
        interpreter = interpreter_of(census, today)
        reading = read_content(
            _content(census),
            meanings=meanings(census.place),
            leave_out=[sheet for sheet, code in census.sheets.items() if not code],
        )
        questions = _questions(reading, interpreter)
        if reading.missing:
            titles = "、".join(f"“{title}”" for title in reading.missing)
            raise RuleBroken("NO_HEADER", f"没有认出哪一列是{titles},请在下面指定。", "file")
        total = len(reading.rows)
        rows = check_rows(
            reading.rows, interpreter=interpreter, progress=lambda done: step(done, total, "正在检查")
        )
        if not rows:
            raise RuleBroken("NO_ROWS", "表头下面没有人员,请填写后重新上传。", "file")
    except RuleBroken as error:
        asked = questions if error.code == "NO_HEADER" else {}
        mine = CensusImport.objects.filter(pk=census.pk)
        mine.update(state=ImportState.FAILED, message=error.message, questions=asked)
        if not asked:
            _forget_file(census)
        raise
    _keep(census, rows, step)
    counts = _tally(Counter(str(row.state) for row in rows))
    counts["warnings"] = sum(bool(row.problems) and row.state != RowState.REJECTED for row in rows)
    still_wanted = CensusImport.objects.filter(pk=census.pk, state=ImportState.CHECKING)
    if not still_wanted.update(
        state=ImportState.CHECKED, counts=counts, message=reading.remark[:500], questions=questions
    ):
        census.rows.all().delete()  # given up while it was being checked
    census.refresh_from_db()
    if not any(questions.values()):
        _forget_file(census)


def check_content(
    content: bytes, *, place: Place, campaign: Campaign | None, today: date
) -> list[CheckedRow]:
    """The verdicts on a file without keeping anything. Raises RuleBroken when the file cannot be read."""
    reading = read_content(content, meanings=meanings(place))
    if reading.missing:
        titles = "、".join(f"“{title}”" for title in reading.missing)
        raise RuleBroken(
            "NO_HEADER", f"没有认出哪一列是{titles}。请在页面上上传并指定,或改用模板的表头。", "file"
        )
    return check_rows(reading.rows, interpreter=Interpreter(place=place, campaign=campaign, today=today))


def commit(census: CensusImport, *, actor, now: datetime, today: date, step: Step = _no_step) -> None:
    """Put the good rows on the register. Interrupted work goes on where it stopped; done work is never done twice.

    Raises RuleBroken NOT_CHECKED when the import is not waiting for this, Busy.
    """
    ready = (ImportState.CHECKED, ImportState.COMMITTING)
    if not CensusImport.objects.filter(pk=census.pk, state__in=ready).update(state=ImportState.COMMITTING):
        raise RuleBroken("NOT_CHECKED", "这次导入已经完成或已经放弃,不能再次导入。请重新上传文件。")
    _forget_file(census)
    good = census.rows.filter(state__in=(RowState.CREATE, RowState.UPDATE))
    todo, total = good.filter(is_done=False).order_by("pk"), good.count()
    interpreter = interpreter_of(census, today)
    done, last = total - todo.count(), 0
    while rows := list(todo.filter(pk__gt=last)[:COMMIT_ROWS]):
        step(done, total, "正在导入")
        _commit_rows(census, rows, interpreter, actor=actor, today=today)
        done, last = done + len(rows), rows[-1].pk
    _enrol_unchanged(census, actor=actor, today=today)
    _put_on_roster(census, actor=actor, today=today)
    _finish(census, actor=actor, now=now)
    step(total, total, "导入完成")


def how_far(census: CensusImport) -> tuple[int, int]:
    """How many rows are on the register, and how many good ones are not."""
    good = census.rows.filter(state__in=(RowState.CREATE, RowState.UPDATE))
    left = good.filter(is_done=False).count()
    return good.count() - left, left


@deed()
def discard(census: CensusImport, *, actor) -> None:
    """Give up an import that nobody has committed; its rows are deleted. Raises RuleBroken NOT_DISCARDABLE."""
    open_states = (ImportState.CHECKED, ImportState.CHECKING, ImportState.FAILED)
    mine = CensusImport.objects.filter(pk=census.pk, state__in=open_states)
    if not mine.update(state=ImportState.DISCARDED):
        raise RuleBroken("NOT_DISCARDABLE", "这次导入已经写入名册或已经放弃,不能再放弃。")
    census.rows.all().delete()
    _forget_file(census)
    audit.record("census.discarded", actor=actor, target=census, place_code=census.place.code)


def _breathe(since: float | None = None) -> None:
    """Leave the door open for so long, counted from ``since`` (monotonic seconds)."""
    if connection.vendor == "sqlite":
        passed = time.monotonic() - since if since is not None else 0
        time.sleep(max(0.0, _BREATH - passed))


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
        _breathe()


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
        _breathe()


def _commit_rows(
    census: CensusImport, rows: list[CensusRow], interpreter: Interpreter, *, actor, today: date
) -> None:
    """One transaction: these rows go in and are marked done together, so that no interruption can come between."""
    people, began = [], time.monotonic()
    for row in rows:
        values, problems = interpreter.person(json.loads(row.cells), sheet=row.sheet)
        people.append((row, values, problems))
    _breathe(since=began)
    for last in (False, True):
        try:
            with deed():
                alone(f"census:{census.pk}")
                _still_committing(census)
                _put(census, _undone(people), actor=actor, today=today)
            return
        except IntegrityError:  # somebody registered one of these people this very moment: look again
            if last:
                raise


def _undone(people: list) -> list:
    """Without the rows that another worker has put in meanwhile: the button pressed twice."""
    left = CensusRow.objects.filter(pk__in=[row.pk for row, *_ in people], is_done=False)
    left = set(left.values_list("pk", flat=True))
    return [one for one in people if one[0].pk in left]


def _still_committing(census: CensusImport) -> None:
    if not CensusImport.objects.filter(pk=census.pk, state=ImportState.COMMITTING).exists():
        raise RuleBroken("NOT_CHECKED", "这次导入已经撤销,不再继续。")


def _put(census: CensusImport, people, *, actor, today: date) -> None:
    good = [(row, values) for row, values, _ in people if values is not None]
    settle((values for _, values in good), today=today, allot=True)
    before = before_rows([row for row, _ in good])
    outcomes = put_chunk([values for _, values in good], actor=actor, campaign=census.campaign, today=today)
    changed = []
    for (row, _), outcome in zip(good, outcomes, strict=True):
        if outcome.resident:
            row.resident_id = outcome.resident.pk
        if outcome.state != row.state:
            row.state = outcome.state
            row.problems = _with_problems(row, conflict_problems(outcome, census.organisation))
            row.conflicts = conflict_text((c.field, c.ours, c.theirs) for c in outcome.conflicts)
            changed.append(row)
    for row, values, problems in people:
        if (
            values is None
        ):  # what was right when it was checked no longer is (a product withdrawn, a village closed)
            row.state, row.problems = RowState.REJECTED, _with_problems(row, problems)
            changed.append(row)
    CensusRow.objects.bulk_update(changed, ["state", "problems", "conflicts"], batch_size=COMMIT_ROWS)
    remember_before(before, zip((row for row, _ in good), outcomes, strict=True))
    now = timezone.now()
    done = [(row.pk, row.resident_id, True, now) for row, *_ in people]
    bulk.update(CensusRow, ("resident", "is_done", "done_at"), done)


def _with_problems(row: CensusRow, problems) -> list[dict]:
    checked = CheckedRow(row.sheet, row.number, {}, problems=list(row.problems))
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
    counts = {**census.counts, **_tally(by_state)}
    if census.organisation_id:  # their rosters have been written after the rows
        census.rows.filter(is_done=True).update(done_at=timezone.now())
    CensusImport.objects.filter(pk=census.pk).update(
        state=ImportState.COMMITTED, counts=counts, committed_at=now
    )
    census.refresh_from_db()
    audit.record("census.committed", actor=actor, target=census, place_code=census.place.code, data=counts)


def _keep(census: CensusImport, rows: Sequence[CheckedRow], step: Step) -> None:
    census.rows.all().delete()  # of an earlier, interrupted check
    for start in range(0, len(rows), _STORE):
        bulk.insert(
            CensusRow,
            (
                "census",
                "sheet",
                "number",
                "cells",
                "state",
                "problems",
                "resident",
                "beside",
                "conflicts",
                "is_done",
            ),
            [
                (
                    census.pk,
                    row.sheet[:60],
                    row.number,
                    json.dumps(row.cells, ensure_ascii=False),
                    str(row.state),
                    row.problems,
                    row.resident.pk if row.resident else None,
                    row.beside,
                    conflict_text(row.conflicts),
                    # A repeated row is settled by its first mention.
                    any(problem["code"] == "ROW_REPEATED" for problem in row.problems),
                )
                for row in rows[start : start + _STORE]
            ],
        )
        step(len(rows), len(rows), "正在保存检查结果")


def _questions(reading: Reading, interpreter: Interpreter) -> dict[str, list]:
    """What the user may still say: columns that the form does not have, sheets whose village nobody can tell."""
    unknown = {}
    for row in reading.rows:
        if "village" not in row.cells and interpreter.ground.place.level != Level.VILLAGE:
            unknown.setdefault(row.sheet, interpreter.village_of_sheet(row.sheet))
    sheets = [sheet for sheet, village in unknown.items() if village is None]
    said = [sheet for sheet in interpreter.sheets if sheet not in sheets]
    return {"columns": [asdict(asked) for asked in reading.asked.values()], "sheets": [*sheets, *said]}


def _tally(by_state: Counter[str]) -> dict[str, int]:
    return {"rows": by_state.total(), **{state: by_state[state] for state in RowState.values}}


def _stored(census: CensusImport) -> Path:
    return Path(settings.MEDIA_ROOT) / census.stored_as


def _content(census: CensusImport) -> bytes:
    path = _stored(census)
    if not census.stored_as or not path.is_file():
        raise RuleBroken("FILE_GONE", "上传的文件已不在服务器上,请重新上传。", "file")
    return b64decode(key_ring().decrypt(path.read_text(), _CONTEXT))


def _forget_file(census: CensusImport) -> None:
    """The rows hold (encrypted) all that is needed; the file would only be one more copy of people's data."""
    if census.stored_as:
        _stored(census).unlink(missing_ok=True)
        CensusImport.objects.filter(pk=census.pk).update(stored_as="")
        census.stored_as = ""


def checked_rows(census: CensusImport, *states: str) -> Iterator[CheckedRow]:
    """The kept rows (of these states, if any) with their texts decrypted, in the order of the file; rows with one number stand
    together."""
    rows = census.rows.filter(state__in=states) if states else census.rows.all()
    for row in rows.order_by("beside", "pk").iterator(chunk_size=_STORE):
        yield CheckedRow(row.sheet, row.number, json.loads(row.cells), row.state, row.problems)
