"""Forms of sessions and bookings."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row, Submit
from django import forms

from appointments.choices import SessionKind
from appointments.models import Slot
from appointments.rules import MINUTES_CHOICES, PER_HOUR, Window
from core.dates import day_zh
from core.views.base import KeyedForm
from core.widgets import DateInput
from inventory.models import Vaccine
from places.models import Organisation, Place, Site

CANCEL_REASONS = ("本人要求取消", "外出", "身体不适", "已在外地接种", "联系不上", "登记错误")


def _helper(button: str, *layout, css: str = "btn-primary") -> FormHelper:
    helper = FormHelper()
    helper.layout = Layout(*layout, "key", Submit("save", button, css_class=css))
    return helper


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M", attrs={"step": "300"})


def _time(label: str, initial: str) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=_Time(), initial=initial)


class SessionForm(KeyedForm):
    """A day at a site: opening windows, tables, and whom it is for."""

    site = forms.ModelChoiceField(Site.objects.none(), label="接种点", empty_label=None)
    on = forms.DateField(label="日期", widget=DateInput())
    kind = forms.ChoiceField(label="类型", choices=SessionKind)
    title = forms.CharField(
        label="名称(可不填)", max_length=60, required=False, help_text="不填则显示日期、接种点和类型。"
    )
    morning_from = _time("上午 开始", "08:30")
    morning_to = _time("上午 结束", "12:00")
    afternoon_from = _time("下午 开始", "14:00")
    afternoon_to = _time("下午 结束", "17:00")
    stations = forms.IntegerField(label="接种台数", min_value=1, max_value=60, initial=2)
    per_hour = forms.IntegerField(label="每台每小时接种人数", min_value=1, max_value=60, initial=PER_HOUR)
    minutes = forms.TypedChoiceField(
        label="每个时段", coerce=int, initial=30, choices=[(n, f"{n} 分钟") for n in MINUTES_CHOICES]
    )
    products = forms.ModelMultipleChoiceField(
        Vaccine.objects.none(),
        label="疫苗(可不选)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选表示本次活动的疫苗都接种。",
    )
    audience = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label="面向的村(社区)(可不选)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选表示所有村(社区)都可以约。",
    )
    hosts = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="面向的学校、企业、工地(可不选)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="校园、企业(工地、商场)专场选本单位,只有单位名册上的人可以约。",
    )
    needs_list = forms.BooleanField(
        label="须在前一天截止前上报名单,没报的当天不能接种", required=False, initial=True
    )
    note = forms.CharField(label="备注(可不填)", max_length=200, required=False)
    open_now = forms.BooleanField(label="保存后立即开放预约", required=False, initial=True)

    def __init__(self, *args, user, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        prefixes = user.scope("sessions.manage").prefixes
        self.fields["site"].queryset = Site.objects.active().inside(prefixes)
        self.fields["products"].queryset = campaign.products.all() if campaign else Vaccine.objects.none()
        self.fields["audience"].queryset = Place.objects.current().villages().inside(prefixes)
        self.fields["hosts"].queryset = Organisation.objects.inside(prefixes).filter(is_active=True)
        self.helper = _helper(
            "保存场次",
            Row(Column("site"), Column("on"), Column("kind")),
            "title",
            Fieldset(
                "开放时间",
                Row(
                    Column("morning_from"),
                    Column("morning_to"),
                    Column("afternoon_from"),
                    Column("afternoon_to"),
                ),
                HTML('<p class="hint">只开半天的,把另外半天的两个时间清空。</p>'),
            ),
            Fieldset(
                "号源",
                Row(Column("stations"), Column("per_hour"), Column("minutes")),
                HTML(
                    '<p class="hint">每个时段的号源 = 台数 × 每小时人数 × 时段长。保存后可逐个时段调整。</p>'
                ),
            ),
            "products",
            "audience",
            "hosts",
            "needs_list",
            "note",
            "open_now",
        )

    def clean(self):
        data = super().clean()
        for part, word in (("morning", "上午"), ("afternoon", "下午")):
            if bool(data.get(f"{part}_from")) != bool(data.get(f"{part}_to")):
                self.add_error(f"{part}_to", f"{word}的开始和结束要么都填,要么都不填。")
        return data

    @property
    def windows(self) -> list[Window]:
        """The opening windows that were filled in."""
        data = self.cleaned_data
        parts = [(data[f"{part}_from"], data[f"{part}_to"]) for part in ("morning", "afternoon")]
        return [Window(start, end) for start, end in parts if start and end]


class ReasonForm(KeyedForm):
    """A deed that needs a reason; the button says the deed."""

    reason = forms.CharField(label="原因", max_length=120)

    def __init__(
        self, *args, button: str, label: str = "原因", hint: str = "", css: str = "btn-danger", **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint
        self.helper = _helper(button, "reason", css=css)


class CancelForm(KeyedForm):
    """Why one person's booking is cancelled: a common reason or own words."""

    common = forms.ChoiceField(
        label="原因",
        choices=[(word, word) for word in CANCEL_REASONS] + [("", "其他")],
        required=False,
        widget=forms.RadioSelect,
        initial=CANCEL_REASONS[0],
    )
    reason = forms.CharField(label="其他原因(选“其他”时填写)", max_length=120, required=False)
    helper = _helper("取消预约", "common", "reason", css="btn-danger")

    def clean(self):
        data = super().clean()
        data["reason"] = data.get("common") or data.get("reason", "")
        return data


