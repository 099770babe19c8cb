"""The list of organisations."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from core.templatetags.vax import status_tag
from places.models import Organisation


class OrganisationTable(tables.Table):
    """Who mobilises its own people, and whom to call there."""

    name = tables.Column("名称")
    kind = tables.Column("类型", accessor="kind_word", order_by=("kind", "shop_type"))
    place = tables.Column("所在村(社区)", order_by="place__code")
    contact_name = tables.Column("联系人", orderable=False)
    contact_phone = tables.Column("联系电话", orderable=False)
    address = tables.Column("地址", orderable=False)
    is_active = tables.Column("状态")

    class Meta:
        model = Organisation
        fields = ("name", "kind", "place", "contact_name", "contact_phone", "address", "is_active")
        row_attrs = {"data-href": lambda record: reverse("places:organisation", args=[record.pk])}
        empty_text = "还没有登记单位。请点“新增单位”,登记学校、企业、工地、商户、养老院等。"
        caption = "单位"

    def render_name(self, record):
        return format_html('<a href="{}">{}</a>', reverse("places:organisation", args=[record.pk]), record)

    def render_is_active(self, value):
        return status_tag("done", "在用") if value else status_tag("plain", "已停用")
