"""Between browser and server: how much may be sent, what no browser keeps, where a log-in leads."""

from io import BytesIO

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.urls import reverse

from core.middleware import SizeLimitMiddleware
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


class _NeverRead(BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read before it was refused")


def test_a_body_larger_than_any_file_is_refused_unread():
    size = settings.MAX_REQUEST_BYTES
    environ = {"REQUEST_METHOD": "POST", "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.input": _NeverRead()}
    reached = []
    limit = SizeLimitMiddleware(lambda request: reached.append(request))
    answer = limit(WSGIRequest(environ | {"CONTENT_LENGTH": str(size + 1)}))
    assert (answer.status_code, reached) == (413, [])
    assert "32MB" in answer.content.decode()
    for honest in (str(size), "", "0", "many"):
        limit(WSGIRequest(environ | {"CONTENT_LENGTH": honest}))
    assert len(reached) == 4


def test_the_limit_stands_before_everything_that_reads_the_body():
    names = settings.MIDDLEWARE
    limit = names.index("core.middleware.SizeLimitMiddleware")
    assert limit < names.index("django.middleware.csrf.CsrfViewMiddleware")
    assert limit < names.index("django.contrib.sessions.middleware.SessionMiddleware")


def test_no_browser_keeps_what_a_user_saw(cast, client_as, campaign):
    client = client_as(cast.cadre01)
    addresses = [reverse(name) for name in ("desk", "residents:list", "residents:add", "residents:template")]
    for address in [*addresses, "/nowhere/", reverse("inventory:receive")]:
        assert client.get(address).headers["Cache-Control"] == "no-store", address
    assert client.get(reverse("sites")).headers["Cache-Control"] == "no-store"
    assert Client().get(reverse("sites")).headers["Cache-Control"] == "public, max-age=300"  # nobody's data


def test_a_form_without_its_token_says_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.cadre01)
    answer = client.post(reverse("logout"))
    assert answer.status_code == 403
    assert "刷新后再试" in answer.content.decode()
    assert client.get(reverse("desk")).status_code == 200  # still logged in


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil"],
)
def test_a_login_never_leads_to_another_server(cast, next_page):
    form = {"username": "cadre01", "password": PASSWORD, "next": next_page}
    answer = Client().post(reverse("login"), form)
    assert answer.headers["Location"] == reverse("desk")


def test_a_session_is_new_after_the_login_and_dead_after_the_logout(cast):
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else-000000000"
    client.post(reverse("login"), {"username": "cadre01", "password": PASSWORD})
    mine = client.cookies["sessionid"].value
    assert mine != "chosen-by-somebody-else-000000000"
    client.post(reverse("logout"))
    thief = Client()
    thief.cookies["sessionid"] = mine
    assert thief.get(reverse("desk")).status_code == 302