class SlotChoice(forms.ModelChoiceField):
    """A slot with its day, site and free places."""

    def label_from_instance(self, slot) -> str:
        return f"{day_zh(slot.session.on)} {slot} {slot.session.site}(余{slot.free})"


class MoveForm(KeyedForm):
    """The new slot; the office adds why it books after the list was closed, and how the second dose of a first one is
    provided for when it is out of sight."""

    slot = SlotChoice(Slot.objects.none(), label="改到", empty_label="请选择")
    reason = forms.CharField(
        label="补报原因(可不填)", max_length=120, required=False, help_text="名单已截止时由镇办填写。"
    )
    second_reason = forms.CharField(
        label="第2剂怎么安排(可不填)",
        max_length=120,
        required=False,
        help_text="约第1剂、提示第2剂没有着落时,由镇办写明。",
    )
    button = "改期"

    def __init__(self, *args, slots, may_be_late: bool, is_first: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = slots
        if not may_be_late:
            del self.fields["reason"]
        if not (is_first and may_be_late):
            del self.fields["second_reason"]
        # The word of a button is a template to crispy: a name in it must be asked for there, where it is escaped.
        self.helper = _helper("{{ form.button }}", *(name for name in self.fields if name != "key"))


class BookPersonForm(MoveForm):
    """A place for one person."""

    def __init__(self, *args, name: str, **kwargs):
        self.button = f"为 {name} 预约"
        super().__init__(*args, **kwargs)
        slot = self.fields["slot"]
        slot.label, slot.empty_label = "约到", None  # the first free one is chosen: one press books


class BookForm(KeyedForm):
    """One slot and the ticked people, in the order of the list."""

    slot = forms.ModelChoiceField(
        Slot.objects.none(),
        error_messages={"required": "请先选择时段。", "invalid_choice": "请重新选择时段。"},
    )
    people = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "请至少勾选一人。"})
    reason = forms.CharField(max_length=120, required=False)
    second_reason = forms.CharField(max_length=120, required=False)

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = session.slots.all()
        # Who may be booked is decided by the scope, in the view.
        self.fields["people"].valid_value = lambda value: value.isdecimal() and len(value) < 16


class ToldForm(KeyedForm):
    """Ticked people of a called-off day: noted as told, or booked into another session."""

    deed = forms.ChoiceField(choices=[("told", "已通知"), ("rebook", "改约")])
    people = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "请至少勾选一人。"})
    session = forms.ChoiceField(required=False)
    reason = forms.CharField(max_length=120, required=False)
    second_reason = forms.CharField(max_length=120, required=False)

    def __init__(self, *args, sessions, **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.uid): session for session in sessions}
        self.fields["session"].choices = [(uid, uid) for uid in self.sessions]
        self.fields["people"].valid_value = lambda value: value.isdecimal() and len(value) < 16

    def clean(self):
        data = super().clean()
        data["session"] = self.sessions.get(data.get("session", ""))
        if data.get("deed") == "rebook" and data["session"] is None:
            self.add_error("session", "请选择改约到哪一场。")
        return data
