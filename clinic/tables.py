"""Lists of the floor."""

import django_tables2 as tables
from django.utils import timezone

from clinic.models import AdverseEvent, Correction
from core.templatetags.vax import datetime_zh, status_tag


class AdverseEventTable(tables.Table):
    """Reactions: who, to what, how it stands, and until when the card must be with the county."""

    onset_at = tables.Column("发生时间")
    code = tables.Column("编码", default="—")
    person = tables.Column("姓名", accessor="dose__visit__enrolment__resident__name", orderable=False)
    vaccine = tables.Column("疫苗", accessor="dose__lot__presentation__vaccine__short_name", orderable=False)
    lot = tables.Column("批号", accessor="dose__lot__lot_no", orderable=False)
    site = tables.Column("接种点", accessor="dose__site__name", orderable=False)
    symptoms = tables.Column("表现", orderable=False)
    state = tables.Column("状态", empty_values=(), orderable=False)
    report_due = tables.Column("个案卡上报")

    class Meta:
        model = AdverseEvent
        fields = ()
        sequence = (
            "person",
            "onset_at",
            "state",
            "report_due",
            "symptoms",
            "...",
            "code",
        )  # a phone shows the first
        template_name = "core/_table.html"
        empty_text = "没有异常反应病例。"
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        order_by = "-onset_at"

    def render_onset_at(self, value):
        return datetime_zh(value)

    def render_report_due(self, value, record):
        if not record.card_is_due:
            return status_tag("done", record.get_card_state_display())
        late = value < timezone.now()
        return status_tag("stop" if late else "due", f"{'已超时' if late else '待上报'} {datetime_zh(value)}")

    def render_state(self, record):
        if record.closed_at:
            return status_tag("done", "已结案")
        words = "严重·处置中" if record.is_serious else "处置中"
        if record.group is not None and record.group.is_open:
            words += "·可能群体性"
        return status_tag("stop" if record.is_serious else "due", words)


def _page_of(record) -> str:
    return record.get_absolute_url()


class CorrectionTable(tables.Table):
    """Corrections: whose dose, what was wrong, and where it stands."""

    person = tables.Column("姓名", accessor="dose__record__resident__name", orderable=False, linkify=_page_of)
    kind = tables.Column("错在哪里", orderable=False)
    state = tables.Column("状态", orderable=False)
    proposed_at = tables.Column("提出时间")
    proposed_by = tables.Column("提出人", orderable=False)
    decided_by = tables.Column("第二人", orderable=False, default="—")
    reason = tables.Column("怎么错的", orderable=False)
    site = tables.Column("接种点", accessor="dose__site__name", orderable=False)

    class Meta:
        model = Correction
        fields = ()
        sequence = ("person", "kind", "state", "...")  # a phone shows the first
        template_name = "core/_table.html"
        empty_text = "没有接种更正。"
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        order_by = "-proposed_at"

    def render_proposed_at(self, value):
        return datetime_zh(value)

    def render_state(self, record):
        return status_tag(*record.state_pair)
