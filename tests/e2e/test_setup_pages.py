"""The pages with which a township sets itself up pass axe, also with errors on them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from campaigns.services.setup import open_campaign
from tests.e2e.windows import log_in
from tests.factories.clinic import certify

pytestmark = pytest.mark.django_db(transaction=True)


def _check(page) -> None:
    result = Axe().run(page)
    assert result.violations_count == 0, f"{page.url}\n{result.generate_report()}"


@pytest.fixture
def flu(cast, town, reference, today):
    return open_campaign(
        actor=cast.town,
        place=town.town,
        name="秋季流感",
        disease="FLU",
        starts_on=today,
        ends_on=today,
        target_age_ref_date=today,
        cohort={},
        products=["FLU-05"],
    )


def test_the_pages_of_setting_up_have_no_violation(live_server, page, cast, flu, site, school):
    certify(cast.vaccinator)
    log_in(page, live_server, "town")
    for address in (
        reverse("places:site_add"),
        reverse("places:site", args=[site.pk]),
        reverse("places:site_close", args=[site.pk]),
        reverse("places:organisations"),
        reverse("places:organisation", args=[school.pk]),
        reverse("campaign:add"),
        reverse("campaign:change", args=[flu.code]),
        reverse("campaign:phase_add", args=[flu.code]),
        reverse("campaigns:detail", args=[flu.code]),
        cast.vaccinator.get_absolute_url(),
        reverse("accounts:certificate_add", args=[cast.vaccinator.pk]),
    ):
        page.goto(f"{live_server.url}{address}")
        _check(page)


def test_a_half_filled_phase_is_shown_where_it_is(live_server, page, cast, flu, today):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in(page, live_server, "town")
    page.goto(f"{live_server.url}{reverse('campaign:add')}?disease=FLU")
    page.fill("[name=name]", "再一次")
    page.fill("[name=ends_on]", f"{today:%Y-%m-%d}")
    page.check("[name=products]")
    page.click("details.rule summary")
    page.fill("[name=phase-0-name]", "老人")
    _check(page)
    page.click("main form button[type=submit]")
    page.wait_for_selector(".error-summary")
    assert page.is_visible("[name=phase-0-name]"), "the fold stays open"
    assert page.get_by_text("“阶段”里有没填好的行").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    _check(page)
