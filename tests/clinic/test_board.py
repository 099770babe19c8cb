"""The observation board: chairs, the server's clock, who stayed too long, who may send somebody home early."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffQualification
from clinic import rules
from clinic.models import Visit
from clinic.services import observations
from clinic.services.access import doctors_of
from core.errors import NotAllowed
from tests.factories.clinic import refused

pytestmark = pytest.mark.django_db


def board(client):
    return client.get(reverse("clinic:board")).content.decode()


def test_staying_ten_minutes_over_the_time_is_an_alarm(floor):
    due = floor.now
    assert not rules.has_overstayed(due, due + timedelta(minutes=9, seconds=59))
    assert rules.has_overstayed(due, due + timedelta(minutes=10))


@pytest.mark.requirement("S62")
def test_the_board_counts_on_stored_times_and_names_who_overstays(floor, client_as):
    visit = floor.observed()
    observer = client_as(floor.cast.observer)
    with time_machine.travel(visit.release_due - timedelta(seconds=5), tick=False):
        assert ">离场</button>" not in board(observer)
    with time_machine.travel(visit.release_due, tick=False):
        page = board(observer)
        assert ">离场</button>" in page and "超时未离场" not in page
    with time_machine.travel(visit.release_due + timedelta(minutes=11), tick=False):
        page = board(observer)
        assert "超时未离场" in page and 'data-alarm-count="1"' in page and f"{visit.queue_no}号" in page
    with time_machine.travel(visit.release_due + timedelta(hours=14), tick=False):  # the next morning
        assert "超时未离场" in board(client_as(floor.cast.observer))


def test_reactions_stand_first_whatever_the_clock_says(floor, client_as):
    first, ill = floor.observed(), floor.observed()
    floor.report(ill)
    page = board(client_as(floor.cast.observer))
    assert page.index(str(ill.uid)) < page.index(str(first.uid))


def test_a_chair_is_taken_once_and_free_again_after_the_release(floor):
    one, two = floor.observed(), floor.observed()
    seat = observations.take_seat
    assert seat(visit=one, actor=floor.cast.observer, seat=" a 12").seat == "A12"
    with refused("SEAT_TAKEN"):
        seat(visit=two, actor=floor.cast.observer, seat="A12")
    with refused("SEAT_LONG"):
        seat(visit=two, actor=floor.cast.observer, seat="第二排第三座椅")
    later = floor.now + timedelta(minutes=30)
    observations.release(visit=one, actor=floor.cast.observer, now=later)
    assert seat(visit=two, actor=floor.cast.observer, seat="A12").seat == "A12"
    with refused("NOT_OBSERVED"):
        seat(visit=one, actor=floor.cast.observer, seat="B1")
    with pytest.raises(NotAllowed):
        seat(visit=two, actor=floor.cast.town, seat="B1")


def test_a_voided_dose_frees_the_chair(floor):
    one, two = floor.observed(), floor.observed()
    observations.take_seat(visit=one, actor=floor.cast.observer, seat="A1")
    floor.correct(one.doses.get())
    observations.take_seat(visit=two, actor=floor.cast.observer, seat="A1")
    floor.dose(Visit.objects.get(pk=one.pk))
    assert list(Visit.objects.filter(stage="observing", seat="A1")) == [two]


@pytest.mark.requirement("S62")
def test_who_sends_somebody_home_early_names_a_doctor_of_this_site(floor, client_as):
    visit, cast = floor.observed(), floor.cast
    assert list(doctors_of(floor.site, floor.today)) == [cast.screener]
    StaffQualification.objects.create(user=cast.observer, kind="doctor", cert_no="YS-1", valid_to=floor.today)
    StaffQualification.objects.create(user=cast.town, kind="doctor", cert_no="YS-2", valid_to=floor.today)
    assert set(doctors_of(floor.site, floor.today)) == {cast.screener, cast.observer}
    registrar, release = client_as(cast.registrar), reverse("clinic:release", args=[visit.uid])
    answer = registrar.post(release, {"reason": "接孩子", "key": uuid4()})
    assert answer.status_code == 422 and "须由医生看过并同意" in answer.content.decode()
    body = {"reason": "接孩子", "doctor": cast.screener.pk, "key": uuid4()}
    assert registrar.post(release, body).status_code == 302
    visit.refresh_from_db()
    assert (visit.left_by, visit.leave_doctor) == (cast.registrar, cast.screener)
    assert "同意提前离场" in client_as(cast.observer).get(visit.get_absolute_url()).content.decode()


def test_the_chair_is_noted_from_the_persons_page(floor, client_as):
    visit, observer = floor.observed(), client_as(floor.cast.observer)
    seat = reverse("clinic:seat", args=[visit.uid])
    assert observer.post(seat, {"seat": "B7"}).url == reverse("clinic:board")
    assert "B7座" in board(observer)
    other = floor.observed()
    answer = observer.post(reverse("clinic:seat", args=[other.uid]), {"seat": "B7"})
    assert answer.status_code == 422 and "B7 座已登记" in answer.content.decode()
