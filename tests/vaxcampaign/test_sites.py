"""The public list of sites: everybody may read it, and nobody is in it."""

from datetime import time, timedelta

import pytest
from django.test import Client

from appointments.models import ClinicSession
from places.models import Site
from tests.factories.people import make_enrolled


def _session(campaign, site, on, **fields):
    return ClinicSession.objects.create(
        **{"campaign": campaign, "site": site, "on": on, "state": "open"} | fields,
        starts_at=time(8),
        ends_at=time(12),
    )


@pytest.mark.requirement("S38")
def test_strangers_see_sites_and_coming_sessions(campaign, site, other_site, today):
    _session(campaign, site, today)
    _session(campaign, site, today + timedelta(days=3), kind="school")
    _session(campaign, site, today - timedelta(days=1), kind="elders")
    _session(campaign, site, today + timedelta(days=2), kind="mobile", state="cancelled")
    _session(campaign, site, today + timedelta(days=2), kind="extra", state="planned")
    Site.objects.create(code="closed", name="撤销的接种点", place=site.place, is_active=False)
    Site.objects.create(code="store", name="疫苗冷库", place=site.place, kind="store")
    page = Client().get("/sites/").content.decode()
    for word in (
        "迎泽街道卫生院接种点",
        "蓝天街道卫生院接种点",
        "<strong>今天</strong> 08:00–12:00",
        "校园专场(按通知前往)",
    ):
        assert word in page
    for word in ("老年人专场", "流动接种", "加班时段", "撤销的接种点", "疫苗冷库"):
        assert word not in page


def test_nobody_is_on_the_public_page(campaign, site, town, today):
    enrolment = make_enrolled(town.village, campaign, today, name="欧阳修文", phone="13812345678")
    page = Client().get("/sites/").content.decode()
    assert enrolment.resident.name not in page
    assert "13812345678" not in page
    assert campaign.name not in page


def test_many_sites_cost_no_more(campaign, site, today, django_assert_num_queries):
    for n in range(5):
        more = Site.objects.create(code=f"s{n}", name=f"点{n}", place=site.place)
        _session(campaign, more, today)
    with django_assert_num_queries(4):
        Client().get("/sites/")


@pytest.mark.requirement("S59")
def test_a_mobile_team_says_where_it_halts(campaign, site, town, today):
    tour = _session(campaign, site, today, kind="mobile")
    tour.stops.create(place=town.village, where="村委会门口", starts_at=time(8), ends_at=time(9))
    assert "08:00–09:00 曙光社区 村委会门口" in Client().get("/sites/").content.decode()


def test_one_township_may_be_asked_for(campaign, site, other_site, town):
    page = Client().get("/sites/", {"town": town.town.code}).content.decode()
    assert "迎泽街道卫生院接种点" in page
    assert "蓝天街道卫生院接种点" not in page
    assert "蓝天街道卫生院接种点" in Client().get("/sites/?town=nonsense").content.decode()


@pytest.mark.requirement("S38")
def test_a_stranger_may_keep_the_page_a_while_a_user_may_not(site, cast, client_as):
    response = Client().get("/sites/")
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    assert "public" not in client_as(cast.town).get("/sites/").get("Cache-Control", "")


@pytest.mark.requirement("S94")
def test_the_card_for_the_days_after_names_whom_to_call(site):
    Site.objects.filter(pk=site.pk).update(phone="0477-1234567")
    answer = Client().get("/sites/care/", {"site": site.code})
    page = answer.content.decode()
    assert "0477-1234567" in page and "马上就医" in page and 'class="qr"' in page
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "0477-1234567" not in Client().get("/sites/care/", {"site": "nowhere"}).content.decode()
