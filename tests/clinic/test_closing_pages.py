"""The close of a day as the keeper, the second person, the office and the neighbour see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEvent
from inventory.models import DayClose
from tests.factories.appointments import at
from tests.factories.clinic import Floor, lot_of
from tests.factories.stock import receive


@pytest.fixture
def floor(site, campaign, town, cast, today):
    """Yesterday: one dose of a lot with two doses a vial."""
    now = at(today - timedelta(days=1), 10)
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast, now=now)
    floor.lot = lot_of("CV-BJ", doses_per_vial=2, lot_no="PAGE1")
    receive(site, floor.lot, 5, now=now)
    floor.observed(floor.person(name="王秀英"))
    return floor


@pytest.mark.requirement("S22")
def test_an_evening_from_the_leftovers_to_the_signed_sheet(floor, site, cast, client_as):
    keeper, doctor = client_as(cast.stock), client_as(cast.screener)
    day = reverse("closing:day", args=[site.pk, floor.today.isoformat()])
    assert f'href="{day}"' in keeper.get(reverse("closing:list")).content.decode()
    assert "还没有日结的日子" in keeper.get("/").content.decode()
    assert "还没有日结的日子" in client_as(cast.town).get("/").content.decode()
    text = keeper.get(day).content.decode()
    assert "批号 PAGE1 余 <strong>1 剂</strong>" in text
    assert "剩余作损耗" in text
    lot = floor.lot.pk
    data = {f"count_{lot}": "4", "key": "f3a0a1de-2a6e-4c3e-9d57-6b7a1f2b1a11"}
    refused = keeper.post(day, data)
    assert (refused.status_code, "开启的疫苗不能过夜" in refused.content.decode()) == (422, True)
    # The leftovers of an evening that has passed were not wasted that evening: today they are, and the day says so.
    keeper.post(reverse("closing:leftovers", args=[site.pk, floor.today.isoformat()]))
    text = keeper.get(day).content.decode()
    assert "剩余作损耗</button>" not in text
    assert "之后又有出入库,不再实点" in text
    sheet = keeper.post(day, {"key": data["key"]}, follow=True).content.decode()
    assert "已清点,等第二人复核" in sheet
    assert "复核签字" not in sheet
    close = DayClose.objects.get()
    assert "日结等我复核" in doctor.get("/").content.decode()
    assert keeper.post(reverse("closing:sign", args=[close.uid])).status_code == 409
    assert "请您复核" in doctor.get(close.get_absolute_url()).content.decode()
    text = doctor.post(reverse("closing:sign", args=[close.uid]), follow=True).content.decode()
    close.refresh_from_db()
    for word in (
        "疫苗使用日报",
        close.document.no,
        "PAGE1",
        "接种使用 1 剂,接种记录 1 剂",
        str(cast.screener),
    ):
        assert word in text
    assert keeper.get(day).status_code == 302  # to the sheet


def test_the_doses_behind_a_number_are_masked_and_looking_is_recorded(floor, site, cast, client_as):
    where = reverse("closing:doses", args=[site.pk, floor.today.isoformat()]) + f"?lot={floor.lot.pk}"
    text = client_as(cast.stock).get(where).content.decode()
    assert "王**" in text
    assert "王秀英" not in text
    assert "/clinic/" not in text.partition("<tbody>")[2]
    assert "/clinic/" in client_as(cast.vaccinator).get(where).content.decode().partition("<tbody>")[2]
    assert AuditEvent.objects.filter(action="close.doses_viewed").count() == 2


def test_the_office_looks_the_neighbour_finds_nothing_and_the_page_stays_small(floor, site, cast, client_as):
    day = reverse("closing:day", args=[site.pk, floor.today.isoformat()])
    office = client_as(cast.town)
    text = office.get(day).content.decode()
    assert "账面期末" in text
    assert "实点(支)" not in text
    assert office.post(day, {}).status_code == 403
    assert (
        office.post(reverse("closing:leftovers", args=[site.pk, floor.today.isoformat()])).status_code == 403
    )
    assert client_as(cast.othertown).get(day).status_code == 404
    assert office.get(reverse("closing:day", args=[site.pk, "2026-13-40"])).status_code == 404
    for n in range(3):
        receive(site, lot_of("CV-SV", lot_no=f"MORE{n}"), 2, now=floor.now)
    keeper = client_as(cast.stock)
    with CaptureQueriesContext(connection) as queries:
        assert keeper.get(day).status_code == 200
    assert len(queries) <= 20
