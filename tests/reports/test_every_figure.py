"""Every number on every page of the room opens the rows that it counts, and there are so many of them."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from reports.registers import REGISTERS
from reports.services import progress, rollups
from reports.sheet_kinds import KINDS
from residents.choices import HoldKind, Residence
from residents.models import RosterEntry
from residents.services import calls, holds, rosters, submissions
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a[^>]* href="([^"]+)"[^>]*>(?:<strong>)?\s*([\d,]+)\b([^<]*)')
PAGES = [
    *(
        "dashboard",
        "outlook",
        "progress",
        "targets",
        "daily",
        "funnel",
        "phases",
        "reactions",
        "weekly",
        "cross",
    ),
    *(kind for kind in KINDS if kind != "duty"),  # what stands there are words
]


@pytest.fixture
def busy(town, campaign, cast, under_way, floor, school, today, now):
    """A township where something stands in every column that is counted."""
    floor.dose(floor.ready(floor.person()))
    floor.report(floor.observed(), is_serious=True)
    floor.dose(floor.ready(make_enrolled(town.other_villages[0], campaign, today, name="隔壁老王")))
    spare = under_way.people[town.villages[2].code]
    holds.place_hold(enrolment=spare[0], kind=HoldKind.CONTRA, reason="过敏", by=None, now=now)
    until = today + timedelta(days=5)
    holds.place_hold(enrolment=spare[1], kind=HoldKind.DEFER, reason="发热", by=None, now=now, until=until)
    make_enrolled(
        town.village,
        campaign,
        today,
        residence=Residence.AWAY_PROVINCE,
        away_place="北京",
        conditions="高血压",
    )
    make_enrolled(town.village, campaign, today, birth_date=today.replace(year=today.year - 70, day=1))
    for person, class_no in ((spare[2], "1"), (under_way.people[town.village.code][0], "2")):
        pupil = {"organisation": school, "resident": person.resident, "grade": 13, "class_no": class_no}
        RosterEntry.objects.create(**pupil, since=today)
    done, _, missing = under_way.people[town.village.code]
    for name, staff in (("老王饭店", [done]), ("四季餐馆", [done, missing, spare[0]])):
        restaurant = {"kind": OrganisationKind.SHOP, "shop_type": ShopType.RESTAURANT, "place": town.village}
        shop = Organisation.objects.create(name=name, **restaurant)
        for person in staff:
            rosters.add_to_roster(organisation=shop, resident=person.resident, actor=None, today=today)
        rosters.confirm_roster(organisation=shop, actor=None, now=now)
    session = make_session(campaign, floor.site, today + timedelta(days=7 - today.weekday()))
    make_booking(under_way.people[town.villages[1].code][1], session.slots.first())
    plan = {
        "from_on": today,
        "to_on": today,
        "cohort": "18–59周岁",
        "dose_number": 1,
        "people": 120,
        "note": "",
    }
    call = calls.ask(
        actor=cast.town,
        campaign=campaign,
        place=town.town,
        kind="plan",
        due_at=now + timedelta(days=2),
        now=now,
        key=uuid4(),
    )
    handed_in = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
    submissions.save_plan(actor=cast.cadre01, submission=handed_in, rows=[plan | {"site": floor.site}])
    submissions.submit(actor=cast.cadre01, submission=handed_in, remark="", now=now)
    of = {"campaign": campaign, "place": town.town, "day": today, "slot": "加报", "actor": cast.town}
    at = timezone.now()
    progress.file_progress(**of, cut_off=at, key=uuid4(), now=at)
    rollups.fill_dirty(now=timezone.now())
    return town


def address(page: str, place) -> str:
    where = reverse("reports:sheet", args=[page]) if page in KINDS else reverse(f"reports:{page}")
    return f"{where}?place={place.code}"


def figures(client, where: str) -> set[tuple[str, int]]:
    """(address, number) of every number on the page that is a link to rows."""
    page = client.get(where)
    assert page.status_code == 200, where
    body = page.text.split("<main", 1)[-1].split("</main>", 1)[0]
    found = {(html.unescape(a), int(n.replace(",", ""))) for a, n, _ in LINK.findall(body) if n.strip(",")}
    return {
        (a, n) for a, n in found if a.startswith("/") and ("?" in a or "/session" in a or "/appoint" in a)
    }


def rows_of(response, wanted: int) -> int | None:
    """How many rows the opened page lists; of stock, how many vials or doses they add up to."""
    if not response.wsgi_request.path.startswith("/inventory/"):
        return response.context["table"].paginator.count
    rows = response.context["filter"].qs
    vials, opened = (sum(getattr(row, name) for row in rows) for name in ("vials", "open_doses"))
    doses = sum(row.vials * row.lot.presentation.doses_per_vial + row.open_doses for row in rows)
    return wanted if wanted in {abs(vials), abs(opened), abs(doses)} else None


@pytest.mark.requirement("S30")
def test_every_figure_opens_the_rows_it_counts(busy, client_as, cast):
    followed: dict[str, int] = {}
    for user, place in ((cast.town, busy.town), (cast.county, busy.county), (cast.cadre01, busy.village)):
        client = client_as(user)
        for page in PAGES if user == cast.town else ("dashboard", "outlook", "progress", "cross"):
            if user == cast.cadre01 and page in ("progress", "cross"):
                continue
            for where, number in figures(client, address(page, place)):
                listed = client.get(where)
                assert listed.status_code == 200, (page, where)
                if where.startswith("/appointments/"):
                    assert str(number) in listed.text
                else:
                    assert rows_of(listed, number) == number, (page, where, number)
                if user == cast.town:
                    followed[page] = followed.get(page, 0) + 1
    # The numbers of the plans are submissions, below; without phases there is nothing to open.
    assert {page for page in PAGES if page not in followed} == {"plan", "phases"}
    client = client_as(cast.town)
    page = client.get(address("plan", busy.town)).text
    assert re.search(r'<a href="/residents/submissions/[^"]+">120</a>', page)


def test_names_behind_sites_are_masked_where_the_people_are_not_ours(busy, client_as, cast):
    client = client_as(cast.town)
    asked = {"place": busy.town.code, "metric": "work", "span": "ever", "guests": "1"}
    text = client.get(reverse("reports:names"), asked).text
    assert "隔壁老王" not in text and "隔**" in text
    seen = AuditEvent.objects.filter(action="report.names_viewed").latest("pk")
    assert (seen.data["metric"], seen.data["people"], seen.data["guests"]) == ("work", 1, "1")
    for wrong in ({"metric": "xx"}, {"metric": "work", "site": "x"}):
        assert client.get(reverse("reports:names"), asked | wrong).status_code == 404
    where = reverse("reports:roster_names", args=["school"])
    for wrong in (
        {},
        {"column": "people", "organisation": "x"},
        {"column": "people", "organisation": "999999"},
    ):
        assert client.get(where, {"place": busy.town.code} | wrong).status_code == 404
    assert (
        client_as(cast.othertown).get(where, {"place": busy.town.code, "column": "people"}).status_code == 404
    )
    assert client.get(reverse("reports:shops", args=["stickers"]), {"type": "zzz"}).status_code == 404
    assert set(REGISTERS) <= set(KINDS)
