"""The list of documents."""

import django_tables2 as tables
from django.utils.html import format_html, format_html_join

from core.templatetags.vax import status_tag
from inventory.models import StockDocument
from inventory.papers import moves, tags_of
from inventory.tables import labelled, signed


class DocumentTable(tables.Table):
    """Newest first; a click opens the paper."""

    no = tables.Column("单据号", empty_values=(), orderable=False, attrs=labelled("单据号", "fixed"))
    at = tables.DateTimeColumn(
        verbose_name="时间", format="Y-m-d H:i", order_by="id", attrs=labelled("时间", "fixed")
    )
    site = tables.Column("接种点", orderable=False, attrs=labelled("接种点"))
    kind = tables.Column("类型", orderable=False, attrs=labelled("类型"))
    other = tables.Column("来源/去向", empty_values=(), orderable=False, attrs=labelled("来源/去向"))
    lots = tables.Column("批号数", orderable=False, attrs=labelled("批号数", "num"))
    vials = tables.Column("支", orderable=False, attrs=labelled("支", "num"))
    doses = tables.Column("折合(剂)", orderable=False, attrs=labelled("折合(剂)", "num"))
    by = tables.Column("经手人", orderable=False, default="系统", attrs=labelled("经手人"))
    state = tables.Column("状态", empty_values=(), orderable=False, attrs=labelled("状态"))

    class Meta:
        model = StockDocument
        fields = ("no", "at", "site", "kind", "other", "lots", "vials", "doses", "by", "state")
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "没有符合条件的单据。请放宽筛选条件;新到的疫苗请先“入库验收”。"
        caption = "出入库单据"

    def render_no(self, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.no)

    def render_other(self, record):
        return record.other_site or record.counterparty

    def render_vials(self, value, record):
        return signed(value) if moves(record) else f"{value:,}"

    def render_doses(self, value, record):
        return signed(value) if moves(record) else f"{value:,}"

    def render_state(self, record):
        return format_html_join(" ", "{}", ((status_tag(kind, word),) for kind, word in tags_of(record)))
