"""Roll-ups: finished days are stored, today is counted live, and both come from the same queries of ``metrics``.

Writing them is here, reading them in ``reports.sums``.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from core import bulk, changes
from core.locks import alone, deed
from core.models import ChangeNote
from places.models import Place
from places.querysets import code_range
from reports import metrics
from reports.models import Rollup
from reports.services import population
from reports.sums import Sums, by_cohort, by_day, day_and_sums, totals, villages_of

CHUNK = 500
# Two fillers of one day would both delete the old rows and then insert the new ones twice: one at a time in each township.
_FILLING, _TOWN = "rollups", 9  # digits of a township's codes
_COLUMNS = ("place_code", "day", "from_age", "metric", "value")
__all__ = ["Sums", "by_cohort", "by_day", "day_and_sums", "totals", "villages_of"]


@deed()
def fill(*, campaign: Campaign, codes: Collection[str], days: Collection[date], now: datetime) -> int:
    """Delete and rewrite the roll-ups of these units on these days (all before today). Returns the rows written.

    One transaction: a reader sees the old day or the new day; killed in the middle it changes nothing.
    """
    today = timezone.localdate(now)
    days = {day for day in days if day < today}
    if not days or not codes:
        return 0
    alone_in(codes)
    Rollup.objects.filter(campaign=campaign, place_code__in=codes, day__in=days).delete()
    return _write_counted(campaign, metrics.row_queries(campaign, set(codes), {"in": sorted(days)}), now)


@deed()
def fill_all(*, campaign: Campaign, now: datetime, since: date | None = None) -> int:
    """Rewrite every finished day since ``since`` (None: since ever) of ``campaign``. Returns the rows written."""
    alone_in(towns_of(campaign))
    old, when = Rollup.objects.filter(campaign=campaign), {"lt": timezone.localdate(now)}
    if since is not None:
        old, when = old.filter(day__gte=since), when | {"gte": since}
    old.delete()
    return _write_counted(campaign, metrics.row_queries(campaign, {campaign.place.prefix}, when), now)


def towns_of(campaign: Campaign) -> list[str]:
    """What the codes of each township in the campaign begin with, in order; also of what lies directly in its county."""
    codes = Place.objects.filter(code_range("code", campaign.place.prefix)).values_list("code", flat=True)
    return sorted({code[:_TOWN] for code in codes})


def alone_in(codes: Iterable[str]) -> None:
    """Until the deed ends nobody else fills the townships of these codes. Always in the same order, before anything else."""
    for town in sorted({code[:_TOWN] for code in codes}):
        alone(f"{_FILLING} {town}")


def _write_counted(campaign: Campaign, queries: Iterable[QuerySet], now: datetime) -> int:
    same = {"campaign": campaign.pk, "filled_at": now}
    return sum(bulk.insert_found(Rollup, _COLUMNS, rows, **same) for rows in queries)


def fill_dirty(*, now: datetime, progress=None) -> int:
    """Refill the finished days that facts marked as changed, and the people of changed villages; notes of days that are not over
    wait.

    Each chunk of notes is consumed in the transaction that rewrites its days. Returns the (unit, day) pairs refilled.
    """
    population.fill_noted(now=now)
    today, done = timezone.localdate(now), 0
    campaigns = list(Campaign.objects.select_related("place"))
    while notes := _next_notes(today):
        with deed():
            alone_in(note.place_code for note in notes)  # all at once: day by day the order would be another
            by_day: dict[date, set[str]] = {}
            for note in notes:
                by_day.setdefault(note.day, set()).add(note.place_code)
            for campaign in campaigns:
                for day, codes in by_day.items():
                    inside = {code for code in codes if code.startswith(campaign.place.prefix)}
                    fill(campaign=campaign, codes=inside, days={day}, now=now)
            ChangeNote.objects.filter(pk__in=[note.pk for note in notes]).delete()
        done += sum(map(len, by_day.values()))
        if progress:
            progress.step(done, done + pending(today), "正在更新汇总")
    return done


def _next_notes(today: date) -> list[ChangeNote]:
    return list(ChangeNote.objects.filter(topic=changes.COVERAGE, day__lt=today).order_by("pk")[:CHUNK])


def pending(today: date) -> int:
    """Notes of finished days that wait to be refilled."""
    return ChangeNote.objects.filter(topic=changes.COVERAGE, day__lt=today).count()


@deed()
def check(*, campaign: Campaign, prefix: str, now: datetime) -> int:
    """Count every finished day of a township (``towns_of``) from the facts and rewrite the (unit, day) pairs that are stored
    otherwise: what no note tells (another reference day of age, a birthday put right by a file). Returns the rows written."""
    alone_in([prefix])
    today = timezone.localdate(now)
    counted = metrics.count_rows(campaign, {prefix})
    wanted = {row[:4]: row[4] for row in counted if row[1] < today}
    old = Rollup.objects.filter(code_range("place_code", prefix), campaign=campaign)
    stored = {row[:4]: row[4] for row in old.values_list(*_COLUMNS).iterator()}
    wrong = {key[:2] for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key)}
    by_day: dict[date, list[str]] = {}
    for code, day in wrong:
        by_day.setdefault(day, []).append(code)
    for day, codes in by_day.items():
        old.filter(day=day, place_code__in=codes).delete()
    rows = [(*key, value) for key, value in wanted.items() if key[:2] in wrong]
    same = bulk.alike(Rollup, len(rows), campaign=campaign.pk, filled_at=now)
    bulk.insert(Rollup, _COLUMNS, rows, made=same)
    return len(rows)
