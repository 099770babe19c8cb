"""Between two reports: a dose voided, a late entry, a person moved, two records merged; every figure accounts for itself."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from reports import metrics
from reports.counted import DOSES, PEOPLE, counted_at, stood_in
from reports.cutoffs import moment
from reports.filing_rules import PARTS
from reports.models import FiledChange
from residents.models import VaccinationRecord
from residents.services import merging, records, settling
from tests.factories.filed import make_progress
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(today):
    """``at(12)``: an hour of today. What happens is put at such hours, so the clock of the machine plays no part."""
    return lambda hour, minute=0: moment(today, time(hour, minute))


@pytest.fixture
def hand_in(town, campaign, cast):
    def do(cut_off, **more):
        return make_progress(campaign, town.town, actor=cast.town, at=cut_off, **more)

    return do


def put_at(moment, *found):
    """Say that these doses (None: all) were recorded at ``moment``: the service writes the hour of the clock."""
    rows = VaccinationRecord.objects.filter(pk__in=[record.pk for record in found])
    (rows if found else VaccinationRecord.objects).update(recorded_at=moment)


def sums_by_sql(report) -> dict:
    """The standing figures by plain SQL over the signed rows of the chain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.place_code, c.metric, SUM(c.sign) FROM reports_filedchange c"
            " JOIN reports_filedreport r ON r.id = c.report_id WHERE r.kind = %s AND r.campaign_id = %s"
            " AND r.place_id = %s AND r.id <= %s GROUP BY c.place_code, c.metric",
            [report.kind, report.campaign_id, report.place_id, report.pk],
        )
        return {(code, metric): n for code, metric, n in cursor.fetchall() if n}


def figures(report) -> dict:
    return {line.place.code: line.figures for line in report.lines.select_related("place")}


def check(report):
    """Each line adds up, equals the rows of the chain, and starts from what the report before said."""
    before = figures(report.previous) if report.previous else {}
    ledger = sums_by_sql(report)
    for code, values in figures(report).items():
        for metric in (*PEOPLE, *DOSES, "target"):
            parts = {part: values.get(f"{metric}.{part}", 0) for part in PARTS}
            total = parts["previous"] + parts["new"] + parts["late"] - parts["voided"] + parts["adjusted"]
            assert values.get(metric, 0) == total == ledger.get((code, metric), 0), (code, metric)
            if report.previous:
                assert parts["previous"] == before[code].get(metric, 0), (code, metric)


def parts(report, village, metric) -> tuple[int, ...]:
    """(previous, new, late, voided, adjusted, cumulative)"""
    values = figures(report)[village.code]
    return *(values.get(f"{metric}.{part}", 0) for part in PARTS), values.get(metric, 0)


def test_the_first_report_starts_from_what_was_there(town, campaign, under_way, hand_in, at, today):
    put_at(at(9))
    report = hand_in(at(12))
    check(report)
    counted = counted_at(campaign, {town.town.prefix}, at=at(12), day=today, with_elders=False)
    assert stood_in(report) == counted
    live = metrics.count(campaign, {town.town.prefix})
    for metric in (*PEOPLE, *DOSES):
        in_all = sum(values.get(metric, 0) for values in live.values())
        assert sum(values.get(metric, 0) for values in figures(report).values()) == in_all, metric
    assert parts(report, town.village, "first_people") == (1, 1, 0, 0, 0, 2)
    first = figures(report)[town.village.code]
    assert (first["quota"], first["target"]) == (3, 3)


@pytest.mark.requirement("S113")
def test_void_late_entry_move_and_merge_between_two_reports(
    town, campaign, cast, under_way, give, hand_in, at, today
):
    one, two, three = (under_way.people[village.code] for village in town.villages)
    twin = make_enrolled(town.villages[1], campaign, today)
    give(twin, 40)
    put_at(at(9))
    noon = hand_in(at(12))
    wrong = one[1].resident.records.get()  # today's dose of 曙光 was somebody else's
    records.void_record(record=wrong, actor=cast.town, reason="录错人", now=at(14))
    put_at(at(14), give(one[2], 0), give(two[1], 12))  # the right one; and one found on paper, 12 days old
    told = {"actor": cast.town, "now": at(15)}
    settling.settle(enrolment=two[0], unit=town.villages[2], reason="户籍在巴汉图", today=today, **told)
    both = {"kept": three[0].resident, "absorbed": twin.resident}
    merging.merge(**both, choices={}, reason="登记了两次", key=uuid4(), **told)
    evening = hand_in(at(18), slot="晚上")
    check(noon)
    check(evening)
    for metric in ("first_people", "dose_1"):
        assert parts(evening, town.villages[0], metric) == (2, 1, 0, 1, 0, 2)
        assert parts(evening, town.villages[1], metric) == (2, 0, 1, 0, -2, 1)
        assert parts(evening, town.villages[2], metric) == (0, 0, 0, 0, 2, 2)
    assert parts(evening, town.villages[1], "target") == (4, 0, 0, 0, -2, 2)
    late = FiledChange.objects.get(report=evening, reason="late", metric="dose_1")
    assert (late.record.resident, late.on) == (two[1].resident, today - timedelta(days=12))
    merged = FiledChange.objects.filter(report=evening, reason="merged", record__isnull=False)
    assert [(row.place_code, row.sign) for row in merged] == [
        (town.villages[1].code, -1),
        (town.villages[2].code, 1),
    ]
    assert figures(noon)[town.village.code]["dose_1"] == 2  # what was handed in stays


def test_what_comes_after_the_cut_off_belongs_to_the_next_report(
    town, cast, under_way, give, hand_in, at, today
):
    one, two, _ = (under_way.people[village.code] for village in town.villages)
    put_at(at(9))
    put_at(at(12, 5), give(one[2]))
    records.void_record(record=two[0].resident.records.get(), actor=cast.town, reason="录错", now=at(12, 6))
    noon = hand_in(at(12), now=at(12, 10))  # handed in ten minutes late
    assert parts(noon, town.villages[0], "first_people")[-1] == 2
    assert (
        parts(noon, town.villages[1], "dose_1")[-1] == parts(noon, town.villages[1], "first_people")[-1] == 1
    )
    evening = hand_in(at(18), slot="晚上")
    check(evening)
    assert parts(evening, town.villages[0], "first_people") == (2, 1, 0, 0, 0, 3)
    assert parts(evening, town.villages[1], "first_people") == (1, 0, 0, 1, 0, 0)


def test_a_dose_found_later_renumbers_the_others_and_every_figure_still_adds_up(
    town, under_way, give, hand_in, at
):
    one = under_way.people[town.village.code]
    put_at(at(9))
    hand_in(at(12))
    put_at(at(13), give(one[0], 60))
    evening = hand_in(at(18))
    check(evening)
    doses = [parts(evening, town.village, metric) for metric in DOSES]
    assert sum(row[-1] for row in doses) == 4 and sum(row[4] for row in doses) == 0
    assert parts(evening, town.village, "dose_1") == (2, 0, 1, 0, -1, 2)
