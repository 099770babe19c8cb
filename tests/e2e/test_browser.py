"""The browser that the journeys use is the one a village office has in front of it."""

import pytest


@pytest.mark.django_db(transaction=True)
def test_the_browser_reads_chinese_and_lives_in_the_townships_time_zone(live_server, page):
    response = page.goto(f"{live_server.url}/healthz")
    assert response.status == 200
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    # Bubbles and date pickers follow the browser's own translation, which is a package of its own.
    page.set_content("<form><input required></form>")
    assert "填写" in page.evaluate("document.querySelector('input').validationMessage")
