"""Taking down what somebody asks about the own data, and answering it."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from residents.choices import RequestKind, RequestOutcome
from residents.forms.deeds import DeedForm


class RequestForm(DeedForm):
    """Who asks for what."""

    button = "登记"
    kind = forms.ChoiceField(label="要求", choices=RequestKind.choices, widget=forms.RadioSelect)
    asker = forms.CharField(label="谁提出的", max_length=60, help_text="例如:本人;母亲李某(监护人)。")
    words = forms.CharField(
        label="具体内容",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不要写证件号码。",
    )


class AnswerRequestForm(forms.Form):
    """The decision, its reason, and how the person was told."""

    outcome = forms.ChoiceField(label="结果", choices=RequestOutcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 4}))
    answer = forms.CharField(
        label="怎样答复的", max_length=120, help_text="例如:11月22日当面答复;电话告知本人;已给打印件。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "保存答复"))
