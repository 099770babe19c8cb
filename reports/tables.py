"""Lists behind figures, and the produced files."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.dates import age_on
from core.names import mask_name
from core.templatetags.vax import iso_date, mask_phone, number
from reports.models import ReportFile
from residents.responsibility import DutyBook
from residents.wording import status_word

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class PersonTable(tables.Table):
    """Who: the columns every list of people begins with. Rows have ``resident`` with its documents prefetched."""

    name = tables.Column("姓名", accessor="resident__name", order_by="resident__name")
    document = tables.Column("证件号码", accessor="resident", orderable=False)
    sex = tables.Column("性别", accessor="resident__get_sex_display", orderable=False)
    age = tables.Column(
        "年龄", accessor="resident__birth_date", order_by="-resident__birth_date", attrs=NUMBER
    )
    village = tables.Column("村(社区)", accessor="resident__village", order_by="resident__village_code")
    group_no = tables.Column("组", accessor="resident__group_no", orderable=False)

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', record.resident.get_absolute_url(), value)

    def render_document(self, value):
        document = value.primary_identifier
        return document.masked if document else "无证件"

    def render_age(self, value):
        return age_on(value, timezone.localdate())


class PeopleTable(PersonTable):
    """Enrolments behind a people figure."""

    first = tables.Column("首剂", accessor="first_dose_on")
    complete = tables.Column("全程", accessor="primary_complete_on")
    booster = tables.Column("加强", accessor="booster_on")
    status = tables.Column("状态", orderable=False)
    reason = tables.Column("未接种原因", accessor="resident", orderable=False)
    responsible = tables.Column("包保人", accessor="resident", orderable=False)
    phone = tables.Column("电话", accessor="resident__phone", orderable=False)

    class Meta:
        caption = "名单"
        empty_text = "没有人。如果刚刚登记过,请刷新页面。"

    render_first = render_complete = render_booster = staticmethod(lambda value: iso_date(value))

    def render_status(self, record):
        return str(status_word(record, timezone.localdate()))

    def render_reason(self, value):
        return value.get_not_vaccinated_reason_display() or "—"

    def before_render(self, request):
        self.book = DutyBook(row.record.resident for row in self.page or self.rows)

    def render_responsible(self, value):
        return self.book.name(value) or "—"

    def render_phone(self, value):
        return mask_phone(value)


class AwayTable(tables.Table):
    """People of the register, behind 外出."""

    name = tables.Column("姓名", linkify=True)
    document = tables.Column(
        "证件号码", accessor="primary_identifier__masked", default="无证件", orderable=False
    )
    sex = tables.Column("性别", accessor="get_sex_display", orderable=False)
    age = tables.Column("年龄", accessor="birth_date", order_by="-birth_date", attrs=NUMBER)
    village = tables.Column("村(社区)", order_by="village_code")
    group_no = tables.Column("组", orderable=False)
    residence = tables.Column("人员类别", accessor="get_residence_display", orderable=False)
    away_place = tables.Column("外出地", orderable=False)

    class Meta:
        caption = "名单"
        empty_text = "没有人。"

    render_age = staticmethod(lambda value: age_on(value, timezone.localdate()))


class DoseTable(PersonTable):
    """Vaccination records behind a dose figure. ``scope``: whose people are shown by name; others are masked."""

    dose_number = tables.Column("剂次", attrs=NUMBER)
    vaccine = tables.Column("疫苗", accessor="vaccine", orderable=False)
    given_on = tables.Column("接种日期")
    given_at_place = tables.Column("接种单位", orderable=False)
    source = tables.Column("来源", orderable=False)

    class Meta:
        caption = "接种记录"
        empty_text = "没有接种记录。"

    def __init__(self, *args, scope=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope

    def render_name(self, value, record):
        if self.scope and not self.scope.covers(record.resident.village_code):
            return mask_name(value)
        return super().render_name(value, record)

    def render_vaccine(self, value):
        return value.short_name

    def render_given_on(self, value):
        return iso_date(value)

    def render_source(self, record):
        return record.get_source_display()


class FileTable(tables.Table):
    """Produced workbooks, the newest first."""

    file_name = tables.Column("文件", orderable=False)
    kind = tables.Column("报表")
    place = tables.Column("单位", orderable=False)
    copies_to = tables.Column("报送", accessor="pk", orderable=False)
    day = tables.Column("日期")
    cut_off = tables.DateTimeColumn(verbose_name="统计截至", format="Y-m-d H:i", orderable=False)
    created_at = tables.DateTimeColumn(verbose_name="生成时间", format="Y-m-d H:i")
    created_by = tables.Column("生成人", default="系统", orderable=False)
    size = tables.Column("大小", attrs=NUMBER, orderable=False)
    sha256 = tables.Column("指纹", orderable=False)

    class Meta:
        model = ReportFile
        fields = ("file_name", "kind", "place", "copies_to", "day", "cut_off", "created_at", "created_by")
        sequence = (*fields, "size", "sha256")
        order_by = "-created_at"
        caption = "报表文件"
        empty_text = "还没有报表文件。请到“日报”页生成,或放宽筛选条件。"

    def render_file_name(self, value, record):
        if record.note:
            return format_html('{}<small class="d-block">{}</small>', self._file(value, record), record.note)
        return self._file(value, record)

    def render_created_by(self, value, record):
        return f"定时({value})" if record.run_id else value

    def _file(self, value, record):
        if record.removed_at:
            return f"{value}(内容已清除)"
        if record.is_personal and record.created_by_id != self.request.user.pk:
            return f"{value}(含个人信息,由生成人下载)"
        return format_html('<a href="{}">{}</a>', reverse("reports:download", args=[record.uid]), value)

    def render_copies_to(self, record):
        return "、".join(place.name for place in record.copies_to.all())

    def render_place(self, value, record):
        return str(record.organisation or value)

    def render_day(self, value):
        return iso_date(value)

    def render_size(self, value):
        return f"{number(max(1, round(value / 1024)))} KB"

    def render_sha256(self, value):
        return format_html('<span title="SHA-256: {}">{}</span>', value, value[:8])


class ChangeTable(PersonTable):
    """Doses or people behind one part of a filed figure: as they were counted, with the name as it is today."""

    name = tables.Column("姓名", accessor="resident", orderable=False, default="档案已撤销")
    document = tables.Column("证件号码", accessor="resident", orderable=False)
    sex = tables.Column("性别", accessor="resident__get_sex_display", orderable=False)
    age = tables.Column("年龄", accessor="resident__birth_date", orderable=False, attrs=NUMBER)
    village = tables.Column("计入单位", accessor="place_code")
    group_no = tables.Column("组", accessor="resident__group_no", orderable=False)
    on = tables.Column("接种日期", accessor="on")
    vaccine = tables.Column("疫苗", accessor="record__vaccine__short_name", orderable=False)
    recorded_at = tables.Column("录入时间", accessor="record__recorded_at", orderable=False)
    reason = tables.Column("变动", accessor="reason", orderable=False)

    class Meta:
        caption = "名单"
        empty_text = "这一项没有人。"

    def __init__(self, *args, units: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.units = units

    def render_name(self, value):
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.name)

    def render_village(self, value):
        return self.units.get(value, value)

    def render_on(self, value):
        return iso_date(value)

    def render_recorded_at(self, value):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"

    def render_reason(self, record):
        word = record.get_reason_display()
        detail = record.record.void_reason if record.record and record.reason == "voided" else ""
        return f"{'+' if record.sign > 0 else '−'} {word}{':' if detail else ''}{detail}"
