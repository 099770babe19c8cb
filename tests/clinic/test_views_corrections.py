"""The pages of a correction, and a window that was overtaken by another desk."""

from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.models import Correction, Dose, Visit
from inventory.models import StockLevel
from tests.conftest import PASSWORD
from tests.factories.clinic import lot_of
from tests.factories.stock import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(floor, client_as):
    return client_as(floor.cast.vaccinator)


def correct(client, dose, kind, **data):
    values = {"key": uuid4(), "reason": "扫错了"} | data
    return client.post(reverse("clinic:correct_as", args=[dose.uid, kind]), values)


def test_from_the_persons_page_to_the_second_person_and_back(floor, nurse, client_as):
    visit = floor.observed()
    dose = visit.doses.get()
    right = lot_of("CV-SV")
    receive(floor.site, right, 5)
    assert reverse("clinic:correct", args=[dose.uid]) in nurse.get(visit.get_absolute_url()).content.decode()
    kinds = nurse.get(reverse("clinic:correct", args=[dose.uid])).content.decode()
    assert "批号录错" in kinds and "其实没有接种" in kinds
    assert right.lot_no in nurse.get(reverse("clinic:correct_as", args=[dose.uid, "lot"])).content.decode()
    assert nurse.get(reverse("clinic:correct_as", args=[dose.uid, "else"])).status_code == 404
    empty = correct(nurse, dose, "lot", reason=" ")
    assert empty.status_code == 422 and "请写明怎么错的" in empty.content.decode()
    key = uuid4()
    for _ in range(2):  # a repeat over a flaky line proposes nothing more
        answer = correct(nurse, dose, "lot", lot=right.pk, key=key)
        assert answer.status_code == 302
    row = Correction.objects.get()
    waiting = nurse.get(answer.url).content.decode()
    assert "等第二人确认" in waiting and str(floor.cast.screener) in waiting
    assert nurse.post(row.get_absolute_url()).status_code == 422  # nobody agrees with himself
    doctor = client_as(floor.cast.screener)
    assert "属实,确认更正" in doctor.get(row.get_absolute_url()).content.decode()
    done = doctor.post(row.get_absolute_url(), {"key": uuid4()}, follow=True).content.decode()
    assert "已更正" in done and f"批号 {right.lot_no} 记领用 1 剂" in done
    page = nurse.get(visit.get_absolute_url()).content.decode()
    assert right.lot_no in page and "确认更正" in page
    story = client_as(floor.cast.town).get(reverse("residents:story", args=[dose.record.resident.uid]))
    assert "扫错了" in story.content.decode()


def test_the_colleague_at_the_same_desk_agrees_with_the_own_password(floor, nurse):
    dose = floor.observed().doses.get()
    correct(nurse, dose, "not_given")
    row = Correction.objects.get()
    here = reverse("clinic:correction_here", args=[row.uid])
    for who, password, says in (
        (floor.cast.screener, "wrong", "帐号或密码不对"),
        (floor.cast.vaccinator, PASSWORD, "不能自己确认"),
        (floor.cast.registrar, PASSWORD, "没有在本点确认更正的权限"),
        (floor.cast.othertown, PASSWORD, "没有在本点确认更正的权限"),
    ):
        answer = nurse.post(here, {"username": who.username, "password": password})
        assert answer.status_code == 422 and says in answer.content.decode()
    nurse.post(here, {"username": "screener", "password": PASSWORD})
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("done", floor.cast.screener)
    assert nurse.get(reverse("clinic:board")).wsgi_request.user == floor.cast.vaccinator
    assert StockLevel.objects.get(lot=floor.lot).vials == 50


def test_whom_a_queue_number_or_a_document_means(floor, nurse):
    dose = floor.observed().doses.get()
    right = floor.ready()
    number = right.enrolment.resident.identifiers.get().number
    for typed, says in (("999", "没有 999 号"), ("张三丰", "没有找到这个人"), ("", "请填实际受种者")):
        answer = correct(nurse, dose, "person", who=typed)
        assert answer.status_code == 422 and says in answer.content.decode()
    correct(nurse, dose, "person", who=f"{right.queue_no}号")
    row = Correction.objects.get()
    assert row.enrolment == right.enrolment
    nurse.post(reverse("clinic:correction_decline", args=[row.uid]))
    correct(nurse, dose, "person", who=number)
    assert Correction.objects.waiting().get().enrolment == right.enrolment
    assert right.enrolment.resident.name in nurse.get(row.get_absolute_url()).content.decode()


def test_the_second_person_finds_it_on_the_desk_and_in_the_list(floor, nurse, client_as):
    dose = floor.observed().doses.get()
    correct(nurse, dose, "details", body_site="right_arm", given_at="")
    assert Correction.objects.get().body_site == "right_arm"
    for user in (floor.cast.screener, floor.cast.town):
        desk = client_as(user).get(reverse("desk")).content.decode()
        assert "接种更正等我确认" in desk
    assert "接种更正等我确认" not in nurse.get(reverse("desk")).content.decode()
    listed = client_as(floor.cast.screener).get(reverse("clinic:corrections")).content.decode()
    assert dose.record.resident.name in listed
    assert (
        dose.record.resident.name
        not in client_as(floor.cast.othertown).get(reverse("clinic:corrections")).content.decode()
    )


def test_the_window_that_was_overtaken_says_so_at_the_top(floor, nurse, client_as):
    visit = floor.ready()
    floor.dose(visit)
    late = nurse.post(
        reverse("clinic:dose", args=[visit.uid]),
        {"key": uuid4(), "lot": floor.lot.pk, "body_site": "left_arm"},
    )
    assert late.status_code == 422
    page = late.content.decode()
    assert "没有登记" in page and "今天已经接种" in page
    screener = client_as(floor.cast.screener)
    late = screener.post(reverse("clinic:use_signed", args=[visit.uid]), {"key": uuid4()})
    assert "没有登记" in late.content.decode()
    assert Visit.objects.get(pk=visit.pk).stage == "observing"
    assert Dose.objects.counted().filter(visit=visit).count() == 1
