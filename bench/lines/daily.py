"""P6: the daily report of a township of 200 villages through the job, beside openpyxl writing the same cells."""

from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import openpyxl
from django.utils import timezone
from openpyxl.cell import WriteOnlyCell

from accounts.models import User
from bench import databases, ground
from bench.measure import Line
from campaigns.models import Campaign
from core import changes, files, jobs
from core.choices import JobState
from core.models import Job
from places.models import Place
from reports.models import ReportFile
from reports.services import population, rollups
from reports.tasks import produce_daily
from residents.models import Enrolment, Resident

VILLAGES, MOST = 200, 1.5
_TRIAL = "bench_daily"
_DAYS_BACK = timedelta(days=1)


def lines(setup) -> Iterator[Line]:
    """One line: counted, written twice (for the county and the town), kept; from the job's start to its end."""
    ground.use_dosed(setup.people // 10)
    databases.copy(databases.current(), _TRIAL)
    databases.use(_TRIAL)
    try:
        yield _line(setup, _township())
    finally:
        databases.drop(_TRIAL)


def _line(setup, town: Place) -> Line:
    campaign, office = Campaign.objects.select_related("place").get(), User.objects.get(username="county")
    rollups.fill_all(campaign=campaign, now=timezone.now())
    population.fill_noted(now=timezone.now())
    people = Enrolment.objects.filter(unit_code__startswith=town.prefix).count()
    title = f"daily report of {VILLAGES} villages ({people} people), two files, through the job"
    line = Line("P6", setup.engine, title, "s", {})
    for _ in range(setup.rounds):
        began = perf_counter()
        job = _produce(campaign, town, office)
        line.figures.setdefault("ours", []).append(perf_counter() - began)
        made = [files.kept(row.stored_as) for row in ReportFile.objects.filter(job=job)]
        books = [_cells(path) for path in made]
        began = perf_counter()
        for book in books:
            _write(book, setup.work / "daily.xlsx")
        line.figures.setdefault("raw: openpyxl, the same cells and looks", []).append(perf_counter() - began)
    ours, raw = line.median("ours"), line.median("raw: openpyxl, the same cells and looks")
    line.at_most("of openpyxl writing the same cells", ours / raw, MOST, " ×")
    line.holds(
        f"a row for each of the {VILLAGES} villages", all(_rows_of(book) >= VILLAGES for book in books)
    )
    line.notes.append(f"cells of both files: {sum(len(row) for book in books for row in book)}")
    return line


def _produce(campaign: Campaign, town: Place, office: User) -> Job:
    day = (timezone.localdate() - _DAYS_BACK).isoformat()
    asked = {"campaign_id": campaign.pk, "place_id": town.pk, "day": day}
    job = jobs.start(produce_daily, kind="bench.daily", title="日报", by=office, **asked)
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise RuntimeError(f"the report was not made: {job.state} {job.message}")
    return job


def _township() -> Place:
    """All people of the first 200 villages in one new township with as many villages."""
    county = Place.objects.get(code=ground.COUNTY)
    town = Place.objects.create(code="150622099000", name="大镇", level="town", parent=county)
    old = Place.objects.filter(level="village").order_by("code")[:VILLAGES]
    for n, village in enumerate(old, start=1):
        code = f"150622099{n:03d}"
        new = Place.objects.create(code=code, name=f"{n}号村", level="village", parent=town)
        Resident.objects.filter(village=village).update(village=new, village_code=code)
        Enrolment.objects.filter(unit=village).update(unit=new, unit_code=code)
        changes.note_population([village.code, code], timezone.localdate())
    return town


def _cells(path: Path) -> list[list]:
    """The rows of a workbook with each cell's value and look, in memory."""
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows()]


def _rows_of(book: list[list]) -> int:
    return sum(str(row[0].value or "").endswith("号村") for row in book)


def _write(rows: list[list], path: Path) -> None:
    """By openpyxl's quickest way: rows appended, each look described once."""
    book, looks = openpyxl.Workbook(write_only=True), {}
    ws = book.create_sheet("日报")
    for row in rows:
        ws.append([_cell(ws, cell, looks) for cell in row])
    book.save(path)


def _cell(ws, old, looks: dict) -> WriteOnlyCell:
    cell = WriteOnlyCell(ws, old.value)
    if old.style_id not in looks:
        first = WriteOnlyCell(ws)
        for name in ("font", "fill", "border", "alignment"):
            setattr(first, name, copy(getattr(old, name)))
        first.number_format = old.number_format
        looks[old.style_id] = first._style  # openpyxl's own way to share a style between cells
    cell._style = copy(looks[old.style_id])
    return cell
