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
        max_length=180,
        help_text="如:青霉素过敏,不是本疫苗禁忌;发热37.8℃;癫痫未控制",
    )
    until = forms.DateField(
        label="可以再来的日期", required=False, widget=DateInput(), help_text="暂缓的填,当天就可以接种"
    )
    review_on = forms.DateField(
        label="复核日期", required=False, widget=DateInput(), help_text="禁忌的填,到日再请医生看一次"
    )
