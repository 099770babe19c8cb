"""Tables of the rosters."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate, localtime

from core import phones
from core.dates import age_on
from core.templatetags.vax import status_tag
from places.models import Organisation
from residents.models import RosterEntry
from residents.services.roster_reads import Figures, enrolment_of
from residents.wording import status_word

_NUM = {"td": {"class": "num"}, "th": {"class": "num"}}
_WIDE_SCREEN = {"td": {"class": "wide-screen"}, "th": {"class": "wide-screen"}}


class RosterTable(tables.Table):
    """Organisations with their numbers."""

    name = tables.Column("单位")
    kind_word = tables.Column("类型", order_by=("kind", "shop_type"), attrs=_WIDE_SCREEN)
    place = tables.Column("所在村(社区)", order_by="place__code", attrs=_WIDE_SCREEN)
    people = tables.Column("在册", empty_values=(), orderable=False, attrs=_NUM)
    complete = tables.Column("已全程", empty_values=(), orderable=False, attrs=_NUM)
    none = tables.Column("未接种", empty_values=(), orderable=False, attrs=_NUM)
    checked = tables.Column("名册核对", empty_values=(), orderable=False)

    class Meta:
        model = Organisation
        fields = ("name", "kind_word", "place", "people", "complete", "none", "checked")
        row_attrs = {"data-href": lambda record: reverse("residents:roster", args=[record.pk])}
        empty_text = "没有符合条件的单位。单位由镇办在“接种点与单位”里登记。"
        caption = "单位名册"

    def __init__(self, *args, figures: dict[int, Figures], **kwargs):
        self.figures = figures
        super().__init__(*args, **kwargs)

    def _of(self, record) -> Figures:
        return self.figures.get(record.pk, Figures())

    def render_name(self, record):
        return format_html('<a href="{}">{}</a>', reverse("residents:roster", args=[record.pk]), record)

    def render_people(self, record):
        return self._of(record).people

    def render_complete(self, record):
        return self._of(record).complete

    def render_none(self, record):
        return self._of(record).none

    def render_checked(self, record):
        found = self._of(record)
        if not found.people:
            return status_tag("plain", "还没有人")
        if found.unchecked:
            return status_tag("due", f"{found.unchecked} 人待核对")
        return status_tag("done", f"{localtime(found.checked_at):%m-%d} 已核对")


class _PeopleTable(tables.Table):
    is_stacked = True  # on a phone a row is a small paragraph
    name = tables.Column("姓名", accessor="resident__name", order_by="resident__pinyin")
    number = tables.Column("证件号码", accessor="resident__primary_identifier", orderable=False, default="无")
    age = tables.Column("性别 · 年龄", accessor="resident__birth_date")
    part = tables.Column("班级", accessor="part_word", order_by=("grade", "class_no", "job"), default="")

    def __init__(self, *args, organisation, user, may_keep, **kwargs):
        self.organisation, self.user, self.may_keep = organisation, user, may_keep
        super().__init__(*args, **kwargs)
        if not organisation.is_school:
            self.columns["part"].column.verbose_name = "岗位(班组)"

    def _sees(self, person) -> bool:
        """The own page of a person is open to the roster's organisation and to the village; asks nothing."""
        scope = self.user.scope("residents.view")
        return self.organisation.pk in scope.organisations or scope.covers(person.village_code)

    def render_name(self, record):
        if record.until is None and self._sees(record.resident):
            return format_html('<a href="{}">{}</a>', record.resident.get_absolute_url(), record.resident)
        return str(record.resident)

    def render_age(self, record):
        person = record.resident
        return f"{person.get_sex_display()} {age_on(person.birth_date, localdate())}岁"


class EntryTable(_PeopleTable):
    """Who is on the roster."""

    contact = tables.Column("电话", empty_values=(), orderable=False)
    status = tables.Column("接种状态", empty_values=(), orderable=False)
    checked = tables.Column("核对", accessor="confirmed_at", empty_values=())
    deeds = tables.Column("操作", empty_values=(), orderable=False)

    class Meta:
        model = RosterEntry
        fields = ("name", "number", "age", "part", "contact", "status", "checked", "deeds")
        empty_text = "没有符合条件的人。点“加人”按证件号码加入名册,人多时用“摸排导入”。"
        caption = "名册上的人"

    def render_contact(self, record):
        person = record.resident
        if not self.organisation.is_school:
            return phones.mask(person.phone) if person.phone else ""
        phone = record.guardian_phone or person.phone
        words = record.guardian_name or person.guardian_name
        return f"{words} {phones.mask(phone) if phone else ''}".strip()

    def render_status(self, record):
        status = status_word(enrolment_of(record), localdate())
        county = status_tag("plain", f"住{record.home_county}") if record.home_county else ""
        return format_html("{} {} {}", status_tag(status.pair), status.detail, county)

    def render_checked(self, record):
        if record.confirmed_at is None:
            return status_tag("due", "待核对")
        return f"{localtime(record.confirmed_at):%m-%d}"

    def render_deeds(self, record):
        if not self.may_keep:
            return ""
        edit, leave = (
            reverse(name, args=[record.organisation_id, record.uid])
            for name in ("residents:member_edit", "residents:member_leave")
        )
        words = '<a href="{}" aria-label="修改 {}">修改</a> · <a href="{}" aria-label="{} 离开">离开</a>'
        return format_html(words, edit, record.resident, leave, record.resident)


class LeftTable(_PeopleTable):
    """Who has left, when and why."""

    since = tables.DateColumn(format="Y-m-d", verbose_name="进入日期")
    until = tables.DateColumn(format="Y-m-d", verbose_name="离开日期")
    end_reason = tables.Column("离开原因", orderable=False)
    ended_by = tables.Column("登记人", orderable=False, default="")

    class Meta:
        model = RosterEntry
        fields = ("name", "number", "age", "part", "since", "until", "end_reason", "ended_by")
        empty_text = "还没有人离开。"
        caption = "已离开的人"
