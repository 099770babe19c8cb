"""Pupils, staff and shops behind the numbers of a report."""

import django_tables2 as tables
from django.utils import timezone

from reports.tables import PersonTable
from residents.services.roster_reads import enrolment_of
from residents.wording import status_word


class RosterPeopleTable(PersonTable):
    """Entries of rosters."""

    organisation = tables.Column("学校(单位)", orderable=False)
    part = tables.Column("年级班级", accessor="part_word", orderable=False)
    status = tables.Column("接种状态", empty_values=(), orderable=False)

    class Meta:
        caption = "名单"
        empty_text = "没有人。"

    def render_status(self, record):
        return str(status_word(enrolment_of(record), timezone.localdate()))


class ShopTable(tables.Table):
    """Shops; each opens its roster."""

    name = tables.Column("商户", linkify=("residents:roster", {"pk": tables.A("pk")}))
    place = tables.Column("村(社区)", order_by="place__code")
    shop_type = tables.Column("类型", accessor="get_shop_type_display", orderable=False)

    class Meta:
        caption = "商户"
        empty_text = "没有商户。"
