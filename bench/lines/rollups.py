"""P1 to P3: counting every day into the roll-ups, counting one village again, and reading what a dashboard shows."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import ground
from bench.doses import DAYS
from bench.measure import Line
from campaigns.models import Campaign
from reports import cohorts, population
from reports.models import Rollup
from reports.services import population as keeping
from reports.services import rollups

_COLUMNS = "campaign_id, place_code, day, from_age, metric, value, filled_at"
BORN = (18, 60, 80)


def lines(setup) -> Iterator[Line]:
    """Two doses for half of the people over sixty days; a tenth of the register first, to see how it grows."""
    small = small_village = None
    for count in (setup.people // 10, setup.people):
        today = ground.use_dosed(count)
        now = timezone.make_aware(datetime.combine(today, time(12)))
        campaign = Campaign.objects.select_related("place").get()
        with transaction.atomic():
            full = _full(setup, campaign, now, count)
            if small:
                growth = full.median("ours") / small.median("ours")
                full.at_most(f"growth from {count // 10} people", growth, 14, " ×")
            yield full
            village = _village(setup, campaign, now, full.median("ours"), count)
            if small:
                per_person = village.median("ours") / small_village.median("ours") / 10
                village.at_most(
                    f"per person of the village, of that among {count // 10}", per_person, 1.3, " ×"
                )
            keeping.fill_noted(now=now)
            _analyze()
            dashboard = _dashboard(setup, campaign, now, count)
            transaction.set_rollback(True)
        small, small_village = full, village
    yield village
    yield dashboard


def _analyze() -> None:
    """As the server does by itself once the rows are there: without it a table written just now counts as nearly empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE reports_rollup, reports_targetpopulation")


def _full(setup, campaign: Campaign, now, count: int) -> Line:
    ours, raw = [], []
    for _ in range(setup.rounds):
        ours.append(_seconds(lambda: rollups.fill_all(campaign=campaign, now=now)))
        raw.append(_seconds(lambda: _write_raw(campaign, _count_raw(campaign), now)))
    line = Line("P1", setup.engine, f"full roll-up, {count} people", "s", {"ours": ours, "raw": raw})
    line.at_most("of raw", line.median("ours") / line.median("raw"), 1.15, " ×")
    line.notes.append(f"{Rollup.objects.count()} rows; raw: the four GROUP BY by hand and the same INSERT")
    return line


def _village(setup, campaign: Campaign, now, full: float, count: int) -> Line:
    days = {now.date() - timedelta(days=n) for n in range(1, DAYS)}

    def fill() -> None:
        rollups.fill(campaign=campaign, codes={ground.VILLAGE}, days=days, now=now)

    ours = [_seconds(fill) for _ in range(setup.rounds)]
    title = f"all days of one village again, {count} people"
    line = Line("P2", setup.engine, title, "s", {"ours": ours, "full roll-up": [full]})
    line.at_most("of the full roll-up", line.median("ours") / full, 0.03, " ×")
    return line


def _dashboard(setup, campaign: Campaign, now, count: int) -> Line:
    prefixes, yesterday = {campaign.place.prefix}, now.date() - timedelta(days=1)

    def read() -> None:
        rollups.by_cohort(campaign, prefixes, until=yesterday, now=now)
        population.denominators(campaign, prefixes)

    def read_sums() -> None:
        _fetch(
            "SELECT place_code, metric, from_age, SUM(value) FROM reports_rollup WHERE campaign_id = %s"
            " GROUP BY place_code, metric, from_age",
            [campaign.pk],
        )

    def read_raw() -> None:
        read_sums()
        born = [cohorts.born_until(campaign, age) for age in (60, 80)]
        over = ", ".join(["SUM(CASE WHEN r.birth_date <= %s THEN 1 ELSE 0 END)"] * 2)
        _fetch(
            f"SELECT e.unit_code, COUNT(*), {over} FROM residents_enrolment e JOIN residents_resident r"
            " ON r.id = e.resident_id WHERE e.campaign_id = %s AND e.is_target GROUP BY e.unit_code",
            [*born, campaign.pk],
        )

    with CaptureQueriesContext(connection) as seen:
        read()
    contenders = {"ours": read, "raw": read_raw, "raw: the stored sums alone": read_sums}
    figures = {name: [] for name in contenders}
    for _ in range(setup.rounds):
        for name, work in contenders.items():
            figures[name].append(_seconds(work) * 1000)
    title = f"all villages, all ages, with the people of the register, {count} people"
    line = Line("P3", setup.engine, title, "ms", figures)
    line.at_most("of raw", line.median("ours") / line.median("raw"), 2, " ×")
    alone = line.median("ours") / line.median("raw: the stored sums alone")
    line.at_most("of reading the stored sums alone", alone, 2, " ×")
    line.at_most("queries", len(seen), 3)
    return line


