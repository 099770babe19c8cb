"""Forms of a case of 异常反应: the card, the log, the judgement of a group, the plan."""

from django import forms

from clinic.choices import AefiOutcome, EntryKind, Fever, FoundBy, Preliminary, Programme, Swelling, YesNo
from core.views import KeyedForm
from residents.models import VaccinationRecord


def _line(label: str, most: int, **more) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **more)


def _code(label: str, choices, **more) -> forms.ChoiceField:
    named = [(code, f"{code} {word}") for code, word in choices.choices]
    return forms.ChoiceField(label=label, choices=named, **more)


class _Suspects(forms.ModelMultipleChoiceField):
    def label_from_instance(self, record: VaccinationRecord) -> str:
        return f"{record.given_on} {record.vaccine} 批号 {record.lot_no or '不详'}"


class CaseCardForm(KeyedForm):
    """The items of the national card that are not known already, in its order."""

    field_order = (
        "occupation",
        "address",
        "phone",
        "guardian",
        "programme",
        "also",
        "found_on",
        "clinic",
        "course",
        "fever",
        "redness",
        "induration",
    )

    course = forms.CharField(
        label="13 临床经过(症状、体征、时间、处置)",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明临床经过。"},
    )
    fever = _code("13 发热", Fever, initial=Fever.NONE)
    redness = _code("13 局部红肿", Swelling, initial=Swelling.NONE)
    induration = _code("13 局部硬结", Swelling, initial=Swelling.NONE)
    diagnosis = _line("14 初步诊断(可不填)", 80)
    admitted = _code("15 是否住院", YesNo, initial=YesNo.NO)
    outcome = _code("16 转归", AefiOutcome)
    preliminary = _code("17 初步分类", Preliminary)
    found_by = _code("18 获得方式", FoundBy)
    found_on = forms.DateField(
        label="11 发现(就诊)日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写发现(就诊)日期。", "invalid": "请填写发现(就诊)日期。"},
    )
    clinic = _line("12 就诊单位(可不填)", 60)
    programme = _code("9 组织形式", Programme)
    also = _Suspects(
        VaccinationRecord.objects.none(),
        label="9 其他可疑疫苗(最多 2 种)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    occupation = _line("5 职业(可不填)", 30)
    address = _line("6 现住址(可不填)", 120)
    phone = _line("7 联系电话(可不填)", 20)
    guardian = _line("8 监护人(可不填)", 60)
    unit = forms.CharField(
        label="20 报告单位", max_length=60, error_messages={"required": "请填写报告单位。"}
    )
    reporter = forms.CharField(
        label="21 报告人", max_length=30, error_messages={"required": "请填写报告人。"}
    )
    reporter_phone = _line("22 报告人电话(可不填)", 20)

    def __init__(self, *args, records, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["also"].queryset = records
        if not records.exists():
            del self.fields["also"]


class EntryForm(KeyedForm):
    """One line of the log."""

    kind = forms.ChoiceField(label="记什么")
    to_whom = _line("报给谁(电话报告、上报时填)", 60)
    text = forms.CharField(
        label="内容", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    state = forms.ChoiceField(
        label="现在的情况(随访时填)", choices=[("", "—"), *AefiOutcome.choices], required=False
    )
    next_on = forms.DateField(
        label="下次随访(可不填)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, may_oversee=False, **kwargs):
        super().__init__(*args, **kwargs)
        own = {EntryKind.GROUP} | (set() if may_oversee else {EntryKind.SEEN})
        self.fields["kind"].choices = [(k, w) for k, w in EntryKind.choices if k not in own]
        self.fields["kind"].initial = EntryKind.SEEN if may_oversee else EntryKind.FOLLOW


class DecideForm(KeyedForm):
    """Whether cases that look alike are a group."""

    is_group = forms.ChoiceField(
        label="判断",
        choices=[("1", "是群体性反应(按 2 小时上报)"), ("0", "不是群体性反应")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择判断。"},
    )
    reason = forms.CharField(
        label="依据",
        max_length=200,
        error_messages={"required": "请写明判断依据。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PlanForm(KeyedForm):
    """处置预案 of one place for one campaign."""

    serious_hours = forms.IntegerField(label="严重、群体性反应:几小时内上报个案卡", min_value=1, max_value=2)
    other_hours = forms.IntegerField(
        label="其他反应:几小时内上报个案卡",
        min_value=1,
        max_value=48,
        help_text="国家要求 48 小时;有的市要求都在 2 小时内。",
    )
    group_hours = forms.IntegerField(
        label="同一接种点几小时内的相似病例放在一起判断", min_value=1, max_value=168
    )
    hospital = _line("绿色通道医院", 60, help_text="例如:旗人民医院急诊科。")
    hospital_phone = _line("绿色通道电话", 20)
    county_phone = _line("县疾控值班电话", 20)
