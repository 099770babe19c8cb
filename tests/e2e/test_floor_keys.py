"""The nurse's keys are counted: scan + 1 to check in, one screen to screen, five keys from called to next called."""

import pytest
from playwright.sync_api import expect

from clinic.models import Dose, Visit
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import Floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def floor(site, campaign, town, cast):
    return Floor(site=site, campaign=campaign, village=town.village, cast=cast)


# A scanner's keys come ten milliseconds apart, also where a busy machine takes longer to pass them on.
SCANNER = """() => {
  let at = performance.now();
  Object.defineProperty(KeyboardEvent.prototype, "timeStamp", { configurable: true, get: () => (at += 10) });
}"""


class Keys:
    """The keyboard of a page, counting what a person presses; a scanner's own keys are not the person's."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(90)  # a hand is slower than a scanner
            self.pressed += 1

    def scan(self, text):
        self.page.evaluate(SCANNER)
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")


def test_a_scan_and_one_key_let_a_booked_person_in(desk, live_server, floor):
    session = make_session(floor.campaign, floor.site, floor.today)
    enrolment = floor.person(name="罗英萍")
    make_booking(enrolment, session.slots.first())
    page = desk("registrar")
    page.goto(f"{live_server.url}/clinic/")
    page.get_by_role("heading", name="接种现场").click()  # the focus is anywhere
    keys = Keys(page)
    keys.scan(enrolment.resident.identifiers.get().number)
    expect(page.get_by_role("button", name="登记到场")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text("排队号 1").first).to_be_visible()
    assert (Visit.objects.count(), keys.pressed) == (1, 1)


def test_a_scan_that_a_busy_machine_passes_on_in_two_parts_is_read_whole(desk, live_server, floor):
    enrolment = floor.person(name="罗英萍")
    page = desk("registrar")
    page.goto(f"{live_server.url}/clinic/")
    page.get_by_role("heading", name="接种现场").click()
    number = enrolment.resident.identifiers.get().number
    page.evaluate(SCANNER)
    page.keyboard.type(number[:5])
    expect(page.locator("[data-scan] input[name=q]")).to_have_value(number[:5])
    page.keyboard.type(number[5:])
    page.keyboard.press("Enter")
    expect(page.get_by_text("罗英萍").first).to_be_visible()


def test_one_screen_and_its_keys_screen_a_person(desk, live_server, floor):
    visit = floor.check_in()
    page = desk("screener")
    page.goto(f"{live_server.url}/clinic/")
    keys = Keys(page)
    keys.press("n")
    expect(page.get_by_label("体温(腋下,℃)")).to_be_focused()
    page.keyboard.type("36.6", delay=120)
    keys.press("Enter", "1")  # the health code is good
    for question in page.locator("fieldset.ask").all()[1:]:
        bad = question.locator("label.is-bad input").get_attribute("value")
        keys.press("0" if bad == "1" else "1")
    keys.press("Enter")
    expect(page.get_by_text("预检通过").first).to_be_visible()
    visit.refresh_from_db()
    assert visit.stage == "passed"


def test_five_keys_from_called_to_next_called(desk, live_server, floor):
    first, second, third = (floor.ready() for _ in range(3))
    page = desk("vaccinator")
    page.goto(f"{live_server.url}/clinic/")
    page.get_by_label("我的工位").select_option("接种台3")
    page.get_by_role("button", name="就坐").click()
    expect(page.get_by_text("您在接种台3")).to_be_visible()
    keys = Keys(page)
    keys.press("n")
    expect(page.get_by_role("heading", name=f"{first.queue_no}号")).to_be_visible()
    page.wait_for_load_state("load")
    for number, following in ((1, second), (2, third)):
        keys.pressed = 0
        keys.press("1", "2", "3")
        expect(page.get_by_text("核对完毕")).to_be_visible()
        keys.press("Enter")
        expect(page.get_by_role("button", name="叫下一位")).to_be_focused()
        assert Dose.objects.count() == number
        keys.press("Enter")  # the same vaccine, the next person
        expect(page.get_by_role("heading", name=f"{following.queue_no}号")).to_be_visible()
        page.wait_for_load_state("load")
        assert keys.pressed == 5
    assert page.locator("#id_lot").evaluate("one => one.selectedOptions[0].text").count(floor.lot.lot_no)
    third.refresh_from_db()
    assert third.called_to == "接种台3"


def test_a_scan_into_a_field_opens_the_scanned_person(desk, live_server, floor):
    """The next person's slip is scanned while the cursor stands in a reason, an arm is chosen, or a temperature is typed."""
    here, scanned = floor.ready(), floor.ready()
    page = desk("vaccinator")
    for focus in ("没有接种就离开", "接种部位"):
        page.goto(f"{live_server.url}/clinic/{here.uid}/")
        if focus == "接种部位":
            page.get_by_label(focus, exact=True).focus()
        else:
            page.get_by_text(focus).click()
            page.get_by_label("原因", exact=True).fill("等太久")
        Keys(page).scan(str(scanned.uid.int))
        expect(page.get_by_role("heading", name=f"{scanned.queue_no}号")).to_be_visible()
    here.refresh_from_db()
    assert here.stage == "consented" and not Dose.objects.exists()
