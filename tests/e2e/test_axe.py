"""Every page in the navigation of every role passes axe, at the size of a village laptop."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.e2e.windows import log_in
from tests.factories.people import make_enrolled
from vaxcampaign.navigation import rooms_for, tabs_for

pytestmark = pytest.mark.django_db(transaction=True)

# Pages that no navigation entry opens, by a role that uses them.
BESIDE = {"registrar": ["clinic:calls", "clinic:guests"], "town": ["clinic:guests"]}
ROLES = [
    "county",
    "town",
    "cadre01",
    "school",
    "registrar",
    "screener",
    "vaccinator",
    "observer",
    "stock",
    "sysadmin",
    "auditor",
]


@pytest.mark.parametrize("role", ROLES)
def test_the_rooms_of_a_role_have_no_violation(role, live_server, page, cast, campaign, town, today):
    for village in town.villages:
        make_enrolled(village, campaign, today)
    page.set_viewport_size({"width": 1366, "height": 768})
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    log_in(page, live_server, role)
    rooms = [address for address, _, _ in rooms_for(getattr(cast, role))]
    tabs = [tab for room in rooms for tab, _, _ in tabs_for(getattr(cast, role), room)]
    addresses = list(dict.fromkeys(rooms + tabs)) + [reverse(name) for name in BESIDE.get(role, ())]
    assert reverse("desk") in addresses
    for address in addresses:
        response = page.goto(f"{live_server.url}{address}")
        assert response.status == 200, address
        result = Axe().run(page)
        assert result.violations_count == 0, f"{address}\n{result.generate_report()}"
    assert errors == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/sites/", "/sites/care/", "/sites/questions/"])
def test_public_pages_have_no_violation(path, live_server, page, campaign):
    page.goto(f"{live_server.url}{path}")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
