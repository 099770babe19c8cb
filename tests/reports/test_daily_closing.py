"""Closing a day: the sheet is frozen, what is entered later stands in 补录 of the next one with its original date."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from core.errors import RuleBroken
from reports import metrics
from reports.cutoffs import moment
from reports.filed import FIGURES, names_behind
from reports.models import CutOff, FiledReport
from reports.services import files
from reports.services.daily_closing import close_day, report_of_day
from residents.models import VaccinationRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def close(town, campaign, cast):
    def do(day, at):
        told = {"actor": cast.town, "key": uuid4(), "now": at}
        return close_day(campaign=campaign, place=town.town, day=day, **told)

    return do


def doses(counts: dict) -> int:
    return sum(counts.get(metric.code, 0) for metric in metrics.DOSES)


@pytest.mark.requirement("S26")
@pytest.mark.requirement("S69")
def test_a_closed_day_is_frozen_and_a_late_entry_goes_to_the_next(
    town, campaign, under_way, give, close, today
):
    yesterday = today - timedelta(days=1)
    evening = moment(yesterday, time(20))
    two = under_way.people[town.villages[1].code]
    # two doses of yesterday: one written down in time, one on a paper that lay about until this morning
    in_time, late = give(two[1], 1), give(two[2], 1)
    VaccinationRecord.objects.update(recorded_at=moment(yesterday, time(9)))
    VaccinationRecord.objects.filter(pk=late.pk).update(recorded_at=moment(today, time(8)))
    of_today = VaccinationRecord.objects.filter(given_on=today)
    of_today.update(recorded_at=moment(today, time(9)))
    closed = close(yesterday, evening)
    frozen = report_of_day(campaign, town.town, yesterday, evening)
    assert (doses(frozen.total.day), doses(frozen.total.sums), frozen.total.late) == (1, 4, 0)
    assert (frozen.cut_off, frozen.total.quota, frozen.total.target) == (evening, 6, 9)
    next_day = close(today, moment(today, time(20)))
    frozen_next = report_of_day(campaign, town.town, today, moment(today, time(20)))
    assert (doses(frozen_next.total.day), doses(frozen_next.total.sums)) == (1, 6)
    assert frozen_next.total.late == 1
    (behind,) = names_behind(next_day, FIGURES["doses"], "late", town.town)
    assert (behind.record, behind.on) == (late, yesterday)
    assert report_of_day(campaign, town.town, yesterday, moment(today, time(20))) == frozen
    assert in_time.pk in {row.record_id for row in names_behind(closed, FIGURES["doses"], "new", town.town)}


def test_the_agreed_hour_cuts_the_day_off(town, campaign, under_way, give, close, today, now):
    CutOff.objects.create(
        campaign=campaign,
        place=town.county,
        kind="daily",
        name="全天",
        at=time(18),
        is_daily=True,
        set_at=now,
    )
    VaccinationRecord.objects.update(recorded_at=moment(today, time(9)))
    after = give(under_way.people[town.village.code][2])
    VaccinationRecord.objects.filter(pk=after.pk).update(recorded_at=moment(today, time(19)))
    report = close(today, moment(today, time(21)))
    assert report.cut_off == moment(today, time(18))
    assert doses(report_of_day(campaign, town.town, today, report.filed_at).total.day) == 1
    assert not names_behind(report, FIGURES["doses"], "total", town.town).filter(record=after).exists()


def test_days_are_closed_once_and_in_order(close, under_way, today):
    close(today, moment(today, time(20)))
    for day, code in (
        (today, "FILED_ALREADY"),
        (today - timedelta(days=1), "FILED_LATER"),
        (today + timedelta(days=1), "REPORT_DAY"),
    ):
        with pytest.raises(RuleBroken) as refused:
            close(day, moment(today, time(21)))
        assert refused.value.code == code


def test_the_page_closes_the_day_and_the_file_holds_what_was_frozen(
    client_as, cast, town, campaign, under_way, give, today, now
):
    office, where = client_as(cast.town), reverse("reports:daily")
    assert "日终封存" in office.get(where).content.decode()
    posted = {"place": town.town.code, "day": today.isoformat()}
    assert office.post(reverse("reports:daily_close"), posted).status_code == 302
    give(under_way.people[town.villages[2].code][0])
    page = office.get(where)
    assert "已封存" in page.content.decode() and doses(page.context["report"].total.sums) == 4
    (made, _) = files.produce_daily(campaign=campaign, place=town.town, day=today, by=cast.town, now=now)
    assert made.cut_off == FiledReport.objects.get().cut_off
    office.post(reverse("reports:daily_close"), posted)
    assert FiledReport.objects.count() == 1
    assert client_as(cast.county).post(reverse("reports:daily_close"), posted).status_code == 403


@pytest.mark.requirement("S26")
def test_every_number_of_the_sheet_opens_as_many_names(client_as, cast, town, under_way, today):
    """Counted now, and again when it is frozen; then only the task, rates and how things stood have no list."""
    office, where = client_as(cast.town), reverse("reports:daily")

    def opened(page) -> int:
        cells = [cell for _, cells in page.context["rows"] for cell in cells] + page.context["total"]
        linked = [(text, address) for text, address in cells if address]
        for text, address in linked:
            names = office.get(address).context["table"].paginator.count
            assert names == int(text.replace(",", "")), address
        return len(linked)

    assert opened(office.get(where)) > 10
    office.post(reverse("reports:daily_close"), {"place": town.town.code, "day": today.isoformat()})
    assert opened(office.get(where)) > 10
