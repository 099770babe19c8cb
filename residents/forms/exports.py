"""Saying what a large list is for, and saying no to one."""

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms


class PurposeForm(forms.Form):
    """What the list is for."""

    purpose = forms.CharField(
        label="用途",
        min_length=4,
        max_length=200,
        help_text="写清楚给谁、做什么用、何时删除。批准人凭这句话决定,并会记录在案。",
        error_messages={"required": "请写明用途。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "提交申请"))


class DecisionForm(forms.Form):
    """Yes, or no with the reason."""

    reason = forms.CharField(label="意见(不批准时必填)", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        buttons = [
            StrictButton(word, type="submit", name=name, value="1", css_class=css)
            for name, word, css in (("yes", "批准", "btn-primary"), ("no", "不批准", "btn-outline-danger"))
        ]
        self.helper.layout = Layout("reason", Div(*buttons, css_class="form-actions"))

    def clean(self):
        data = super().clean()
        if "no" in self.data and len(data.get("reason", "").strip()) < 2:
            self.add_error("reason", "请写明不批准的原因。")
        return data
