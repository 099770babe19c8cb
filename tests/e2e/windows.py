"""Windows of people at work: how a browser comes to be logged in."""

from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD


def log_in(page, live_server, username):
    """On the desk of ``username``, as one comes back to it: the browser brings the cookie of the log-in along."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(live_server.url)
    page.get_by_role("heading", name="工作台").wait_for()


def log_in_by_hand(page, live_server, username):
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
