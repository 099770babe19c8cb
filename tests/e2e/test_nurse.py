"""Journey 2: the desks of the clinic take a person from check-in to release, each in its own window."""

from datetime import date, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from accounts.choices import QualificationKind
from accounts.models import StaffQualification
from clinic.models import Dose, Visit
from inventory.models import StockLevel
from residents.models import Resident
from tests.factories.people import make_enrolled
from tests.factories.stock import make_lot, make_presentation, receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lot(site, cast, campaign, today):
    """Twenty single-dose vials at the site, and a vaccinator with a valid certificate."""
    StaffQualification.objects.create(
        user=cast.vaccinator,
        kind=QualificationKind.VACCINATOR,
        cert_no="T-1",
        valid_to=today + timedelta(days=90),
    )
    lot = make_lot(presentation=make_presentation(code="CV-KX"))
    receive(site, lot, vials=20)
    return lot


@pytest.mark.requirement("S17")
@pytest.mark.requirement("S62")
@pytest.mark.requirement("S101")
def test_a_person_passes_from_check_in_to_release(desk, live_server, town, campaign, today, lot, site):
    enrolment = make_enrolled(
        town.village, campaign, today, name="罗英萍", sex="F", birth_date=date(1966, 4, 23)
    )
    number = enrolment.resident.identifiers.get().number

    registrar = desk("registrar")
    registrar.goto(f"{live_server.url}/clinic/")
    registrar.keyboard.type(number)
    registrar.keyboard.press("Enter")
    registrar.get_by_label("接待原因").fill("镇办同意补种")
    registrar.get_by_role("button", name="按无预约登记").click()
    expect(registrar.get_by_text("已登记").first).to_be_visible()
    visit = Visit.objects.get()

    screener = desk("screener")
    screener.goto(f"{live_server.url}/clinic/{visit.uid}/")
    screener.get_by_label("体温(腋下,℃)").fill("36.6")
    for question in screener.locator("fieldset.ask").all():
        good = question.locator("label:not(.is-bad) input")
        good.check()
    screener.get_by_role("button", name="提交预检结论").click()
    expect(screener.get_by_text("预检通过").first).to_be_visible()

    registrar.goto(f"{live_server.url}/clinic/{visit.uid}/")
    registrar.get_by_role("radio", name="同意接种", exact=True).check()
    registrar.get_by_label("签名人姓名").fill("罗英萍")
    registrar.get_by_role("radio", name="屏幕签名").check()
    registrar.locator("canvas.pad").scroll_into_view_if_needed()
    box = registrar.locator("canvas.pad").bounding_box()
    registrar.mouse.move(box["x"] + 40, box["y"] + 60)
    registrar.mouse.down()
    registrar.mouse.move(box["x"] + 160, box["y"] + 90, steps=5)
    registrar.mouse.move(box["x"] + 240, box["y"] + 40, steps=5)
    registrar.mouse.up()
    registrar.get_by_role("button", name="保存知情同意").click()
    expect(registrar.get_by_text("已知情同意").first).to_be_visible()

    vaccinator = desk("vaccinator")
    vaccinator.goto(f"{live_server.url}/clinic/{visit.uid}/")
    vaccinator.get_by_role("button", name="确认接种").click()
    # The answer must be on screen, with its script, before the keys are struck: earlier ones are lost.
    expect(vaccinator.get_by_role("alert").first).to_be_visible()
    vaccinator.wait_for_load_state("load")
    assert not Dose.objects.exists(), "nothing is recorded before every item is checked"
    for group in ("1", "2", "3"):
        vaccinator.keyboard.press(group)
    # Keys wait 60 ms in case they come from a scanner: a nurse sees the ticks before confirming.
    expect(vaccinator.get_by_text("核对完毕")).to_be_visible()
    vaccinator.get_by_role("button", name="确认接种").click()
    expect(vaccinator.get_by_role("button", name="确认接种")).to_have_count(0)
    dose = Dose.objects.get()
    assert dose.record.resident == Resident.objects.get(name="罗英萍")
    assert StockLevel.objects.get(site=site, lot=lot).vials == 19

    observer = desk("observer")
    observer.goto(f"{live_server.url}/clinic/board/")
    expect(observer.get_by_text("罗英萍")).to_be_visible()
    expect(observer.get_by_role("button", name="离场", exact=True)).to_have_count(0)
    visit.refresh_from_db()
    with time_machine.travel(visit.release_due + timedelta(minutes=1)):
        observer.goto(f"{live_server.url}/clinic/{visit.uid}/")
        observer.get_by_role("button", name="离场").click()
        expect(observer.get_by_text("已离场").first).to_be_visible()
    visit.refresh_from_db()
    assert (visit.stage, visit.leave_reason) == ("left", "")


def test_what_refreshes_itself_stays_while_the_server_is_away(desk, live_server, town, campaign, cast, site):
    """The list of whom to watch is not replaced by an error, and goes on by itself."""
    page = desk("observer")
    page.clock.install()
    page.goto(f"{live_server.url}/clinic/board/")
    away = "**/clinic/board/"
    page.route(away, lambda route: route.fulfill(status=503, body="<main><h1>暂时不能用</h1></main>"))
    page.clock.fast_forward(16_000)
    expect(page.locator("[data-offline]")).to_be_visible()
    expect(page.locator("#board")).to_be_visible()
    page.unroute(away)
    page.clock.fast_forward(16_000)
    expect(page.locator("[data-offline]")).to_be_hidden()
