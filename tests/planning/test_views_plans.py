"""The pages of a plan, for the office and the keeper."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.sheets import read_bytes
from places.models import Site
from planning.models import AllocationLine, AllocationPlan
from tests.factories.appointments import make_session
from tests.factories.people import make_enrolled
from tests.factories.planning import make_plan
from tests.factories.stock import make_lot, receive, receive_supply

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(town, site, campaign, today):
    receive(site, make_lot(lot_no="KX777"), 30)
    receive_supply(site, 40)
    team = Site.objects.create(code="yz-ld", name="迎泽流动接种队", kind="mobile", place=town.town)
    make_session(campaign, team, today + timedelta(days=2), places=2)
    for _ in range(4):
        make_enrolled(town.village, campaign, today)
    return team


def page(client, name, plan, status=200):
    response = client.get(reverse(f"planning:{name}", args=[plan.uid]))
    assert response.status_code == status
    return response


def test_office_and_keeper_take_a_plan_from_proposal_to_paper(cast, client_as, team, town, site, today):
    office, keeper = client_as(cast.town), client_as(cast.stock)
    asked = {
        "place": town.town.pk,
        "source": site.pk,
        "since": (today + timedelta(days=1)).isoformat(),
        "until": (today + timedelta(days=5)).isoformat(),
        "key": str(uuid4()),
    }
    for _ in range(2):
        assert office.post(reverse("planning:new"), asked).status_code == 302
    plan = AllocationPlan.objects.get()
    shown = page(office, "plan", plan).content.decode()
    assert all(
        word in shown for word in ("未种第1剂 4 人", "号源 6 个", "KX777", "还要补 <strong>4 剂", "批准")
    )
    line = AllocationLine.objects.get(share__site=team, lot__lot_no="KX777")
    address = plan.get_absolute_url()
    boxes = {f"line_{one.pk}": one.quantity for one in AllocationLine.objects.all()} | {f"line_{line.pk}": 9}
    refused = office.post(address, boxes)
    assert refused.status_code == 422
    assert 'value="9"' in refused.content.decode()
    assert office.post(address, boxes | {"reason": "多去一个组"}).status_code == 302
    assert keeper.post(reverse("planning:approve", args=[plan.uid])).status_code == 403
    office.post(reverse("planning:approve", args=[plan.uid]))
    keeper.post(reverse("planning:send", args=[plan.uid]))
    plan.refresh_from_db()
    assert plan.state == "sent"
    paper = page(keeper, "paper", plan).content.decode()
    assert all(word in paper for word in ("多去一个组", "KX777", "接收人签字", "YZ-WSY-V"))
    cells = [
        cell
        for sheet in read_bytes(page(office, "file", plan).content)
        for row in sheet.rows
        for cell in row.cells
    ]
    assert "迎泽流动接种队" in cells
    assert "未种第1剂(人)" in cells


def test_a_plan_asks_few_questions_whatever_the_number_of_receivers(
    cast, client_as, team, town, site, campaign
):
    for n in range(6):
        Site.objects.create(code=f"yz-{n}", name=f"村点{n}", kind="temporary", place=town.town)
    plan, office = make_plan(campaign, town.town, site), client_as(cast.town)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(office, "plan", plan)
    assert len(asked) <= 20


def test_the_desk_leads_to_what_waits(cast, client_as, team, town, site, campaign):
    make_plan(campaign, town.town, site)
    assert "分配方案待批准" in client_as(cast.town).get("/").content.decode()
    assert "分配方案待批准" not in client_as(cast.othertown).get("/").content.decode()
