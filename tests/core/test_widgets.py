"""The browser's date picker."""

from datetime import date

from django import forms

from core.widgets import DateInput


class _Form(forms.Form):
    day = forms.DateField(widget=DateInput())


def test_a_day_is_written_the_only_way_the_date_picker_reads():
    """A Chinese locale would write 2026年11月21日, which a date picker shows as empty."""
    assert 'type="date"' in str(_Form()["day"])
    assert 'value="2026-11-21"' in str(_Form(initial={"day": date(2026, 11, 21)})["day"])


def test_what_was_typed_wrong_comes_back():
    form = _Form({"day": "2026-13-45"})
    assert not form.is_valid() and 'value="2026-13-45"' in str(form["day"])
