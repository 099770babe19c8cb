"""Forms of the second factor, of what waits for the security administrator, and of the policy."""

from django import forms

from accounts.choices import Role
from accounts.forms import helper
from accounts.models import AccessPolicy
from accounts.rules import LINES
from places.choices import Level
from places.models import Place


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        help_text="手机验证器里现在显示的 6 位数字。手机不在身边,可填一个备用码。",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text"}
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("登录")


class AppCodeForm(forms.Form):
    """Six digits of the app that is at hand."""

    code = forms.CharField(
        label="手机上现在的 6 位数字",
        min_length=6,
        max_length=7,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ResetDeviceForm(forms.Form):
    """Why a device is forgotten."""

    reason = forms.CharField(label="原因", max_length=120, help_text="例如:手机遗失,已当面核对本人证件。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("重置动态口令")


class PolicyForm(forms.ModelForm):
    """The policy of one place."""

    second_factor_roles = forms.MultipleChoiceField(
        label="必须用动态口令的岗位",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选的岗位下次登录时须先绑定手机验证器;管理员和镇办建议都勾选。",
    )

    class Meta:
        model = AccessPolicy
        fields = LINES
        help_texts = {
            "idle_minutes": "村、单位和办公室。到时自动退出,防止别人用没人看着的电脑。0 为不限。",
            "floor_idle_minutes": "登记、预检、接种、留观四个岗位:手上在打针时不会被退出。0 为不限。",
            "longest_hours": "到时须重新登录。",
            "floor_longest_hours": "要够上一整天的接种日。",
            "one_session": "在第二处登录时,前一处自动退出。",
            "password_days": "到期后登录须先改密码。0 为不限。",
            "password_history": "0 为不限。",
            "confirming": "选了以后,新岗位在安全管理员确认前不起作用。",
            "confirm_devices": "不勾选时,系统管理员写明原因即可重置。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("保存登录规则")


def guarded_places(user) -> list[Place]:
    """Where ``user`` may set a policy: the own places and the towns in them."""
    prefixes = user.scope("security.guard").prefixes
    levels = (Level.CITY, Level.COUNTY, Level.TOWN)
    return list(Place.objects.current().inside(prefixes).filter(level__in=levels).order_by("code"))
