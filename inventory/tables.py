"""Lists of stock and of movements."""

from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from core.templatetags.vax import status_tag
from inventory.choices import ExpiryTier, LotState
from inventory.models import StockLevel, StockMovement
from inventory.rules import LOW_DOSES, expiry_tier, open_until

FIXED = {"td": {"class": "fixed"}}
LINE = {"td": {"class": "one-line"}}  # on a phone in one line: the table is moved sideways, not drawn long
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}, "tf": {"class": "num"}}
TIER_KINDS = {
    ExpiryTier.EXPIRED: "stop",
    ExpiryTier.DAYS_30: "due",
    ExpiryTier.DAYS_90: "due",
    ExpiryTier.DAYS_180: "plain",
}


def level_tags(level: StockLevel, today, now) -> list[tuple[str, str]]:
    """(kind, word) tags of what must be known before a vial of this row is taken; usable when there is none."""
    tags = []
    if level.lot.state == LotState.RECALLED:
        tags.append(("stop", "已召回"))
    elif level.lot.expires_on < today:
        tags.append(("stop", "过期,应销毁"))
    elif level.held_reason or level.lot.state == LotState.QUARANTINED:
        tags.append(("hold", f"隔离:{level.held_reason or level.lot.state_reason or '待查'}"))
    if level.open_doses:
        until = open_until(level.opened_at, level.lot.presentation.open_vial_minutes)
        if now >= until:
            tags.append(("stop", "开启超时,余量应报损"))
        else:
            tags.append(("due", f"已开启,{timezone.localtime(until):%H:%M} 前用完"))
    return tags


def movements_of(level: StockLevel) -> str:
    """The address of this lot's movements at this site."""
    query = urlencode({"site": level.site_id, "q": level.lot.lot_no})
    return f"{reverse('inventory:movements')}?{query}"


def labelled(word: str, kind: str = "") -> dict:
    """Cells that carry their heading, so that a phone can show a row as a card."""
    return {"td": {"class": kind, "data-label": word}, "th": {"class": kind}}


