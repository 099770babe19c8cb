"""The dashboard says what the facts say, and every figure opens exactly the people it counts."""

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, ChangeNote, Job
from places.models import Place
from reports.models import Rollup
from reports.services import rollups
from reports.views import freshness
from residents.models import Enrolment
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r'href="(/reports/names/\?[^"]+)">(?:<strong>)?([\d,]+)')


@pytest.fixture
def office(cast, client_as):
    return client_as(cast.town)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def rows_of(board) -> list[tuple]:
    return [
        (str(r.standing.place), r.rank, r.standing.quantity, r.standing.done, r.standing.today, r.people)
        for r in board.rows
    ]


@pytest.mark.requirement("S5")
def test_each_village_stands_against_its_target(office, under_way, today):
    response = office.get(reverse("reports:dashboard"))
    board = response.context["board"]
    assert rows_of(board) == [
        ("曙光社区", 1, 3, 2, 1, 3),
        ("南山社区", 2, 2, 1, 0, 3),
        ("巴汉图村委会", 3, 1, 0, 0, 3),
    ]
    assert (board.total.standing.done, board.total.standing.quantity, board.unassigned) == (3, 6, 2)
    assert [row.state[1] for row in board.rows] == ["落后", "落后", "落后"]
    text = text_of(response)
    for word in ("统计截至", "66.7%", "50.0%", "0.0%", "还有 2 人没有分下去", "应达进度85.9%", "第一剂"):
        assert word in text, word


def test_without_a_target_there_is_no_rate(cast, client_as, under_way):
    text = text_of(client_as(cast.county).get(reverse("reports:dashboard")))
    assert "未定任务" in text and "100.0%" not in text  # the neighbour has one person and no task


@pytest.mark.requirement("S5")
def test_more_than_the_target_is_never_clamped(office, town, campaign, under_way, give, today):
    for person in under_way.people[town.villages[2].code][:2]:
        give(person)
    board = office.get(reverse("reports:dashboard")).context["board"]
    last = board.rows[2]
    assert (last.standing.done, last.rank, last.standing.missing, last.state[1]) == (2, 1, 0, "已完成")
    assert "200.0%" in text_of(office.get(reverse("reports:dashboard")))
    total = office.get(reverse("reports:dashboard")).context["board"].total.standing
    assert (total.done, total.quantity, total.missing) == (5, 6, 2)  # one too many there fills no gap here


def test_every_figure_opens_the_names_it_counts(office, town, under_way):
    text = text_of(office.get(reverse("reports:dashboard")))
    links = {(address.replace("&amp;", "&"), int(n.replace(",", ""))) for address, n in ADDRESS.findall(text)}
    assert len(links) > 12
    for address, count in links:
        listed = office.get(address)
        assert listed.context["table"].paginator.count == count, address
        text = text_of(listed)
        assert f"共 <strong>{count}</strong> 条" in text
        is_village = "metric=unreached" in address and f"place={town.town.code}" not in address
        assert ("kind=unvaccinated" in text) == is_village, address


def test_what_lies_ahead_opens_its_names(office, under_way, today):
    """Who had a first dose 3 days ago and today may have the second after three weeks; nothing is due within seven days."""
    response = office.get(reverse("reports:outlook"))
    ahead = response.context["ahead"]
    assert (ahead.waiting, ahead.coming) == (0, 0)
    assert {step.code: n for step, n in ahead.steps}["done"] == 3
    assert len(ADDRESS.findall(text_of(response))) == 0
    for row in Enrolment.objects.filter(doses_done=1):
        row.due_from = today + timedelta(days=2 if row.unit_code.endswith("001") else -1)
        row.save()
    response = office.get(reverse("reports:outlook"))
    ahead = response.context["ahead"]
    assert (ahead.waiting, ahead.coming, ahead.due[today + timedelta(days=2)]) == (1, 1, 1)
    links = ADDRESS.findall(text_of(response))
    assert len(links) == 3  # waiting, coming, and the day on which they come
    for address, count in links:
        assert office.get(address.replace("&amp;", "&")).context["table"].paginator.count == int(count)


def test_a_cohort_is_asked_everywhere(office, under_way, town, campaign, today, give):
    give(make_enrolled(town.villages[2], campaign, today, birth_date=date(1940, 5, 1)))
    response = office.get(reverse("reports:dashboard"), {"cohort": "80"})
    board = response.context["board"]
    assert [(row.standing.done, row.people) for row in board.rows] == [(0, 0), (0, 0), (1, 1)]
    text = text_of(response)
    assert "80岁及以上" in text
    links = [(address.replace("&amp;", "&"), int(n)) for address, n in ADDRESS.findall(text)]
    assert links
    for address, count in links:
        assert "cohort=80" in address
        assert office.get(address).context["table"].paginator.count == count, address


def test_the_wall_shows_the_board_without_the_frame(office, under_way):
    text = text_of(office.get(reverse("reports:wall")))
    assert 'class="wall"' in text and "topbar" not in text and "66.7%" in text
    part = text_of(office.get(reverse("reports:wall"), headers={"HX-Request": "true"}))
    assert part.startswith('<div id="wall"') and "66.7%" in part


@pytest.mark.parametrize("kind", ["complete", "booster"])
def test_other_kinds_count_other_people(office, under_way, kind):
    board = office.get(reverse("reports:dashboard"), {"kind": kind}).context["board"]
    assert board.rows[0].standing.done == (1 if kind == "complete" else 0)
    assert board.rows[0].standing.quantity is None
    assert board.rows[0].state == ("plain", "未定任务")


