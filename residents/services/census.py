"""A census file from upload to register: taken in, checked, shown, committed (``census_committing``) or discarded.

This is the door for commands, tasks and pages; what it opens to stands in the modules named census_….
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from pathlib import Path

from accounts.refusals import kind_of
from accounts.services import security_log
from campaigns.models import Campaign
from core import audit, bulk
from core.collecting import rarely_collecting
from core.errors import RuleBroken
from core.idnumbers import mask_within
from core.locks import deed
from places.choices import Level
from places.models import Organisation, Place
from residents.choices import ImportState, RowState
from residents.models import CensusImport, CensusRow, UnderstoodRows
from residents.services import census_cells, census_files
from residents.services.census_checking import check_rows
from residents.services.census_committing import Step, commit, how_far, no_step, tally
from residents.services.census_headers import meanings
from residents.services.census_interpreting import Interpreter
from residents.services.census_keeping import Keeper, ground_of_understanding
from residents.services.census_reading import Reading, read_content
from residents.services.census_review import conflict_text, interpreter_of
from residents.services.census_verdicts import CheckedRow
from residents.services.people import CHUNK

__all__ = ["check", "check_content", "checked_rows", "commit", "discard", "how_far", "take_in"]


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
    census_files.keep(census, content)
    data = {"file": census.file_name, "sha256": census.file_sha256}
    audit.record("census.uploaded", actor=actor, target=census, place_code=place.code, data=data)
    return census


@rarely_collecting()
def check(census: CensusImport, *, today: date, step: Step = no_step) -> None:
    """Judge every row of the file and keep the verdicts for the preview. May be run again after an interruption.

    A file that cannot be read leaves the import FAILED with the reason; the same RuleBroken is raised. The encrypted file
    stays only as long as something about it is asked.
    """
    questions: dict[str, list] = {}
    try:
        step(0, 0, "正在读取文件")
        interpreter = interpreter_of(census, today)
        reading = read_content(
            census_files.content(census),
            meanings=meanings(census.place),
            leave_out=[sheet for sheet, code in census.sheets.items() if not code],
        )
        questions = _questions(reading, interpreter)
        if reading.missing:
            titles = "、".join(f"“{title}”" for title in reading.missing)
            raise RuleBroken("NO_HEADER", f"没有认出哪一列是{titles},请在下面指定。", "file")
        total, keeper, understood = len(reading.rows), Keeper(interpreter), []
        rows = check_rows(
            _used_up(reading.rows),
            interpreter=interpreter,
            keep=lambda people: understood.append(keeper.text(people)),
            progress=lambda done: step(done, total, "正在检查"),
        )
        if not rows:
            raise RuleBroken("NO_ROWS", "表头下面没有人员,请填写后重新上传。", "file")
    except RuleBroken as error:
        asked = questions if error.code == "NO_HEADER" else {}
        mine = CensusImport.objects.filter(pk=census.pk)
        mine.update(state=ImportState.FAILED, message=error.message, questions=asked)
        if kind := kind_of(error.code):
            security_log.note(kind, user=census.created_by, page="residents:import", detail=error.code)
        if not asked:
            census_files.forget(census)
        raise
    _keep(census, rows, understood, step)
    counts = tally(Counter(str(row.state) for row in rows))
    counts["warnings"] = sum(bool(row.problems) and row.state != RowState.REJECTED for row in rows)
    still_wanted = CensusImport.objects.filter(pk=census.pk, state=ImportState.CHECKING)
    if not still_wanted.update(
        state=ImportState.CHECKED,
        counts=counts,
        message=reading.remark[:500],
        questions=questions,
        understood_by=ground_of_understanding(interpreter),
    ):
        _forget_rows(census)  # given up while it was being checked
    census.refresh_from_db()
    if not any(questions.values()):
        census_files.forget(census)


def _used_up(rows: list) -> Iterator:
    """The rows in their order; none is kept once it has been looked at."""
    rows.reverse()
    while rows:
        yield rows.pop()


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


@deed()
def discard(census: CensusImport, *, actor) -> None:
    """Give up an import that nobody has committed; its rows are deleted. Raises RuleBroken NOT_DISCARDABLE."""
    open_states = (ImportState.CHECKED, ImportState.CHECKING, ImportState.FAILED)
    mine = CensusImport.objects.filter(pk=census.pk, state__in=open_states)
    if not mine.update(state=ImportState.DISCARDED):
        raise RuleBroken("NOT_DISCARDABLE", "这次导入已经写入名册或已经放弃,不能再放弃。")
    _forget_rows(census)
    census_files.forget(census)
    audit.record("census.discarded", actor=actor, target=census, place_code=census.place.code)


def _keep(census: CensusImport, rows: Sequence[CheckedRow], understood: Iterable[str], step: Step) -> None:
    _forget_rows(census)  # of an earlier, interrupted check
    for at, people in enumerate(understood):
        chunk = rows[at * CHUNK : (at + 1) * CHUNK]
        with deed():
            keys = _keep_rows(census, chunk)
            census_cells.keep(
                census, [row.text for row in chunk[:: census_cells.TOGETHER]], first=chunk[0].position
            )
            UnderstoodRows.objects.create(
                census=census, keys=keys, first=keys[0], last=keys[-1], people=people
            )
        step(len(rows), len(rows), "正在保存检查结果")


def _keep_rows(census: CensusImport, rows: Sequence[CheckedRow]) -> list[int]:
    """Write the verdicts; returns the keys of the rows."""
    keys = list(bulk.reserve(CensusRow, len(rows)))
    columns = "id census sheet number position state problems resident beside conflicts is_done"
    bulk.insert(
        CensusRow,
        columns.split(),
        [
            (
                key,
                census.pk,
                row.sheet[:60],
                row.number,
                row.position,
                str(row.state),
                row.problems,
                row.resident.pk if row.resident else None,
                row.beside,
                conflict_text(row.conflicts),
                # A repeated row is settled by its first mention.
                any(problem["code"] == "ROW_REPEATED" for problem in row.problems),
            )
            for key, row in zip(keys, rows, strict=True)
        ],
    )
    return keys


def _forget_rows(census: CensusImport) -> None:
    census.rows.all().delete()
    census.cells.all().delete()
    census.understood.all().delete()


def _questions(reading: Reading, interpreter: Interpreter) -> dict[str, list]:
    """What the user may still say: columns that the form does not have, sheets whose village nobody can tell."""
    unknown = {}
    for row in reading.rows:
        if "village" not in row.cells and interpreter.ground.place.level != Level.VILLAGE:
            unknown.setdefault(row.sheet, interpreter.village_of_sheet(row.sheet))
    sheets = [sheet for sheet, village in unknown.items() if village is None]
    said = [sheet for sheet in interpreter.sheets if sheet not in sheets]
    return {"columns": [asdict(asked) for asked in reading.asked.values()], "sheets": [*sheets, *said]}


def checked_rows(census: CensusImport, *states: str) -> Iterator[CheckedRow]:
    """The kept rows (of these states, if any) with their texts decrypted, in the order of the file; rows with one number stand
    together."""
    rows = census.rows.filter(state__in=states) if states else census.rows.all()
    rows = rows.order_by("beside", "pk").iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        cells = census_cells.cells_of(some)
        for row in some:
            text = census_cells.text_of([cells[row.pk]])
            yield CheckedRow(row.sheet, row.number, row.state, row.problems, position=1, text=text)
