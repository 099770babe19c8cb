"""The register's list."""

from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localdate

from core import phones
from core.choices import Sex
from core.dates import age_on
from core.templatetags.vax import status_tag
from residents.listing import current_of, numbers_of
from residents.rules import told
from residents.wording import status_word

_SEXES = dict(Sex.choices)
_TOLD = {"td": {"class": "told"}}
_WIDE_SCREEN = {"th": {"class": "wide-screen"}, "td": {"class": "wide-screen"}}


class ResidentTable(tables.Table):
    """Name, masked number, what is due; never an internal id. A whole row opens the person."""

    name = tables.Column("姓名", linkify=True, order_by="pinyin")
    number = tables.Column("证件号码", accessor="pk", orderable=False, attrs=_WIDE_SCREEN)
    age = tables.Column("性别 · 年龄", accessor="birth_date", order_by="birth_date")
    place = tables.Column("村(社区) · 组", accessor="village", order_by=("village_code", "group_no"))
    phone = tables.Column("电话", orderable=False, default="", attrs=_WIDE_SCREEN)
    status = tables.Column("接种状态", empty_values=(), order_by=("current__status", "current__due_from"))
    due = tables.Column(
        "可种日期",
        accessor="current__due_from",
        order_by="current__due_from",
        default="",
        attrs=_WIDE_SCREEN,
    )

    class Meta:
        attrs = {"class": "table"}
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}
        empty_text = "没有符合条件的居民。请放宽筛选条件;新来的人可点“登记居民”。"

    caption = "居民名单"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = localdate()

    def before_render(self, request):
        """Ask for the documents of the whole page."""
        self.numbers = numbers_of(row.record for row in self.paginated_rows)

    def render_number(self, value):
        return self.numbers.get(value, "无")

    def render_age(self, record):
        return f"{_SEXES.get(record.sex, record.sex)} {age_on(record.birth_date, self.today)}岁"

    def render_place(self, record):
        return f"{record.village}{' · ' + record.group_word if record.group_no else ''}"

    def render_phone(self, value):
        return phones.mask(value)

    def render_status(self, record):
        if record.removed_on:
            return status_tag(("plain", f"已移出 {record.get_removal_display()}"))
        status = status_word(current_of(record), self.today)
        return format_html("{} {}", status_tag(status.pair), status.detail)

    def render_due(self, value):
        return "现在" if value <= self.today else value.isoformat()


class CountingTable(tables.Table):
    """People of one question of counting: who, registered where, counted where and why, and the way to settle it."""

    name = tables.Column("姓名", accessor="resident__name", order_by="resident__name")
    number = tables.Column("证件号码", accessor="resident", orderable=False, attrs=_WIDE_SCREEN)
    age = tables.Column("年龄", accessor="resident__birth_date", order_by="-resident__birth_date")
    village = tables.Column("登记的村", accessor="resident__village", order_by="resident__village_code")
    residence = tables.Column("人员类别", accessor="resident__get_residence_display", orderable=False)
    work = tables.Column("单位(所在村)", accessor="resident__organisation", orderable=False, default="")
    counted = tables.Column("现在怎样计", empty_values=(), orderable=False, attrs=_TOLD)
    deed = tables.Column("处理", empty_values=(), orderable=False, attrs={"td": {"class": "text-nowrap"}})

    class Meta:
        empty_text = "没有这样的人。"

    caption = "计数核对名单"

    def __init__(self, *args, user, campaign, case: str, **kwargs):
        self.may_settle, self.query = user.can("counting.settle"), {"campaign": campaign.code, "case": case}
        # A village may compare two records, too, and answer a claim; the list of the rest is for reading.
        self.compares = user.scope("duplicates.view").town_prefixes if case == "twins" else frozenset()
        self.answers = case == "claim"
        has_deed = self.may_settle or self.compares or self.answers
        super().__init__(*args, exclude=() if has_deed else ("deed",), **kwargs)

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', record.resident.get_absolute_url(), value)

    def render_number(self, value):
        document = value.primary_identifier
        return document.masked if document else "无证件"

    def render_age(self, value):
        return age_on(value, localdate())

    def render_residence(self, value, record):
        return f"{value} · {record.resident.away_place}" if record.resident.away_place else value

    def render_work(self, value):
        return f"{value}({value.place})"

    def render_counted(self, record):
        word = told(record.unit_rule, str(record.unit or ""))
        claims = "、".join(str(move.to_place) for move in record.resident.claims)
        return f"{word};{claims}已提出迁入" if claims else word

    def render_deed(self, record):
        """Compare with the other record, answer the claim, settle: whatever the case and the user allow."""
        person, links = record.resident, []
        if any(record.other_code.startswith(prefix) for prefix in self.compares):
            links.append((reverse("residents:pair", args=[person.uid, record.other_uid]), "比对"))
        if self.answers:
            links += [(move.get_absolute_url(), "答复") for move in person.claims]
        if self.may_settle:
            where = reverse("residents:settle", args=[person.uid])
            links.append((f"{where}?{urlencode(self.query)}", "裁定"))
        return format_html_join(" ", '<a class="btn btn-outline-primary btn-sm" href="{}">{}</a>', links)


class MoveTable(tables.Table):
    """Proposals with their answers."""

    resident = tables.Column("姓名", orderable=False)
    kind = tables.Column("类型", orderable=False)
    told = tables.Column("内容", orderable=False, attrs=_TOLD)
    note = tables.Column("原因和说明", orderable=False, empty_values=(), attrs=_TOLD)
    proposed_by = tables.Column("提出人", orderable=False, default="系统", attrs=_WIDE_SCREEN)
    proposed_at = tables.DateTimeColumn(verbose_name="提出时间", format="m-d H:i")
    state = tables.Column("状态", orderable=False, attrs=_TOLD)

    class Meta:
        empty_text = "没有迁移或移出。"
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}

    caption = "迁移与移出"
    is_stacked = True  # on a phone a row is a small paragraph

    def render_resident(self, value, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_note(self, value, record):
        return ":".join(filter(None, (record.get_reason_display(), value)))

    def render_state(self, value, record):
        return f"{value}(等{record.asked_word})" if record.is_open else value
