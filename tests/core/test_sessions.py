"""Log-ins in the shared cache: nobody is locked out while it is away, and nobody stays in who is not to."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from core.sessions import KEPT_SECONDS, SessionStore, _Forgiving

pytestmark = pytest.mark.django_db
AWAY = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
}


@pytest.fixture(autouse=True)
def cached(settings, monkeypatch):
    settings.SESSION_ENGINE = "core.sessions"
    monkeypatch.setattr(_Forgiving, "resting_until", 0.0)


def page(client) -> int:
    return client.get(reverse("desk")).status_code


def test_log_in_work_and_log_out_go_on_while_the_cache_is_away(settings, client, cast):
    settings.CACHES = AWAY
    client.force_login(cast.town)
    assert page(client) == 200
    client.post(reverse("logout"))
    assert page(client) == 302


def test_a_cache_that_does_not_answer_is_not_waited_for_at_every_page(settings, client, cast, monkeypatch):
    client.force_login(cast.town)
    asked = []

    def silent(key):
        asked.append(key)
        raise TimeoutError

    monkeypatch.setattr(cache, "get", silent)
    assert [page(client) for _ in range(3)] == [200] * 3
    assert len(asked) == 1
    client.post(reverse("logout"))
    assert page(client) == 302


def test_deactivation_and_the_end_of_a_role_act_on_the_next_page(client, cast):
    client.force_login(cast.cadre01)
    assert (page(client), page(client)) == (200, 200)  # the second one from the cache
    people = reverse("residents:list")
    assert client.get(people).status_code == 200
    cast.cadre01.assignments.all().delete()
    assert client.get(people).status_code == 403
    cast.cadre01.is_active = False
    cast.cadre01.save()
    assert page(client) == 302


def test_logging_out_ends_it_in_the_cache_too_and_a_copy_left_there_dies_soon(client, cast, monkeypatch):
    asked, real = [], cache.set

    def keep(key, value, timeout):
        asked.append(timeout)
        real(key, value, timeout)

    monkeypatch.setattr(cache, "set", keep)
    client.force_login(cast.town)
    stolen = client.cookies["sessionid"].value
    assert asked
    assert max(asked) <= KEPT_SECONDS
    client.post(reverse("logout"))
    client.cookies["sessionid"] = stolen
    assert page(client) == 302
    assert SessionStore(stolen).load() == {}
