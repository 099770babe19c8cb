"""The pages of sites and organisations: what the office sees, what is published, what is not found."""

import pytest
from django.test import Client
from django.urls import reverse

from places.choices import OrganisationKind, SiteKind
from places.models import Organisation, Site


def _text(response) -> str:
    return response.content.decode()


@pytest.mark.requirement("S54")
def test_a_new_site_is_published_and_a_closed_one_no_longer(client_as, cast, town):
    office = client_as(cast.town)
    form = {
        "name": "中学体育馆临时接种点",
        "kind": SiteKind.TEMPORARY,
        "place": town.town.pk,
        "address": "学府路1号",
        "phone": "",
        "opening": "周六 9:00–16:00",
        "code_scan": "offered",
    }
    answer = office.post(reverse("places:site_add"), form, follow=True)
    assert "中学体育馆临时接种点" in _text(answer)
    public = _text(Client().get(reverse("sites")))
    assert "学府路1号" in public
    assert "周六 9:00–16:00" in public
    site = Site.objects.get(name=form["name"])
    refused = office.post(reverse("places:site_close", args=[site.pk]), {"reason": ""})
    assert refused.status_code == 422
    office.post(reverse("places:site_close", args=[site.pk]), {"reason": "活动结束"})
    assert "学府路1号" not in _text(Client().get(reverse("sites")))
    assert "已停用" in _text(office.get(reverse("places:sites")))
    office.post(reverse("places:site_reopen", args=[site.pk]))
    assert "学府路1号" in _text(Client().get(reverse("sites")))


def test_the_list_names_who_works_there_and_nobody_elses_site(
    client_as, cast, site, other_site, django_assert_max_num_queries
):
    office = client_as(cast.town)
    with django_assert_max_num_queries(12):
        page = office.get(reverse("places:sites"))
    assert page.context["sites"] == [site]
    assert "登记台ar(登记台)" in _text(page)
    everything = client_as(cast.county).get(reverse("places:sites")).context["sites"]
    assert everything == [site, other_site]


def test_a_place_outside_cannot_be_chosen(client_as, cast, town):
    form = {
        "name": "越界",
        "kind": "fixed",
        "place": town.other_town.pk,
        "address": "某处",
        "code_scan": "off",
    }
    assert client_as(cast.town).post(reverse("places:site_add"), form).status_code == 422
    assert not Site.objects.filter(name="越界").exists()


def test_a_site_keeps_its_place_when_it_is_edited(client_as, cast, site, town):
    form = {
        "name": "新名称",
        "kind": "fixed",
        "address": "新地址",
        "code_scan": "offered",
        "place": town.other_town.pk,
    }
    client_as(cast.county).post(reverse("places:site", args=[site.pk]), form)
    site.refresh_from_db()
    assert (site.name, site.address, site.place) == ("新名称", "新地址", town.town)


def test_organisations_are_added_found_and_closed(
    client_as, cast, town, school, django_assert_max_num_queries
):
    office = client_as(cast.town)
    form = {"name": "阳光养老院", "kind": OrganisationKind.CARE_HOME, "place": town.villages[2].pk}
    wrong = office.post(reverse("places:organisation_add"), form | {"contact_phone": "12"})
    assert wrong.status_code == 422
    assert "电话号码不对" in _text(wrong)
    office.post(reverse("places:organisation_add"), form | {"contact_phone": "13800001111"})
    home = Organisation.objects.get(name="阳光养老院")
    with django_assert_max_num_queries(12):
        page = _text(office.get(reverse("places:organisations"), {"kind": "care_home"}))
    assert "阳光养老院" in page
    assert school.name not in page
    office.post(reverse("places:organisation_close", args=[home.pk]), {"reason": "停业"})
    assert "阳光养老院" in _text(office.get(reverse("places:organisations"), {"is_active": "False"}))
    assert "阳光养老院" not in _text(office.get(reverse("accounts:add")))
