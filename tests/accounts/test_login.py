"""Log-in: a new password first, five failures lock for a quarter of an hour, strangers see nothing."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import accounts, passwords
from core.models import AuditEvent

PASSWORD = "Vax-Test-2026"


def _log_in(client, username, password):
    return client.post(reverse("login"), {"username": username, "password": password})


def test_first_login_forces_a_new_password(cast):
    first = passwords.reset_password(actor=cast.town, user=cast.cadre01)
    client = Client()
    _log_in(client, "cadre01", first)
    for address in ("/", reverse("accounts:list"), "/residents/"):
        assert client.get(address).url == reverse("password_change")
    same = client.post(reverse("password_change"), {"new_password1": first, "new_password2": first})
    assert "new_password2" in same.context["form"].errors
    weak = client.post(
        reverse("password_change"), {"new_password1": "abcdefgh1", "new_password2": "abcdefgh1"}
    )
    assert "new_password2" in weak.context["form"].errors
    new = {"new_password1": "Hezuo-Yimiao-9", "new_password2": "Hezuo-Yimiao-9"}
    assert client.post(reverse("password_change"), new).url == reverse("desk")
    assert client.get("/").status_code == 200


def test_later_change_asks_for_the_old_password(client_as, cast):
    client = client_as(cast.cadre01)
    new = {"new_password1": "Hezuo-Yimiao-9", "new_password2": "Hezuo-Yimiao-9"}
    refused = client.post(reverse("password_change"), {**new, "old_password": "wrong"})
    assert "old_password" in refused.context["form"].errors
    assert client.post(reverse("password_change"), {**new, "old_password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("freed_by", ["office", "time", "reset"])
def test_five_failures_lock_for_fifteen_minutes(freed_by, cast, settings):
    settings.AXES_ENABLED = True
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            assert _log_in(client, "cadre01", "wrong").status_code == 200
        fifth = _log_in(client, "cadre01", "wrong")
        assert fifth.status_code == 429
        assert "15 分钟" in fifth.content.decode()
        assert _log_in(client, "cadre01", PASSWORD).status_code == 429, "the right one does not help now"
        assert _log_in(Client(), "cadre02", PASSWORD).status_code == 302, "others are not locked"
        if freed_by == "office":
            accounts.unlock(actor=cast.town, user=cast.cadre01)
        elif freed_by == "reset":
            password = passwords.reset_password(actor=cast.town, user=cast.cadre01)
            assert _log_in(client, "cadre01", password).status_code == 302
            return
        else:
            clock.shift(14 * 60)
            assert _log_in(client, "cadre01", PASSWORD).status_code == 429
            clock.shift(61)
        assert _log_in(client, "cadre01", PASSWORD).status_code == 302


def test_office_sees_the_lock_out_and_lifts_it(client_as, cast, settings):
    settings.AXES_ENABLED = True
    for _ in range(5):
        _log_in(Client(), "cadre01", "wrong")
    office = Client()
    _log_in(office, "town", PASSWORD)
    assert "密码输错" in office.get(cast.cadre01.get_absolute_url()).content.decode()
    office.post(reverse("accounts:unlock", args=[cast.cadre01.pk]))
    assert "密码输错" not in office.get(cast.cadre01.get_absolute_url()).content.decode()
    assert _log_in(Client(), "cadre01", PASSWORD).status_code == 302


def test_login_is_kept_in_the_trail(cast):
    _log_in(Client(), "cadre01", PASSWORD)
    assert AuditEvent.objects.filter(action="account.logged_in", actor=cast.cadre01).count() == 1


def test_login_page_shows_nothing_of_the_inside(cast, campaign):
    page = Client().get(reverse("login")).content.decode()
    for word in ("迎泽", campaign.name, "工作台", "居民", "接种现场", 'class="rooms"', 'role="search"'):
        assert word not in page


def test_locked_account_and_wrong_password_look_the_same(cast):
    accounts.lock(actor=cast.town, user=cast.cadre01, reason="调离")
    locked = _log_in(Client(), "cadre01", PASSWORD).content.decode()
    unknown = _log_in(Client(), "nobody", PASSWORD).content.decode()
    error = "用户名或密码不对"
    assert error in locked
    assert error in unknown
