"""The doctor's judgement."""

from django import forms

from core.widgets import DateInput
from residents.choices import Judgement
from residents.forms.deeds import DeedForm


class JudgeForm(DeedForm):
    """May the person be vaccinated?"""

    button = "保存鉴定结论"
    judgement = forms.ChoiceField(label="鉴定结论", choices=Judgement, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="鉴定依据",
        max_length=140,
        help_text="如:青霉素过敏,不是本疫苗禁忌;发热37.8℃;癫痫未控制",
    )
    together_with = forms.CharField(
        label="共同鉴定的医生",
        max_length=30,
        required=False,
        help_text="派驻医生与卫生院医生共同鉴定的,写另一位医生的姓名和单位",
    )
    until = forms.DateField(
        label="可以再来的日期", required=False, widget=DateInput(), help_text="暂缓的填,当天就可以接种"
    )
    review_on = forms.DateField(
        label="复核日期", required=False, widget=DateInput(), help_text="禁忌的填,到日再请医生看一次"
    )

    def grounds(self) -> str:
        """The ground, and who judged together with the doctor who is logged in (S109)."""
        other = self.cleaned_data["together_with"].strip()
        reason = self.cleaned_data["reason"].strip()
        return f"{reason}(与{other}共同鉴定)" if other else reason
