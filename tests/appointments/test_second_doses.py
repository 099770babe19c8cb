"""Second doses: the bands, numbers that are the names, who sees whom and which telephone, and a booking in one press."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from appointments import second_doses
from appointments.choices import Band
from appointments.models import Booking
from appointments.second_rules import band_of
from core.models import AuditEvent
from inventory.models import Vaccine
from residents.models import DutyAssignment, Outreach
from residents.responsibility import DutyBook
from residents.services import duties, records
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled

DAY = date(2026, 6, 1)
NAMES = reverse("appointments:second_names")


@pytest.mark.parametrize(
    ("due_from", "due_to", "band"),
    [
        (-30, -1, Band.OVERDUE),
        (-30, 0, Band.CLOSING),
        (-30, 7, Band.CLOSING),
        (-30, 8, Band.DUE),
        (0, None, Band.DUE),
        (1, 40, Band.COMING),
        (7, None, Band.COMING),
        (8, 40, None),
    ],
)
def test_bands(due_from, due_to, band):
    def day(n):
        return None if n is None else DAY + timedelta(days=n)

    assert band_of(day(due_from), day(due_to), DAY) == band


@given(st.integers(-60, 60), st.none() | st.integers(0, 60))
def test_every_open_dose_of_the_week_has_one_band(start, length):
    due_from = DAY + timedelta(days=start)
    due_to = None if length is None else due_from + timedelta(days=length)
    assert (band_of(due_from, due_to, DAY) is None) == (start > 7)


@pytest.fixture
def begun(campaign, today):
    """A person whose first dose was ``ago`` days ago."""

    def make(village, ago, **fields):
        row = make_enrolled(village, campaign, today, **fields)
        given_on = today - timedelta(days=ago)
        vaccine = Vaccine.objects.get(code="CV-SV")
        records.note_dose(enrolment=row, vaccine=vaccine, given_on=given_on, actor=None, today=today)
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def crowd(town, cast, begun, today):
    """Our first village: one in each band and one far off, in two groups of which one has a cadre; the second: one late."""
    first, second = town.villages[:2]
    people = {
        "late": begun(first, 58, name="王迟", group_no="1", phone="13800000001"),
        "closing": begun(first, 52, name="王急", group_no="1", phone="13800000002"),
        "due": begun(first, 30, name="王到", group_no="2", phone="13800000003"),
        "coming": begun(first, 18, name="王将", group_no="2", phone="13800000004"),
        "far": begun(first, 5, name="王远", group_no="2"),
        "other": begun(second, 58, name="李二", phone="13800000005"),
    }
    duties.assign(
        level="cadre", village=first, group_no="1", name="赵干部", phone="13900000001",
        actor=cast.town, since=today, key=uuid4(),
    )  # fmt: skip
    return people


def told(response) -> str:
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("S70")
def test_every_number_is_its_names(crowd, cast, campaign, today):
    rows = second_doses.waiting(cast.town, campaign, today)
    villages, total = second_doses.board(rows, today)
    assert total.numbers == [("overdue", 2), ("closing", 1), ("due", 1), ("coming", 1), ("", 5)]
    assert [part.name for part in villages[0].parts] == ["赵干部(1组)", "没有包保人"]
    for village in villages:
        for line in (village, *village.parts):
            for band, number in line.numbers:
                chosen = {"village": line.village, "who": line.who, "band": band}
                found = second_doses.narrow(rows, chosen, today)
                people = second_doses.names(found, cast.town, today)
                assert len(people) == number
                assert all(not band or one.band == band for one in people)
                assert all(not line.who or one.responsible in line.name for one in people)
    assert rows[0].resident.name in ("王迟", "李二")  # the most pressing first


@pytest.mark.django_db
def test_who_answers_in_the_database_is_who_answers_in_the_book(crowd, cast, campaign, town, today):
    village = town.villages[0]
    for level, more in (
        ("leader", {}),
        ("cadre", {"grid": "A"}),
        ("head", {}),
    ):
        made = duties.assign(
            level=level, village=village, name=f"{level}张", phone="", actor=cast.town,
            since=today, key=uuid4(), **more,
        )  # fmt: skip
    duties.charge(duty=made, residents=[crowd["due"].resident], actor=cast.town, today=today)
    crowd["coming"].resident.grid = "A"
    crowd["coming"].resident.save(update_fields=["grid"])
    found = {row.resident: row.responsible for row in second_doses.waiting(cast.town, campaign, today)}
    book = DutyBook(found)
    held = DutyAssignment.objects.in_bulk()
    assert {person: held[pk].name if pk else "" for person, pk in found.items()} == {
        person: book.name(person) for person in found
    }
    assert len(set(found.values())) == 4  # group, grid, head; the other village has nobody


@pytest.mark.django_db
def test_a_cadre_sees_the_own_village_and_rings_it(client_as, crowd, cast):
    page = told(client_as(cast.cadre01).get(NAMES))
    assert "王迟" in page and "13800000001" in page
    assert "李二" not in page
    county = told(client_as(cast.county).get(NAMES))
    assert "李二" in county and "138****0005" in county
    assert "13800000005" not in county
    assert AuditEvent.objects.filter(action="roster.second_viewed").count() == 2


@pytest.mark.django_db
def test_the_workbook_and_the_paper_carry_the_same_people(client_as, crowd, cast):
    client = client_as(cast.cadre01)
    found = client.get(reverse("appointments:second_file"), {"band": "overdue"})
    cells = {cell for row in load_workbook(io.BytesIO(found.content)).active.values for cell in row}
    assert {"王迟", "13800000001", "赵干部"} <= cells and "王急" not in cells
    paper = told(client.get(reverse("appointments:second_paper"), {"band": "overdue"}))
    assert "王迟" in paper and "王急" not in paper


@pytest.mark.django_db
def test_one_press_books_and_one_writes_the_contact_down(client_as, crowd, cast, campaign, site, today):
    make_session(campaign, site, today)  # its list is closed: the office could, and is not offered it first
    session = make_session(campaign, site, today + timedelta(days=3))
    client, person = client_as(cast.cadre01), crowd["late"].resident
    address = reverse("appointments:book_person", args=[person.uid]) + f"?next={NAMES}"
    form = client.get(address).context["form"]
    assert form.fields["slot"].empty_label is None  # the first free slot is chosen already
    office = client_as(cast.town).get(address).context["form"]
    assert office["slot"].value() == session.slots.first().pk
    posted = {"slot": session.slots.first().pk, "key": uuid4()}
    answer = client.post(address, posted)
    assert (answer.status_code, answer["Location"]) == (302, NAMES)
    assert Booking.objects.get().dose_number == 2
    assert "已约" in told(client.get(NAMES))
    again = client.post(address, posted | {"key": uuid4()})
    assert "不必重复预约" in told(again)

    log = reverse("residents:outreach_log", args=[person.uid]) + f"?next={NAMES}"
    answer = client.post(log, {"kind": "call", "outcome": "busy", "key": uuid4()})
    assert (answer.status_code, answer["Location"]) == (302, NAMES)
    assert Outreach.objects.get().reason == "R08"
    stranger = client.post(
        f"{log.split('?')[0]}?next=//elsewhere.example/", {"kind": "call", "outcome": "absent"}
    )
    assert stranger["Location"] == person.get_absolute_url()


@pytest.mark.django_db
def test_the_number_of_questions_does_not_grow(
    client_as, crowd, cast, begun, town, django_assert_max_num_queries, campaign, site, today
):
    slot = make_session(campaign, site, today + timedelta(days=2), places=40).slots.first()
    for n in range(12):
        row = begun(town.villages[n % 3], 40, group_no=str(n % 4))
        if n % 2:
            make_booking(row, slot)
    client = client_as(cast.town)
    for name in ("second", "second_names", "second_paper", "second_file"):
        with django_assert_max_num_queries(20):
            assert client.get(reverse(f"appointments:{name}")).status_code == 200
