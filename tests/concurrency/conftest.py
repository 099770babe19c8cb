"""A clinic for races: committed, so that every thread sees it."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.choices import Role
from accounts.services.accounts import create_account
from campaigns.services.setup import load_reference_data, open_covid_campaign
from places.models import Place, Site
from tests.factories.clinic import Floor


@pytest.fixture
def small_campaign():
    """A campaign of a township with one village and one site, two months under way."""
    today = timezone.localdate()
    town = Place.objects.create(code="150622002000", name="迎泽街道", level="town")
    Place.objects.create(code="150622002001", name="曙光社区", level="village", parent=town)
    Site.objects.create(code="yz-wsy", name="迎泽街道卫生院接种点", place=town)
    load_reference_data()
    return open_covid_campaign(
        actor=None,
        place=town,
        code="covid-2026",
        name="新冠疫苗接种",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=60),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )


@pytest.fixture
def floor(small_campaign):
    site = Site.objects.get()
    users = {}
    for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER):
        users[role.value], _ = create_account(
            actor=None,
            username=role.value,
            display_name=role.label,
            phone="",
            role=role,
            where=site,
            since=date(2026, 1, 1),
            password="Vax-Test-2026",
        )
    village = Place.objects.get(level="village")
    return Floor(site=site, campaign=small_campaign, village=village, cast=SimpleNamespace(**users))
