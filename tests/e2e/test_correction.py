"""Journey: the nurse finds that the wrong lot was recorded and proposes; the doctor confirms in the own window."""

import pytest
from playwright.sync_api import expect

from accounts.models import RoleAssignment
from inventory.models import StockLevel
from tests.factories.clinic import Floor, lot_of
from tests.factories.stock import receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S46")
def test_one_proposes_and_another_confirms(desk, live_server, site, other_site, campaign, town, cast):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    right, visit = lot_of("CV-SV"), floor.observed()
    receive(site, right, 5)
    # The observer may confirm at another site only: here there is nothing to press.
    RoleAssignment.objects.create(
        user=cast.observer, role="screener", site=other_site, since=floor.today.replace(day=1)
    )

    nurse = desk("vaccinator")
    nurse.goto(live_server.url + visit.get_absolute_url())
    nurse.get_by_role("link", name="登记错了,更正这一剂").click()
    nurse.get_by_role("link", name="批号录错").click()
    nurse.get_by_label("实际批号").select_option(value=str(right.pk))
    nurse.get_by_label("怎么错的").fill("扫错了盒子")
    nurse.keyboard.press("Enter")
    expect(nurse.get_by_role("heading", name="还没有更正,等第二人确认")).to_be_visible()
    address = nurse.url
    assert StockLevel.objects.get(lot=right).vials == 5

    observer = desk("observer")
    observer.goto(address)
    expect(observer.get_by_role("heading", name="还没有更正,等第二人确认")).to_be_visible()
    expect(observer.get_by_text("不属实,不同意")).to_have_count(0)

    doctor = desk("screener")
    doctor.get_by_role("link", name="接种更正等我确认").click()
    doctor.get_by_role("link", name=visit.enrolment.resident.name).click()
    expect(doctor.get_by_text("扫错了盒子")).to_be_visible()
    doctor.get_by_role("button", name="属实,确认更正").click()
    expect(doctor.get_by_text(f"批号 {right.lot_no} 记领用 1 剂")).to_be_visible()
    assert StockLevel.objects.get(lot=right).vials == 4
    nurse.reload()
    expect(nurse.get_by_text("已更正").first).to_be_visible()
