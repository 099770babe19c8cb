"""The history of stock-takes."""

import django_filters as filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.timezone import localtime

from core.templatetags.vax import status_tag
from core.widgets import DateInput
from inventory.choices import TakeState
from inventory.filters import OfSites, sites_seen
from inventory.models import StockTake
from inventory.tables import labelled


class TakeTable(tables.Table):
    """One line a stock-take, newest first."""

    started_at = tables.DateTimeColumn(
        verbose_name="开始", format="Y-m-d H:i", orderable=False, attrs=labelled("开始")
    )
    site = tables.Column("接种点", orderable=False, attrs=labelled("接种点"))
    reason = tables.Column("为什么", orderable=False, default="", attrs=labelled("为什么"))
    state = tables.Column("状态", orderable=False, attrs=labelled("状态"))
    document = tables.Column("单号", orderable=False, default="", attrs=labelled("单号"))
    lots = tables.Column("批号数", orderable=False, attrs=labelled("批号数", "num"))
    off = tables.Column("有差异", orderable=False, attrs=labelled("有差异", "num"))
    counted_by = tables.Column("清点人", orderable=False, default="", attrs=labelled("清点人"))
    signed_by = tables.Column("复核人", orderable=False, default="", attrs=labelled("复核人"))

    class Meta:
        model = StockTake
        fields = (
            "started_at",
            "site",
            "reason",
            "state",
            "document",
            "lots",
            "off",
            "counted_by",
            "signed_by",
        )
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "还没有盘点过。每月至少盘点一次;点“开始盘点”。"
        caption = "盘点"

    def render_started_at(self, value, record):
        return format_html(
            '<a href="{}">{}</a>', record.get_absolute_url(), f"{localtime(value):%Y-%m-%d %H:%M}"
        )

    def render_state(self, record):
        return status_tag(record.state_pair)


class TakeFilter(OfSites):
    """By site, state and day."""

    site = filters.ModelChoiceFilter(label="接种点", queryset=sites_seen, empty_label="全部")
    state = filters.ChoiceFilter(label="状态", choices=TakeState, empty_label="全部")
    since = filters.DateFilter("started_at__date", lookup_expr="gte", label="自", widget=DateInput())
    until = filters.DateFilter("started_at__date", lookup_expr="lte", label="至(含)", widget=DateInput())

    class Meta:
        model = StockTake
        fields = ("site", "state", "since", "until")
