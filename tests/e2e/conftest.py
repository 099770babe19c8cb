"""The browser of these tests: Debian's Chromium, in Chinese, in the township's time zone."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.windows import log_in

# A busy machine is slow, not wrong.
PATIENCE = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)

HERE = Path(__file__).resolve().parent
# The synchronous browser runs its own event loop in the test's thread, where Django would refuse to query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Everything in this folder is a browser test; nobody has to remember the marker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Chromium without sandbox (root in CI) and without traffic of its own.

    ``LANGUAGE`` and the package chromium-l10n make native date pickers and validation bubbles Chinese; the
    locale of the context alone does not.
    """
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium") or "/usr/bin/chromium",
        "env": {**os.environ, "LANGUAGE": "zh_CN"},
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A Chinese reader in the township's time zone; no moving colours, of which axe would see one in between."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def context(context):
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def desk(browser, browser_context_args, live_server):
    """``desk("registrar")``: that person's own browser window, logged in."""
    windows = []

    def open_window(username):
        context = browser.new_context(**browser_context_args)
        context.set_default_timeout(PATIENCE)
        windows.append(context)
        page = context.new_page()
        log_in(page, live_server, username)
        return page

    yield open_window
    for context in windows:
        context.close()
