"""Forms of working groups and their members."""

from crispy_forms.layout import Column, Row
from django import forms

from accounts.models import User
from campaigns.choices import GroupKind, GroupRole
from campaigns.forms import helper
from campaigns.models import Campaign
from core.views import KeyedForm
from places.models import Place


class GroupForm(forms.Form):
    """A group; with ``places`` also where it stands and what it is for."""

    place = forms.ModelChoiceField(Place.objects.none(), label="设在哪里")
    kind = forms.ChoiceField(label="类型", choices=GroupKind)
    name = forms.CharField(label="名称", max_length=60)
    duty = forms.CharField(label="职责(可不填)", max_length=200, required=False)

    def __init__(self, *args, button: str, places=None, **kwargs):
        super().__init__(*args, **kwargs)
        if places is None:
            del self.fields["place"], self.fields["kind"]
        else:
            self.fields["place"].queryset = places
        self.helper = helper(button, *self.fields)


class MemberForm(KeyedForm):
    """A member of a group."""

    MEMBER = ("role", "name", "unit", "post", "duty", "phone", "user")

    role = forms.ChoiceField(label="组内职务", choices=GroupRole, initial=GroupRole.MEMBER)
    name = forms.CharField(label="姓名", max_length=30)
    unit = forms.CharField(label="单位(可不填)", max_length=60, required=False)
    post = forms.CharField(
        label="职务(可不填)", max_length=60, required=False, help_text="例如:村党支部书记、副镇长。"
    )
    duty = forms.CharField(label="分工(可不填)", max_length=120, required=False)
    phone = forms.CharField(
        label="电话(可不填)",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        label="系统帐号(可不填)",
        required=False,
        empty_label="没有帐号",
        help_text="这个人在系统里有帐号时选。",
    )

    def __init__(self, *args, group, button: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = _accounts_at(group)
        self.helper = helper(
            button,
            "key",
            Row(Column("role"), Column("name")),
            Row(Column("unit"), Column("post")),
            "duty",
            Row(Column("phone"), Column("user")),
        )


def _accounts_at(group):
    """People with a role at the group's place, above it, or at an organisation or site of its township."""
    place = group.place
    codes = {place.code[:digits].ljust(12, "0") for digits in (4, 6, 9, 12)}
    return (
        User.objects.filter(is_active=True, assignments__place__code__in=codes)
        .distinct()
        .order_by("username")
    )


class CopyForm(forms.Form):
    """From which campaign."""

    source = forms.ModelChoiceField(Campaign.objects.none(), label="从哪个接种活动复制")

    def __init__(self, *args, campaigns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = campaigns
        self.helper = helper("复制工作组", "source")
