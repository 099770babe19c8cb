"""A wrong dose taken back on its page, and a window that was overtaken by another desk."""

from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.models import Dose, Visit
from inventory.models import StockLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(floor, client_as):
    return client_as(floor.cast.vaccinator)


def void(nurse, visit, **data):
    values = {"key": uuid4(), "reason": "批号录错"} | data
    return nurse.post(reverse("clinic:void", args=[visit.uid]), values)


def test_two_people_take_a_wrong_dose_back_and_the_right_one_can_follow(floor, nurse):
    visit = floor.observed()
    page = nurse.get(visit.get_absolute_url()).content.decode()
    assert "作废这一剂" in page
    before = StockLevel.objects.get(site=floor.site, lot=floor.lot).vials
    data = {"second_person": floor.cast.screener.pk, "key": uuid4()}
    for _ in range(2):  # a repeat over a flaky line voids nothing more
        assert void(nurse, visit, **data).status_code == 302
    assert StockLevel.objects.get(site=floor.site, lot=floor.lot).vials == before + 1
    assert not Dose.objects.counted().filter(visit=visit).exists()
    page = nurse.get(visit.get_absolute_url()).content.decode()
    assert "已作废" in page and "确认接种" in page


def test_nobody_voids_alone_or_without_a_reason(floor, nurse):
    visit = floor.observed()
    other_town = floor.cast.othertown.pk
    for wrong in ({}, {"second_person": floor.cast.vaccinator.pk}, {"second_person": other_town}):
        assert void(nurse, visit, **wrong).status_code == 422
    answer = void(nurse, visit, second_person=floor.cast.screener.pk, reason=" ")
    assert answer.status_code == 422 and "请写明作废原因" in answer.content.decode()
    assert Dose.objects.counted().filter(visit=visit).exists()


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
