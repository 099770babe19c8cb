"""Forms around doses given elsewhere."""

from django import forms

from residents.forms.deeds import DeedForm


class DecideForm(DeedForm):
    """Does the proof hold?"""

    button = "确定"
    holds = forms.TypedChoiceField(
        label="核实结果",
        choices=[("1", "属实:看过凭证"), ("0", "不属实:作废这一剂")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="凭据或理由",
        max_length=70,
        help_text="属实的写看过什么,如:接种证、外省系统查询;不属实的写为什么",
    )


class ProofForm(DeedForm):
    """A picture or PDF."""

    button = "上传"
    upload = forms.FileField(
        label="照片或PDF",
        help_text="JPG、PNG或PDF,不超过5MB。加密保存,只有核实的人能打开。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )


class HoldProofForm(ProofForm):
    """A doctor's certificate, a discharge letter."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = "诊断证明、病历、出院小结等。JPG、PNG或PDF,不超过5MB。加密保存,只有鉴定的医生能打开。"
        self.fields["upload"].help_text = words
