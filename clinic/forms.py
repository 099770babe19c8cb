"""Forms of the floor: one per step, each with its key."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone

from accounts.models import User
from campaigns.rules import QuestionKind
from clinic.choices import AefiClass, AefiOutcome, BodySite, ReactionKind
from clinic.ruling_form import RulingFields
from core.views import KeyedForm
from core.widgets import DateInput
from inventory.models import Lot, Vaccine
from residents.choices import ConsentChannel, Relation

YES_NO = [("1", "是"), ("0", "否")]
OTHER_VACCINES = [("", "一般疫苗"), ("live", "减毒活疫苗"), ("RAB-5", "狂犬病疫苗"), ("TET", "破伤风疫苗")]


def _required(text: str) -> dict[str, str]:
    return {"required": text, "invalid_choice": text}


class CheckInForm(KeyedForm):
    """Let a person in; the note is for those without a booking."""

    note = forms.CharField(label="无预约接待原因", required=False, max_length=200)


class ScreenForm(RulingFields, KeyedForm):
    """Temperature, health code and the questions this person is asked, in their order."""

    celsius = forms.DecimalField(
        label="体温(腋下,℃)",
        max_digits=3,
        decimal_places=1,
        error_messages={"required": "请填写体温。", "invalid": "体温写成 36.5 这样的数。"},
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal", "autocomplete": "off"}),
    )
    health_code_ok = forms.ChoiceField(
        label="健康码正常",
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages=_required("请查看健康码。"),
    )
    vaccine = forms.ModelChoiceField(
        label="拟种疫苗", queryset=Vaccine.objects.none(), required=False, empty_label="未定"
    )
    doctors_reason = forms.CharField(
        label="医生评估意见",
        required=False,
        max_length=200,
        help_text="只用于须由医生判断的回答:写明可以接种的理由。",
    )

    def __init__(self, *args, questions, vaccines, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = [q for q in questions if q.kind == QuestionKind.YES_NO]
        self.fields["vaccine"].queryset = vaccines
        for question in self.questions:
            self.fields[f"q_{question.code}"] = forms.ChoiceField(
                label=question.text,
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages=_required("还没有问这一项。"),
            )
            if question.ask_date:
                self.fields[f"on_{question.code}"] = forms.DateField(
                    label="日期", required=False, widget=DateInput()
                )
            if question.exempt:
                self.fields[f"which_{question.code}"] = forms.ChoiceField(
                    label="哪种疫苗", choices=OTHER_VACCINES, required=False
                )

    def clean(self):
        """A yes that counts from a day needs the day: without it the person would be sent home for too long."""
        cleaned = super().clean()
        for question in self.questions:
            on, which = f"on_{question.code}", cleaned.get(f"which_{question.code}")
            said_yes = cleaned.get(f"q_{question.code}") == "1"
            if question.ask_date and said_yes and not cleaned.get(on) and which not in question.exempt:
                self.add_error(on, "请填写日期,不能接种的天数从这一天算起;记不清的填最近可能的一天。")
        return cleaned

    def rows(self) -> list[dict]:
        """For the page: question, its field, and what is asked on a yes."""
        return [
            {
                "question": question,
                "field": self[f"q_{question.code}"],
                "on": self[f"on_{question.code}"] if question.ask_date else None,
                "which": self[f"which_{question.code}"] if question.exempt else None,
            }
            for question in self.questions
        ]

    def answers(self) -> dict[str, dict]:
        """As ``services.screenings.screen`` takes them."""
        found = {}
        for question in self.questions:
            answer = {"yes": self.cleaned_data[f"q_{question.code}"] == "1"}
            if on := self.cleaned_data.get(f"on_{question.code}"):
                answer["on"] = on.isoformat()
            which = self.cleaned_data.get(f"which_{question.code}")
            if which == "live":
                answer["live"] = True
            elif which:
                answer["product"] = which
            found[question.code] = answer
        return found

    @property
    def code_ok(self) -> bool:
        return self.cleaned_data["health_code_ok"] == "1"


class SignForm(KeyedForm):
    """The decision on the consent text."""

    given = forms.ChoiceField(
        label="意愿",
        choices=[("1", "同意接种"), ("0", "不同意接种")],
        widget=forms.RadioSelect,
        error_messages=_required("请选择意愿。"),
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


class DoseForm(KeyedForm):
    """The needle. Any lot that lies at the site may be named: the service says why one must not be used."""

    lot = forms.ModelChoiceField(
        label="批号", queryset=Lot.objects.none(), error_messages=_required("请选择批号。"), empty_label=None
    )
    body_site = forms.ChoiceField(label="接种部位", choices=BodySite.choices, initial=BodySite.LEFT_ARM)
    checklist = forms.MultipleChoiceField(label="三查七对", choices=[], required=False)
    recipient_confirmed = forms.BooleanField(label="一验证", required=False)
    substitute_reason = forms.CharField(label="更换疫苗原因", max_length=200, required=False)

    def __init__(self, *args, site, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = Lot.objects.filter(levels__site=site).select_related(
            "presentation__vaccine"
        )
        self.fields["checklist"].choices = [(item["code"], item["label"]) for item in items]


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
        label="转归", choices=[("", "请选择"), *AefiOutcome.choices], error_messages=_required("请选择转归。")
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
