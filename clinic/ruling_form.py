"""The fields of a doctor's own decision on the screening form."""

from django import forms

from campaigns.rules import Scope
from clinic.choices import Outcome
from clinic.ruling import Ruling
from core.widgets import DateInput


class RulingFields(forms.Form):
    """Empty unless the doctor decides otherwise than the answers say."""

    ruling = forms.ChoiceField(
        label="医生判定",
        choices=[("", "按回答判定"), (Outcome.DEFER, "暂缓"), (Outcome.CONTRA, "禁忌")],
        required=False,
    )
    ruling_until = forms.DateField(
        label="哪天起可种",
        required=False,
        widget=DateInput(),
        help_text="暂缓必填;禁忌不填的,到医生解除为止。",
    )
    ruling_scope = forms.ChoiceField(
        label="禁忌范围",
        choices=[(Scope.ALL, "所有疫苗"), (Scope.PRODUCT, "只这种疫苗"), (Scope.PLATFORM, "这一类疫苗")],
        required=False,
    )
    ruling_reason = forms.CharField(label="依据", max_length=200, required=False)

    def ruling_given(self) -> Ruling | None:
        """What the doctor decided, None when it is left to the answers."""
        data = self.cleaned_data
        if not data["ruling"]:
            return None
        scope = Scope(data["ruling_scope"] or Scope.ALL)
        return Ruling(Outcome(data["ruling"]), data["ruling_reason"], data["ruling_until"], scope)
