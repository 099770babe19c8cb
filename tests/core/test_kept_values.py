"""Menus ask by statements that were built once."""

import pytest

from core.addresses import address, address_of
from core.kept_values import KeptValues
from places.models import Place
from tests.factories.people import make_resident

pytestmark = pytest.mark.django_db


def test_values_are_read_each_time(town, django_assert_num_queries):
    kept = KeptValues(lambda: Place.objects.inside({town.village.code[:9]}).values_list("pk", "name"))
    for name in ("改名村", "又改名村", "再改名村"):
        Place.objects.filter(pk=town.village.pk).update(name=name)
        with django_assert_num_queries(1):
            found = kept()
        assert (town.village.pk, name) in found
        assert found == list(Place.objects.inside({town.village.code[:9]}).values_list("pk", "name"))
    assert KeptValues(lambda: Place.objects.inside(()).values_list("pk"))() == []


def test_addresses(town):
    person = make_resident(town.village)
    assert address_of("residents:edit", person.uid) == f"/residents/{person.uid}/edit/"
    assert person.get_absolute_url() == f"/residents/{person.uid}/"
    assert (address("residents:list"), address("residents:no_such_page")) == ("/residents/", "")
