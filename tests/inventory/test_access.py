"""A deed of stock that is filled in well is not done for those who may not (who opens what: tests/access_matrix.py)."""

from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.models import StockDocument, StockLevel
from tests.factories.stock import make_lot, receive

DEEDS = ("receive", "waste", "hold", "release", "undo", "dispose")


@pytest.fixture
def addresses(site, cast):
    receive(site, make_lot(), 5)
    level, paper = StockLevel.objects.get(), StockDocument.objects.get()
    arguments = {"waste": [level.pk], "hold": [level.pk], "release": [level.pk], "undo": [paper.uid]}
    return {name: reverse(f"inventory:{name}", args=arguments.get(name, [])) for name in DEEDS}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_not_done_for_those_who_may_not(name, addresses, cast, client_as):
    data = {"what": "closed", "quantity": "1", "reason": "broken", "key": str(uuid4())}
    for user in (cast.town, cast.vaccinator, cast.othertown):
        assert client_as(user).post(addresses[name], data).status_code == 403
    level = StockLevel.objects.get()
    assert (level.vials, level.held_reason) == (5, "")
