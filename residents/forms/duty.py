"""Forms of 三级包干."""

from django import forms

from accounts.models import User
from core.widgets import DateInput
from places.models import Place
from residents.choices import DutyLevel
from residents.forms.deeds import DeedForm
from residents.words import group_number


class DutyForm(DeedForm):
    """Who takes over what. A level that holds a part names it; a group head gets the people afterwards."""

    button = "确定包干责任"
    level = forms.ChoiceField(label="级别", choices=DutyLevel.choices)
    village = forms.ModelChoiceField(label="村(社区)", queryset=Place.objects.none(), empty_label="请选择")
    group_no = forms.CharField(label="组", required=False, max_length=10, help_text="干部包组时填写,如 3")
    grid = forms.CharField(label="网格", required=False, max_length=20, help_text="干部包网格时填写")
    holder = forms.ModelChoiceField(
        label="有帐号的人",
        queryset=User.objects.none(),
        required=False,
        empty_label="没有帐号,填下面的姓名",
    )
    name = forms.CharField(label="姓名", required=False, max_length=30)
    phone = forms.CharField(label="电话", required=False, max_length=20, help_text="居民页面上显示,方便联系")
    post = forms.CharField(label="职务", required=False, max_length=30, help_text="如:党委委员、村主任")
    since = forms.DateField(label="从哪天起", widget=DateInput())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        prefixes = user.scope("duties.assign").prefixes
        villages = Place.objects.current().villages().inside(prefixes)
        self.fields["village"].queryset = villages
        if len(villages) == 1:
            self.fields["village"].initial = villages[0]
        accounts = User.objects.inside({prefix[:9] for prefix in prefixes}).filter(is_active=True)
        self.fields["holder"].queryset = accounts.order_by("display_name")
        self.fields["since"].initial = self.today
        if all(len(prefix) >= 12 for prefix in prefixes):
            self.fields["level"].choices = [
                choice for choice in DutyLevel.choices if choice[0] != DutyLevel.LEADER
            ]

    def clean_group_no(self) -> str:
        """The word by which the register knows the group."""
        return group_number(self.cleaned_data["group_no"])


class EndForm(DeedForm):
    """Relieving somebody."""

    button = "结束这项责任"
    reason = forms.CharField(label="原因", max_length=120, help_text="如:工作调动、换届")