def test_a_past_day_shows_what_was_done_by_then(office, under_way, today):
    day = (today - timedelta(days=4)).isoformat()
    response = office.get(reverse("reports:dashboard"), {"day": day})
    board = response.context["board"]
    assert [row.standing.done for row in board.rows] == [1, 0, 0]
    assert board.rows[0].unreached == 2
    assert timezone.localtime(board.cut_off).date() == today - timedelta(days=3)  # 24:00 of that day
    listed = office.get(
        reverse("reports:names"),
        {"place": board.rows[0].standing.place.code, "metric": "unreached", "kind": "first", "day": day},
    )
    assert "共 <strong>2</strong> 条" in text_of(listed)


def test_a_coming_day_or_nonsense_is_today(office, under_way, today):
    for day in ((today + timedelta(days=3)).isoformat(), "gestern", ""):
        assert (
            office.get(reverse("reports:dashboard"), {"day": day, "kind": "x"}).context["board"].day == today
        )


def test_names_are_masked_and_seen_as_one_event(office, under_way, town, cast):
    address = reverse("reports:names")
    query = {"place": town.town.code, "metric": "first_people", "span": "ever"}
    text = text_of(office.get(address, query))
    number = under_way.people[town.village.code][0].resident.identifiers.get().number
    assert number not in text and f"{number[:6]}********{number[-4:]}" in text
    event = AuditEvent.objects.filter(action="report.names_viewed").get()
    assert (event.actor, event.place_code) == (cast.town, town.town.code)
    assert event.data["people"] == 3


def test_a_village_sees_itself_and_the_county_its_towns(cast, client_as, under_way, town):
    cadre = client_as(cast.cadre01)
    board = cadre.get(reverse("reports:dashboard")).context["board"]
    assert [str(row.standing.place) for row in board.rows] == ["曙光社区"]
    text = text_of(cadre.get(reverse("reports:dashboard")))
    assert "南山社区" not in text and reverse("reports:daily") not in text
    county = client_as(cast.county).get(reverse("reports:dashboard")).context["board"]
    assert county.by_town
    assert [(str(r.standing.place), r.standing.done, r.standing.quantity) for r in county.rows] == [
        ("迎泽街道", 3, 6),
        ("蓝天街道", 1, None),
    ]
    # the neighbour's dose is none of the task: 3 of 6, not 4 of 6
    assert (county.total.standing.done, county.total.standing.rate) == (4, Fraction(1, 2))
    inside = client_as(cast.county).get(reverse("reports:dashboard"), {"place": town.town.code})
    assert len(inside.context["board"].rows) == 3 and "返回 准格尔旗" in text_of(inside)


def test_other_places_do_not_exist(cast, client_as, under_way, town):
    stranger = client_as(cast.othertown)
    for name in ("dashboard", "names"):
        asked = {"place": town.town.code, "metric": "first_people", "span": "ever"}
        assert stranger.get(reverse(f"reports:{name}"), asked).status_code == 404
    assert "曙光社区" not in text_of(stranger.get(reverse("reports:dashboard")))
    cadre = client_as(cast.cadre01)
    for code in (town.town.code, town.villages[1].code, "000000000000"):
        assert cadre.get(reverse("reports:dashboard"), {"place": code}).status_code == 404
    assert cadre.get(reverse("reports:names"), {"metric": "no_such_metric"}).status_code == 404


def test_changed_days_are_refilled_when_the_page_is_opened(office, under_way, town, give, today):
    give(under_way.people[town.villages[2].code][0], 6)
    assert rollups.pending(today) > 0
    assert office.get(reverse("reports:dashboard")).context["board"].rows[2].standing.done == 1
    assert rollups.pending(today) == 0


def test_many_changed_days_are_refilled_beside_the_page(
    office, under_way, town, give, today, monkeypatch, django_capture_on_commit_callbacks
):
    give(under_way.people[town.villages[2].code][0], 6)
    monkeypatch.setattr(freshness, "FEW_NOTES", 0)
    with django_capture_on_commit_callbacks(execute=True):
        response = office.get(reverse("reports:dashboard"))
    assert "正在汇总" in text_of(response)
    assert Job.objects.get(kind="refill").state == "done"
    assert not ChangeNote.objects.filter(day__lt=today).exists()
    assert Rollup.objects.filter(place_code=town.villages[2].code, day=today - timedelta(days=6)).exists()


@pytest.mark.parametrize("who", ["town", "county", "cadre01"])
def test_queries_do_not_grow_with_villages(client_as, cast, under_way, town, campaign, today, who, give):
    client = client_as(getattr(cast, who))
    pages = [
        reverse("reports:dashboard"),
        reverse("reports:outlook"),
        reverse("reports:names") + f"?metric=target&day={today}",
        reverse("reports:names") + f"?metric=doses&span=ever&day={today}",
    ]
    before = [_queries(client, page) for page in pages]
    for number in range(300, 309):
        village = Place.objects.create(
            code=f"150622002{number}", name=f"新村{number}", level="village", parent=town.town
        )
        for _ in range(2):
            give(make_enrolled(village, campaign, today), 1)
    rollups.fill_dirty(now=timezone.now())
    after = [_queries(client, page) for page in pages]
    assert after == before
    assert max(after) <= 20


def _queries(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    # The audit event of a list of names is written, not read: four statements beside the page's own.
    return len([q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])
