"""Forms about who is counted where."""

from django import forms

from campaigns.choices import InflowPolicy, InternalPolicy
from campaigns.models import Campaign
from core.choices import Sex
from places.models import Place
from residents.forms.deeds import DeedForm

BY_RULE, NOWHERE = "rule", "nowhere"


class SettleForm(DeedForm):
    """The office's word on one person: a village of its own, nowhere here, or by the rules again."""

    button = "保存裁定"
    unit = forms.ChoiceField(label="计入单位")
    reason = forms.CharField(label="理由", max_length=200, help_text="例如:两村书记当面核实,人常年住在本村。")

    def __init__(self, *args, user, campaign: Campaign, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Place.objects.current().villages().inside(user.scope("counting.settle").prefixes)
        self.places = {p.code: p for p in mine.under(campaign.place)}
        self.fields["unit"].choices = [
            ("", "请选择"),
            *((code, f"计入 {place}") for code, place in self.places.items()),
            (NOWHERE, "在本地不计入"),
            (BY_RULE, "按规则计入(取消以前的裁定)"),
        ]

    def choice(self) -> dict:
        """The arguments of ``settle`` about the unit."""
        code = self.cleaned_data["unit"]
        return {"unit": self.places.get(code), "by_rule": code == BY_RULE}


class BaseForm(DeedForm):
    """Whom the base of a campaign counts, with the reason for changing it."""

    button = "调整基数,形成新版本"
    age_min = forms.IntegerField(label="最小年龄(周岁)", min_value=0, max_value=150, required=False)
    age_max = forms.IntegerField(label="最大年龄(周岁)", min_value=0, max_value=150, required=False)
    sex = forms.ChoiceField(label="性别", choices=[("", "不限"), *Sex.choices], required=False)
    target_age_ref_date = forms.DateField(
        label="年龄算到哪一天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    county_internal_policy = forms.ChoiceField(label="县域内流动人员", choices=InternalPolicy)
    inflow_policy = forms.ChoiceField(label="住企业、工地的流入人员", choices=InflowPolicy)
    reason = forms.CharField(label="调整原因", max_length=200, help_text="例如:县里通知基数调整为12岁以上。")

    def clean(self):
        data = super().clean()
        low, high = data.get("age_min"), data.get("age_max")
        if low is not None and high is not None and high < low:
            self.add_error("age_max", "最大年龄不能小于最小年龄。")
        return data
