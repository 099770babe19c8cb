"""The floor of the town's site with its staff at work."""

import pytest

from tests.factories.clinic import Floor


@pytest.fixture
def floor(site, campaign, town, cast):
    return Floor(site=site, campaign=campaign, village=town.village, cast=cast)
