"""Small forms of one deed each on a person's page."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.timezone import localdate

from core import idnumbers
from core.dates import parse_loose_date
from core.views import KeyedForm
from inventory.models import Vaccine
from residents.choices import ConsentChannel, IdType, Relation, Removal
from residents.services.persons import Document


class DeedForm(KeyedForm):
    """A keyed form with one button that says the deed."""

    button = "保存"

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", self.button))
        for field in self.fields.values():
            if not field.required and not field.widget.is_hidden and "(选填)" not in field.label:
                field.label = f"{field.label}(选填)"

    def _day(self, name: str):
        """A date as people write it, required."""
        try:
            day = parse_loose_date(self.cleaned_data[name], today=self.today)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if day is None:
            raise forms.ValidationError("请填写日期。")
        return day


class RevealForm(DeedForm):
    """Why the full number is needed."""

    button = "显示完整号码"
    purpose = forms.CharField(
        label="用途", max_length=200, help_text="例如:核对接种凭证、补办登记。查看会被记录。"
    )


class RemovalForm(DeedForm):
    """Off the register, with reason and date."""

    button = "移出名册"
    removal = forms.ChoiceField(label="原因", choices=[("", "请选择"), *Removal.choices])
    on = forms.CharField(
        label="日期",
        initial=localdate,
        help_text="死亡、迁出的写那一天,如 2026-11-01;误登、重复的用今天",
    )
    note = forms.CharField(label="说明", required=False, max_length=200)

    def clean_on(self):
        return self._day("on")


class RestoreForm(DeedForm):
    """Back on the register."""

    button = "恢复到名册"
    reason = forms.CharField(label="恢复原因", max_length=200)


class DocumentForm(DeedForm):
    """One more document; valid values are ``form.document``."""

    button = "添加证件"
    id_type = forms.ChoiceField(
        label="证件类型", choices=[choice for choice in IdType.choices if choice[0] != IdType.NONE]
    )
    number = forms.CharField(label="证件号码", max_length=40)
    primary = forms.BooleanField(label="作为主要证件,在名单上显示", required=False)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.document = person, None
        self.fields["primary"].label = "作为主要证件,在名单上显示"

    def clean(self):
        cleaned = super().clean()
        if not {"id_type", "number"} <= cleaned.keys():
            return cleaned
        person = self.person
        found = idnumbers.check(
            cleaned["id_type"],
            cleaned["number"],
            today=self.today,
            birth_date=person.birth_date,
            sex=person.sex,
        )
        for problem in found.errors:
            self.add_error("number", problem.message)
        if found.ok:
            flags = tuple(problem.code for problem in found.warnings)
            self.document = Document(cleaned["id_type"], found.number, flags)
        return cleaned


class DoseElsewhereForm(DeedForm):
    """A dose given somewhere else: it counts for coverage, never for stock."""

    button = "登记这一剂"
    vaccine = forms.ModelChoiceField(
        label="疫苗(厂家)", queryset=Vaccine.objects.none(), empty_label="请选择"
    )
    given_on = forms.CharField(label="接种日期", help_text="如 2021-06-01")
    place_name = forms.CharField(label="接种地点", max_length=80, help_text="省市县和接种单位")
    lot_no = forms.CharField(label="批号", required=False, max_length=30)
    proof = forms.CharField(
        label="凭证",
        required=False,
        max_length=80,
        help_text="看过什么,如:接种证、健康码截图、外省系统查询。没有凭证的留空,下面选“存疑”",
    )
    is_verified = forms.TypedChoiceField(
        label="是否核实",
        choices=[("1", "已核实(看过凭证)"), ("0", "存疑(只是本人口述)")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )

    def __init__(self, *args, campaign, may_verify, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["vaccine"].queryset = Vaccine.objects.filter(disease=campaign.disease)
        if not may_verify:  # stays doubtful until somebody else has looked at the proof
            del self.fields["is_verified"]
            self.fields["proof"].help_text = "如:接种证、健康码截图、外省系统查询。由镇办或接种点核实。"

    def clean_given_on(self):
        return self._day("given_on")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_verified") and not cleaned.get("proof"):
            self.add_error("proof", "已核实的请写明看过什么凭证;没有凭证的请选“存疑”。")
        return cleaned


class ConditionForm(DeedForm):
    """What the person says about the own health; a doctor judges it later."""

    button = "提交医生鉴定"
    reason = forms.CharField(
        label="自述情况", max_length=200, help_text="如:对疫苗过敏、癫痫病史。医生鉴定前不会安排接种。"
    )


class ConsentRecordForm(DeedForm):
    """A decision on the consent text, on paper or on the screen."""

    button = "保存知情同意"
    given = forms.TypedChoiceField(
        label="决定",
        choices=[("1", "同意接种"), ("0", "不同意接种")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    signer_name = forms.CharField(label="签名人", max_length=60)
    relation = forms.ChoiceField(label="与受种者关系", choices=Relation.choices)
    channel = forms.ChoiceField(
        label="签名方式", choices=ConsentChannel.choices, initial=ConsentChannel.PAPER
    )
    paper_no = forms.CharField(label="纸质编号", required=False, max_length=40)
    signature = forms.CharField(
        label="签名", required=False, widget=forms.HiddenInput(attrs={"data-signature-value": ""})
    )
