"""Forms of accounts. What may be chosen is what the manager may hand out, inside the manager's places."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from accounts.choices import QualificationKind, Role
from accounts.services.reach import roles_offered
from core import phones
from core.widgets import DateInput
from places.choices import Level
from places.models import Organisation, Place, Site


def helper(submit: str) -> FormHelper:
    """A crispy helper whose button says the deed."""
    made = FormHelper()
    made.add_input(Submit("save", submit))
    return made


class RoleForm(forms.Form):
    """A role somewhere, from a day on."""

    role = forms.ChoiceField(label="岗位")
    where = forms.ChoiceField(
        label="在哪里",
        help_text="镇办选乡镇,村干部选村(社区),现场岗位选接种点,学校和单位登记员选单位。",
    )
    since = forms.DateField(label="开始日期", widget=DateInput())
    until = forms.DateField(
        label="结束日期(可不填)",
        required=False,
        widget=DateInput(),
        help_text="到这一天为止(含当天);长期任职不填。",
    )

    def __init__(self, *args, manager, today, submit="增加岗位", **kwargs):
        super().__init__(*args, **kwargs)
        offered = roles_offered(manager)
        self.fields["role"].choices = [
            ("", "请选择"),
            *((r.value, r.label) for r in Role if r.value in offered),
        ]
        self._places = _reachable(manager)
        self.fields["where"].choices = [("", "请选择"), *_groups(self._places)]
        self.fields["since"].initial = today
        self.helper = helper(submit)

    def clean_where(self):
        return self._places[self.cleaned_data["where"]]


class AccountForm(RoleForm):
    """A new account with its first role."""

    username = forms.CharField(
        label="登录名",
        max_length=30,
        validators=[UnicodeUsernameValidator()],
        help_text="字母、数字均可,例如姓名拼音。",
    )
    display_name = forms.CharField(label="姓名", max_length=30)
    phone = forms.CharField(label="手机(可不填)", max_length=20, required=False)
    field_order = ["username", "display_name", "phone", "role", "where", "since", "until"]

    def clean_phone(self):
        try:
            return phones.check(self.cleaned_data["phone"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class LockForm(forms.Form):
    """Stopping an account needs a reason."""

    reason = forms.CharField(label="停用原因", max_length=120, help_text="例如:已调离、手机遗失。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("停用这个帐号")


class EndRoleForm(forms.Form):
    """The last day of a role."""

    until = forms.DateField(
        label="最后一天", widget=DateInput(), help_text="到这一天为止(含当天)。填昨天则立即结束。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("结束这个岗位")


class QualificationForm(forms.Form):
    """A certificate as it stands on the paper."""

    kind = forms.ChoiceField(
        label="证书",
        choices=[("", "请选择"), *QualificationKind.choices],
        help_text="接种员必须有有效的预防接种培训合格证,否则不能登记接种。",
    )
    cert_no = forms.CharField(label="证书编号", max_length=40)
    valid_to = forms.DateField(
        label="有效期至",
        widget=DateInput(),
        help_text="复训换证后用同一编号再登记一次,有效期即更新。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("登记这份证书")


class DropQualificationForm(forms.Form):
    """Why the certificate goes."""

    reason = forms.CharField(label="删除原因", max_length=120, help_text="例如:编号登记错误、证书被吊销。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("删除这份证书")


class LoginForm(AuthenticationForm):
    """Name and password. The refusal does not tell which of the two is wrong, nor whether the account exists."""

    error_messages = {
        "invalid_login": "用户名或密码不对(分大小写),请重新输入。帐号被停用的也不能登录,请联系镇办管理员。",
        "inactive": "帐号已停用,请联系镇办管理员。",
    }


class _NewPassword:
    """The new password must be another one."""

    def clean_new_password2(self):
        password = self.cleaned_data.get("new_password2")
        if password and self.user.check_password(password):
            raise ValidationError("新密码不能与现在的密码相同。")
        return password


class FirstPasswordForm(_NewPassword, SetPasswordForm):
    """After the first log-in or a reset: the old password was typed a moment ago."""


class OwnPasswordForm(_NewPassword, PasswordChangeForm):
    """Any other time: the old password too, since a screen may have been left open."""


def _reachable(manager) -> dict[str, Place | Site | Organisation]:
    """ "place:3" → row, for everything inside the places where ``manager`` manages accounts."""
    prefixes = manager.scope("accounts.manage").prefixes
    places = Place.objects.current().inside(prefixes).select_related("parent")
    rows = [
        *places.filter(level__in=(Level.CITY, Level.COUNTY, Level.TOWN, Level.VILLAGE)),
        *Site.objects.active().inside(prefixes).select_related("place"),
        *Organisation.objects.inside(prefixes).filter(is_active=True).select_related("place"),
    ]
    return {f"{row._meta.model_name}:{row.pk}": row for row in rows}


def _groups(rows: dict) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list] = {"地方": [], "接种点": [], "单位": []}
    for key, row in rows.items():
        if isinstance(row, Place):
            name = f"{row.parent} · {row}" if row.parent and row.level == Level.VILLAGE else str(row)
            groups["地方"].append((key, name))
        else:
            word = "接种点" if isinstance(row, Site) else "单位"
            groups[word].append((key, f"{row}({row.place})"))
    return [(word, choices) for word, choices in groups.items() if choices]
