"""Every page of the register's room, with something on it, passes axe at the size of a village laptop and of a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.access_matrix import ROWS
from tests.e2e.test_cadre import log_in
from tests.house.test_url_guard import things  # noqa: F401  one of each, put into the addresses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("role", "width", "besides"), [("cadre01", 360, ""), ("town", 1366, "cadre01")])
def test_the_pages_of_the_register_have_no_violation(
    role,
    width,
    besides,
    live_server,
    page,
    things,  # noqa: F811
):
    page.set_viewport_size({"width": width, "height": 768})
    log_in(page, live_server, role)
    found, looked_at = [], 0
    for name, row in ROWS.items():
        if not name.startswith("residents:") or row.method != "get" or role not in row.may.split():
            continue
        if besides in row.may.split():
            continue  # the other role's turn
        address = f"{live_server.url}{reverse(name, args=things[row.made])}"
        answer = page.request.get(address)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue  # a file, or a page that leads on
        page.goto(address)
        looked_at += 1
        result = Axe().run(page)
        if result.violations_count:
            found.append(f"{name}\n{result.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: the page is wider than {width} px")
    assert looked_at > 10
    assert not found, "\n\n".join(found)
