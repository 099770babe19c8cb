"""Somebody without a booking would begin: the desk and the needle say when the second dose is out of sight."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.models import ClinicSession
from clinic.services import visits
from clinic.walk_ins import second_of
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def part(client, enrolment) -> str:
    response = client.get(reverse("clinic:second", args=[enrolment.resident.uid]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.requirement("S79")
def test_the_desk_and_the_needle_warn_and_let_the_person_in(floor, client_as):
    session = make_session(floor.campaign, floor.site, floor.today, second_reason="")
    desk, walk_in = client_as(floor.cast.registrar), floor.person()
    page = reverse("clinic:floor") + f"?person={walk_in.resident.uid}"
    asks = reverse("clinic:second", args=[walk_in.resident.uid])
    assert asks in desk.get(page).content.decode()
    words = part(desk, walk_in)
    assert "第2剂没有着落" in words and "还空 0 个" in words and "告诉镇办" in words
    visit = floor.ready(walk_in)  # checked in, passed, signed: nobody is refused
    assert asks in client_as(floor.cast.vaccinator).get(visit.get_absolute_url()).content.decode()
    assert "第2剂没有着落" in part(client_as(floor.cast.vaccinator), walk_in)

    booked = floor.person()
    make_booking(booked, session.slots.first())
    page = reverse("clinic:floor") + f"?person={booked.resident.uid}"
    assert reverse("clinic:second", args=[booked.resident.uid]) not in desk.get(page).content.decode()


def test_who_stands_in_line_before_takes_the_last_place(floor, client_as):
    make_session(floor.campaign, floor.site, floor.today, second_reason="")
    make_session(floor.campaign, floor.site, floor.today + timedelta(days=28), places=1)  # three slots
    newcomer, desk = floor.person(), client_as(floor.cast.registrar)
    assert part(desk, newcomer).strip() == ""
    for _ in range(3):
        floor.check_in()
    assert "也在等第1剂的还有 3 人" in part(desk, newcomer)
    ClinicSession.objects.update(second_reason="下月加开")
    words = part(desk, newcomer)
    assert "下月加开" in words and "没有着落" not in words


def test_a_second_dose_is_not_asked_for_and_the_part_is_cheap(
    floor, client_as, django_assert_max_num_queries
):
    done = floor.observed()
    assert second_of(done.enrolment, floor.site, floor.now) is None
    desk, walk_in = client_as(floor.cast.registrar), floor.person()
    make_session(floor.campaign, floor.site, floor.today, second_reason="")
    with django_assert_max_num_queries(20):
        part(desk, walk_in)


@pytest.mark.requirement("S112")
def test_the_roll_call_counts_and_names_who_came_without_a_booking(floor, client_as, town):
    session = make_session(floor.campaign, floor.site, floor.today)
    waiting, done = floor.check_in(floor.person(name="等候人")), floor.observed(floor.person(name="种完人"))
    home = floor.check_in(floor.person(name="回家人"))
    visits.leave_undone(visit=home, actor=floor.cast.observer, reason="有事", now=floor.now)
    guest = make_enrolled(town.other_villages[0], floor.campaign, floor.today, name="隔壁老王")
    floor.check_in(guest, note="就近接种")
    booked = make_booking(floor.person(name="有约人"), session.slots.first())
    address = reverse("appointments:roll", args=[session.uid])

    def names(user, part):
        page = client_as(user).get(address, {"slot": "none", "part": part}).context_data
        by_number = dict(page["board"].walked_in.cells)
        assert (
            len(page["walk_ins"]) == page["page"].paginator.count == by_number["" if part == "all" else part]
        )
        return [one.resident.name for one in page["walk_ins"]]

    assert names(floor.cast.registrar, "all") == ["等候人", "种完人", "回家人", "隔壁老王"]
    assert names(floor.cast.town, "floor") == ["等候人", "隔壁老王"]
    assert names(floor.cast.cadre01, "done") == ["种完人"] and names(floor.cast.cadre01, "floor") == [
        "等候人"
    ]
    assert names(floor.cast.cadre02, "all") == []
    text = client_as(floor.cast.registrar).get(address, {"slot": "none"}).content.decode()
    assert "另有没预约来的 <strong>4</strong>" in text and waiting.get_absolute_url() in text
    assert "有约人" in client_as(floor.cast.town).get(address).content.decode()
    assert booked.enrolment.resident.name not in text and done.note in text
