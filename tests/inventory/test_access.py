"""Who may open which page of stock: every role, every address."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import StockLevel
from inventory.urls import urlpatterns
from tests.factories.stock import make_lot, receive

LOOKS = {"county", "town", "othertown", "registrar", "screener", "vaccinator", "observer", "stock"}
KEEPS = {"stock"}
MAY_OPEN = {
    "stock": LOOKS,
    "movements": LOOKS,
    "register": LOOKS,
    "receive": KEEPS,
    "waste": KEEPS,
    "hold": KEEPS,
    "release": KEEPS,
    "reverse": KEEPS,
}


@pytest.fixture
def addresses(site, cast):
    movement = receive(site, make_lot(), 5)
    level = StockLevel.objects.get()
    arguments = {"waste": [level.pk], "hold": [level.pk], "release": [level.pk], "reverse": [movement.uid]}
    return {name: reverse(f"inventory:{name}", args=arguments.get(name, [])) for name in MAY_OPEN}


def test_the_table_names_every_address():
    assert {pattern.name for pattern in urlpatterns} == set(MAY_OPEN)


@pytest.mark.parametrize("name", MAY_OPEN)
def test_every_role_gets_what_the_table_says(name, addresses, cast, client_as):
    for username, user in vars(cast).items():
        expected = 200 if username in MAY_OPEN[name] else 403
        assert client_as(user).get(addresses[name]).status_code == expected, username


@pytest.mark.parametrize("name", MAY_OPEN)
def test_strangers_are_asked_to_log_in(name, addresses):
    response = Client().get(addresses[name])
    assert (response.status_code, response.url) == (302, f"{reverse('login')}?next={addresses[name]}")


@pytest.mark.parametrize("name", [name for name, users in MAY_OPEN.items() if users is KEEPS])
def test_a_deed_is_not_done_for_those_who_may_not(name, addresses, cast, client_as):
    data = {"what": "closed", "quantity": "1", "reason": "broken", "key": str(uuid4())}
    for user in (cast.town, cast.vaccinator, cast.othertown):
        assert client_as(user).post(addresses[name], data).status_code == 403
    level = StockLevel.objects.get()
    assert (level.vials, level.held_reason) == (5, "")
