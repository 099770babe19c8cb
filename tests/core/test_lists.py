"""Rows and filter rows are written in one pass: what they say is what django-tables2 and crispy-forms would say."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import django_tables2 as tables
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.template import Context, Template
from django.utils.html import format_html

from core.filter_row import row_of
from core.table_rows import rows_of
from core.widgets import DateInput
from places.models import Place

BAD = '<script>alert("x")</script>&\''
_TEMPLATE = Template(
    "{% for row in table.paginated_rows %}<tr {{ row.attrs.as_html }}>"
    "{% for column, cell in row.items %}<td {{ column.attrs.td.as_html }}>{{ cell }}</td>{% endfor %}</tr>{% endfor %}"
)


def even(html: str) -> str:
    """Without the blanks that no browser shows."""
    html = re.sub(r"\s+", " ", html).replace("<td >", "<td>").replace(" >", ">")
    return re.sub(r"(^|>) | (?=<|$)", r"\1", html)


class Everything(tables.Table):
    name = tables.Column(linkify=True)
    level = tables.Column()  # a field with choices
    parent = tables.Column(accessor="parent__name", attrs={"td": {"class": "wide", "data-word": BAD}})
    missing = tables.Column(accessor="parent__nothing__at_all", default="无")
    method = tables.Column(accessor="shouted")
    number = tables.Column(accessor="share")
    since = tables.Column(accessor="valid_from")
    at = tables.DateTimeColumn(format="Y-m-d H:i", accessor="seen")
    linked = tables.Column(
        accessor="name", linkify=lambda value: f"/x/?{value}", attrs={"a": {"class": "link"}}
    )
    unlinked = tables.Column(accessor="name", linkify=lambda record: None)
    own = tables.Column(empty_values=())
    safe = tables.Column(accessor="name")

    class Meta:
        row_attrs = {"data-href": lambda record: f"/{record.name}/", "class": "row", "data-none": None}

    def render_own(self, record, column, bound_row, **rest):
        return f"{bound_row.row_counter}{len(rest)}{record.code}<b>"

    def render_safe(self, value):
        return format_html("<b>{}</b>", value)


def places() -> list[Place]:
    above = Place(code="330782000000", name=BAD, level="county")
    found = [
        Place(code="330782112000", name=BAD, level="township", parent=above, valid_from=date(2026, 1, 2)),
        Place(code="330782113000", name="", level=""),
    ]
    for place, share in zip(found, (1234.5, True), strict=True):
        place.share, place.seen = share, datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
        # Of the rows alone: a model made here would stay in the process, and other tests look at all there are.
        place.get_absolute_url = lambda code=place.code: f"/places/{code}/"
        place.shouted = lambda name=place.name: name.upper() or None
    return found


def test_rows_say_what_the_library_says():
    table = Everything(places())
    theirs = _TEMPLATE.render(Context({"table": table}))
    ours = rows_of(Everything(places()), Context())
    assert even(ours) == even(theirs)
    assert BAD not in ours and "&lt;script&gt;" in ours


def test_rows_of_plain_records():
    class Figures(tables.Table):
        word = tables.Column()
        there = tables.Column(accessor="inner__at", default="—")

    records = [{"word": BAD, "inner": {"at": 0}}, {"word": None, "inner": None}]
    things = [SimpleNamespace(word=BAD, inner=SimpleNamespace(at=lambda: 5)), SimpleNamespace(word="")]
    for rows in (records, things):
        theirs = _TEMPLATE.render(Context({"table": Figures(rows)}))
        assert even(rows_of(Figures(rows), Context())) == even(theirs)


class Row(forms.Form):
    q = forms.CharField(
        label=BAD, required=False, max_length=10, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部"), ("a", BAD), (3, "三"), (BAD, "四")]
    )
    grouped = forms.ChoiceField(required=False, choices=[("", "全部"), ("组", [("a", "一"), ("b", "二")])])
    since = forms.DateField(label="自", required=False, widget=DateInput())
    number = forms.IntegerField(required=False)
    hidden = forms.CharField(required=False, widget=forms.HiddenInput)
    told = forms.CharField(required=False, help_text="说明")
    needed = forms.CharField()
    ticked = forms.BooleanField(required=False)
    some = forms.MultipleChoiceField(required=False, choices=[("a", "一"), ("b", "二")])
    later = forms.ChoiceField(required=False, disabled=True, choices=[("", "全部")])


def test_filters_say_what_crispy_forms_says():
    filled = {"q": BAD, "kind": "3", "grouped": "b", "since": "2026-11-22", "number": "7", "hidden": BAD}
    filled |= {"needed": "x", "ticked": "on", "some": ["b"]}
    wrong = filled | {"since": "gestern", "kind": BAD + "x"}
    for given in (None, filled, filled | {"kind": BAD}, wrong):
        ours, theirs = row_of(Row(given)), as_crispy_form(Row(given))
        assert even(ours) == even(theirs)
        assert BAD not in ours
