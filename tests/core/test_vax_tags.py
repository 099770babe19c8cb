"""Figures, dates, tags and icons as pages show them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template, TemplateDoesNotExist

from core.templatetags import vax


def rendered(text, **context):
    return Template("{% load vax %}" + text).render(Context(context))


@pytest.mark.parametrize(("value", "shown"), [(11100, "11,100"), (0, "0"), (-1234, "-1,234"), (None, "—")])
def test_numbers(value, shown):
    assert rendered("{{ value|number }}", value=value) == shown


@pytest.mark.parametrize(
    ("num", "den", "shown"),
    [
        (986, 1000, "98.6%"),
        (0, 5, "0.0%"),
        (1, 0, "—"),
        (None, 5, "—"),
        (12, 10, "120.0%"),
        (2005, 10000, "20.1%"),
    ],
)
def test_percent_of_two_numbers(num, den, shown):
    assert rendered("{{ num|percent:den }}", num=num, den=den) == shown
    assert vax.percent((num, den)) == shown


def test_percent_of_a_ready_fraction():
    assert vax.percent(0.986) == "98.6%"


@time_machine.travel(datetime(2026, 11, 21, 4, 0, tzinfo=UTC), tick=False)
def test_dates_in_words():
    evening = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)  # already the next day in the township
    assert rendered("{{ day|date_zh }}", day=date(2026, 11, 21)) == "11月21日 周六"
    assert rendered("{{ day|date_zh }}", day=date(2025, 6, 1)) == "2025年6月1日 周日"
    assert rendered("{{ at|datetime_zh }}", at=evening) == "11月21日 周六 01:05"
    assert (
        rendered("{{ day|iso_date }} {{ none|date_zh }}", day=date(2026, 1, 2), none=None) == "2026-01-02 —"
    )


def test_personal_data_is_masked():
    text = "{{ i|mask_id }} {{ p|mask_phone }} {{ n|mask_name }} {{ none|mask_id }}"
    shown = rendered(text, i="330782199001011234", p="13812341234", n="张三丰", none="")
    assert shown == "330782********1234 138****1234 张** —"


def test_a_status_tag_has_a_class_an_icon_and_a_word():
    html = rendered("{{ pair|status_tag }}", pair=("due", "<待接种>"))
    assert html.startswith('<span class="tag tag-due"><svg aria-hidden="true"')
    assert html.endswith("&lt;待接种&gt;</span>")
    assert rendered('{{ "plain"|status_tag:"外出" }}') == '<span class="tag tag-plain">外出</span>'
    assert {kind for kind in vax.STATUS_ICONS if "<span" in vax.status_tag(kind, "词")} == set(
        vax.STATUS_ICONS
    )
    with pytest.raises(KeyError):
        vax.status_tag(("done ", "已完成"))


def test_icons_are_silent_beside_words_and_speak_alone():
    assert 'aria-hidden="true"' in rendered('{% icon "printer" %}')
    shown = rendered('{% icon "syringe" label height=20 %}', label='打"印')
    assert 'role="img" aria-label="打&quot;印"' in shown
    assert 'height="20"' in shown
    assert "aria-hidden" not in shown
    assert "style=" not in shown
    with pytest.raises(TemplateDoesNotExist, match="no icon"):
        rendered('{% icon "no-such-icon" %}')