class StockTable(tables.Table):
    """What lies where, first expired first."""

    site = tables.Column("接种点", attrs=labelled("接种点"))
    vaccine = tables.Column(
        "疫苗",
        accessor="lot__presentation__vaccine",
        order_by="lot__presentation__vaccine__code",
        attrs=labelled("疫苗"),
    )
    lot = tables.Column("批号", order_by="lot__lot_no", attrs=labelled("批号"))
    expires_on = tables.DateColumn(
        verbose_name="有效期至", accessor="lot__expires_on", format="Y-m-d", attrs=labelled("有效期至")
    )
    vials = tables.Column("支", attrs=labelled("支", "num"))
    open_doses = tables.Column("已开启(剂)", attrs=labelled("已开启(剂)", "num"))
    doses = tables.Column("合计(剂)", attrs=labelled("合计(剂)", "num"))
    state = tables.Column("状态", empty_values=(), orderable=False, attrs=labelled("状态"))
    deeds = tables.Column("操作", empty_values=(), orderable=False, attrs=labelled("操作", "deeds"))

    class Meta:
        model = StockLevel
        fields = ("site", "vaccine", "lot", "expires_on", "vials", "open_doses", "doses", "state", "deeds")
        row_attrs = {"data-href": lambda record: movements_of(record)}
        empty_text = "没有符合条件的库存。请放宽筛选条件;新到的疫苗请先“入库验收”。"
        caption = "疫苗库存"

    def __init__(self, *args, now, kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.now, self.today, self.kept = now, timezone.localdate(now), kept

    def render_vaccine(self, value, record):
        per_vial = record.lot.presentation.doses_per_vial
        low = record.vaccine_doses < LOW_DOSES
        return format_html(
            '{} <span class="hint">{}剂/支</span> {}',
            value.short_name,
            per_vial,
            status_tag("due", f"偏低:本点可用 {record.vaccine_doses} 剂") if low else "",
        )

    def render_lot(self, value, record):
        return format_html(
            '<a href="{}" title="查看这个批号的出入库记录">{}</a>', movements_of(record), value.lot_no
        )

    def render_expires_on(self, value):
        tier = expiry_tier(value, self.today)
        tag = "" if tier == ExpiryTier.FAR else status_tag(TIER_KINDS[tier], tier.label)
        return format_html("{} {}", f"{value:%Y-%m-%d}", tag)

    def render_state(self, record):
        tags = level_tags(record, self.today, self.now)
        if not record.doses:
            tags = [("plain", "已用完")]
        elif not tags:
            tags = [("done", "可用")]
        return format_html_join(" ", "{}", ((status_tag(kind, word),) for kind, word in tags))

    def render_deeds(self, record):
        if record.site_id not in self.kept:
            return ""
        links = []
        if record.doses:
            links.append(("waste", "报损"))
        if record.held_reason:
            links.append(("release", "解除隔离"))
        elif record.doses:
            links.append(("hold", "隔离"))
        return format_html_join(
            " ",
            '<a class="btn btn-outline-secondary btn-sm" href="{}">{}<span class="visually-hidden"> 批号 {}</span></a>',
            (
                (reverse(f"inventory:{name}", args=[record.pk]), word, record.lot.lot_no)
                for name, word in links
            ),
        )


def signed(value: int) -> str:
    """+40, −1 with a real minus sign; nothing for zero."""
    return f"{value:+,}".replace("-", "−") if value else ""


class MovementTable(tables.Table):
    """The register: every change with the balance after it."""

    at = tables.DateTimeColumn(
        verbose_name="时间", format="Y-m-d H:i", order_by="id", attrs=FIXED, footer="合计"
    )
    site = tables.Column("接种点", orderable=False, attrs=LINE)
    kind = tables.Column("类型", orderable=False, attrs=LINE)
    vaccine = tables.Column(
        "疫苗", accessor="lot__presentation__vaccine__short_name", orderable=False, attrs=LINE
    )
    lot = tables.Column("批号", orderable=False)
    counterparty = tables.Column("来源/去向", orderable=False, default="", attrs=LINE)
    document = tables.Column("单据", orderable=False, default="", attrs=FIXED)
    document_no = tables.Column("对方单号", orderable=False, default="", attrs=LINE)
    vials = tables.Column(
        "支", attrs=NUMBER, orderable=False, footer=lambda table: signed(table.sums["all_vials"])
    )
    open_doses = tables.Column(
        "已开启(剂)", attrs=NUMBER, orderable=False, footer=lambda table: signed(table.sums["all_open"])
    )
    doses = tables.Column(
        "折合(剂)", attrs=NUMBER, orderable=False, footer=lambda table: signed(table.sums["all_doses"])
    )
    balance_vials = tables.Column("结存(支)", attrs=NUMBER, orderable=False)
    balance_open = tables.Column("结存已开启(剂)", attrs=NUMBER, orderable=False)
    by = tables.Column("经手人", orderable=False, default="系统", attrs=LINE)
    note = tables.Column("备注", orderable=False, empty_values=(), attrs=LINE)

    class Meta:
        model = StockMovement
        fields = (
            "at",
            "site",
            "kind",
            "vaccine",
            "lot",
            "counterparty",
            "document",
            "document_no",
            "vials",
            "open_doses",
            "doses",
            "balance_vials",
            "balance_open",
            "by",
            "note",
        )
        empty_text = "没有符合条件的出入库记录。请放宽筛选条件。"
        caption = "出入库记录"

    @cached_property
    def sums(self) -> dict[str, int | None]:
        """The changes of all rows together, not of this page only."""
        return self.data.data.sums()

    def render_lot(self, value):
        return format_html(
            '<a href="{}" title="查看这个批号的来源和去向">{}</a>',
            reverse("trace:lot", args=[value.pk]),
            value.lot_no,
        )

    def render_document(self, value):
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.no)

    def render_kind(self, record):
        word = record.get_kind_display()
        if hasattr(record, "reversed_by"):
            return format_html("{} {}", word, status_tag("stop", "已冲正"))
        return word

    def render_vials(self, value):
        return signed(value)

    def render_open_doses(self, value):
        return signed(value)

    def render_doses(self, value):
        return signed(value)

    def render_balance_open(self, value):
        return value or ""

    def render_note(self, value, record):
        temperature = record.transport_celsius
        return f"{value} 运输 {temperature} ℃".strip() if temperature is not None else value
