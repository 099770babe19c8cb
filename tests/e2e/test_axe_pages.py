"""Every page of the rooms of the register and of the sessions, with something on it, passes axe at the size of a village
laptop and of a phone; of the reports those that no tab opens and the wide ones, on a phone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from residents.services import calls, submissions
from tests.access_matrix import ROWS
from tests.e2e.windows import log_in
from tests.house.test_url_guard import things  # noqa: F401  one of each, put into the addresses

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = ("residents:", "appointments:")
PHONE = 360
REPORTS = {
    "reports:outlook": "",
    "reports:wall": "",
    "reports:names": "?metric=target",
    "reports:progress_plan": "",
    "reports:progress_hours": "",
    "reports:filed": "",
    "reports:weekly": "",
    "reports:bulletin": "",
    "reports:bulletin_words": "",
    "reports:duty": "",
    "reports:hear": "",
    "reports:meeting": "",
    "reports:schedules": "",
    "reports:schedule": "",
    "reports:sheet": "",
    "reports:catalogue": "",
    "reports:cross": "",
    "papers:page": "?kind=census&village={village}",
}


@pytest.fixture
def second_register(things, cast, campaign, town):  # noqa: F811
    """The address under which the village goes through its accepted register for the second dose."""
    now, row = timezone.now(), None
    for kind in ("resident", "second"):
        due = now + timedelta(days=2)
        asked = {"actor": cast.town, "campaign": campaign, "place": town.town, "kind": kind}
        call = calls.ask(**asked, audience="villages", due_at=due, now=now, key=uuid4())
        row = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
        if kind == "resident":
            row = submissions.submit(actor=cast.cadre01, submission=row, remark="", now=now)
            submissions.accept(actor=cast.town, submission=row, comment="", now=now)
    return reverse("residents:submission_recheck", args=[row.uid])


@pytest.fixture
def reports(things, town):  # noqa: F811
    """The addresses of ``REPORTS``, with what they must be asked for before anything is on them."""
    asked = {name: query.format(village=town.village.code) for name, query in REPORTS.items()}
    return [reverse(name, args=things[ROWS[name].made]) + query for name, query in asked.items()]


@pytest.mark.parametrize(("role", "width", "besides"), [("cadre01", PHONE, ""), ("town", 1366, "cadre01")])
def test_the_pages_with_something_on_them_have_no_violation(
    role,
    width,
    besides,
    live_server,
    page,
    things,  # noqa: F811
    second_register,
    reports,
):
    log_in(page, live_server, role)
    mine = [row for row in ROWS.items() if row[0].startswith(ROOMS) and row[1].method == "get"]
    mine = [(name, row) for name, row in mine if role in row.may.split() and besides not in row.may.split()]
    addresses = [reverse(name, args=things[row.made]) for name, row in mine]
    looks = [(width, address) for address in [*addresses, *([] if besides else [second_register])]]
    looks += [(PHONE, address) for address in reports if role == "town"]
    found, looked_at = [], 0
    for at, address in looks:
        answer = page.request.get(f"{live_server.url}{address}")
        assert address not in reports or answer.status == 200, address
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue  # a file, or a page that leads on
        if "<html" not in answer.text():
            continue  # a part that another page fetches
        page.set_viewport_size({"width": at, "height": 768})
        page.goto(f"{live_server.url}{address}")
        looked_at += 1
        result = Axe().run(page)
        if result.violations_count:
            found.append(f"{address}\n{result.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address}: the page is wider than {at} px")
    assert looked_at > 10
    assert not found, "\n\n".join(found)
