"""Lists of sessions and bookings."""

import django_tables2 as tables
from django.utils.html import format_html

from appointments.models import Booking, ClinicSession
from core.dates import day_zh
from core.phones import mask as mask_phone
from core.templatetags.vax import status_tag


class SessionTable(tables.Table):
    """One line per session; the whole row opens it."""

    on = tables.Column("日期", linkify=True)
    starts_at = tables.Column("时间", orderable=False)
    site = tables.Column("接种点", order_by="site__code")
    kind = tables.Column("类型")
    audience = tables.Column("面向", orderable=False, empty_values=())
    places = tables.Column("已约 / 号源", order_by="taken", attrs={"td": {"data-label": "已约"}})
    free = tables.Column(
        "余号",
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "num", "data-label": "余号"}, "th": {"class": "num"}},
    )
    state = tables.Column("状态")

    caption = "接种场次"

    class Meta:
        model = ClinicSession
        fields = ()
        sequence = ("on", "starts_at", "site", "kind", "audience", "places", "free", "state")
        order_by = ("on", "starts_at")
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "没有符合条件的场次。镇办安排好场次并开放预约后,会显示在这里。"

    def render_on(self, value):
        return day_zh(value)

    def render_starts_at(self, record):
        return f"{record.starts_at:%H:%M}–{record.ends_at:%H:%M}"

    def render_kind(self, record):
        return record.title or record.get_kind_display()

    def render_audience(self, record):
        names = [place.name for place in record.audience.all()]
        return (
            "所有村(社区)"
            if not names
            else "、".join(names[:3]) + (f" 等{len(names)}个" if len(names) > 3 else "")
        )

    def render_places(self, record):
        return format_html(
            '<progress class="fill" max="{}" value="{}" aria-hidden="true"></progress> {} / {}',
            max(record.places, 1),
            record.taken,
            record.taken,
            record.places,
        )

    def render_free(self, record):
        return record.places - record.taken

    def render_state(self, record):
        return status_tag(record.status_pair)


class BookingTable(tables.Table):
    """The people of one's place who are booked."""

    on = tables.Column(
        "日期", accessor="slot__session__on", order_by=("slot__session__on", "slot__starts_at")
    )
    slot = tables.Column("时段", orderable=False)
    name = tables.Column(
        "姓名", accessor="enrolment__resident", linkify=True, order_by="enrolment__resident__pinyin"
    )
    number = tables.Column(
        "证件号", accessor="enrolment__resident__primary_identifier", orderable=False, default="无"
    )
    phone = tables.Column("电话", accessor="enrolment__resident__phone", orderable=False, default="")
    village = tables.Column(
        "村(社区)",
        accessor="enrolment__resident__village",
        order_by=("village_code", "enrolment__resident__group_no"),
    )
    dose_number = tables.Column("剂次", orderable=False)
    site = tables.Column("接种点", accessor="slot__session__site", orderable=False)
    state = tables.Column("状态", orderable=False)
    deeds = tables.TemplateColumn(
        template_name="appointments/_booking_deeds.html", verbose_name="办理", orderable=False
    )

    caption = "预约名单"

    class Meta:
        model = Booking
        fields = ()
        empty_text = "没有符合条件的预约。到“场次与预约”选一个场次,为到期的居民预约。"

    def render_on(self, value):
        return day_zh(value)

    def render_phone(self, value):
        return mask_phone(value)

    def render_village(self, record, value):
        group = record.enrolment.resident.group_no
        return f"{value} · {group}" if group else value

    def render_dose_number(self, value):
        return f"第{value}剂"

    def render_state(self, record):
        return status_tag(record.status_pair)
