"""The register's list where it is long: what a county sees."""

import pytest
from django.urls import reverse

from residents.views.lists import ResidentListView
from tests.factories.people import make_resident

pytestmark = pytest.mark.django_db


def test_a_long_list_is_counted_up_to_a_limit_and_says_so(town, campaign, cast, client_as, monkeypatch):
    for n in range(4):
        make_resident(town.village, name=f"村民{n}")
    client, where = client_as(cast.town), reverse("residents:list")
    assert "<strong>4</strong> 条</p>" in client.get(where).content.decode()
    monkeypatch.setattr(ResidentListView, "count_up_to", 3)
    page = client.get(where).content.decode()
    assert "<strong>3</strong> 条以上" in page
    assert page.count('data-href="/residents/') == 3  # no further than the number says


def test_over_several_villages_a_group_is_typed_as_people_say_it(town, campaign, cast, client_as):
    make_resident(town.village, name="一组的人", group_no="1")
    make_resident(town.village, name="三组的人", group_no="3")
    page = client_as(cast.town).get(reverse("residents:list"), {"group": "第三组"}).content.decode()
    assert "三组的人" in page and "一组的人" not in page
    assert '<input type="text" name="group"' in page
    assert '<select name="group"' in client_as(cast.cadre01).get(reverse("residents:list")).content.decode()
