"""Journey 1: a village cadre registers a resident and books the person."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from appointments.models import Booking
from appointments.rules import Window
from appointments.services import sessions
from appointments.services.promises import let_first_doses
from residents.models import Resident
from tests.e2e.windows import log_in, log_in_by_hand
from tests.factories.people import id_number, make_enrolled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(campaign, site, cast, today):
    """A session in three days, open for booking: its list has not closed whatever the hour of the test."""
    planned = sessions.plan_session(
        campaign=campaign,
        site=site,
        on=today + timedelta(days=3),
        windows=[Window(time(8), time(9))],
        actor=cast.town,
        key=uuid4(),
        now=timezone.now(),
    )
    sessions.open_session(session=planned, actor=cast.town, now=timezone.now())
    let_first_doses(session=planned, actor=cast.town, reason="第2剂三周后加开", now=timezone.now())
    return planned


@pytest.mark.requirement("S41")
def test_a_cadre_registers_a_resident_and_books_the_person(live_server, page, cast, session):
    log_in_by_hand(page, live_server, "cadre01")
    page.get_by_role("link", name="居民", exact=True).click()
    page.get_by_role("link", name="登记居民").click()
    number = id_number(date(1961, 3, 8), 124, "990001")
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("姓名").click()
    expect(page.locator("[name=birth_date]")).to_have_value("1961-03-08")
    expect(page.locator("[name=sex]")).to_have_value("F")
    page.get_by_label("姓名").fill("单桂兰")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("heading", name="单桂兰").wait_for()
    assert number not in page.content()
    assert Resident.objects.get(name="单桂兰").village == cast.cadre01.main_role.place

    page.goto(f"{live_server.url}{session.get_absolute_url()}book/")
    page.get_by_role("checkbox", name="单桂兰").check()
    page.get_by_role("button", name="预约勾选的人").click()
    page.get_by_text("约上 1 人").wait_for()
    booking = Booking.objects.get()
    assert (booking.enrolment.resident.name, booking.slot.session) == ("单桂兰", session)


def test_ticks_survive_another_filter(live_server, page, cast, session, town, campaign, today):
    for name in ("单桂兰", "赵大海"):
        make_enrolled(town.village, campaign, today, name=name, birth_date=date(1961, 3, 8))
    log_in(page, live_server, "cadre01")
    page.goto(f"{live_server.url}{session.get_absolute_url()}book/")
    page.get_by_role("checkbox", name="单桂兰").check()
    page.locator("#id_q").fill("赵")
    expect(page.locator(".tick-list")).not_to_contain_text("单桂兰")
    expect(page.locator("[data-kept]")).to_contain_text("单桂兰")
    page.get_by_role("checkbox", name="赵大海").check()
    page.get_by_role("button", name="清除").click()
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("[data-ticked]")).to_have_text("2")
    page.locator("#id_q").fill("赵")
    expect(page.locator("[data-kept]")).to_contain_text("单桂兰")
    page.get_by_role("button", name="预约勾选的人").click()
    page.get_by_text("约上 2 人").wait_for()


def test_a_wrong_check_digit_is_said_at_once_and_nothing_is_lost(live_server, page, cast, campaign):
    log_in(page, live_server, "cadre01")
    page.goto(f"{live_server.url}/residents/add/")
    number = id_number(date(1961, 3, 8), 124, "990001")
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    page.get_by_label("姓名").fill("王小明")
    page.get_by_label("证件号码").fill(wrong)
    page.get_by_label("姓名").click()
    page.get_by_text("校验码不对").first.wait_for()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("姓名").input_value() == "王小明"
    assert page.get_by_label("证件号码").input_value() == wrong
    assert not Resident.objects.exists()
