"""Reading a filed report: its lines with the parts of every figure, the names behind each part, who has read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import RoleAssignment, User
from accounts.permissions import roles_with
from places.models import Place
from reports import metrics
from reports.choices import ChangeReason
from reports.counted import DOSES, ELDERS, PEOPLE, TARGET
from reports.cutoffs import codes_above
from reports.filing_rules import HEAD_OF, LATE, NEW, PARTS, PREVIOUS, TOTAL, VOIDED, Account
from reports.models import FiledChange, FiledLine, FiledReport

ALL_DOSES = "doses"


@dataclass(frozen=True)
class Figure:
    """One figure of a filed report: code in the address, title, what it counts, and the metrics that it sums."""

    code: str
    title: str
    unit: str
    metrics: tuple[str, ...]


def _title(code: str) -> str:
    if code in metrics.ALL:
        return metrics.ALL[code].title
    return f"{code.removeprefix(f'{TARGET}_')}岁及以上应种人数"


FIGURES = {
    figure.code: figure
    for figure in (
        *(Figure(code, metrics.ALL[code].title, "人", (code,)) for code in PEOPLE),
        Figure(ALL_DOSES, "接种剂次", "剂", DOSES),
        *(Figure(code, metrics.ALL[code].title, "剂", (code,)) for code in DOSES),
        Figure(TARGET, "应种人数", "人", (TARGET,)),
        *(Figure(code, _title(code), "人", (code,)) for code in ELDERS),
    )
}
SHOWN = [FIGURES[code] for code in (*PEOPLE, ALL_DOSES, *DOSES)]


def account_of(figures: dict[str, int], figure: Figure) -> Account:
    """The parts of ``figure`` in one line."""
    found = Account()
    for code in figure.metrics:
        found += Account(**{part: figures.get(f"{code}.{part}", 0) for part in PARTS})
    return found


@dataclass(frozen=True)
class Row:
    """One unit of a report, or the sum of all: ``figures`` as they were frozen."""

    place: Place
    figures: dict[str, int]
    on_task: int | None = None  # of a sum: first doses of the units that have a task

    def account(self, code: str) -> Account:
        """The parts of the figure ``code``."""
        return account_of(self.figures, FIGURES[code])

    @property
    def share(self) -> tuple[int, int | None]:
        """First doses and task, for the page to divide."""
        done = self.figures.get(PEOPLE[0], 0) if self.on_task is None else self.on_task
        return done, self.figures.get("quota")


def rows_of(report: FiledReport) -> list[Row]:
    """The units of the report in code order, without the figures of the township as a whole."""
    lines = report.lines.select_related("place").order_by("place__code")
    return [Row(line.place, line.figures) for line in lines if not is_of_whole(report, line)]


def is_of_whole(report: FiledReport, line: FiledLine) -> bool:
    """The line that holds what is known of the township only (stock, work at its sites)."""
    return line.place_id == report.place_id and not any(
        code in line.figures for code in (*PEOPLE, *DOSES, TARGET)
    )


def total_of(place: Place, rows: Iterable[Row]) -> Row:
    """The totals row: whole numbers add up; units without a task are not held against it."""
    rows, sums = list(rows), {}
    for row in rows:
        for code, number in row.figures.items():
            sums[code] = sums.get(code, 0) + number
    return Row(place, sums, sum(row.share[0] for row in rows if row.share[1]))


def adjusted_of(report: FiledReport) -> set[tuple[str, str]]:
    """(metric, unit) of everything that moved in or out of the report's figures for another reason than the needle."""
    return set(_adjusted(report).values_list("metric", "place_code").order_by().distinct())


def _adjusted(report: FiledReport) -> QuerySet[FiledChange]:
    return report.changes.exclude(reason__in=[ChangeReason.START, *_REASON_OF.values()])


_REASON_OF = {head: reason for reason, head in HEAD_OF.items() if head in (NEW, LATE, VOIDED)}


def names_behind(report: FiledReport, figure: Figure, part: str, place: Place) -> QuerySet[FiledChange]:
    """The doses or people of one part of a figure, at one unit or at the whole place. Their signs sum up to the part."""
    if part == TOTAL:
        rows = FiledChange.objects.standing(report)
    elif part == PREVIOUS and report.previous is not None:
        rows = FiledChange.objects.standing(report.previous)
    elif part == PREVIOUS:
        rows = report.changes.filter(reason=ChangeReason.START)
    elif part in _REASON_OF:
        rows = report.changes.filter(reason=_REASON_OF[part])
    else:
        rows = _adjusted(report)
        if len(figure.metrics) > 1:  # another number of dose is the same dose
            rows = rows.exclude(reason=ChangeReason.REGROUPED)
    rows = rows.filter(metric__in=figure.metrics)
    return rows if place == report.place else rows.filter(place_code__startswith=place.prefix)


@dataclass(frozen=True)
class Reader:
    """Somebody for whom the report is meant, and when it was opened first."""

    user: User
    role: str
    seen_at: datetime | None


def readers_of(report: FiledReport, today: date) -> list[Reader]:
    """The offices of the place and of those above it, without who handed it in; and whoever else has opened it."""
    seen = {row.user_id: row for row in report.seen.select_related("user")}
    offices = (
        RoleAssignment.objects.current(today)
        .filter(role__in=roles_with("reports.download"), place__code__in=codes_above(report.place))
        .filter(user__is_active=True)
        .exclude(user=report.filed_by_id)
        .select_related("user", "place")
        .order_by("place__code", "user__display_name", "pk")
    )
    found = {}
    for row in offices:
        at = seen[row.user_id].at if row.user_id in seen else None
        found.setdefault(row.user_id, Reader(row.user, str(row), at))
    for row in seen.values():
        found.setdefault(row.user_id, Reader(row.user, "", row.at))
    return list(found.values())
