"""Roll-ups: finished days are stored, today is counted live, and both come from the same ``metrics.count``."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from campaigns.models import Campaign
from core import changes
from core.locks import alone, deed
from core.models import ChangeNote
from places.models import Place
from places.querysets import any_code_range
from reports import metrics
from reports.models import Rollup

NIGHTLY_DAYS = 7  # refilled every night whether a note asks for it or not
CHUNK = 500
# Two fillers of one day would both delete the old rows and then insert the new ones twice.
_FILLING = "rollups"
Sums = dict[str, dict[str, int]]  # unit code → metric code → people or doses


@deed()
def fill(*, campaign: Campaign, codes: Collection[str], days: Collection[date], now: datetime) -> int:
    """Delete and rewrite the roll-ups of these units on these days (all before today). Returns the rows written.

    One transaction: a reader sees the old day or the new day; killed in the middle it changes nothing.
    """
    today = timezone.localdate(now)
    days = {day for day in days if day < today}
    if not days or not codes:
        return 0
    alone(_FILLING)
    Rollup.objects.filter(campaign=campaign, place_code__in=codes, day__in=days).delete()
    counted = metrics.count(campaign, set(codes), days)
    return len(_write(campaign, counted, now))


@deed()
def fill_all(*, campaign: Campaign, now: datetime, since: date | None = None) -> int:
    """Rewrite every finished day since ``since`` (None: since ever) of ``campaign``. Returns the rows written."""
    alone(_FILLING)
    today = timezone.localdate(now)
    old = Rollup.objects.filter(campaign=campaign)
    counted = metrics.count(campaign, {campaign.place.prefix})
    if since is not None:
        old = old.filter(day__gte=since)
        counted = {key: values for key, values in counted.items() if key[1] >= since}
    old.delete()
    return len(_write(campaign, {key: values for key, values in counted.items() if key[1] < today}, now))


def _write(campaign: Campaign, counted: metrics.Counts, now: datetime) -> list[Rollup]:
    rows = [
        Rollup(campaign=campaign, place_code=code, day=day, metric=metric, value=value, filled_at=now)
        for (code, day), values in counted.items()
        for metric, value in values.items()
    ]
    return Rollup.objects.bulk_create(rows, batch_size=1000)


def fill_dirty(*, now: datetime, progress=None) -> int:
    """Refill the finished days that facts marked as changed; notes of today wait until the day is over.

    Each chunk of notes is consumed in the transaction that rewrites its days. Returns the (unit, day) pairs refilled.
    """
    today, done = timezone.localdate(now), 0
    campaigns = list(Campaign.objects.select_related("place"))
    while notes := _next_notes(today):
        with deed():
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


def nightly(*, now: datetime) -> int:
    """The nightly check: dirty days, then the last week of every campaign whatever the notes say."""
    fill_dirty(now=now)
    since = timezone.localdate(now) - timedelta(days=NIGHTLY_DAYS)
    return sum(
        fill_all(campaign=campaign, now=now, since=since)
        for campaign in Campaign.objects.select_related("place")
    )


def totals(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    until: date,
    now: datetime,
    since: date | None = None,
    of: Collection[metrics.Metric] = metrics.EVERY,
) -> Sums:
    """Sums of the metrics ``of`` by unit code from ``since`` (None: ever) to ``until`` inclusive: stored days, and today
    counted live."""
    today = timezone.localdate(now)
    stored = Rollup.objects.filter(any_code_range("place_code", prefixes), campaign=campaign, day__lte=until)
    if of is not metrics.EVERY:
        stored = stored.filter(metric__in=[metric.code for metric in of])
    stored = stored if since is None else stored.filter(day__gte=since)
    found: Sums = {}
    if since is not None and since >= today:
        stored = stored.none()  # nothing is stored of today
    for row in (
        stored.filter(day__lt=today).values("place_code", "metric").annotate(n=Sum("value")).order_by()
    ):
        found.setdefault(row["place_code"], {})[row["metric"]] = row["n"]
    if until >= today and (since is None or since <= today):
        for (code, _), values in metrics.count(campaign, prefixes, [today], of=of).items():
            mine = found.setdefault(code, {})
            for metric, value in values.items():
                mine[metric] = mine.get(metric, 0) + value
    return found


def day_and_sums(
    campaign: Campaign,
    prefixes: Collection[str],
    *,
    day: date,
    now: datetime,
    of: Collection[metrics.Metric] = metrics.EVERY,
) -> tuple[Sums, Sums]:
    """(``day`` alone, ever until ``day``) by unit code, counting the live day once."""
    of_day = totals(campaign, prefixes, since=day, until=day, now=now, of=of)
    sums = totals(campaign, prefixes, until=day - timedelta(days=1), now=now, of=of)
    for code, values in of_day.items():
        mine = sums.setdefault(code, {})
        for metric, value in values.items():
            mine[metric] = mine.get(metric, 0) + value
    return of_day, sums


def by_day(
    campaign: Campaign, prefixes: Collection[str], *, since: date, until: date, now: datetime
) -> dict[date, dict[str, int]]:
    """Sums of all units by day, for the chart of doses per day."""
    today = timezone.localdate(now)
    stored = Rollup.objects.filter(
        any_code_range("place_code", prefixes),
        campaign=campaign,
        day__gte=since,
        day__lte=until,
        day__lt=today,
    )
    found: dict[date, dict[str, int]] = {}
    for row in stored.values("day", "metric").annotate(n=Sum("value")).order_by():
        found.setdefault(row["day"], {})[row["metric"]] = row["n"]
    if since <= today <= until:
        for values in metrics.count(campaign, prefixes, [today]).values():
            mine = found.setdefault(today, {})
            for metric, value in values.items():
                mine[metric] = mine.get(metric, 0) + value
    return found


def villages_of(prefixes: Collection[str]) -> list[Place]:
    """The villages whose rows a sheet of these places shows, in code order."""
    return list(Place.objects.current().villages().filter(any_code_range("code", prefixes)))
