"""Handing in reports: one after the other, frozen, told who has seen them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from core.errors import RuleBroken
from reports.choices import FiledKind
from reports.models import FiledLine, FiledReport, ReportSeen
from reports.services import filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand_in(town, campaign, cast, now):
    def do(cut_off=now, *, kind=FiledKind.WEEKLY, key=None, **more):
        return filing.write_report(
            **{"kind": kind, "campaign": campaign, "place": town.town, "day": cut_off.date()}
            | {"cut_off": cut_off, "lines": [(town.village, {"first_people": 3}, {"secretary": "王书记"})]}
            | {"actor": cast.town, "key": key or uuid4(), "now": now}
            | more
        )

    return do


def test_reports_of_a_kind_follow_each_other_and_are_posted_once(hand_in, now):
    key = uuid4()
    first = hand_in(now - timedelta(days=7), key=key)
    assert hand_in(now - timedelta(days=7), key=key) == first
    second, other_kind = hand_in(), hand_in(kind=FiledKind.DAILY)
    assert (first.previous, second.previous, other_kind.previous) == (None, first, None)
    line = second.lines.get()
    assert (line.figures, line.words) == ({"first_people": 3}, {"secretary": "王书记"})


@pytest.mark.parametrize(
    ("hours", "code"), [(1, "CUT_OFF_AHEAD"), (0, "FILED_ALREADY"), (-48, "FILED_LATER")]
)
def test_a_report_out_of_turn_is_refused(hand_in, now, hours, code):
    hand_in()
    with pytest.raises(RuleBroken) as refused:
        hand_in(now + timedelta(hours=hours))
    assert refused.value.code == code


def test_the_database_refuses_changes(hand_in, cast, now):
    report = hand_in()
    assert filing.mark_seen(report=report, user=cast.county, now=now)
    assert not filing.mark_seen(report=report, user=cast.county, now=now)
    for rows in (FiledReport.objects, FiledLine.objects, ReportSeen.objects):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(id=99)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.all()._raw_delete("default")
