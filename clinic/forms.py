"""Forms of the floor: one per step, each with its key."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone

from accounts.models import User
from clinic.choices import AefiClass, AefiOutcome, BodySite, ReactionKind
from clinic.services.lots import lot_there
from clinic.tracing import lot_of_code
from core.errors import RuleBroken
from core.views import KeyedForm
from inventory.models import Lot
from inventory.trace_rules import cleaned
from places.models import Site
from residents.choices import ConsentChannel, Relation


def required_words(text: str) -> dict[str, str]:
    """The same sentence for nothing chosen and for what is no choice."""
    return {"required": text, "invalid_choice": text}


class CheckInForm(KeyedForm):
    """Let a person in; the note is for those without a booking."""

    note = forms.CharField(label="无预约接待原因", required=False, max_length=200)
    companion = forms.CharField(label="一对一陪同人", required=False, max_length=40)


class CompanionForm(KeyedForm):
    """Who stays with the person."""

    companion = forms.CharField(label="一对一陪同人", required=False, max_length=40)


class SignForm(KeyedForm):
    """The decision on the consent text."""

    given = forms.ChoiceField(
        label="意愿",
        choices=[("1", "同意接种"), ("0", "不同意接种")],
        widget=forms.RadioSelect,
        error_messages=required_words("请选择意愿。"),
    )
    signer_name = forms.CharField(
        label="签名人姓名", max_length=60, error_messages={"required": "请填写签名人姓名。"}
    )
    relation = forms.ChoiceField(label="与受种者关系", choices=Relation.choices)
    channel = forms.ChoiceField(
        label="签名方式",
        choices=ConsentChannel.choices,
        widget=forms.RadioSelect,
        initial=ConsentChannel.TABLET,
    )
    paper_no = forms.CharField(label="纸质同意书编号", max_length=40, required=False)
    signature = forms.CharField(widget=forms.HiddenInput, required=False)


class LotField(forms.Field):
    """The key of a lot that lies at ``site``, which the form says."""

    site: Site

    def to_python(self, value) -> Lot | None:
        """The lot. Raises ValidationError for what is none of the site."""
        if value in self.empty_values:
            return None
        if lot := lot_there(self.site, str(value)):
            return lot
        raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class DoseForm(KeyedForm):
    """The needle. Any lot that lies at the site may be named: the service says why one must not be used."""

    lot = LotField(label="批号", error_messages=required_words("请选择批号。"))
    body_site = forms.ChoiceField(label="接种部位", choices=BodySite.choices, initial=BodySite.LEFT_ARM)
    checklist = forms.MultipleChoiceField(label="三查七对", choices=[], required=False)
    recipient_confirmed = forms.BooleanField(label="一验证", required=False)
    substitute_reason = forms.CharField(label="更换疫苗原因", max_length=200, required=False)
    trace_code = forms.CharField(label="追溯码", max_length=200, required=False)
    unscanned_reason = forms.CharField(label="扫不出来的原因", max_length=200, required=False)

    def __init__(self, *args, site, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].site = site
        self.fields["checklist"].choices = [(item["code"], item["label"]) for item in items]

    def clean(self):
        """A scanned code names the lot; one that belongs to another lot than the chosen one is a mix-up."""
        data = super().clean()
        if not data.get("trace_code"):
            return data
        try:
            data["trace_code"] = cleaned(data["trace_code"])
        except RuleBroken as error:
            self.add_error("trace_code", error.message)
            return data
        lot = lot_of_code(data["trace_code"])
        if lot and data.get("lot") and lot != data["lot"]:
            self.add_error("lot", f"扫到的这一支是批号 {lot},不是选中的 {data['lot']}。请改选批号,或换一支。")
        return data


class ReasonForm(KeyedForm):
    """A deed that needs its reason in words (or, for a release in time, none)."""

    reason = forms.CharField(label="原因", max_length=200, required=False)


class ReleaseForm(ReasonForm):
    """The end of the observation; before its time with a reason and the doctor who agrees."""

    doctor = forms.ModelChoiceField(
        label="同意的医生", queryset=User.objects.none(), required=False, empty_label="请选择"
    )

    def __init__(self, *args, doctors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["doctor"].queryset = doctors
        self.fields["doctor"].label = "看过此人、同意提前离场的医生"


class SeatForm(KeyedForm):
    """Where somebody sits while under observation."""

    seat = forms.CharField(label="座位", max_length=6, required=False)


class TransferForm(ReasonForm):
    """To which hospital and why."""

    hospital = forms.CharField(label="转往医院", max_length=60, required=False)


class ReactionForm(KeyedForm):
    """First report of a reaction."""

    onset_at = forms.DateTimeField(
        label="发生时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"required": "请填写发生时间。", "invalid": "请填写发生时间。"},
    )
    kind = forms.ChoiceField(
        label="像哪一种(打开对应的速查卡)",
        choices=[("", "说不清"), *ReactionKind.choices],
        required=False,
    )
    symptoms = forms.CharField(
        label="表现",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如:接种后10分钟头晕、面色苍白,血压90/60。",
        error_messages={"required": "请写明表现。"},
    )
    is_serious = forms.BooleanField(label="严重(死亡、危及生命、群体性等,2小时内上报)", required=False)
    first_class = forms.ChoiceField(label="初步分类", choices=AefiClass.choices, initial=AefiClass.PENDING)
    measures = forms.CharField(
        label="已作处置", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["onset_at"].initial = timezone.localtime
        self.fields["measures"].label = "已作处置(可不填)"


class CloseForm(KeyedForm):
    """The end of a case."""

    outcome = forms.ChoiceField(
        label="转归",
        choices=[("", "请选择"), *AefiOutcome.choices],
        error_messages=required_words("请选择转归。"),
    )
    first_class = forms.ChoiceField(label="初步分类", choices=AefiClass.choices)
    measures = forms.CharField(
        label="处置经过",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明处置经过。"},
    )


class TickForm(forms.Form):
    """One line of a quick card."""

    step = forms.CharField(max_length=4)
    done = forms.BooleanField(required=False)


class RevokeForm(KeyedForm):
    """Why a certificate is taken back."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        error_messages={"required": "请写明撤销原因(凭证遗失、姓名写错等)。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "撤销这张凭证", css_class="btn-danger"))


class CheckForm(forms.Form):
    """What a scanner typed: the whole text of a QR code."""

    text = forms.CharField(
        label="二维码内容",
        max_length=4200,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "autofocus": True}),
        help_text="用扫码枪扫凭证上的二维码,或把扫出的文字粘贴到这里。",
        error_messages={"required": "请先扫码或粘贴二维码内容。"},
    )
