"""Opening, changing, closing sites and organisations: reach, names, codes, the trail."""

import pytest

from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from places.choices import OrganisationKind, SiteKind
from places.models import Site
from places.services import organisations, sites


def test_a_new_site_gets_the_next_code_of_its_place(town, cast):
    made = [
        sites.open_site(actor=cast.town, place=town.town, name=name, kind=SiteKind.TEMPORARY)
        for name in ("中学体育馆", "文化站")
    ]
    assert [site.code for site in made] == ["150622002-01", "150622002-02"]
    Site.objects.filter(pk=made[0].pk).delete()
    assert sites.open_site(actor=None, place=town.town, name="礼堂").code == "150622002-01"


def test_nobody_opens_a_site_elsewhere(town, cast):
    with pytest.raises(NotAllowed):
        sites.open_site(actor=cast.town, place=town.other_town, name="别处")
    with pytest.raises(NotAllowed):
        sites.open_site(actor=cast.cadre01, place=town.town, name="村里")
    assert not Site.objects.filter(name__in=("别处", "村里")).exists()


def test_one_name_once_per_place(town, cast, site, other_site):
    with pytest.raises(RuleBroken) as refused:
        sites.open_site(actor=cast.town, place=town.town, name=site.name)
    assert (refused.value.code, refused.value.field) == ("SITE_TWICE", "name")
    sites.change_site(actor=cast.town, site=site, name=site.name, phone="0477-1234567")
    assert Site.objects.get(pk=site.pk).phone == "0477-1234567"


def test_the_trail_tells_old_and_new(cast, site):
    sites.change_site(actor=cast.town, site=site, opening="周一至周五")
    sites.change_site(actor=cast.town, site=site, opening="周一至周五")
    event = AuditEvent.objects.get(action="site.edited")
    assert event.data == {"changes": {"opening": ["", "周一至周五"]}}
    assert event.place_code == site.place.code


def test_a_closed_site_is_closed_once_and_comes_back(cast, site):
    sites.close_site(actor=cast.town, site=site, reason="撤点")
    with pytest.raises(RuleBroken, match="已经停用"):
        sites.close_site(actor=cast.town, site=site, reason="撤点")
    assert site not in Site.objects.active()
    sites.reopen_site(actor=cast.town, site=site)
    sites.reopen_site(actor=cast.town, site=site)
    assert site in Site.objects.active()
    assert AuditEvent.objects.filter(action__in=("site.closed", "site.restored")).count() == 2


def test_organisations_live_the_same_way(town, cast, school):
    factory = organisations.add_organisation(
        actor=cast.town, place=town.villages[1], name="砖厂", kind=OrganisationKind.ENTERPRISE
    )
    with pytest.raises(RuleBroken, match="同名"):
        organisations.change_organisation(
            actor=cast.town,
            organisation=organisations.add_organisation(
                actor=cast.town, place=town.villages[1], name="瓦厂", kind=OrganisationKind.ENTERPRISE
            ),
            name="砖厂",
        )
    organisations.change_organisation(actor=cast.town, organisation=factory, contact_name="李四")
    assert AuditEvent.objects.get(action="organisation.edited").data == {"changed": ["contact_name"]}
    with pytest.raises(NotAllowed):
        organisations.close_organisation(actor=cast.othertown, organisation=school, reason="x")
    organisations.close_organisation(actor=cast.town, organisation=school, reason="合并")
    school.refresh_from_db()
    assert not school.is_active
    organisations.reopen_organisation(actor=cast.town, organisation=school)
    school.refresh_from_db()
    assert school.is_active
