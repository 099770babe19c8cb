"""A log-in ends: when nobody uses it, after a day's work, when the account logs in elsewhere. And it says so."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import log_ins
from accounts.models import SecurityEvent, User
from accounts.rules import Policy
from accounts.services import passwords
from tests.accounts.test_login import PASSWORD, _log_in

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600
POLL = {"HTTP_X_POLLED": "1", "HTTP_HX_REQUEST": "true"}


@pytest.fixture
def clock(settings):
    settings.ACCESS_POLICY = {"one_session": False}
    cache.clear()
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


def told(client) -> str:
    return client.get(reverse("login")).content.decode()


def test_who_does_nothing_for_a_quarter_of_an_hour_is_logged_out(cast, client_as, clock):
    client, page = client_as(cast.cadre01), reverse("residents:list")
    for _ in range(3):
        clock.shift(14 * MINUTE)
        assert client.get(page).status_code == 200
    clock.shift(15 * MINUTE + log_ins.SLACK)
    assert client.get(page).url == f"{reverse('login')}?next={page.replace('/', '%2F')}"
    assert "15 分钟没有操作" in told(client)
    assert "15 分钟没有操作" not in told(client)  # once
    _log_in(client, "cadre01", PASSWORD)
    clock.shift(20 * MINUTE)
    assert _log_in(client, "cadre01", PASSWORD).url == reverse("desk")  # straight from a page left open
    assert SecurityEvent.objects.filter(kind="idle").count() == 2


def test_a_page_that_fetches_itself_anew_is_nobodys_work_but_a_wall_is(cast, client_as, clock, campaign):
    office, wall, nurse = client_as(cast.town), client_as(cast.town), client_as(cast.observer)
    for _ in range(4):
        clock.shift(5 * MINUTE)
        roll = office.get(reverse("desk"), **POLL)
        assert wall.get(reverse("reports:wall"), **POLL).status_code == 200
    assert (roll.status_code, roll["HX-Redirect"]) == (
        200,
        reverse("login"),
    )  # the whole page goes, not a part
    for _ in range(30):
        clock.shift(20 * MINUTE)
        assert nurse.get(reverse("clinic:board"), **POLL).status_code == 200
    clock.shift(59 * MINUTE)
    assert nurse.get(reverse("clinic:floor")).status_code == 200  # the needle has an hour


def test_a_form_sent_too_late_says_that_it_was_not_saved(cast, client_as, clock):
    client, page = client_as(cast.cadre01), reverse("residents:add")
    clock.shift(20 * MINUTE)
    late = {"HTTP_ACCEPT": "text/html", "HTTP_REFERER": f"http://testserver{page}"}
    answer = client.post(page, {"name": "王小明"}, **late)
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "没有保存" in text and f"next={page.replace('/', '%2F')}" in text and "王小明" not in text
    script = client_as(cast.cadre01)
    clock.shift(20 * MINUTE)
    assert script.post(page, {}, HTTP_ACCEPT="*/*").url == reverse("login")


def test_typing_keeps_a_log_in_alive_and_asking_does_not(cast, client_as, clock):
    client, alive = client_as(cast.cadre01), reverse("alive")
    clock.shift(10 * MINUTE)
    assert client.get(alive, HTTP_X_POLLED="1").json() == {"left": 5 * MINUTE}
    assert client.get(alive).json() == {"left": 15 * MINUTE}
    clock.shift(10 * MINUTE)
    assert client.get(alive, HTTP_X_POLLED="1").json() == {"left": 5 * MINUTE}
    page = client.get("/").content.decode()
    assert 'data-idle="900"' in page and "alive.js" in page


def test_the_day_ends_however_busy_it_is(cast, client_as, clock):
    office, nurse = client_as(cast.town), client_as(cast.vaccinator)
    for _ in range(8 * 6):
        clock.shift(10 * MINUTE)
        assert office.get(reverse("alive")).status_code == 200
    assert nurse.get("/").status_code == 302  # idle too, but
    clock.shift(MINUTE)
    assert office.get("/").status_code == 302
    assert "已满 8 小时" in told(office)
    later = client_as(cast.town)
    clock.shift(10 * HOUR)
    assert later.get("/").url.startswith(reverse("login"))  # the log-in itself is gone by then


def test_a_forged_or_another_browsers_mark_of_use_counts_for_nothing(cast, client_as, clock):
    mine, theirs = client_as(cast.cadre01), client_as(cast.cadre02)
    clock.shift(14 * MINUTE)
    theirs.get("/")
    for value in (theirs.cookies[log_ins.SEEN].value, "x", ""):
        mine.cookies[log_ins.SEEN] = value
        mine.get(reverse("alive"), HTTP_X_POLLED="1")
    assert mine.get(reverse("alive"), HTTP_X_POLLED="1").json() == {"left": MINUTE}
    cookie = theirs.cookies[log_ins.SEEN]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_one_log_in_an_account(cast, settings, clock):
    settings.ACCESS_POLICY = {}
    first, second = Client(), Client()
    for client in (first, second):
        assert _log_in(client, "cadre01", PASSWORD).status_code == 302
    assert first.get("/").status_code == 302
    assert "另一台电脑或手机" in told(first)
    assert second.get("/").status_code == 200


def test_a_password_grows_old(cast, client_as, clock):
    User.objects.filter(pk=cast.cadre01.pk).update(password_changed_at=timezone.now() - timedelta(days=85))
    client = Client()
    _log_in(client, "cadre01", PASSWORD)
    assert "到期" in client.get("/").content.decode()
    clock.shift(6 * 24 * HOUR)
    _log_in(client, "cadre01", PASSWORD)
    assert client.get("/").url == reverse("password_change")
    assert "用的时间太长" in client.get(reverse("password_change")).content.decode()
    new = {"old_password": PASSWORD, "new_password1": "Hezuo-Yimiao-9", "new_password2": "Hezuo-Yimiao-9"}
    assert client.post(reverse("password_change"), new).status_code == 302
    assert client.get("/").status_code == 200


def test_the_last_five_passwords_do_not_come_back(cast, client_as):
    client, page = client_as(cast.cadre01), reverse("password_change")

    def change(old, new):
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        return client.post(page, form).status_code

    used = [PASSWORD, *(f"Hezuo-Yimiao-{n}" for n in range(1, 6))]
    for old, new in zip(used, used[1:], strict=False):
        assert change(old, new) == 302
    for old in used[1:]:
        assert change(used[-1], old) == 200  # the last five
    assert (
        "最近用过"
        in client.post(
            page, {"old_password": used[-1], "new_password1": used[2], "new_password2": used[2]}
        ).content.decode()
    )
    assert change(used[-1], used[0]) == 302  # the sixth
    for n in range(30):
        passwords.change_own_password(user=cast.cadre01, password=f"Hezuo-Yimiao-{n}x")
    assert cast.cadre01.passwords_used.count() == 24


def test_how_long_by_role():
    policy = Policy()
    assert policy.idle(["cadre"]) == policy.idle(["stock"]) == timedelta(minutes=15)
    assert policy.idle(["vaccinator"]) == policy.idle(["cadre", "observer"]) == timedelta(hours=1)
    assert Policy(floor_idle_minutes=0).idle(["registrar"]) is None
    assert (policy.longest(["town"]), policy.longest(["screener"])) == (
        timedelta(hours=8),
        timedelta(hours=12),
    )