def _count_raw(campaign: Campaign) -> list[tuple]:
    """The least that the database must do: each column grouped once, by unit, day and band."""
    born = [cohorts.born_until(campaign, age) for age in BORN]
    band = (
        "CASE WHEN r.birth_date <= %s THEN 80 WHEN r.birth_date <= %s THEN 60 WHEN r.birth_date <= %s THEN 18"
        " ELSE 0 END"
    )
    ages, found = born[::-1], []
    for column in ("first_dose_on", "primary_complete_on", "booster_on"):
        rows = _fetch(
            f"SELECT e.unit_code, e.{column}, {band}, COUNT(*) FROM residents_enrolment e JOIN residents_resident r"
            f" ON r.id = e.resident_id WHERE e.campaign_id = %s AND e.is_target AND e.{column} IS NOT NULL"
            f" AND e.unit_code >= %s AND e.unit_code < %s GROUP BY 1, 2, 3",
            [*ages, campaign.pk, *_range(campaign)],
        )
        found += [(unit, on, age, column, n) for unit, on, age, n in rows]
    after = "e.primary_complete_on IS NOT NULL AND v.given_on > e.primary_complete_on"
    cases = [f"NOT ({after}) AND v.dose_number {test}" for test in ("= 1", "= 2", ">= 3")]
    cases += [f"{after} AND v.given_on {sign} e.booster_on" for sign in ("=", "<>")]
    sums = ", ".join(f"SUM(CASE WHEN {case} THEN 1 ELSE 0 END)" for case in cases)
    rows = _fetch(
        f"SELECT e.unit_code, v.given_on, {band}, {sums} FROM residents_vaccinationrecord v"
        " JOIN residents_enrolment e ON e.resident_id = v.resident_id JOIN residents_resident r"
        " ON r.id = v.resident_id WHERE e.campaign_id = %s AND v.voided_at IS NULL AND v.disease = %s"
        " AND v.season = %s AND e.unit_code >= %s AND e.unit_code < %s GROUP BY 1, 2, 3",
        [*ages, campaign.pk, campaign.disease, campaign.season, *_range(campaign)],
    )
    return found + [
        (unit, on, age, f"dose {which}", n)
        for unit, on, age, *numbers in rows
        for which, n in enumerate(numbers)
        if n
    ]


def _write_raw(campaign: Campaign, rows: list[tuple], now) -> None:
    """The rows by the quickest way of the engine: COPY, or one prepared statement."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_rollup WHERE campaign_id = %s", [campaign.pk])
        if connection.vendor == "postgresql":
            moment = now.isoformat()
            text = "".join(
                f"{campaign.pk}\t{unit}\t{day}\t{age}\t{metric}\t{number}\t{moment}\n"
                for unit, day, age, metric, number in rows
            )
            cursor.copy_expert(f"COPY reports_rollup ({_COLUMNS}) FROM STDIN", io.StringIO(text))
            return
        cursor.executemany(
            f"INSERT INTO reports_rollup ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(campaign.pk, *row, now) for row in rows],
        )


def _range(campaign: Campaign) -> tuple[str, str]:
    prefix = campaign.place.prefix
    return prefix, str(int(prefix) + 1)


def _fetch(sql: str, values: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
