"""The offline checker: what Python sealed, the browser opens; after one visit also without the network."""

from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from clinic.services import certificates
from tests.factories.clinic import Floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def certificate(site, campaign, town, cast):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.observed()
    return certificates.issue(
        resident=visit.enrolment.resident,
        campaign=campaign,
        actor=cast.vaccinator,
        key=uuid4(),
        now=floor.now,
    )


# Chromium puts the parts one after the other: the page itself and all that it loads must be there.
KEPT = """async () => {
  const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet]")].map((part) => part.src || part.href);
  const kept = await caches.open("verify");
  const found = await Promise.all([location.href, ...parts].map((part) => kept.match(part, { ignoreVary: true })));
  return found.every(Boolean);
}"""


def reload(page, times=10):
    """As people do: a page that did not come at once is asked for again."""
    for left in reversed(range(times)):
        try:
            page.reload()
            return
        except Error:
            if not left:
                raise
            page.wait_for_timeout(500)


def check(page, text):
    page.get_by_label("二维码内容").fill(text)
    page.get_by_role("button", name="核验", exact=True).click()


@pytest.mark.requirement("S21")
def test_checked_in_the_browser_also_without_the_network(page, live_server, certificate, cast):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_server.url}/verify/offline/")
    expect(page.get_by_text("核验名单:")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(KEPT)
    page.wait_for_function("navigator.serviceWorker.controller?.state === 'activated'")
    page.context.set_offline(True)
    reload(page)
    expect(page.get_by_text("核验名单:")).to_be_visible()

    check(page, certificate.text)
    expect(page.get_by_text("凭证有效")).to_be_visible()
    expect(page.get_by_text(certificate.resident.name)).to_be_visible()
    assert page.get_by_label("二维码内容").input_value() == "", "nobody's data stays in the field"

    middle = len(certificate.text) // 2
    touched = "A" if certificate.text[middle] != "A" else "B"
    check(page, certificate.text[:middle] + touched + certificate.text[middle + 1 :])
    expect(page.locator(".answer-word")).not_to_have_text("凭证有效")
    check(page, "HC1:ABC")
    expect(page.get_by_text("不是接种凭证")).to_be_visible()

    certificates.revoke(
        certificate=certificate,
        actor=cast.town,
        reason="遗失",
        now=certificate.issued_at + timedelta(minutes=1),
    )
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("核验名单:")).to_be_visible()
    check(page, certificate.text)
    expect(page.get_by_text("凭证已撤销")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("path", ["/verify/", "/verify/offline/"])
@pytest.mark.parametrize("width", [1366, 360])
def test_the_public_pages_have_no_violation(page, live_server, certificate, path, width):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{live_server.url}{path}")
    check(page, certificate.text)
    expect(page.get_by_text("凭证有效")).to_be_visible()
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
