"""Forms of the reconciliation between school and site."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from core.dates import FIRST_DOSES, parse_loose_date
from core.sheets import MAX_BYTES
from inventory.models import Vaccine
from residents.choices import Settlement


class _ButtonForm(forms.Form):
    button = "保存"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", self.button))


class ClaimForm(_ButtonForm):
    """What the school says of one pupil."""

    is_vaccinated = forms.TypedChoiceField(
        label="学校掌握的情况",
        choices=[("1", "已接种"), ("0", "未接种")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    given_on = forms.CharField(label="接种日期(已接种的填)", required=False, help_text="如 2026-11-01")
    place_name = forms.CharField(label="接种地点(已接种的填)", required=False, max_length=80)

    def clean_given_on(self):
        try:
            return parse_loose_date(self.cleaned_data["given_on"], today=localdate(), since=FIRST_DOSES)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class MarkedListForm(_ButtonForm):
    """The list that came back."""

    button = "上传并核对"
    file = forms.FileField(
        label="填好的名单",
        help_text="Excel(.xlsx、.xls)或 .csv。要有姓名、证件号码两列,“是否接种”一列写是或否。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请先选择文件。", "empty": "文件是空的,请重新选择文件。"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError("文件超过30MB,请只上传本校的名单。")
        return file


class SettleForm(_ButtonForm):
    """How the difference was settled."""

    button = "核实完毕"
    settlement = forms.ChoiceField(
        label="核实结果",
        choices=[
            (Settlement.RECORDED, "确实在外地种过:按学校说的日期和地点补登"),
            (Settlement.CORRECTED, "学校填错了:按接种点记录更正"),
            (Settlement.KEPT, "以接种点记录为准,情况写在说明里"),
        ],
        widget=forms.RadioSelect,
    )
    vaccine = forms.ModelChoiceField(
        Vaccine.objects.none(), label="疫苗(补登时选)", required=False, empty_label="请选择"
    )
    note = forms.CharField(label="说明", required=False, max_length=120)

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["vaccine"].queryset = Vaccine.objects.filter(disease=campaign.disease)
