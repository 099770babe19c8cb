"""叫号: a desk picked once, one person to one desk, who does not come is called again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.services.accounts import create_account
from clinic.services import calls
from core.errors import NotAllowed
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S84"), pytest.mark.requirement("S103")]


@pytest.fixture
def second_nurse(floor, site, today):
    user, _ = create_account(
        actor=None,
        username="vaccinator2",
        display_name="接种员2",
        phone="",
        role=Role.VACCINATOR,
        where=site,
        since=today - timedelta(days=1),
        password=PASSWORD,
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    return user


def call(floor, nurse, *, seconds=0, stage="consented", station="接种台1"):
    now = floor.now + timedelta(seconds=seconds)
    visit = calls.call_next(site=floor.site, stage=stage, actor=nurse, station=station, now=now)
    return visit and visit.queue_no


def test_each_person_is_called_to_one_desk(floor, second_nurse, other_site):
    nurse = floor.cast.vaccinator
    for _ in range(3):
        floor.ready()
    floor.check_in()
    assert (call(floor, nurse), call(floor, nurse, seconds=1)) == (1, 1), "a second press is the same call"
    assert call(floor, second_nurse, seconds=1) == 2
    assert call(floor, nurse, seconds=5) == 3, "number 1 does not come"
    assert call(floor, second_nurse, seconds=10) == 2, "the first nurse's people are left to her"
    assert call(floor, second_nurse, seconds=200) == 1, "after three minutes anybody calls them again"
    assert call(floor, floor.cast.screener, stage="checked_in", station="") == 4
    with pytest.raises(NotAllowed):
        calls.call_next(site=other_site, stage="consented", actor=nurse, station="", now=floor.now)


def test_a_call_is_over_when_the_step_is_done(floor):
    visit = floor.check_in()
    assert call(floor, floor.cast.screener, stage="checked_in") == 1
    visit.refresh_from_db()
    assert visit.is_called
    floor.screen(visit)
    visit.refresh_from_db()
    assert not visit.is_called


def test_a_desk_is_picked_once_and_named_on_the_screen(floor, client_as):
    client, floor_page = client_as(floor.cast.vaccinator), reverse("clinic:floor")
    floor.ready(floor.person(name="欧阳娜"))
    assert "选一次" in client.get(floor_page).content.decode()
    assert (
        "没有这个工位"
        in client.post(reverse("clinic:station"), {"station": "登记台A"}, follow=True).content.decode()
    )
    client.post(reverse("clinic:station"), {"station": "接种台3"})
    page = client.post(reverse("clinic:call"), follow=True).content.decode()
    assert "已叫到接种台3" in page and "确认接种" in page
    screen = client_as(floor.cast.registrar).get(reverse("clinic:calls")).content.decode()
    assert "接种台3" in screen and "欧**" in screen and "欧阳娜" not in screen
    assert "已叫到接种台3" in client.get(floor_page).content.decode()
    nobody = client_as(floor.cast.screener).post(reverse("clinic:call"), follow=True).content.decode()
    assert "现在没有人在等" in nobody
    assert client_as(floor.cast.observer).post(reverse("clinic:call")).status_code == 403
