"""The list of closes."""

import django_filters as filters
import django_tables2 as tables
from django.utils.html import format_html

from core.templatetags.vax import status_tag
from core.widgets import DateInput
from inventory.choices import CloseState
from inventory.filters import OfSites, sites_seen
from inventory.models import DayClose
from inventory.tables import labelled


class CloseTable(tables.Table):
    """One line a close, newest first."""

    on = tables.DateColumn(verbose_name="日期", format="Y-m-d", attrs=labelled("日期"))
    site = tables.Column("接种点", orderable=False, attrs=labelled("接种点"))
    state = tables.Column("状态", orderable=False, attrs=labelled("状态"))
    document = tables.Column("单号", orderable=False, default="", attrs=labelled("单号"))
    used = tables.Column("接种使用(剂)", orderable=False, attrs=labelled("接种使用(剂)", "num"))
    off = tables.Column("有说明的批号", orderable=False, attrs=labelled("有说明的批号", "num"))
    counted_by = tables.Column("清点人", orderable=False, attrs=labelled("清点人"))
    closed_by = tables.Column("复核人", orderable=False, default="", attrs=labelled("复核人"))

    class Meta:
        model = DayClose
        fields = ("on", "site", "state", "document", "used", "off", "counted_by", "closed_by")
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "还没有日结过。收工后打开上面的日期,清点、复核,就是日结。"
        caption = "日结"

    def render_on(self, value, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), f"{value:%Y-%m-%d}")

    def render_state(self, record):
        return status_tag(record.state_pair)


class CloseFilter(OfSites):
    """By site, state and day."""

    site = filters.ModelChoiceFilter(label="接种点", queryset=sites_seen, empty_label="全部")
    state = filters.ChoiceFilter(label="状态", choices=CloseState, empty_label="全部")
    since = filters.DateFilter("on", lookup_expr="gte", label="自", widget=DateInput())
    until = filters.DateFilter("on", lookup_expr="lte", label="至(含)", widget=DateInput())

    class Meta:
        model = DayClose
        fields = ("site", "state", "since", "until")
