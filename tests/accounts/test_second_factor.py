"""The code besides the password: set up, asked for, used once, guessed at in vain, lost."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SecondFactor, SecurityEvent, User
from accounts.services import passwords, policies, second_factors
from accounts.services.second_factors import Answer, _totp
from core.errors import RuleBroken
from tests.accounts.test_login import PASSWORD, _log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    cache.clear()
    with time_machine.travel(timezone.now().replace(second=5), tick=False) as clock:
        yield clock


def code_of(user, past=0) -> str:
    """What the app of ``user`` shows now, or ``past`` steps away."""
    at = int((timezone.now() + timedelta(seconds=30 * past)).timestamp())
    return _totp(SecondFactor.objects.get(user=user)).generate(at).decode()


def enrolled(user) -> list[str]:
    """``user`` has set up an app; the recovery codes."""
    second_factors.begin(user=user)
    return second_factors.confirm(user=user, code=code_of(user), now=timezone.now())


def second_step(user, code) -> tuple[Client, object]:
    client = Client()
    assert _log_in(client, user.username, PASSWORD).url == reverse("login_code")
    return client, client.post(reverse("login_code"), {"code": code})


def test_setting_up_by_the_page(cast, client_as, clock):
    client, page = client_as(cast.town), reverse("second_factor")
    shown = client.get(page)
    secret = SecondFactor.objects.get(user=cast.town).secret
    assert "<svg" in shown.content.decode()
    assert shown.context["secret"].replace(" ", "") == secret
    assert (
        client.get(page).context["secret"] == shown.context["secret"]
    )  # a reload does not spoil what was scanned
    assert client.post(page, {"code": "000000"}).status_code == 422
    assert Client().login(username="town", password=PASSWORD)  # nothing is asked for before it works
    answer = client.post(page, {"code": code_of(cast.town)})
    codes = answer.context["codes"]
    assert (len(codes), answer["Cache-Control"]) == (10, "no-store")
    stored = SecondFactor.objects.get(user=cast.town)
    kept = list(stored.recovery_codes.values_list("digest", flat=True))
    assert not {code.replace("-", "") for code in codes} & set(kept)
    with_sql = SecondFactor.objects.extra(select={"raw": "secret"}).get(user=cast.town)
    assert secret not in with_sql.raw  # encrypted where it lies
    assert codes[0] not in client.get(page).content.decode()


def test_log_in_asks_for_the_code_and_takes_each_once(cast, clock):
    enrolled(cast.town)
    clock.shift(60)
    client, answer = second_step(cast.town, code_of(cast.town))
    assert answer.url == reverse("desk")
    assert client.get("/").status_code == 200
    _, again = second_step(cast.town, code_of(cast.town))  # who looked over the shoulder
    assert "已经用过" in again.content.decode()
    clock.shift(30)
    _, late = second_step(cast.town, code_of(cast.town, past=1))  # a watch that is half a minute fast
    assert late.url == reverse("desk")
    kinds = list(SecurityEvent.objects.filter(user=cast.town).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["logged_in", "used_code", "logged_in"]


def test_the_password_alone_opens_nothing(cast, clock):
    enrolled(cast.town)
    client = Client()
    _log_in(client, "town", PASSWORD)
    assert client.get("/").url.startswith(reverse("login"))
    clock.shift(301)
    assert client.get(reverse("login_code")).url == reverse("login")  # half way for five minutes only
    _log_in(client, "town", PASSWORD)
    passwords.reset_password(actor=cast.sysadmin, user=cast.town)
    assert client.post(reverse("login_code"), {"code": code_of(cast.town)}).url == reverse("login")
    _log_in(client, "cadre01", PASSWORD)
    User.objects.filter(pk=cast.cadre01.pk).update(is_active=False)
    assert client.get("/").url.startswith(reverse("login"))


def test_five_wrong_codes_block_also_from_the_inside(cast, client_as, clock):
    enrolled(cast.town)
    clock.shift(60)
    client = Client()
    _log_in(client, "town", PASSWORD)
    answers = [client.post(reverse("login_code"), {"code": "000000"}).status_code for _ in range(5)]
    assert answers == [200] * 5
    assert client.post(reverse("login_code"), {"code": code_of(cast.town)}).status_code == 429
    with pytest.raises(RuleBroken) as refused:
        second_factors.put_away(user=cast.town, code=code_of(cast.town), now=timezone.now())
    assert refused.value.code == "CODE_BLOCKED"
    clock.shift(15 * 60 + 1)
    _, answer = second_step(cast.town, code_of(cast.town))
    assert answer.url == reverse("desk")
    # A stolen log-in cannot guess the app away either.
    for _ in range(5):
        client_as(cast.town).post(reverse("second_factor"), {"code": "111111", "deed": "drop"})
    clock.shift(30)
    assert second_factors.check(user=cast.town, code=code_of(cast.town), now=timezone.now()) == Answer.BLOCKED


def test_a_recovery_code_is_good_once_and_for_logging_in_only(cast, clock):
    codes = enrolled(cast.town)
    client, answer = second_step(cast.town, codes[0].upper())
    assert answer.url == reverse("desk")
    assert "备用码" in client.get("/").content.decode()
    _, again = second_step(cast.town, codes[0])
    assert "不对" in again.content.decode()
    with pytest.raises(RuleBroken):
        second_factors.renew_codes(user=cast.town, code=codes[1], now=timezone.now())
    clock.shift(60)
    fresh = second_factors.renew_codes(user=cast.town, code=code_of(cast.town), now=timezone.now())
    now = timezone.now()
    assert second_factors.check(user=cast.town, code=codes[2], now=now) == Answer.WRONG
    assert second_factors.check(user=cast.town, code=fresh[2], now=now) == Answer.RECOVERY


def test_where_the_role_asks_for_it_nothing_else_opens_before(cast, settings, clock):
    settings.ACCESS_POLICY = {"one_session": False, "second_factor_roles": ["town"]}
    client = Client()
    assert _log_in(client, "town", PASSWORD).status_code == 302
    for address in ("/", reverse("residents:list"), reverse("password_change")):
        assert client.get(address).url == reverse("second_factor")
    page = client.get(reverse("second_factor")).content.decode()
    assert 'class="rooms"' not in page
    client.post(reverse("second_factor"), {"code": code_of(cast.town)})
    assert client.get("/").status_code == 200
    other = Client()
    _log_in(other, "cadre01", PASSWORD)
    assert other.get("/").status_code == 200
    assert policies.wants_second_factor(cast.town) and not policies.wants_second_factor(cast.cadre01)


def test_another_telephone(cast, client_as, clock):
    enrolled(cast.town)
    clock.shift(60)
    client, page = client_as(cast.town), reverse("second_factor")
    before = SecondFactor.objects.get(user=cast.town).secret
    assert client.post(page, {"code": code_of(cast.town), "deed": "drop"}).url == page
    client.get(page)
    after = SecondFactor.objects.get(user=cast.town)
    assert (after.confirmed_at, after.secret == before) == (None, False)
